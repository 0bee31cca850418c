// Builds dist/: `node build.mjs [folder]`. The same sources give the same bytes, so that a test can compare.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

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
const css = await build({ ...common, entryPoints: ["src/style.css"], outfile: `${out}/whichpath.css`, write: true });
const minified = await build({ ...common, entryPoints: ["src/style.css"], write: false });
const styles = {
  name: "styles",
  setup(steps) {
    steps.onLoad({ filter: /\.css$/ }, () => ({ contents: minified.outputFiles[0].text, loader: "text" }));
  },
};
await build({ ...common, entryPoints: ["src/main.ts"], outfile: `${out}/whichpath.js`, format: "iife", plugins: [styles] });
// On its own, so that the text box stands before the transport has arrived.
await build({ ...common, entryPoints: ["src/socket.ts"], outfile: `${out}/socket.js`, format: "esm" });
