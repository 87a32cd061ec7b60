// The chain of responsibility of one case, drawn around the case. What is selected, unfolded and
// folded away comes from the address, and a click puts it there.
import cytoscape from "cytoscape";
import { change } from "./place_in_address.js";
import { bend, place } from "./place.js";
import { FONT_SIZE, CANVAS_FONT, sheet } from "./look.js";
import { lines, size } from "./label.js";
import { atFirst, neighbours, treeOf, visible, wayTo } from "./visible.js";

const LEAST_HEIGHT = 240;
const MOST_HEIGHT = 720;
const LEAST_SCALE = 0.8; // smaller than this the words cannot be read
const NARROW = 560; // pixels: a phone
const COLUMN = 60; // pixels: nodes whose middles are nearer than this stand one below the other
const charts = new WeakMap();

/** Elements with their text broken into lines and their size known; lines are shorter on a phone. */
function measured(data, narrow) {
  const [centreWidth, nodeWidth, edgeWidth] = narrow ? [112, 118, 66] : [190, 160, 104];
  const edgeFont = CANVAS_FONT.replace(`${FONT_SIZE}px`, "11px");
  const nodes = data.nodes.map((node) => {
    const block = lines(node.label, CANVAS_FONT, node.id === data.centre ? centreWidth : nodeWidth, narrow ? 4 : 3);
    const [w, h] = size(block, CANVAS_FONT, FONT_SIZE * 1.35);
    return { ...node, lines: block.join("\n"), w: w + 26, h: h + 16 };
  });
  const edges = data.edges.map((edge) => {
    const block = lines(edge.label, edgeFont, edgeWidth, narrow ? 4 : 3);
    const [w, h] = size(block, edgeFont, 15);
    return { ...edge, lines: block.join("\n"), w, h };
  });
  return { nodes, edges };
}

/** The bend of an edge outside the layout between nodes that do not stand in one column: nearly straight. */
const ASIDE = { weights: [0.5], distances: [20] };

