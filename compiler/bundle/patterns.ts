import { join } from "node:path";
import type { Message, Plugin } from "esbuild";
import type { Texts } from "../load/texts.ts";

/** Where a `require` stands whose pattern fits no file, by file: byte offsets of its argument, in order. */
export type Patterns = ReadonlyMap<string, readonly (readonly [start: number, end: number])[]>;

/**
 * Of what could not be bundled, `require("./build/" + name + "/addon")` in a folder that is not there. Null where
 * something else failed too, or where it is the plugin's own code: there it is a mistake. `file` is relative to the root.
 */
export function patternsWithoutFile(
  errors: readonly Message[],
  root: string,
  isInPackage: (file: string) => boolean,
  texts: Texts,
): Patterns | null {
  const found = new Map<string, (readonly [number, number])[]>();
  for (const { text, location } of errors) {
    if (location === null || !/^Could not resolve require\("\..*\*.*"\)$/.test(text)) return null;
    if (!isInPackage(location.file)) return null;
    const path = join(root, location.file);
    const lines = (texts.read(path) ?? "").split(/(?<=\n)/).slice(0, location.line - 1);
    const start = Buffer.byteLength(lines.join("")) + location.column;
    found.set(path, [...(found.get(path) ?? []), [start, start + location.length]]);
  }
  return found.size === 0 ? null : found;
}

/** Leaves those to run time: they fail there as they would without a bundle, mostly where that is expected. */
export function leavePatterns(patterns: Patterns, texts: Texts): Plugin {
  return {
    name: "noxus-patterns",
    setup(bundle) {
      bundle.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: "file" }, ({ path }) => {
        const places = patterns.get(path);
        const text = places === undefined ? null : texts.read(path);
        if (places === undefined || text === null) return undefined;
        const bytes = Buffer.from(text);
        let contents = "";
        let from = 0;
        for (const [start, end] of [...places].sort((a, b) => a[0] - b[0])) {
          // The bundler looks for patterns in plain arguments only.
          contents += `${bytes.subarray(from, start)}...[${bytes.subarray(start, end)}]`;
          from = end;
        }
        return { contents: contents + bytes.subarray(from).toString(), loader: "default" };
      });
    },
  };
}
