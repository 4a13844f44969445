/* Where this device's clock is another one than the times are shown by, a line offers its own, and the picker stands on
   it. Words and hours come from the server: a browser's tables of zones may be old. */
(() => {
  "use strict";
  const line = document.querySelector("[data-device-zone]");
  const picker = document.querySelector("#zone select");
  if (!line || !picker) return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const names = (option) => [option.value, ...(option.dataset.earlier ?? "").split(" ")];
  const here = [...picker.options].find((option) => names(option).includes(zone));
  if (!here || clock(zone) === clock(picker.value)) return;
  line.querySelector("[data-city]").textContent = here.text;
  here.selected = true;
  line.hidden = false;

  function clock(name) {
    try {
      return new Date().toLocaleString("en-GB", { timeZone: name });
    } catch {
      return ""; // a zone this browser doesn't know
    }
  }
})();
