// Shows only what contains every word that is typed.
(() => {
  "use strict";
  const form = document.querySelector("form.filter");
  const input = form.querySelector("input");
  const found = form.querySelector(".found");
  const entries = [...document.querySelectorAll("article.operation, [data-entry]")].map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
    link: element.id && document.querySelector(`[data-operation="${CSS.escape(element.id)}"]`),
  }));
  const groups = [...document.querySelectorAll("section.group")].map((element) => ({
    element,
    link: document.querySelector(`[data-group="${CSS.escape(element.id)}"]`),
  }));

  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { element, text, link } of entries) {
      const fits = words.every((word) => text.includes(word));
      element.hidden = !fits;
      if (link) link.hidden = !fits;
      count += fits ? 1 : 0;
    }
    for (const { element, link } of groups) {
      element.hidden = link.hidden = !element.querySelector("article:not([hidden])");
    }
    found.textContent = words.length === 0 ? "" : `${count} of ${entries.length}`;
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", show);
  form.hidden = false;
  show();
})();
