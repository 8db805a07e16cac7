import { relative, sep } from "node:path";

/** `file` relative to `root`, with `/` between segments on every system. */
export function relativePath(root: string, file: string): string {
  return relative(root, file).split(sep).join("/");
}
