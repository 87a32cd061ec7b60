// Which part of the chain is on screen: everything reachable from the centre through open nodes.

/** More than this many nodes on one screen cannot be read. */
const ROOM = 40;

/** Neighbours of every node, whatever the direction of the edge: id -> Set of ids. */
export function neighbours(nodes, edges) {
  const near = new Map(nodes.map((node) => [node.id, new Set()]));
  for (const edge of edges) {
    near.get(edge.source)?.add(edge.target);
    near.get(edge.target)?.add(edge.source);
  }
  return near;
}

function walk(centre, near, isOpen) {
  const depth = new Map([[centre, 0]]);
  const queue = [centre];
  for (const id of queue) {
    if (!isOpen(id, depth.get(id))) continue;
    for (const next of near.get(id) ?? []) {
      if (depth.has(next)) continue;
      depth.set(next, depth.get(id) + 1);
      queue.push(next);
    }
  }
  return depth;
}

/** How many steps from the centre are open at first: as many as leave room on the screen. */
export function firstDepth(centre, near) {
  for (let depth = 6; depth > 1; depth -= 1) {
    if (walk(centre, near, (_, at) => at < depth).size <= ROOM) return depth;
  }
  return 1;
}

/**
 * The nodes on screen, given what the reader has opened and closed by hand.
 * @returns {{shown: Set<string>, open: (id: string) => boolean, hidden: (id: string) => number}}
 */
export function visible(centre, near, depth, byHand) {
  const first = walk(centre, near, (_, at) => at < depth);
  const isOpen = (id) => byHand.get(id) ?? (first.has(id) && first.get(id) < depth);
  const shown = new Set(walk(centre, near, isOpen).keys());
  const hidden = (id) => [...(near.get(id) ?? [])].filter((next) => !shown.has(next)).length;
  return { shown, open: isOpen, hidden };
}
