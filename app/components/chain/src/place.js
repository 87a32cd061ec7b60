// Where everything goes: dagre in the direction of reading, with room for the words on the edges.
import dagre from "@dagrejs/dagre";

/**
 * Places of the nodes (Map id -> {x, y}) and bends of the edges (Map id -> {weights, distances}, as
 * cytoscape counts them: along and across the line between the two nodes), read from left to right
 * or from top to bottom, whichever is larger in a frame of `room` = [width, height] pixels.
 */
export function place(nodes, edges, room) {
  const tries = ["LR", "TB"].map((direction) => lay(nodes, edges, direction));
  const scale = ({ width, height }) => Math.min(1, room[0] / width, room[1] / height);
  return scale(tries[1]) > scale(tries[0]) * 1.15 ? tries[1] : tries[0];
}

function lay(nodes, edges, direction) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: direction, nodesep: 14, edgesep: 9, ranksep: 26, marginx: 8, marginy: 8 });
  for (const node of nodes) graph.setNode(node.id, { width: node.w, height: node.h });
  for (const edge of edges) {
    graph.setEdge(edge.source, edge.target, { width: edge.w + 12, height: edge.h, labelpos: "c" });
  }
  dagre.layout(graph);
  const places = new Map(nodes.map(({ id }) => [id, { x: graph.node(id).x, y: graph.node(id).y }]));
  const bends = new Map(
    beside(edges, graph, direction === "LR" ? ["x", "w"] : ["y", "h"]).map(([edge, points]) =>
      [edge.id, bend(places.get(edge.source), places.get(edge.target), points)]),
  );
  return { places, bends, width: graph.graph().width, height: graph.graph().height };
}

/**
 * Where the edges turn: before and behind the words, which stand in one column (`along` the way of reading,
 * as wide as the widest `across` of it). Edges fan out before the column, so that none crosses the words of
 * another, and the words stand on a straight piece.
 */
function beside(edges, graph, [along, across]) {
  const placed = edges.map((edge) => [edge, graph.edge(edge.source, edge.target)]);
  const widest = new Map();
  for (const [edge, at] of placed) {
    const column = Math.round(at[along]);
    widest.set(column, Math.max(widest.get(column) ?? 0, edge[across]));
  }
  return placed.map(([edge, at]) => {
    const half = widest.get(Math.round(at[along])) / 2 + 6;
    const turns = [-half, half].map((step) => ({ x: at.x, y: at.y, [along]: at[along] + step }));
    const from = graph.node(edge.source)[along];
    return [edge, from <= at[along] ? turns : turns.reverse()];
  });
}

/** Bends of an edge through some points, as cytoscape counts them; all are {x, y}. */
export function bend(from, to, points) {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const weights = points.map(({ x, y }) => ((x - from.x) * dx + (y - from.y) * dy) / (length * length));
  const distances = points.map(({ x, y }) => ((y - from.y) * dx - (x - from.x) * dy) / length);
  return { weights, distances };
}
