// Light or dark: the reader's own choice, kept by their browser. Streamlit keeps it for every path
// separately, so it is written for every page at once.

const key = (path) => `stActiveTheme-${new URL(path, document.location.href).pathname}-v2`;

/** Remember a scheme ("light" or "dark") for all pages and show this one in it. */
export function choose(scheme, paths) {
  const name = scheme === "dark" ? "Dark" : "Light";
  for (const path of paths) window.localStorage.setItem(key(path), JSON.stringify(name));
  document.location.reload();
}

/** When the system changes over to dark or back, the page is drawn again in its colours. */
export function followSystem() {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", () => window.dispatchEvent(new PopStateEvent("popstate", { state: {} })));
}
