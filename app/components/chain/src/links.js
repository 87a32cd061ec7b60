// Links of the explorer stay in the page. Mounted once per session; without it every link still
// works as an ordinary link, only with a reload.
import { follow } from "./address.js";
import { choose, followSystem } from "./scheme.js";
import { learn, speak } from "./words.js";

let listening = false;
let lastShown = null;
let lastFocused = null;
let paths = [];

/** Is this click one that the browser would follow in this very tab, inside this explorer? */
function staysHere(event, anchor) {
  if (event.defaultPrevented || event.button !== 0) return false;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
  if (anchor.target && anchor.target !== "_self") return false;
  if (anchor.hasAttribute("download") || !anchor.hasAttribute("data-go")) return false;
  return anchor.origin === document.location.origin;
}

function onClick(event) {
  const scheme = event.target instanceof Element ? event.target.closest("[data-scheme-to]") : null;
  if (scheme) {
    event.preventDefault();
    choose(scheme.getAttribute("data-scheme-to"), paths);
    return;
  }
  const anchor = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!anchor || !staysHere(event, anchor)) return;
  event.preventDefault();
  follow(anchor.href);
}

/** A form marked data-go is a link: its action, with what was typed in. */
function onSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-go")) return;
  event.preventDefault();
  const target = new URL(form.action, document.location.href);
  for (const [name, value] of new FormData(form)) {
    if (String(value).trim()) target.searchParams.set(name, String(value).trim());
  }
  follow(target.href);
}

/** A field marked data-param sets this parameter of the address, and takes it away when it is emptied. */
function onChange(event) {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !field.dataset.param) return;
  const target = new URL(document.location.href);
  if (field.value && field.validity.valid) target.searchParams.set(field.dataset.param, field.value);
  else target.searchParams.delete(field.dataset.param);
  follow(target.href);
}

/** Bring the place that the address names into view, once per address and only when it is out of view. */
function showNamedPlace() {
  const place = document.querySelector("[data-here]");
  const name = place ? place.getAttribute("data-here") : null;
  if (name === lastShown) return;
  lastShown = name;
  if (!place) return;
  const box = place.getBoundingClientRect();
  const visible = box.top >= 60 && box.top < window.innerHeight * 0.6;
  if (!visible) place.scrollIntoView({ block: "start" });
}

/** Where the address names one thing exactly, Enter opens it: its link has the focus, once per address. */
function focusNamedLink() {
  const link = document.querySelector("a[data-focus]");
  const name = link ? link.getAttribute("href") : null;
  if (name === lastFocused) return;
  lastFocused = name;
  if (link) link.focus({ preventScroll: true });
}

export default function ({ data }) {
  document.documentElement.lang = data?.lang ?? "zh-CN";
  paths = data?.paths ?? [];
  learn(data?.words ?? {});
  speak();
  if (listening) return;
  listening = true;
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("change", onChange);
  followSystem();
  let waiting = 0;
  new MutationObserver(() => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => { showNamedPlace(); focusNamedLink(); }, 60);
    speak();
  }).observe(document.body, {
    childList: true,
    characterData: true,
    subtree: true,
    attributeFilter: ["data-here", "data-focus", "aria-label", "placeholder"],
  });
  showNamedPlace();
  focusNamedLink();
}
