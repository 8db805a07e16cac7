import { ts } from "ts-morph";
import type { Comment, Site, Tag } from "./shapes.ts";
import { isKnownTag } from "./tags.ts";

/**
 * The JSDoc comments of a declaration, the last one first, as TypeScript ranks them. Read from the text, because
 * TypeScript does not attach a comment that stands on the line of the brace or member before it.
 */
export function commentsOn(node: ts.Node): readonly Comment[] {
  const file = node.getSourceFile();
  const text = file.text;
  const holder = commentHolder(node);
  const start = holder.getStart(file);
  const leading = ts.getLeadingCommentRanges(text, holder.pos) ?? [];
  // On the line of what comes before: it is of this declaration only when the declaration begins on that line too.
  const trailing = (ts.getTrailingCommentRanges(text, holder.pos) ?? []).filter(
    (range) => !text.slice(range.end, start).includes("\n"),
  );
  const seen = new Set<number>();
  return [...trailing, ...leading]
    .filter((range) => text.startsWith("/**", range.pos) && text[range.pos + 3] !== "/")
    .filter((range) => !seen.has(range.pos) && seen.add(range.pos))
    .sort((a, b) => b.pos - a.pos)
    .map((range) => readComment(file.fileName, text, range.pos + 3, range.end - 2));
}

/** A variable's comment stands before its `const`. */
function commentHolder(node: ts.Node): ts.Node {
  if (ts.isVariableDeclaration(node) && ts.isVariableStatement(node.parent.parent)) return node.parent.parent;
  return node;
}

/**
 * Text and tags between two offsets. A tag begins a line; tags that noxus knows also begin in the middle of one, so
 * that `@minLength 1 @maxLength 9` is two of them and `@example a @b` is one.
 */
function readComment(fileName: string, text: string, from: number, to: number): Comment {
  const body = text.slice(from, to);
  const starts: { at: number; name: string }[] = [];
  let isFenced = false;
  let offset = 0;
  for (const line of body.split("\n")) {
    const content = line.replace(/^\s*\*?/, "");
    if (/^\s*```/.test(content)) isFenced = !isFenced;
    if (!isFenced) {
      for (const match of line.matchAll(/@([A-Za-z](?:[A-Za-z0-9-]|\.[A-Za-z])*)/g)) {
        const before = line.slice(0, match.index);
        const name = match[1] ?? "";
        if (/^\s*\*?\s*$/.test(before) || (/\s$/.test(before) && isKnownTag(name)))
          starts.push({ at: offset + match.index, name });
      }
    }
    offset += line.length + 1;
  }
  const site = (start: number, end: number): Site => ({
    fileName,
    text,
    start: from + start,
    end: from + end,
  });
  const tags = starts.map(({ at, name }, index): Tag => {
    const end = starts[index + 1]?.at ?? body.length;
    const raw = body.slice(at + 1 + name.length, end);
    const length = body.slice(at, end).split("\n")[0]?.trimEnd().length ?? 0;
    return { name, text: clean(raw), site: site(at, at + length) };
  });
  return { text: clean(body.slice(0, starts[0]?.at ?? body.length)), tags };
}

/** Without the stars that begin its lines. */
function clean(text: string): string {
  return text
    .split("\n")
    .map((line, index) => (index === 0 ? line : line.replace(/^\s*\*? ?/, "")).trimEnd())
    .join("\n")
    .trim();
}
