// Canvas text does not wrap by itself, and Chinese has no spaces to wrap at: lines are cut here, so
// that the layout knows the size of every node before it places it.

const context = document.createElement("canvas").getContext("2d");

// No line begins with what closes, and none ends with what opens.
const CLOSES = /^[，。；：、！？…）】》〉」』”’%)\],.;:!?]/u;
const OPENS = /[（【《〈「『“‘(\[]+$/u;

/** Break `text` into at most `rows` lines no wider than `width` pixels in `font`. */
export function lines(text, font, width, rows) {
  context.font = font;
  const pieces = text.match(/[ -~]+?(?:\s+|$)|[ -~]+|[^ -~]/gu) ?? [];
  const out = [""];
  for (const piece of pieces) {
    const line = out[out.length - 1];
    const begun = line.replace(OPENS, "");
    if (begun && !CLOSES.test(piece) && context.measureText(line + piece.trimEnd()).width > width) {
      out[out.length - 1] = begun;
      out.push(line.slice(begun.length) + piece.trimStart());
    } else out[out.length - 1] = line + piece;
  }
  if (out.length > rows) {
    out.length = rows;
    out[rows - 1] = `${out[rows - 1].slice(0, -1)}…`;
  }
  return out.map((line) => line.trimEnd());
}

/** Size of a block of lines in pixels: [width, height]. */
export function size(block, font, lineHeight) {
  context.font = font;
  const width = Math.max(...block.map((line) => context.measureText(line).width));
  return [Math.ceil(width), block.length * lineHeight];
}
