import type { YAMLError } from "yaml";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { spanAt, type Text } from "../text.ts";

interface Fault {
  readonly reason: string;
  readonly help?: string;
  /** Where the parser points, unless something else is the cause. */
  readonly start?: number;
  readonly end?: number;
}

/**
 * What the YAML parser complains of, in words about the file rather than about its grammar. One for each line: the
 * parser stumbles over one mistake several times. Reports NX1003 and NX1007.
 */
export function syntaxFaults(file: string, text: Text, errors: readonly YAMLError[]): readonly Diagnostic[] {
  const lines = new Set<number>();
  return errors.flatMap((error) => {
    const [start, end] = error.pos;
    if (error.code === "DUPLICATE_KEY") {
      const key = keyAt(text, start) ?? "a key";
      return [diagnostic("NX1007", { file, span: spanAt(text, start, start + key.length) }, { key })];
    }
    const fault = faultOf(error, text);
    const span = spanAt(text, fault.start ?? start, fault.end ?? end);
    const line = spanAt(text, start, start).start.line;
    if (lines.has(line)) return [];
    lines.add(line);
    return [diagnostic("NX1003", { file, span }, fault)];
  });
}

function faultOf({ code, message, pos: [start] }: YAMLError, text: Text): Fault {
  switch (code) {
    case "TAB_AS_INDENT":
      return { reason: "tabs cannot indent YAML", help: "indent with spaces" };
    case "MULTIPLE_DOCS":
      return { reason: "the file holds several YAML documents", help: "keep one; remove `---`" };
    case "TAG_RESOLVE_FAILED":
      return { reason: "custom YAML tags are not supported", help: "remove the tag" };
    case "BAD_SCALAR_START": {
      const sign = text.value.charAt(start);
      return { reason: `a value cannot start with \`${sign}\``, help: "put the value in quotes" };
    }
    case "BLOCK_AS_IMPLICIT_KEY":
    case "MULTILINE_IMPLICIT_KEY":
      return misplacedKey(text, start) ?? { reason: plain(message) };
    case "BAD_INDENT":
      return /^flow/i.test(message)
        ? unclosed(message)
        : {
            reason: "this line starts in another column than those it belongs to",
            help: "indent it as they are",
          };
    case "MISSING_CHAR":
      return unclosed(message);
    case "UNEXPECTED_TOKEN":
      return {
        reason: "the value before this has ended",
        help: "look at the quotes, and at the indentation of this line and the one above",
      };
    default:
      return { reason: plain(message) };
  }
}

/** What is opened and not closed, by the parser's words for it. */
function unclosed(message: string): Fault {
  const signs = [
    [/double.?quote|"quote/i, '"'],
    [/single.?quote|'quote/i, "'"],
    [/flow seq|\]/i, "["],
    [/flow map|\}/i, "{"],
  ] as const;
  const sign = signs.find(([pattern]) => pattern.test(message))?.[1];
  return sign === undefined
    ? { reason: plain(message) }
    : { reason: `a \`${sign}\` is opened and not closed`, help: "close it" };
}

/** A value with a colon in it, a line that is indented too far, a key without its colon. */
function misplacedKey(text: Text, start: number): Fault | null {
  const from = text.lineStarts[spanAt(text, start, start).start.line - 1] ?? 0;
  const rest = text.value.slice(from).split(/\r?\n/, 2);
  const [line = "", next = ""] = rest;
  const [, key = null, value = ""] = /^\s*(?:- +)?([\w-]+):\s+(.*?)\s*$/.exec(line) ?? [];
  if (key === null) {
    const [, name = null, given = ""] = /^\s*(\w[\w-]*)(?::|\s|$)\s*(.*)$/.exec(line) ?? [];
    if (name === null) return null;
    return {
      reason: "a key needs a colon and a space after it",
      help: `write \`${`${name}: ${given}`.trim()}\``,
    };
  }
  if (/:(\s|$)/.test(value)) {
    const at = from + line.indexOf(value, line.indexOf(`${key}:`) + key.length + 1);
    return {
      reason: "a value with a colon and a space in it must be in quotes",
      help: `write \`${key}: ${JSON.stringify(value)}\``,
      start: at,
      end: at + value.length,
    };
  }
  const inner = /^(\s+)([\w-]+):/.exec(next);
  if (inner === null) return null;
  const at = text.value.indexOf(next, from + line.length) + (inner[1]?.length ?? 0);
  return {
    reason: `\`${inner[2]}\` is indented as a part of \`${key}\`, which has a value already`,
    help: `start it in the same column as \`${key}\``,
    start: at,
    end: at + (inner[2]?.length ?? 0),
  };
}

function keyAt(text: Text, start: number): string | undefined {
  return /^[^\s:#]+/.exec(text.value.slice(start))?.[0];
}

function plain(message: string): string {
  const first = (message.split("\n")[0] ?? message).replace(/\.$/, "");
  return first.charAt(0).toLowerCase() + first.slice(1);
}