/** Whether two maps hold the same. */
function same(one, other) {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

class Chart {
  constructor(root) {
    root.innerHTML = "";
    this.frame = document.createElement("div");
    this.frame.className = "frame";
    this.canvas = document.createElement("div");
    this.canvas.className = "canvas";
    this.canvas.style.position = "relative"; // the canvas measures itself before its style sheet is there
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.bar = document.createElement("div");
    this.bar.className = "bar";
    this.say = document.createElement("div");
    this.say.className = "say";
    this.say.setAttribute("aria-live", "polite");
    this.toggleButton = this.button(() => this.toggle(this.at));
    this.smallerButton = this.button(() => this.zoom(0.8));
    this.largerButton = this.button(() => this.zoom(1.25));
    this.fitButton = this.button(() => this.cy.fit(undefined, 18));
    this.frame.append(this.canvas, this.bar, this.say);
    root.append(this.frame);
    this.cy = cytoscape({ container: this.canvas, minZoom: 0.3, maxZoom: 2 });
    this.cy.userZoomingEnabled(false); // the wheel scrolls the page; zoom with Ctrl, a pinch or the keys
    // Cytoscape looks for scrolling ancestors only up to the shadow root, so it has to be told where it is.
    for (const event of ["pointerenter", "pointerdown"]) {
      this.canvas.addEventListener(event, () => this.cy.renderer().invalidateContainerClientCoordsCache(), true);
    }
    this.canvas.addEventListener("wheel", (event) => this.zoomWithCtrl(event), { passive: false });
    this.cy.on("tap", "node", (event) => this.choose(event.target.data()));
    this.cy.on("tap", "edge", (event) => this.chooseEdge(event.target.data()));
    this.cy.on("dbltap", "node", (event) => this.toggle(event.target.id()));
    this.cy.on("mouseover", "node,edge", () => { this.canvas.style.cursor = "pointer"; });
    this.cy.on("mouseout", "node,edge", () => { this.canvas.style.cursor = ""; });
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
    this.resizing = new ResizeObserver(() => this.onResize());
    this.resizing.observe(this.canvas);
    this.byHand = new Map();
  }

  button(action) {
    const button = document.createElement("button");
    button.type = "button";
    button.addEventListener("click", action);
    this.bar.append(button);
    return button;
  }

  update(data) {
    const drawn = JSON.stringify([data.centre, data.nodes, data.edges]);
    const asked = new Map([...data.open.map((id) => [id, true]), ...data.shut.map((id) => [id, false])]);
    if (this.scheme !== data.scheme) this.cy.style(sheet(data.scheme));
    this.scheme = data.scheme;
    this.texts = data.texts;
    this.canvas.setAttribute("aria-label", data.texts.label);
    this.fitButton.textContent = data.texts.fit;
    for (const [button, sign, words] of [
      [this.largerButton, "+", data.texts.larger], [this.smallerButton, "−", data.texts.smaller],
    ]) {
      button.textContent = sign;
      button.setAttribute("aria-label", words);
      button.title = words;
    }
    this.at = data.selected ?? data.centre;
    const fresh = drawn !== this.drawn;
    if (fresh) {
      this.drawn = drawn;
      this.data = data;
      this.centre = data.centre;
      this.measure();
      this.near = neighbours(data.nodes, data.edges);
      const later = new Set(data.nodes.filter((node) => node.kind === "record").map((node) => node.id));
      this.first = atFirst(data.centre, this.near, later);
    }
    if (fresh || !same(asked, this.asked)) this.revealed = new Map();
    this.asked = asked;
    const wanted = this.withShown(this.at, asked);
    if (fresh || !same(wanted, this.byHand)) {
      this.byHand = wanted;
      this.draw();
    }
    this.mark(this.at, data.selectedEdge);
  }

  measure() {
    this.narrow = this.canvas.clientWidth < NARROW;
    this.elements = measured(this.data, this.narrow);
  }

  /** What is opened by hand, and what must be open besides for a selected node to be on screen. */
  withShown(id, asked) {
    const wanted = new Map([...asked, ...this.revealed]);
    const { shown } = visible(this.centre, this.near, this.first, wanted);
    for (const step of wayTo(id, shown, this.near)) {
      this.revealed.set(step, true);
      wanted.set(step, true);
    }
    return wanted;
  }

  /** Put the visible part on the canvas and lay it out; called only when that part changed. */
  draw() {
    this.view = visible(this.centre, this.near, this.first, this.byHand);
    const { shown } = this.view;
    const nodes = this.elements.nodes.filter((node) => shown.has(node.id));
    const edges = this.elements.edges.filter((edge) => shown.has(edge.source) && shown.has(edge.target));
    this.width = this.canvas.clientWidth;
    const tree = new Set(treeOf(this.centre, nodes, edges).map((edge) => edge.id));
    const { places, bends } = place(nodes, edges.filter((edge) => tree.has(edge.id)), [this.width, MOST_HEIGHT]);
    this.cy.batch(() => {
      this.cy.elements().remove();
      this.cy.add([
        ...nodes.map((node) => ({
          group: "nodes", data: node, position: places.get(node.id),
          classes: this.view.hidden(node.id) ? "more" : "",
        })),
        ...edges.map((edge) => ({
          group: "edges", data: { ...edge, ...(bends.get(edge.id) ?? ASIDE) }, classes: tree.has(edge.id) ? "" : "beside",
        })),
      ]);
    });
    this.fitReadably();
  }

  zoom(factor) {
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: { x: this.cy.width() / 2, y: this.cy.height() / 2 } });
  }

  /** Show everything if that is legible, else the case itself at a legible size. */
  fitReadably() {
    const box = this.cy.elements().boundingBox();
    const scale = Math.min(1, (this.canvas.clientWidth - 36) / box.w);
    const room = box.h * Math.max(scale, LEAST_SCALE) + 60;
    const height = Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, room));
    this.canvas.style.height = `${Math.round(height)}px`;
    this.cy.resize();
    this.cy.fit(undefined, 18);
    if (this.cy.zoom() > 1) this.cy.zoom(1);
    if (this.cy.zoom() < LEAST_SCALE) {
      this.cy.zoom(LEAST_SCALE + 0.05);
      this.cy.center(this.cy.getElementById(this.at ?? this.centre));
      this.fillFrame();
    } else this.cy.center();
  }

  /** Shift a graph that is larger than its frame so that no side of the frame stays empty. */
  fillFrame() {
    const box = this.cy.elements().renderedBoundingBox();
    const shift = (low, high, room) => Math.min(0, 18 - low) + Math.max(0, room - 18 - high);
    this.cy.panBy({ x: shift(box.x1, box.x2, this.cy.width()), y: shift(box.y1, box.y2, this.cy.height()) });
  }

  mark(node, edge) {
    this.at = this.cy.getElementById(node).nonempty() ? node : this.centre;
    this.cy.elements().removeClass("chosen");
    const here = this.cy.getElementById(this.at);
    const beside = this.cy.edges(".beside");
    beside.addClass("away");
    this.roundTheColumn(here);
    here.connectedEdges(".beside").removeClass("away");
    this.cy.elements().removeClass("dim");
    if (this.at !== this.centre) this.cy.elements().difference(here.closedNeighborhood()).addClass("dim");
    const chosen = edge ? this.cy.getElementById(edge) : this.cy.getElementById(this.at);
    chosen.addClass("chosen");
    this.describe();
  }

  /**
   * Edges outside the layout from a node to others of its column go round it on the right, and the words of
   * each stand beside the other node, so that none covers another.
   */
  roundTheColumn(here) {
    const middle = here.position("x");
    const isIn = (node) => Math.abs(node.position("x") - middle) < COLUMN;
    const edges = here.connectedEdges(".beside").filter((edge) => edge.connectedNodes().every(isIn));
    if (edges.empty()) return;
    const right = Math.max(...this.cy.nodes().filter(isIn).map((node) => node.position("x") + node.data("w") / 2)) + 10;
    const outer = right + Math.max(...edges.map((edge) => edge.data("w"))) + 24;
    for (const edge of edges.toArray()) {
      const [from, to] = [edge.source(), edge.target()];
      const { y } = (from.same(here) ? to : from).position();
      const round = [[outer, here.position("y")], [outer, y], [right, y], [right - 1, y]].map(([x, y]) => ({ x, y }));
      edge.data(bend(from.position(), to.position(), from.same(here) ? round : round.reverse()));
    }
  }

  describe() {
    const here = this.cy.getElementById(this.at);
    if (here.empty()) return;
    const hidden = this.view.hidden(this.at);
    const canClose = this.view.open(this.at) && this.near.get(this.at).size > (this.at === this.centre ? 0 : 1);
    this.toggleButton.disabled = !hidden && !canClose;
    this.toggleButton.textContent = hidden ? `${this.texts.expand} (${hidden})` : this.texts.collapse;
    this.say.textContent = here.data("label");
  }

  choose(node) {
    this.mark(node.id, null); // at once; the panel follows when the page has answered
    change({ node: node.id === this.centre ? null : node.id, edge: null });
  }

  chooseEdge(edge) {
    this.mark(edge.source, edge.id);
    change({ node: edge.source === this.centre ? null : edge.source, edge: edge.id });
  }

  /** Show what hangs on a node, or fold it away again; the address remembers it. */
  toggle(id) {
    if (!id) return;
    const open = this.view.hidden(id) > 0;
    this.byHand.set(id, open);
    const isFirst = visible(this.centre, this.near, this.first, new Map()).open(id) === open;
    if (isFirst && !this.first.waiting.size) this.byHand.delete(id);
    const at = this.at;
    this.draw();
    this.mark(at, null);
    const listed = (state) =>
      [...this.byHand].filter(([, is]) => is === state).map(([node]) => encodeURIComponent(node)).join(",");
    change({ open: listed(true), shut: listed(false) });
  }

  onKey(event) {
    const key = event.key;
    if (key === "Enter" || key === " ") this.choose(this.cy.getElementById(this.at).data());
    else if (key === "+" || key === "-" || key === "=") this.toggle(this.at);
    else if (key.startsWith("Arrow")) this.step(key);
    else return;
    event.preventDefault();
  }

  /** Move to the nearest node in the direction of the arrow. */
  step(key) {
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
    const from = this.cy.getElementById(this.at).position();
    let best = null;
    let least = Infinity;
    this.cy.nodes().forEach((node) => {
      const x = node.position("x") - from.x;
      const y = node.position("y") - from.y;
      const along = x * dx + y * dy;
      const cost = along + 2 * Math.abs(x * dy - y * dx);
      if (along > 1 && cost < least) [best, least] = [node, cost];
    });
    if (!best) return;
    this.mark(best.id(), null);
    this.cy.animate({ center: { eles: best } }, { duration: 120 });
  }

  zoomWithCtrl(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = this.canvas.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    this.cy.zoom({ level: this.cy.zoom() * (event.deltaY < 0 ? 1.15 : 0.87), renderedPosition: at });
  }

  onResize() {
    if (!this.elements || !this.canvas.clientWidth) return;
    if (Math.abs(this.canvas.clientWidth - this.width) > 80) {
      const at = this.at;
      if (this.canvas.clientWidth < NARROW !== this.narrow) this.measure();
      this.draw();
      this.mark(at, null);
    } else this.cy.resize();
  }

  close() {
    this.resizing.disconnect();
    this.cy.destroy();
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".zelian-chain");
  if (!root) return undefined;
  if (!charts.has(root)) charts.set(root, new Chart(root));
  charts.get(root).update(data);
  return () => {
    charts.get(root)?.close();
    charts.delete(root);
  };
}
