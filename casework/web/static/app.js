// Everything works without this file; it adds keys, and moves the focus to what went wrong.
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const isTyping = event => event.isComposing || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);

document.documentElement.classList.add("js");
one("#summary")?.focus();

const rows = all("[data-keys=rows] tbody tr");
let chosen = -1;

function choose(place) {
  if (!rows.length) return;
  chosen = Math.max(0, Math.min(rows.length - 1, place));
  rows.forEach((row, at) => row.classList.toggle("chosen", at === chosen));
  one("a", rows[chosen]).focus({ preventScroll: true });
  rows[chosen].scrollIntoView({ block: "nearest" });
}

const keys = {
  "/": () => one("#q")?.focus(),
  c: () => one(".claim button")?.click(),
  j: () => choose(chosen + 1),
  k: () => choose(chosen - 1),
};

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping(event)) { event.target.blur(); return; }
  if (isTyping(event) || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
