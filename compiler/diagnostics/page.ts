import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

/** Markdown page of a code, as shipped; null for a code that has none. */
export function explainPage(code: string): string | null {
  if (!/^NX\d{4}$/.test(code)) return null;
  const file = join(packageRoot, "compiler", "diagnostics", "pages", `${code}.md`);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}
