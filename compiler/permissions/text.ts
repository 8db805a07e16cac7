import { posix } from "node:path";

/** The constant beginning of a string; `isWhole` when nothing unknown follows. */
export interface Text {
  readonly known: string;
  readonly isWhole: boolean;
  /**
   * Where all that is unknown is made of letters, digits, `-` and `_`: the constants that follow the first such part,
   * put together. What is unknown may be empty, or stand anywhere between them. Other unknown parts of which something
   * is known stand in it as one of {@link parts}.
   */
  readonly tail?: string;
}

/** Unknown parts that are not plain, as they stand in a tail. No constant has such characters and opens a file. */
export const parts = {
  /** No slash in it; it may be `..`. */
  name: "\u0000",
  /** No segment of it is `.` or `..`: the name of a file that is there, or a path that was normalised. */
  entry: "\u0001",
  /** No `..` anywhere in it; it may begin with a slash. */
  inner: "\u0003",
  /** What `encodeURIComponent` gives: no slash and no colon. It may be `..`. */
  encoded: "\u0002",
} as const;

const anyPart = new RegExp(`[${Object.values(parts).join("")}]`, "g");

/** Longer strings are none of the resources this is for; the limit keeps doubling constants harmless. */
const longest = 4096;
/** More values than this are as good as any value. */
export const mostTexts = 32;

export const nothing: Text = { known: "", isWhole: false };
export const unknown: readonly Text[] = [nothing];
export const plainOnly: readonly Text[] = [unknownPart("")];
/** Numbers that may have a fraction, and times: a piece of them may be the dot. */
export const dotted: readonly Text[] = [unknownPart(".")];

export function whole(known: string): Text {
  return { known, isWhole: true };
}

/** A text of which nothing is constant, made of one of {@link parts}. */
export function unknownPart(tail: string): Text {
  return { known: "", isWhole: false, tail };
}

export function short(text: Text): Text {
  return text.known.length > longest ? { known: text.known.slice(0, longest), isWhole: false } : text;
}

export function product(left: readonly Text[], right: readonly Text[]): readonly Text[] {
  const joined = left.flatMap((a) =>
    a.isWhole
      ? right.map((b) => ({ ...b, known: a.known + b.known }))
      : a.tail === undefined
        ? [a]
        : right.map((b) => followed(a, a.tail ?? "", b)),
  );
  return distinct(joined.map(short));
}

/** A text with a plain unknown part, and another one after it. */
function followed({ known, isWhole }: Text, tail: string, next: Text): Text {
  if (next.isWhole) return { known, isWhole, tail: tail + next.known };
  return next.tail === undefined
    ? { known, isWhole }
    : { known, isWhole, tail: tail + next.known + next.tail };
}

export function distinct(list: readonly Text[]): readonly Text[] {
  if (list.length === 1) return list;
  const byText = new Map(list.map((text) => [`${text.isWhole} ${text.known}\n${text.tail}`, text]));
  return byText.size > mostTexts || byText.size === 0 ? unknown : [...byText.values()];
}

export function wholeStrings(list: readonly Text[]): readonly string[] | null {
  return list.every(({ isWhole }) => isWhole) ? list.map(({ known }) => known) : null;
}

/** Whether each is made of letters, digits, `-` and `_` for certain. */
export function arePlain(list: readonly Text[]): boolean {
  return list.every(
    ({ known, isWhole, tail }) => (isWhole || tail !== undefined) && /^[\w-]*$/.test(known + (tail ?? "")),
  );
}

/** Whether nothing of them is known but that they are made of letters, digits, `-` and `_`, each with a dot at most. */
export function areDotted(list: readonly Text[]): boolean {
  return list.every(({ known, isWhole, tail }) => !isWhole && known === "" && (tail === "" || tail === "."));
}

/** The folder of a path whose unknown parts lead nowhere else; null where they may. */
export function folderOf({ known, tail }: Text): string | null {
  const end = known.lastIndexOf("/");
  if (tail === undefined || end <= 0) return null;
  const below = (known.slice(end + 1) + tail).split("/");
  return below.some(mayLeadUp) ? null : known.slice(0, end);
}

