/* A part of the page that waits for something: <div data-follow="4" role="status">. While it has that attribute it is
   fetched anew every so many seconds, and only it changes: whoever reads or types elsewhere is not disturbed. */
(() => {
  "use strict";
  let tries = 0;
  async function look() {
    const here = document.querySelector("[data-follow]");
    if (!here || tries++ > 150) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#followed");
      if (answer.ok && fresh) here.replaceWith(fresh);
    } catch {
      // Away for a moment: the next look may find it.
    }
    next();
  }
  function next() {
    const here = document.querySelector("[data-follow]");
    if (here) setTimeout(look, Number(here.dataset.follow) * 1000);
  }
  next();
})();
