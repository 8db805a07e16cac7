/**
 * The way in: answers `noxus validate` from the cache without loading anything else of noxus. What it cannot answer
 * to the last letter as the command itself would it leaves to `main.ts`.
 */
import { recall } from "./cache/answers.ts";
import { cacheFolder } from "./cache/folder.ts";
import { DamagedEntry } from "./cache/store.ts";
import type { Compiled } from "./compiler.ts";
import { refusedBySystem, UsageError } from "./exit.ts";
import { terminalOf, write } from "./fast-output.ts";
import { type Format, isFormat } from "./reporters/index.ts";
import { defaultFormat } from "./terminal.ts";
import { visible } from "./text.ts";
import { findTargets, validationAnswer } from "./validation.ts";

/** Answers this command line and sets the process's exit code; false, with nothing printed, where it cannot. */
export function answerFromCache(argv: readonly string[]): boolean {
  const request = readRequest(argv);
  const folder = cacheFolder(process.env);
  if (request === null || folder === null) return false;
  try {
    const cwd = process.cwd();
    const begin = now();
    const { roots, note } = findTargets(cwd, request.targets);
    const plugins: Compiled[] = [];
    for (const root of roots) {
      const at = now();
      const known = recall(folder, root, false);
      if (known === null) return false;
      plugins.push({ ...known, ms: now() - at });
    }
    const analyzed = { plugins, ms: now() - begin };
    const { text, exitCode } = validationAnswer(
      analyzed,
      request.format,
      request.isStrict ? 0 : Number.POSITIVE_INFINITY,
      cwd,
      process.env,
      terminalOf(1),
    );
    if (note !== null) write(2, `note: ${visible(note)}\n`);
    write(1, text);
    process.exitCode = exitCode;
    return true;
  } catch (error) {
    // What the system refuses is told by the one who tells of errors.
    if (error instanceof UsageError || error instanceof DamagedEntry || refusedBySystem(error) !== null)
      return false;
    throw error;
  }
}

interface Request {
  readonly format: Format;
  readonly isStrict: boolean;
  readonly targets: readonly string[];
}

/** Null for anything but a plain `validate` without a mistake. */
function readRequest([command, ...rest]: readonly string[]): Request | null {
  if (command !== "validate") return null;
  const targets: string[] = [];
  const formats: string[] = [];
  let isStrict = false;
  for (const [index, argument] of rest.entries()) {
    if (argument === "--json") formats.push("json");
    else if (argument === "--strict") isStrict = true;
    else if (argument.startsWith("--format=")) formats.push(argument.slice("--format=".length));
    else if (argument === "--format") formats.push(rest[index + 1] ?? "");
    else if (argument.startsWith("-")) return null;
    else if (rest[index - 1] !== "--format") targets.push(argument);
  }
  const [format = defaultFormat(process.env)] = formats;
  return isFormat(format) && formats.length <= 1 ? { format, isStrict, targets } : null;
}

/** Milliseconds from any start. `performance` is loaded when it is first named, which takes longer than the answer. */
function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