/** Whether one segment of a path may be `..`. Its plain unknown parts may be empty. */
function mayLeadUp(segment: string): boolean {
  const constants = segment.replace(anyPart, "");
  if (constants === segment) return /^\.{2,}$/.test(segment);
  return !/[^.]/.test(constants) && segment !== parts.entry && segment !== parts.inner;
}

/**
 * Whether the text is a path of the base that it is resolved against, or a query, whatever its unknown parts are: no
 * scheme and no host can be in it.
 */
export function isRelativeReference({ known, tail }: Text): boolean {
  // A segment without a colon is closed, or a query begins.
  if (/^(?:[\w.~%!'()*-]+[/?#]|[?#])/.test(known)) return true;
  if (tail === undefined || hasPart(tail, "name", "entry", "inner")) return false;
  const constants = (known + tail).replace(anyPart, "");
  return /^[\w.~%!'()*-]*(?:$|[/?#])/.test(constants) && !/\/\/|[\\\t\n\r]/.test(constants);
}

function hasPart(tail: string, ...names: readonly (keyof typeof parts)[]): boolean {
  return names.some((name) => tail.includes(parts[name]));
}

/** `path.join` and its like, of the texts that each argument may be. Exact only where the working directory is not in it. */
export function joinedPaths(
  name: "join" | "resolve" | "normalize",
  args: readonly (readonly Text[])[],
): readonly Text[] {
  let all: readonly (readonly Text[])[] = [[]];
  for (const each of args) {
    if (all.length * each.length > mostTexts) return unknown;
    all = all.flatMap((list) => each.map((text) => [...list, text]));
  }
  return distinct(all.map((list) => joinedPath(name, list)));
}

function joinedPath(name: "join" | "resolve" | "normalize", list: readonly Text[]): Text {
  const open = list.findIndex(({ isWhole }) => !isWhole);
  const constants = (open < 0 ? list : list.slice(0, open)).map(({ known }) => known);
  const isAbsolute = constants.some((known) => known.startsWith("/"));
  if (name === "resolve" && !isAbsolute) return nothing;
  const folder = name === "resolve" ? posix.resolve(...constants) : posix.join(...constants);
  if (open < 0) return whole(folder);
  // Of `resolve`, an absolute path would leave the folder.
  const rest = list.slice(open);
  if (rest.some(({ isWhole, tail }) => !isWhole && tail === undefined)) return nothing;
  if (name === "resolve" && rest.some((text) => startsAtRoot(text))) return nothing;
  const below = rest.map(({ known, tail }) => known + (tail ?? "")).join("/");
  const [first] = rest;
  if (first === undefined) return nothing;
  const start = constants.length === 0 ? "" : `${folder === "/" ? "" : folder}/`;
  return { known: start + first.known, isWhole: false, tail: below.slice(first.known.length) };
}

/** Whether a path may be absolute: its unknown parts may be empty. */
function startsAtRoot({ known, tail }: Text): boolean {
  if (tail?.includes(parts.inner) === true) return true;
  return (known + (tail ?? "")).replace(anyPart, "").startsWith("/");
}

export function dirnames(list: readonly Text[]): readonly Text[] {
  return list.map(({ known, isWhole, tail }) => {
    if (isWhole) return whole(posix.dirname(known));
    // A path that was normalised may have more folders than can be seen here.
    if (tail === undefined || hasPart(tail, "entry", "inner")) return nothing;
    const text = known + tail;
    const end = text.lastIndexOf("/");
    // Without a name, a slash at the end would be left out.
    if (end <= 0 || !/[^./]/.test(text.slice(end + 1).replace(anyPart, ""))) return nothing;
    return end < known.length
      ? whole(known.slice(0, end))
      : { known, isWhole: false, tail: text.slice(known.length, end) };
  });
}
