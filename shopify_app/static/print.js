/* The slip prints from a button where there is script; without, from the browser's own menu. */
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
