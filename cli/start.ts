import * as module from "node:module";
import { codeFolder } from "./cache/folder.ts";
import { answerFromCache } from "./fast.ts";

// In the package this file and all that it needs is one CommonJS file, and so is the one beside it.
const main = import.meta.filename.endsWith(".ts") ? "./main.ts" : "./main.cjs";

if (!answerFromCache(process.argv.slice(2))) {
  const code = codeFolder(process.env);
  if (code !== null) module.enableCompileCache(code);
  import(main).then((cli: typeof import("./main.ts")) => cli.start());
}
