import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { formatPermission, type Permission, parsePermission } from "../permissions/permission.ts";

/** A replacement in a text; offsets in UTF-16 units. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Edits that add a permission to plugin.yaml's text and leave every other byte alone. Null where the layout has no
 * place for it: the file is no mapping, or what would have to grow is an alias.
 */
export function addPermission(text: string, permission: Permission): readonly TextEdit[] | null {
  const root = rootOf(text);
  if (root === null) return null;
  const entry = formatPermission(permission);
  const pair = pairOf(root, "permissions");
  if (pair === null) {
    const after = pairOf(root, "entrypoint") ?? root.items.at(-1);
    if (after === undefined) return null;
    const key = isScalar(after.key) ? after.key : null;
    const value = root.flow ? ` [${scalarText(entry, key)}]` : listText(text, root, entry);
    return addPair(text, root, "permissions", value, after);
  }
  if (isSeq(pair.value)) return addItem(text, pair.value, entry);
  if (isMap(pair.value)) return addToObject(text, pair.value, permission);
  if (!isEmpty(pair.value)) return null;
  if (root.flow || isWritten(pair.value)) return setValue(text, pair, `[${scalarText(entry)}]`);
  const end = lineEnd(text, colonOf(text, pair));
  return [{ start: end, end, text: listText(text, root, entry) }];
}

/**
 * Edits that take one mention of a permission out of plugin.yaml's text, with the comment on its line, and leave every
 * other byte alone. Null where there is none, or none that can be taken out in place.
 */
export function removePermission(text: string, permission: Permission): readonly TextEdit[] | null {
  const root = rootOf(text);
  const pair = root === null ? null : pairOf(root, "permissions");
  if (pair === null) return null;
  const entry = formatPermission(permission);
  const isEntry = (written: string): boolean => {
    const parsed = parsePermission(written);
    return "permission" in parsed && formatPermission(parsed.permission) === entry;
  };
  if (isSeq(pair.value)) return removeItem(text, pair, pair.value, isEntry);
  const inner = isMap(pair.value) ? innerPair(pair.value, permission) : null;
  if (inner === null) return null;
  const { kind } = permission;
  const isResource = (written: string): boolean => isEntry(written === "*" ? kind : `${kind}:${written}`);
  const { value } = inner;
  if (isSeq(value)) return removeItem(text, inner, value, isResource);
  if (!isScalar(value)) return null;
  if (value.value === true && entry === kind) return setValue(text, inner, "false");
  return typeof value.value === "string" && isResource(value.value) ? setValue(text, inner, "[]") : null;
}

/** The text after edits that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}

function rootOf(text: string): YAMLMap | null {
  const { errors, contents } = parseDocument(text, { logLevel: "silent" });
  return errors.length === 0 && isMap(contents) ? contents : null;
}

function pairOf(map: YAMLMap, key: string): Pair | null {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key) ?? null;
}

/** The keys below `permissions` under which the object form keeps a kind. */
function keysOf(kind: Permission["kind"]): readonly [string] | readonly [string, string] {
  switch (kind) {
    case "network":
    case "env":
      return [kind];
    case "fs:read":
      return ["filesystem", "read"];
    case "fs:write":
      return ["filesystem", "write"];
    case "exec":
      return ["system", "execute"];
  }
}

function innerPair(map: YAMLMap, permission: Permission): Pair | null {
  const [outer, inner] = keysOf(permission.kind);
  const pair = pairOf(map, outer);
  if (inner === undefined || pair === null) return pair;
  return isMap(pair.value) ? pairOf(pair.value, inner) : null;
}

