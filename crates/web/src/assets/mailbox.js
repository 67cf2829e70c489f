// Looks for new messages every second and puts them on top; what is on the page already stays untouched.
(() => {
  "use strict";
  const holder = document.getElementById("messages");
  const live = document.getElementById("live");
  const news = document.getElementById("news");
  let last = null;

  const say = (watching) => {
    live.classList.toggle("on", watching);
    live.textContent = watching ? "Watching for messages" : "The demo does not answer; trying again";
  };

  const showLocalTimes = () => {
    for (const time of holder.querySelectorAll("time")) {
      const at = new Date(time.dateTime);
      const isToday = at.toDateString() === new Date().toDateString();
      time.title = time.dateTime;
      time.textContent = isToday ? at.toLocaleTimeString() : at.toLocaleString();
    }
  };

  const merge = (text) => {
    const next = new DOMParser().parseFromString(text, "text/html").body;
    const list = holder.querySelector("ol");
    const nextList = next.querySelector("ol");
    if (!list || !nextList) {
      holder.replaceChildren(...next.childNodes);
      return [...holder.querySelectorAll("li")];
    }
    const fresh = [...nextList.children].filter((message) => !document.getElementById(message.id));
    for (const message of [...list.children]) {
      if (!next.querySelector(`#${CSS.escape(message.id)}`)) message.remove();
    }
    list.prepend(...fresh);
    return fresh;
  };

  const look = async () => {
    if (document.hidden) return;
    const response = await fetch(`/dev/mailbox/messages${location.search}`, { cache: "no-store" });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const text = await response.text();
    if (text === last) return;
    const isFirst = last === null;
    last = text;
    const fresh = merge(text);
    if (!isFirst && fresh.length > 0) {
      fresh.forEach((message) => message.classList.add("new"));
      news.textContent = `New message to ${fresh[0].dataset.to}`;
    }
    showLocalTimes();
    document.dispatchEvent(new Event("messages"));
  };

  const watch = async () => {
    try {
      await look();
      say(true);
    } catch {
      say(false);
    }
    setTimeout(watch, 1000);
  };

  showLocalTimes();
  watch();
})();
