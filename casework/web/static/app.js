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

const isOff = document.body.dataset.keys === "off";
const marked = key => one(`[data-key="${key}"]`)?.click();
const keys = {
  "[": () => marked("["),
  "]": () => marked("]"),
  "?": () => marked("?"),
  x: () => one("input[type=checkbox]", rows[chosen] || document.createElement("i"))?.click(),
  e: () => marked("e"),
  n: () => one("#note")?.focus(),
  g: () => { going = Date.now(); },
  "/": () => one("#q")?.focus(),
  c: () => one(".claim button")?.click(),
  j: () => choose(chosen + 1),
  k: () => choose(chosen - 1),
};

const places = { d: "/desk", a: "/alerts", c: "/cases" };
let going = 0;

document.addEventListener("keydown", event => {
  if (isOff) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && one("#palette")?.showModal) {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping(event)) { event.target.blur(); return; }
  if (isTyping(event) || one("dialog[open]")) return;
  if (Date.now() - going < 1500 && places[event.key]) {
    const place = one(`nav.main a[href="${places[event.key]}"]`);
    going = 0;
    event.preventDefault();
    place?.click();
    return;
  }
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

for (let number = 1; number < 10; number += 1) {
  keys[number] = () => all(".moves a")[number - 1]?.click();
}

// Ctrl+Enter sends the form in which one types; a second click while it is on its way does nothing.
for (const form of all("form.move")) {
  form.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", event => {
    if (form.classList.contains("sent")) event.preventDefault();
    form.classList.add("sent");
  });
}
window.addEventListener("pageshow", () => all("form.sent").forEach(form => form.classList.remove("sent")));

// The palette: steps of the open case first, then what was open last, then places; by name or by initials of its pinyin.
const palette = one("#palette");

async function openPalette() {
  const list = one("ul", palette);
  all(".of-page,.recent", list).forEach(item => item.remove());
  const steps = all(".moves a").map((link, at) => {
    const item = document.createElement("li");
    item.className = "of-page";
    const copy = link.cloneNode(true);
    all("kbd", copy).forEach(key => key.remove());
    const key = document.createElement("kbd");
    key.textContent = at + 1;
    copy.removeAttribute("aria-current");
    copy.append(key);
    item.append(copy);
    return item;
  });
  list.prepend(...steps);
  const box = one("input", palette);
  box.value = "";
  palette.showModal();
  box.focus();
  sift();
  if (!palette.dataset.recent) return;
  const answer = await fetch(palette.dataset.recent).catch(() => null);
  if (!answer || !answer.ok) return;
  const found = document.createElement("ul");
  found.innerHTML = await answer.text();
  const items = all("li", found);
  items.forEach(item => item.classList.add("recent"));
  if (steps.length) steps[steps.length - 1].after(...items); else list.prepend(...items);
  sift();
}

function sift() {
  const words = one("input", palette).value.trim().toLowerCase().split(/\s+/);
  for (const link of all("li a", palette)) {
    const said = (link.dataset.words || link.textContent).toLowerCase();
    link.parentNode.hidden = !words.every(word => said.includes(word));
  }
}

if (palette && palette.showModal) {
  for (const button of all("[data-palette]")) {
    button.hidden = false;
    button.addEventListener("click", openPalette);
  }
  one("input", palette).addEventListener("input", sift);
  palette.addEventListener("click", event => { if (event.target === palette) palette.close(); });
  palette.addEventListener("keydown", event => {
    if (event.isComposing) return;
    const shown = all("li:not([hidden]) a", palette);
    const at = shown.indexOf(document.activeElement);
    if (event.key === "Enter" && at < 0 && shown.length) { event.preventDefault(); shown[0].click(); }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? one("input", palette) : shown[Math.min(next, shown.length - 1)])?.focus();
  });
}

// Who has an open case already is told while the form is filled in: asked for when a field is left.
for (const form of all("form[data-twins]")) {
  const asked = ["name", "identity_number", "phone"].map(name => `facts.applicant.${name}`);
  let waiting = 0;
  form.addEventListener("change", event => {
    if (!asked.includes(event.target.name)) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(async () => {
      const typed = new URLSearchParams();
      for (const name of ["anti-forgery", ...asked]) typed.set(name, form.elements[name].value);
      const answer = await fetch(form.dataset.twins, { method: "POST", body: typed }).catch(() => null);
      if (answer && answer.ok) one("#twins").innerHTML = await answer.text();
    }, 300);
  });
}

