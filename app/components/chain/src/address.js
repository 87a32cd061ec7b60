// The address bar is the explorer's only state, so following a link inside the page means: put the
// address there and let Streamlit notice, exactly as it does for Back and Forward (popstate).

/** Go to an address of this explorer without reloading the page; `href` may be relative. */
export function follow(href) {
  const target = new URL(href, document.location.href);
  if (target.href === document.location.href) return;
  const samePage = target.pathname === document.location.pathname;
  window.history.pushState({}, "", target);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  if (!samePage) document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0 });
}
