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
  graph.setGraph({ rankdir: direction, nodesep: 12, edgesep: 5, ranksep: 24, marginx: 8, marginy: 8 });
  for (const node of nodes) graph.setNode(node.id, { width: node.w, height: node.h });
  for (const edge of edges) {
    graph.setEdge(edge.source, edge.target, { width: edge.w + 12, height: edge.h, labelpos: "c" });
  }
  dagre.layout(graph);
  const places = new Map(nodes.map(({ id }) => [id, { x: graph.node(id).x, y: graph.node(id).y }]));
  const bends = new Map(
    edges.map((edge) => {
      const { points } = graph.edge(edge.source, edge.target);
      return [edge.id, bend(places.get(edge.source), places.get(edge.target), points.slice(1, -1))];
    }),
  );
  return { places, bends, width: graph.graph().width, height: graph.graph().height };
}

function bend(from, to, points) {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const weights = points.map(({ x, y }) => ((x - from.x) * dx + (y - from.y) * dy) / (length * length));
  const distances = points.map(({ x, y }) => ((y - from.y) * dx - (x - from.x) * dy) / length);
  return { weights, distances };
}
