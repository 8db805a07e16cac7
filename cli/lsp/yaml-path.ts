import { isMap, isNode, isScalar, isSeq, type Node, type Pair, parseDocument } from "yaml";

/** Where in a YAML text an offset is. */
export interface YamlPlace {
  /** Keys and indexes from the root down to the value; for `key`, down to the mapping that the key is in. */
  readonly path: readonly string[];
  readonly part: "key" | "value";
  /** The scalar, as it is meant and where it stands. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The keys of the mapping around, for `key`. */
  readonly siblings: readonly string[];
}

/** The scalar that holds an offset; null between them. Goes on after errors as far as there is a tree. */
export function placeIn(text: string, offset: number): YamlPlace | null {
  return find(parseDocument(text, { logLevel: "silent" }).contents, [], offset);
}

/** No YAML that anybody writes has this in it. */
const mark = "noxusCursorMark";

/**
 * Where something that is being written at an offset would be: the text is read with a word put there, so that an
 * empty place has a node. `start` and `end` are what is there already.
 */
export function placeWritten(text: string, offset: number): YamlPlace | null {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  const after = /^[^\r\n]*/.exec(text.slice(offset))?.[0] ?? "";
  if (before.includes("#")) return null;
  const isKey = /^\s*[^\s:\-[{"'][^\s:]*$|^\s*$/.test(before) && /^[^\s:]*$/.test(after);
  const inserted = isKey ? `${mark}${after}:` : mark;
  const rest = text.slice(isKey ? offset + after.length : offset);
  const place = placeIn(`${text.slice(0, offset)}${inserted}${rest}`, offset + 1);
  if (place === null) return null;
  return { ...place, text: place.text.replace(mark, ""), end: place.end - mark.length };
}

function find(node: unknown, path: readonly string[], offset: number): YamlPlace | null {
  if (!isNode(node)) return null;
  if (isMap(node)) {
    for (const pair of node.items) {
      const found = findInPair(pair, node.items, path, offset);
      if (found !== null) return found;
    }
    return null;
  }
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = find(item, [...path, String(index)], offset);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isScalar(node) || !isIn(node, offset)) return null;
  return { path, part: "value", siblings: [], ...scalar(node) };
}

function findInPair(
  pair: Pair,
  siblings: readonly Pair[],
  path: readonly string[],
  offset: number,
): YamlPlace | null {
  const { key, value } = pair;
  if (isScalar(key) && isIn(key, offset)) {
    const others = siblings.filter((other) => other !== pair).map((other) => nameOf(other));
    return { path, part: "key", siblings: others, ...scalar(key) };
  }
  return find(value, [...path, nameOf(pair)], offset);
}

function nameOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}

function isIn({ range }: Node, offset: number): boolean {
  return !!range && range[0] <= offset && offset <= range[1];
}

function scalar(node: Node & { readonly value: unknown }): Pick<YamlPlace, "text" | "start" | "end"> {
  const [start, end] = node.range ?? [0, 0];
  return { text: String(node.value ?? ""), start, end };
}
