// Bundles src/ into built/: one ES module per component, with the notices of what is inside.
//   npm ci --ignore-scripts && npm run build
import { build } from "esbuild";
import { copyFile, readFile, writeFile } from "node:fs/promises";

const INSIDE = ["cytoscape", "@dagrejs/dagre", "@dagrejs/graphlib"];

await build({
  entryPoints: ["src/chain.js", "src/links.js"],
  bundle: true,
  format: "esm",
  target: "es2020",
  minify: true,
  legalComments: "none", // every licence is in built/NOTICE.txt
  outdir: "built",
});
await copyFile("src/chain.css", "built/chain.css");

const notices = await Promise.all(
  INSIDE.map(async (name) => {
    const { version, license } = JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8"));
    const text = await readFile(`node_modules/${name}/LICENSE`, "utf8");
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  }),
);
await writeFile("built/NOTICE.txt", `Bundled in chain.js:\n\n${notices.join(`\n${"-".repeat(72)}\n\n`)}`);
