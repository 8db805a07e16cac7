import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder, packageRoot, typeFolders } from "../../compiler/package-root.ts";
import { statOf } from "./evidence.ts";
import { gather, type Seen } from "./gather.ts";
import { keepTool, recallTool, toolName } from "./tool.ts";

/** The name of this noxus, found out where the cache does not have it; null where it changes while it runs. */
export function nameTool(folder: string): string | null {
  const known = recallTool(folder);
  if (known !== null) return known;
  const started = Date.now() - process.uptime() * 1000;
  const seen = new Map<string, Seen>(
    toolFiles().map((path) => [path, { looks: new Set(["content"] as const), stats: statOf(path) }]),
  );
  // What was changed since the start is not what was loaded.
  const evidence = gather(seen, started);
  if (evidence === null) return null;
  // Their paths are our own: a link that leads elsewhere leads to another file.
  const own = { ...evidence, places: [] };
  keepTool(folder, own);
  return toolName(own);
}

/** Our own files, and of each package that we compile with its description, which has its version. */
function toolFiles(): readonly string[] {
  const own = globSync(["package.json", ...(import.meta.url.endsWith(".ts") ? sources : built)], {
    cwd: packageRoot,
    exclude: (path) => /(^|\/)(test|fixtures|node_modules|templates|pages)$/.test(path),
  });
  return [...new Set([...own.map((path) => join(packageRoot, path)), ...packages()])].sort();
}

const sources = ["{compiler,runtime,cli,scaffold}/**/*.{ts,json}", "bin/*.cjs"];
/** The digest of all that the build wrote stands for it. */
const built = ["dist/digest", "runtime/sdk/*.ts", "bin/*.cjs"];

/** What noxus compiles with, as it is resolved from our own folder. */
function packages(): readonly string[] {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    readFileSync(join(packageRoot, "package.json"), "utf8"),
  ) as Readonly<Record<string, Readonly<Record<string, string>>>>;
  const named = Object.keys({ ...dependencies, ...devDependencies }).map((name) =>
    packageFolder(name, packageRoot),
  );
  return [...named, ...typeFolders()].flatMap((folder) =>
    folder === null ? [] : [join(folder, "package.json")],
  );
}
