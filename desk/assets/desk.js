// What pages do beyond plain HTML. They work without it.
"use strict";

// Marks what is new since the reader's last look. Looks within half an hour are one look.
(() => {
  const note = document.getElementById("last-look");
  if (!note) return;
  let before = null;
  try {
    const now = new Date().toISOString();
    const looked = JSON.parse(localStorage.getItem("fivegwatch.looked")) ?? {};
    before = looked.before ?? null;
    if (looked.last && new Date(now) - new Date(looked.last) > 30 * 60 * 1000) before = looked.last;
    localStorage.setItem("fivegwatch.looked", JSON.stringify({ before, last: now }));
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

// Sorts tables by a column: text by the reader's language, numbers by value, times by their date.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, at) => {
    const cell = row.cells[at];
    const time = cell.querySelector("time");
    return time ? time.dateTime : cell.textContent.trim();
  };
  [...table.tHead.rows[0].cells].forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const number = (text) => Number.parseFloat(text.replaceAll(",", ""));
      const numeric = head.classList.contains("number");
      const order = (a, b) =>
        numeric
          ? (number(value(a, at)) || 0) - (number(value(b, at)) || 0)
          : value(a, at).localeCompare(value(b, at), undefined, { numeric: true });
      const rows = [...body.rows].sort(order);
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}

// On a phone a row of a tracker is a card (desk.css): its cells say which column they are, and it stays a table for
// screen readers.
for (const table of document.querySelectorAll("table.tracker")) {
  const names = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
  table.setAttribute("role", "table");
  for (const part of [table.tHead, ...table.tBodies]) part.setAttribute("role", "rowgroup");
  for (const row of table.rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, at) => {
      const head = cell.tagName === "TH";
      cell.setAttribute("role", !head ? "cell" : row.parentNode === table.tHead ? "columnheader" : "rowheader");
      if (!head && !cell.querySelector(".status, .evidence")) cell.dataset.label = names[at];
    });
  }
}

// The key / leads to the search.
document.addEventListener("keydown", (event) => {
  const field = document.getElementById("find");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !field) return;
  if (event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  field.focus();
});
