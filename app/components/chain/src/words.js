// Streamlit's own words are English only: here those of its widgets and messages are replaced by ours.
// Our pages (stHtml) and what a user typed are left alone.
const NAMED = ["aria-label", "placeholder"];

let known = [];

/** Take the words to replace: {"50MB per file": …}; a blank {x} stands for anything. */
export function learn(words) {
  known = Object.entries(words).map(([theirs, ours]) => {
    const parts = theirs.split("{x}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return [new RegExp(`^${parts.join("(.*)")}$`), ours];
  });
}

function ours(text) {
  for (const [pattern, words] of known) {
    const found = pattern.exec(text.trim());
    if (found) return words.replace("{x}", () => found[1] ?? "");
  }
  return null;
}

/** Replace the words wherever they stand. */
export function speak() {
  if (!known.length) return;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
    acceptNode: (node) =>
      node instanceof Element && node.matches('[data-testid="stHtml"], script, style, textarea')
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_ACCEPT,
  });
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (node instanceof Text) {
      const words = ours(node.data);
      if (words !== null && words !== node.data) node.data = words;
      continue;
    }
    for (const name of NAMED) {
      const words = node.hasAttribute(name) ? ours(node.getAttribute(name)) : null;
      if (words !== null && words !== node.getAttribute(name)) node.setAttribute(name, words);
    }
  }
}
