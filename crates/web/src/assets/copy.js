// Puts a button beside everything worth copying. Without a script people select the text.
(() => {
  "use strict";
  if (!navigator.clipboard) return;

  const equip = (holder) => {
    if (holder.querySelector("button")) return;
    const source = holder.querySelector("pre, code, output");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    holder.append(button);
  };

  const equipAll = () => document.querySelectorAll(".copyable").forEach(equip);
  document.addEventListener("messages", equipAll);
  equipAll();
})();
