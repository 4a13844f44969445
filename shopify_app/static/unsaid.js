/* <form data-unsaid>: while one types, the server is asked what is better left unsaid, and a tap takes the better line.
   Without this the first tap on the button asks the same. Changed words are looked at again before they go. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-unsaid]");
  if (!form) return;
  const words = form.querySelector("textarea[name=words]");
  const shown = document.getElementById("unsaid");
  const button = form.querySelector("button:not([type=button])");
  let waiting = 0;
  let asked = 0;

  function part(tag, text, className) {
    const made = document.createElement(tag);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function row(mark) {
    const box = part("div", "", "ar-say ar-in");
    const no = document.createElement("p");
    no.append(part("b", "Leave unsaid"), part("s", "\u201c" + mark.words + "\u201d", "no"));
    const yes = document.createElement("p");
    yes.append(part("b", "Say"), "\u201c" + mark.better + "\u201d");
    const take = part("button", "Say this instead", "ar-btn is-quiet is-small");
    take.type = "button";
    take.addEventListener("click", () => {
      // Where it stands is asked anew: the text may have moved under it.
      const at = words.value.indexOf(mark.words);
      if (at >= 0) words.setRangeText(mark.better, at, at + mark.words.length, "end");
      words.focus();
      look();
    });
    box.append(no, yes, take);
    return box;
  }

  async function look() {
    const mine = ++asked;
    const body = new URLSearchParams({ csrf: form.elements.csrf.value, words: words.value });
    try {
      const answer = await fetch("/desk/phrases", { method: "POST", credentials: "same-origin", body });
      if (!answer.ok || mine !== asked) return;
      const found = (await answer.json()).marks;
      shown.replaceChildren(...found.map(row));
    } catch {
      // Away for a moment: the button looks as well.
    }
  }

  words.addEventListener("input", () => {
    const seen = form.elements.seen;
    if (seen) {
      seen.remove();
      button.textContent = "Look at it once more";
    }
    clearTimeout(waiting);
    waiting = setTimeout(look, 250);
  });
})();
