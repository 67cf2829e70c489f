// What a script adds to the hosted pages; all of them work without it.
(() => {
  "use strict";

  // A button in password fields that shows what was typed.
  const { show, hide } = document.body.dataset;
  for (const input of document.querySelectorAll("input[type=password]")) {
    const button = document.createElement("button");
    const name = (text) => { button.textContent = text; };
    button.type = "button";
    button.className = "reveal";
    button.setAttribute("aria-controls", input.id);
    name(show);
    button.addEventListener("click", () => {
      const isHidden = input.type === "password";
      input.type = isHidden ? "text" : "password";
      name(isHidden ? hide : show);
    });
    input.form.addEventListener("submit", () => { input.type = "password"; });
    input.after(button);
  }

  // A button below codes that copies them.
  for (const list of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain copy";
    button.textContent = list.dataset.copy;
    button.addEventListener("click", async () => {
      const lines = [...list.children].map((item) => item.textContent);
      await navigator.clipboard.writeText(lines.join("\n"));
      button.textContent = `${list.dataset.copy} ✓`;
    });
    list.after(button);
  }

  // A form is sent once, however often its button is pressed.
  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
  });

  // To where the person has something to do: the first mistake, else the first field that is empty.
  const fields = [...document.querySelectorAll("form.main input:not([type=hidden]):not([type=checkbox]):not([type=radio])")];
  const wrong = fields.find((input) => input.getAttribute("aria-invalid"));
  const isSheet = document.querySelector("main.sheet");
  const next = wrong ?? (isSheet && fields.find((input) => !input.value));
  next?.focus();
})();
