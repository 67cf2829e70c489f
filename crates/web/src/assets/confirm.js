// Shows a sentence instead of the JSON that the button answers with.
(() => {
  "use strict";
  const question = document.getElementById("question");
  const answer = document.getElementById("answer");

  const say = (text) => {
    answer.textContent = text;
    answer.hidden = false;
  };

  const refusals = {
    1138: "This was confirmed already. Go on on your other device.",
    1137: "This link was used already.",
    1145: "This link was used already. If your other device still waits, go on there.",
    975: "This link is too old. Start again on your other device.",
  };

  question.addEventListener("submit", async (event) => {
    event.preventDefault();
    const url = `${question.action}?${new URLSearchParams(new FormData(question))}`;
    try {
      const reply = await fetch(url);
      const body = await reply.json();
      question.hidden = true;
      say(reply.ok
        ? "Done. Go on on your other device."
        : refusals[body.ErrorCode] ?? "This link does not work. Start again on your other device.");
    } catch {
      say("That did not get through. Try again.");
    }
  });
})();
