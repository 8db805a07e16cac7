import * as module from "node:module";
import { codeFolder } from "./cache/folder.ts";
import { answerFromCache } from "./fast.ts";
import { end } from "./fast-output.ts";

// In the package this file and all that it needs is one CommonJS file, and so are those beside it.
const isCheckout = import.meta.filename.endsWith(".ts");
const main = isCheckout ? "./main.ts" : "./main.cjs";
const pages = isCheckout ? "./fast-pages.ts" : "./fast-pages.cjs";

/** Commands that may ask for no more than a page. */
const pageCommands: readonly (string | undefined)[] = ["--version", "-v", "schema", "explain"];

const argv = process.argv.slice(2);

function goOn(): void {
  const code = codeFolder(process.env);
  if (code !== null) module.enableCompileCache(code);
  import(main).then((cli: typeof import("./main.ts")) => cli.start());
}

if (pageCommands.includes(argv[0]))
  import(pages).then(({ answerPage }: typeof import("./fast-pages.ts")) => {
    if (!answerPage(argv)) goOn();
  });
else if (answerFromCache(argv)) end();
else goOn();
