import type { Place, Span } from "../diagnostics/types.ts";
import { spanAt, type Text } from "../text.ts";

/**
 * `// noxus-waive: reason` in a source of the plugin: somebody answers for a use that cannot be proven. It stands on
 * the line of the use or on the line above; for a use inside a package, at the import that brings the package in.
 */
export interface Waiver {
  readonly file: string;
  /** Of the comment. */
  readonly span: Span;
  /** Null when none is given, which is an error. */
  readonly reason: string | null;
  /** Line (1-based) that it covers. */
  readonly line: number;
}

const comment = /\/\/[ \t]*noxus-waive\b[ \t]*:?([^\r\n]*)/g;

/** The waivers of one source, in order. Read from the text: what a bundler drops and a parser skips is still there. */
export function readWaivers(file: string, text: Text): readonly Waiver[] {
  return [...text.value.matchAll(comment)].map((match) => {
    const span = spanAt(text, match.index, match.index + match[0].trimEnd().length);
    const reason = (match[1] ?? "").trim();
    const line = span.start.line;
    const before = text.value.slice(text.lineStarts[line - 1] ?? 0, match.index);
    // Behind code it covers that line; on a line of its own the next one that is no comment.
    const covered = before.trim() === "" ? nextCode(text, line) : line;
    return { file, span, reason: reason === "" ? null : reason, line: covered };
  });
}

/** The waiver that covers one of the places; the first that gives a reason. */
export function findWaiver(waivers: readonly Waiver[], places: readonly Place[]): Waiver | null {
  const covering = waivers.filter((waiver) =>
    places.some((place) => place.file === waiver.file && place.span?.start.line === waiver.line),
  );
  return covering.find((waiver) => waiver.reason !== null) ?? covering[0] ?? null;
}

function nextCode(text: Text, after: number): number {
  for (let line = after + 1; line <= text.lineStarts.length; line++) {
    const content = text.value
      .slice(text.lineStarts[line - 1] ?? 0, text.lineStarts[line] ?? text.value.length)
      .trim();
    if (!content.startsWith("//")) return line;
  }
  return after;
}