function addToObject(text: string, map: YAMLMap, permission: Permission): readonly TextEdit[] | null {
  const entry = formatPermission(permission);
  const resource = entry === permission.kind ? "*" : entry.slice(permission.kind.length + 1);
  const value = resource === "*" ? "true" : `[${scalarText(resource)}]`;
  const [outer, inner] = keysOf(permission.kind);
  const pair = pairOf(map, outer);
  if (pair === null)
    return addPair(text, map, outer, inner === undefined ? ` ${value}` : ` {${inner}: ${value}}`);
  if (inner === undefined) return addResource(text, pair, resource, value);
  if (isEmpty(pair.value)) return setValue(text, pair, `{${inner}: ${value}}`);
  if (!isMap(pair.value)) return null;
  const below = pairOf(pair.value, inner);
  return below === null
    ? addPair(text, pair.value, inner, ` ${value}`)
    : addResource(text, below, resource, value);
}

/** `value` stands for the resource where there is no list to add it to. */
function addResource(text: string, pair: Pair, resource: string, value: string): readonly TextEdit[] | null {
  const present = pair.value;
  if (isSeq(present)) return addItem(text, present, resource);
  if (isEmpty(present) || (isScalar(present) && present.value === false)) return setValue(text, pair, value);
  if (!isScalar(present) || typeof present.value !== "string" || !present.range) return null;
  const [start, end] = present.range;
  return setValue(text, pair, `[${text.slice(start, end)}, ${scalarText(resource, present)}]`);
}

/** Adds `key:` with `value`, which brings its own space or line break, after another pair of the mapping. */
function addPair(
  text: string,
  map: YAMLMap,
  key: string,
  value: string,
  after: Pair | undefined = map.items.at(-1),
): readonly TextEdit[] | null {
  if (map.flow) {
    const sibling = isScalar(after?.key) ? after.key : null;
    return addToFlow(text, map, after, `${scalarText(key, sibling)}:${value}`);
  }
  if (after === undefined) return null;
  const at = lineEnd(text, endOf(after));
  return [{ start: at, end: at, text: `${eolOf(text)}${indentOf(text, map)}${key}:${value}` }];
}

function addItem(text: string, seq: YAMLSeq, entry: string): readonly TextEdit[] | null {
  const last = seq.items.at(-1);
  const written = scalarText(entry, isScalar(last) ? last : null);
  if (seq.flow) return addToFlow(text, seq, last, written);
  if (last === undefined) return null;
  const at = lineEnd(text, endOf(last));
  return [{ start: at, end: at, text: `${eolOf(text)}${indentOf(text, seq)}- ${written}` }];
}

