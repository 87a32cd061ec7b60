// Colours and shapes of the graph. Kinds differ by shape and outline as well as by colour.

const FONT = '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';
export const FONT_SIZE = 13;
export const CANVAS_FONT = `${FONT_SIZE}px ${FONT}`;

const LIGHT = {
  paper: "#FBFAF7", ink: "#1F2A37", quiet: "#5B6472", line: "#9AA3AF", faint: "#D8DCE1", faded: "#9AA3AF", action: "#1E4E79",
  card: "#FFFFFF", tint: "#E8EFF5", onAction: "#FFFFFF",
};
const DARK = {
  paper: "#15181D", ink: "#E6E3DB", quiet: "#A8B0BC", line: "#6B7480", faint: "#333A43", faded: "#6B7480", action: "#8DB9DE",
  card: "#1F242B", tint: "#22303D", onAction: "#10151B",
};

export function palette(scheme) {
  return scheme === "dark" ? DARK : LIGHT;
}

const SHAPES = {
  issue: "round-rectangle",
  unit: "rectangle",
  role: "rectangle",
  place: "round-tag",
  sector: "round-tag",
  inspection: "round-rectangle",
  enterprise: "cut-rectangle",
  record: "round-rectangle",
};

export function sheet(scheme) {
  const ink = palette(scheme);
  return [
    {
      selector: "node",
      style: {
        shape: (node) => SHAPES[node.data("kind")] ?? "round-rectangle",
        width: "data(w)", height: "data(h)", label: "data(lines)",
        "text-wrap": "wrap", "text-max-width": 1000, "line-height": 1.35,
        "font-family": FONT, "font-size": FONT_SIZE, color: ink.ink,
        "text-valign": "center", "text-halign": "center",
        "background-color": ink.card, "border-width": 1, "border-color": ink.line,
        "overlay-opacity": 0,
      },
    },
    { selector: 'node[kind="inspection"]', style: { "background-color": ink.tint, "border-color": ink.action } },
    { selector: 'node[kind="record"]', style: { "border-style": "dashed" } },
    { selector: 'node[kind="role"]', style: { "border-style": "dashed", "border-width": 1.5, "border-color": ink.action } },
    { selector: 'node[kind="unit"]', style: { "border-width": 1.5, "border-color": ink.action } },
    {
      selector: 'node[kind="issue"]',
      style: { "background-color": ink.action, color: ink.onAction, "border-color": ink.action },
    },
    { selector: "node.more", style: { "border-style": "double", "border-width": 4 } },
    { selector: "node.chosen", style: { "outline-width": 3, "outline-color": ink.action, "outline-offset": 2 } },
    {
      selector: "edge",
      style: {
        width: 1.2, "curve-style": "round-segments", "segment-weights": "data(weights)",
        "segment-distances": "data(distances)", "segment-radii": 12, "edge-distances": "node-position",
        "line-color": ink.line,
        "target-arrow-shape": "triangle", "target-arrow-color": ink.line, "arrow-scale": 0.8,
        label: "data(lines)", "text-wrap": "wrap", "line-height": 1.3,
        "font-family": FONT, "font-size": 11, color: ink.quiet,
        "text-background-color": ink.paper, "text-background-opacity": 1, "text-background-padding": 2,
        "overlay-opacity": 0,
      },
    },
    {
      selector: 'edge[origin="concluded"]',
      style: {
        "line-style": "dashed", "line-color": ink.action, "target-arrow-color": ink.action, color: ink.action,
      },
    },
    { selector: "edge.away", style: { display: "none" } },
    { selector: "node.dim", style: { opacity: 0.4 } },
    // by colour: through the ground of words that are half transparent, their line would be seen
    {
      selector: "edge.dim",
      style: { "line-color": ink.faint, "target-arrow-color": ink.faint, color: ink.faded },
    },
    { selector: "edge.chosen", style: { width: 3 } },
  ];
}