// A row more, with the numbers of its fields counted on.
for (const set of all("fieldset.rows")) {
  const path = set.id.slice(2).split("-").join(".");
  const more = document.createElement("button");
  more.type = "button";
  more.className = "button quiet";
  more.textContent = set.dataset.more;
  set.append(more);
  more.addEventListener("click", () => {
    const last = all(":scope > .row", set).pop();
    if (!last) return;
    const at = all(":scope > .row, :scope > .ticks > .tick", set).length;
    const row = last.cloneNode(true);
    for (const part of [row, ...all("[name],[id],[for],[aria-describedby]", row)]) {
      for (const name of ["name", "id", "for", "aria-describedby"]) {
        const said = part.getAttribute(name);
        if (said) part.setAttribute(name, counted(said, path, at));
      }
    }
    for (const field of all("input,textarea,select", row)) {
      if (/^(checkbox|radio)$/.test(field.type)) field.checked = false; else field.value = "";
    }
    all(".error", row).forEach(error => error.remove());
    const legend = one("legend", row);
    legend.textContent = legend.textContent.replace(/\d+/, at + 1);
    last.after(row);
    one("input,textarea,select", row).focus();
  });
}

// A field that means something only by another is shown by what stands in that; what was filled in is never hidden.
function shownBy(form) {
  for (const part of all("[data-when]", form)) {
    const by = all(`[name="${part.dataset.when}"]`, form);
    if (!by.length) continue;
    const said = by.filter(field => !/^(checkbox|radio)$/.test(field.type) || field.checked).map(field => field.value);
    const among = part.dataset.among.split(" ");
    const filled = all("input,textarea,select", part).some(
      field => field.type !== "hidden" && (/^(checkbox|radio)$/.test(field.type) ? field.checked : field.value));
    part.hidden = !filled && !said.some(value => among.includes(value));
  }
}

// What rows come to, and the amount with which a tick begins.
function summed(set) {
  const fields = all(`input[name$=".${set.dataset.sums}"]`, set);
  const found = fields.map(field => Number(field.value.replace(/[,，\s元]/g, ""))).filter(number => number);
  const sum = one(".sum", set);
  sum.hidden = found.length < 2;
  one("output", sum).textContent = found.reduce((total, each) => total + each, 0).toFixed(2);
}

for (const form of all("form")) {
  const look = () => {
    shownBy(form);
    for (const tick of all(".tick.with", form)) {
      const amount = one(".beside input", tick);
      tick.classList.toggle("on", one("input[type=checkbox]", tick).checked || (amount && amount.value !== ""));
    }
    all("[data-sums]", form).forEach(summed);
  };
  form.addEventListener("change", event => {
    const tick = event.target.closest(".tick");
    const amount = tick && one(".beside input", tick);
    if (amount && event.target.type === "checkbox") {
      const { begins = "", amount: before = "" } = tick.closest("fieldset").dataset;
      if (!event.target.checked) amount.value = "";
      else if (!amount.value) amount.value = one(`[name="${begins.split(" ")[1]}"]`, form)?.value || before;
    } else if (amount && amount.value) one("input[type=checkbox]", tick).checked = true;
    look();
  });
  look();
}

function counted(said, path, at) {
  const begins = [`${path}.`, `f-${path.split(".").join("-")}-`].find(one => said.startsWith(one));
  return begins ? begins + said.slice(begins.length).replace(/^\d+/, at) : said;
}

// What is typed is kept by the service 0.8 s after the last key, and when the page is hidden. The browser keeps nothing.
for (const form of all("form[data-draft]")) {
  const said = one("[data-saved]", form);
  let waiting = 0;
  const fields = () => {
    const typed = new URLSearchParams(new FormData(form));
    typed.set("subject", form.dataset.draft);
    return typed;
  };
  const keep = async () => {
    waiting = 0;
    try {
      const answer = await fetch("/drafts", { method: "POST", body: fields() });
      if (answer.redirected) { said.textContent = said.dataset.ended; return; }
      if (!answer.ok) throw new Error(answer.status);
      said.textContent = `${said.dataset.saved} ${await answer.text()}`;
    } catch {
      said.textContent = said.dataset.unsaved;
      waiting = window.setTimeout(keep, 5000);
    }
  };
  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(keep, 800);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !waiting) return;
    window.clearTimeout(waiting);
    waiting = 0;
    navigator.sendBeacon("/drafts", fields());
  });
  form.addEventListener("submit", () => window.clearTimeout(waiting));
}

// The button appears where it can work; without it the page says how to print.
for (const button of all("[data-print]")) {
  button.hidden = false;
  button.previousElementSibling.hidden = true;
  button.addEventListener("click", () => window.print());
}

// Leave at once: by the button, or by Shift three times. The page that was open is not the one that Back leads to.
const leave = one("[data-leave]");
if (leave) {
  let shifts = [];
  leave.addEventListener("click", event => {
    event.preventDefault();
    location.replace(leave.href);
  });
  document.addEventListener("keyup", event => {
    if (event.key !== "Shift") { shifts = []; return; }
    shifts = [...shifts.filter(at => event.timeStamp - at < 3000), event.timeStamp];
    if (shifts.length >= 3) location.replace(leave.href);
  });
}

// What is sensitive goes after five minutes and when the page is left, also where the browser keeps the page.
if (one(".revealed")) {
  const hide = () => {
    all(".revealed").forEach(shown => shown.remove());
    all(".masked").forEach(masked => { masked.hidden = false; });
  };
  window.setTimeout(hide, 5 * 60 * 1000);
  window.addEventListener("pagehide", hide);
}
