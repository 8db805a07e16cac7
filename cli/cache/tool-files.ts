import { globSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "../../compiler/package-root.ts";
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

/**
 * The packages whose declarations noxus lends to plugins: hundreds of files that every plugin rests on, and that only
 * ever change together. They count by their version, as part of noxus.
 */
export function typeFolders(): readonly string[] {
  const node = packageFolder("@types/node", packageRoot);
  if (node === null) return [];
  return [node, packageFolder("undici-types", realpathSync.native(node))].filter((path) => path !== null);
}

/** Path of an installed package, in the nearest node_modules above; null where it is not installed. */
function packageFolder(name: string, from: string): string | null {
  const path = join(from, "node_modules", name);
  if (statOf(join(path, "package.json")) !== undefined) return path;
  return dirname(from) === from ? null : packageFolder(name, dirname(from));
}
