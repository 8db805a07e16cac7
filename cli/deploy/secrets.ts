import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileReason, isFileError, UsageError } from "../exit.ts";

/**
 * Variables from a file of `NAME=value` lines; `#` begins a comment, a value may stand in quotes. Throws a `UsageError`
 * for a line that is none, naming its number and never its text, and for a file that git keeps.
 */
export function readSecrets(cwd: string, file: string): Record<string, string> {
  const path = resolve(cwd, file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new UsageError(`cannot read \`${file}\`: ${fileReason(error)}`);
  }
  const tracked = spawnSync("git", ["ls-files", "--error-unmatch", "--", basename(path)], {
    cwd: dirname(path),
  });
  if (tracked.status === 0)
    throw new UsageError(
      `\`${file}\` is in git`,
      "keep secrets out of it: git rm --cached, add it to .gitignore, and change the secrets",
    );
  const found: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value = ""] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined) throw new UsageError(`\`${file}\`, line ${index + 1}: write NAME=value`);
    found[name] = value.trim().replace(/^(["'])(.*)\1$/, "$2");
  }
  return found;
}
