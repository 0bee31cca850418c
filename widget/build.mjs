// Builds dist/: `node build.mjs [folder]`. The same sources give the same bytes, so that a test can compare.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = process.argv[2] ?? `${here}dist`;
const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  legalComments: "none",
  target: ["es2020", "safari13", "chrome80", "firefox78"],
  // Safari 13 fails at one rare form of it only, which nobody writes here.
  supported: { destructuring: true },
  logLevel: "warning",
};

// Styles travel inside the script as minified text; the file of its own is for browsers that cannot adopt a style sheet.
await build({ ...common, entryPoints: ["src/style.css"], outfile: `${out}/whichpath.css` });
const minified = readFileSync(`${out}/whichpath.css`, "utf8");
const styles = {
  name: "styles",
  setup(steps) {
    steps.onLoad({ filter: /\.css$/ }, () => ({ contents: minified, loader: "text" }));
  },
};
// On its own, so that the text box stands before what is needed for answers has arrived.
await build({ ...common, entryPoints: ["src/later.ts"], outfile: `${out}/later.js`, format: "esm" });
// Words that most people never need.
await build({ ...common, entryPoints: ["src/strings.es.ts"], outfile: `${out}/es.js`, format: "esm" });
// Named by its content: a browser may keep it for good, and never pairs it with a script of another day.
const named = (name) => {
  const version = createHash("sha256")
    .update(readFileSync(`${out}/${name}`))
    .digest("hex")
    .slice(0, 10);
  return JSON.stringify(`${name}?v=${version}`);
};
await build({
  ...common,
  entryPoints: ["src/main.ts"],
  outfile: `${out}/whichpath.js`,
  format: "iife",
  plugins: [styles],
  define: { LATER: named("later.js"), SPANISH: named("es.js") },
});
for (const name of ["later.js", "es.js", "whichpath.css", "whichpath.js"]) {
  writeFileSync(`${out}/${name}.br`, brotliCompressSync(readFileSync(`${out}/${name}`)));
}
