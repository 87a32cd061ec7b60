// Which part of the chain is on screen: everything reachable from the centre through open nodes.

/** More than this many nodes on one screen cannot be read. */
const ROOM = 16;

/** Neighbours of every node, whatever the direction of the edge: id -> Set of ids. */
export function neighbours(nodes, edges) {
  const near = new Map(nodes.map((node) => [node.id, new Set()]));
  for (const edge of edges) {
    near.get(edge.source)?.add(edge.target);
    near.get(edge.target)?.add(edge.source);
  }
  return near;
}

/** Nodes reached from the centre, with their distance; `stays` keeps one out that a node would lead to. */
function walk(centre, near, isOpen, stays = () => false) {
  const depth = new Map([[centre, 0]]);
  const queue = [centre];
  for (const id of queue) {
    if (!isOpen(id, depth.get(id))) continue;
    for (const next of near.get(id) ?? []) {
      if (depth.has(next) || stays(id, next)) continue;
      depth.set(next, depth.get(id) + 1);
      queue.push(next);
    }
  }
  return depth;
}

/**
 * What is open at first: as many steps from the centre as leave room on the screen; when even that is
 * too much, the nodes in `later` (records of single acts) wait until somebody opens what they hang on.
 */
export function atFirst(centre, near, later) {
  const count = (depth, waiting) =>
    walk(centre, near, (_, at) => at < depth, (_, next) => waiting.has(next)).size;
  for (const waiting of [new Set(), later]) {
    for (let depth = 6; depth > 1; depth -= 1) {
      if (count(depth, waiting) <= ROOM) return { depth, waiting };
    }
  }
  return { depth: 1, waiting: later };
}

/**
 * The nodes on screen, given what the reader has opened and closed by hand.
 * @returns {{shown: Set<string>, open: (id: string) => boolean, hidden: (id: string) => number}}
 */
export function visible(centre, near, { depth, waiting }, byHand) {
  const stays = (id, next) => waiting.has(next) && byHand.get(id) !== true;
  const first = walk(centre, near, (_, at) => at < depth, stays);
  const isOpen = (id) => byHand.get(id) ?? (first.has(id) && first.get(id) < depth);
  const shown = new Set(walk(centre, near, isOpen, stays).keys());
  const hidden = (id) => [...(near.get(id) ?? [])].filter((next) => !shown.has(next)).length;
  return { shown, open: isOpen, hidden };
}

/** The nodes to open, from what is shown outwards, so that `id` is on screen; none when it is already. */
export function wayTo(id, shown, near) {
  const from = new Map([[id, null]]);
  for (const at of from.keys()) {
    if (shown.has(at)) {
      const way = [];
      for (let step = at; step !== id; step = from.get(step)) way.push(step);
      return way;
    }
    for (const next of near.get(at) ?? []) if (!from.has(next)) from.set(next, at);
  }
  return [];
}

/** Edges by which every shown node is first reached from the centre: what the layout is made of. */
export function treeOf(centre, nodes, edges) {
  const at = new Map(nodes.map((node) => [node.id, []]));
  for (const edge of edges) {
    at.get(edge.source).push([edge.target, edge]);
    at.get(edge.target).push([edge.source, edge]);
  }
  const reached = new Set([centre]);
  const tree = [];
  for (const id of reached) {
    for (const [next, edge] of at.get(id) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      tree.push(edge);
    }
  }
  return tree;
}