/** After an entry that stands first on its line comes a line of its own; else the entries share the line. */
function addToFlow(
  text: string,
  collection: YAMLMap | YAMLSeq,
  after: unknown,
  written: string,
): readonly TextEdit[] | null {
  if (!collection.range) return null;
  const close = collection.range[1] - 1;
  if (after === undefined) {
    const start = collection.range[0] + 1;
    if (text.slice(start, close).trim() === "") return [{ start, end: close, text: written }];
    // Behind a comment; YAML wants it indented there.
    return [{ start: close, end: close, text: `  ${written}` }];
  }
  const end = endOf(after);
  const first = startOf(after);
  const indent = text.slice(lineStart(text, first), first);
  if (indent.trim() !== "") return [{ start: end, end, text: `, ${written}` }];
  const [tail = "", comma] = /^[ \t]*(,)?[ \t]*(?:#[^\r\n]*)?/.exec(text.slice(end, close)) ?? [];
  const at = end + tail.length;
  const line = `${eolOf(text)}${indent}${written}`;
  if (comma !== undefined) return [{ start: at, end: at, text: `${line},` }];
  // Without a comment behind it both go to one place, and edits at one place have no order.
  if (at === end) return [{ start: end, end, text: `,${line}` }];
  return [
    { start: end, end, text: "," },
    { start: at, end: at, text: line },
  ];
}

function removeItem(
  text: string,
  pair: Pair,
  seq: YAMLSeq,
  isGone: (written: string) => boolean,
): readonly TextEdit[] | null {
  const item = seq.items.find(
    (node) => isScalar(node) && typeof node.value === "string" && isGone(node.value),
  );
  if (!isScalar(item) || !item.range || seq.anchor !== undefined || seq.tag !== undefined) return null;
  const [start, end] = item.range;
  const line = lineStart(text, start);
  const before = text.slice(line, start);
  const after = text.slice(end, lineEnd(text, end));
  const isAlone = /^[ \t]*(?:-[ \t]+)?$/.test(before) && /^[ \t]*,?[ \t]*(?:#.*)?$/.test(after);
  if (isAlone) {
    const next = text.indexOf("\n", end);
    const gone =
      next === -1
        ? { start: line - 1, end: text.length, text: "" }
        : { start: line, end: next + 1, text: "" };
    if (seq.flow || seq.items.length > 1) return [gone];
    const at = colonOf(text, pair);
    return [{ start: at, end: at, text: " []" }, gone];
  }
  if (!seq.flow) return null;
  const comma = /^[ \t]*,[ \t]*/.exec(after)?.[0].length ?? 0;
  if (comma > 0) return [{ start, end: end + comma, text: "" }];
  return [{ start: start - (/,[ \t]*$/.exec(before)?.[0].length ?? 0), end, text: "" }];
}

/** Replaces what is written as a pair's value, or writes one where there is none. */
function setValue(text: string, pair: Pair, value: string): readonly TextEdit[] | null {
  if (isWritten(pair.value)) {
    const { range } = pair.value;
    return range ? [{ start: range[0], end: range[1], text: value }] : null;
  }
  const at = colonOf(text, pair);
  return [{ start: at, end: at, text: ` ${value}` }];
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (isScalar(value) && value.value === null);
}

/** Whether a value has text of its own: `~` has, nothing after a colon has not. */
function isWritten(value: unknown): value is Node {
  return (
    isNode(value) && value.range !== undefined && value.range !== null && value.range[0] < value.range[1]
  );
}

/** Where the text of a pair, a list, a mapping or a scalar ends; trailing comments and blank lines are not part of it. */
function endOf(item: unknown): number {
  if (isMap(item) || isSeq(item)) {
    const last = item.items.at(-1);
    if (!item.flow && last !== undefined) return endOf(last);
  }
  if (isNode(item)) return item.range?.[1] ?? 0;
  // Pairs are no nodes.
  const { key, value } = item as Pair;
  return isNode(value) ? endOf(value) : endOf(key);
}

function startOf(item: unknown): number {
  return (isNode(item) ? item : ((item as Pair).key as Node)).range?.[0] ?? 0;
}

/** Behind the colon of a pair. */
function colonOf(text: string, pair: Pair): number {
  return text.indexOf(":", endOf(pair.key)) + 1;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** End of the line before its line break. A block scalar's range ends behind the line break. */
function lineEnd(text: string, offset: number): number {
  const next = text.indexOf("\n", text[offset - 1] === "\n" ? offset - 1 : offset);
  if (next === -1) return text.length;
  return text[next - 1] === "\r" ? next - 1 : next;
}

/** What stands before the first key or dash of a block collection. */
function indentOf(text: string, collection: YAMLMap | YAMLSeq): string {
  const start = collection.range?.[0] ?? 0;
  return text.slice(lineStart(text, start), start);
}

function eolOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** A list of one below a key of `root`. */
function listText(text: string, root: YAMLMap, entry: string): string {
  return `${eolOf(text)}${indentOf(text, root)}  - ${scalarText(entry)}`;
}

/** A text as YAML, quoted as its neighbour is, and wherever YAML would read something else. */
function scalarText(value: string, neighbour: { readonly type?: string } | null = null): string {
  if (neighbour?.type === "QUOTE_SINGLE") return `'${value.replaceAll("'", "''")}'`;
  if (neighbour?.type === "QUOTE_DOUBLE") return JSON.stringify(value);
  const { errors, contents } = parseDocument(`[${value}]`, { logLevel: "silent" });
  const only =
    errors.length === 0 && isSeq(contents) && contents.items.length === 1 ? contents.items[0] : null;
  return isScalar(only) && only.value === value ? value : JSON.stringify(value);
}
