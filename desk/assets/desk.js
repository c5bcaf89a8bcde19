// Marks what is new since the reader's last look. Pages work without it.
"use strict";
(() => {
  const KEY = "fivegwatch.last-look";
  const note = document.getElementById("last-look");
  if (!note) return;
  let before = null;
  try {
    before = localStorage.getItem(KEY);
    localStorage.setItem(KEY, new Date().toISOString());
  } catch {
    return; // storage is off
  }
  if (!before) return;
  const last = new Date(before);
  let fresh = 0;
  for (const event of document.querySelectorAll("[data-seen]")) {
    if (event.dataset.seen && new Date(event.dataset.seen) > last) {
      event.classList.add("fresh");
      fresh += 1;
    }
  }
  note.textContent = `${fresh || "Nothing"} new since you last looked, ${last.toISOString().slice(0, 16).replace("T", " ")}.`;
  note.hidden = false;
})();
