import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type parseDocument, type YAMLMap } from "yaml";
import type { Span } from "../diagnostics/types.ts";
import { spanAt, type Text } from "../text.ts";

/** Where a JSON pointer's value, or with `key` the key itself, stands in the file. Falls back to the nearest parent. */
export type Locate = (pointer: readonly string[], part: "key" | "value") => Span | null;

/** Finds places in a parsed file. Aliases are followed to what they stand for. */
export function locator(document: ReturnType<typeof parseDocument>, root: YAMLMap, text: Text): Locate {
  const resolved = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  return (pointer, part) => {
    let node: unknown = root;
    let found: Node | null = null;
    for (const step of pointer) {
      const container = resolved(node);
      let next: unknown;
      let key: unknown;
      if (isMap(container)) {
        const pair = container.items.find(
          (item) => String(isScalar(item.key) ? item.key.value : item.key) === step,
        );
        next = pair?.value ?? pair?.key;
        key = pair?.key;
      } else if (isSeq(container)) {
        next = container.items[Number(step)];
        key = next;
      }
      if (!isNode(next)) break;
      node = next;
      found = part === "key" && isNode(key) ? key : next;
    }
    if (found === null) return null;
    const range = found.range;
    if (!range) return null;
    const end = isScalar(found) || isAlias(found) ? range[1] : endOfLine(text.value, range[0]);
    return spanAt(text, range[0], Math.min(range[1], end));
  };
}

/** A mapping or list is marked on its first line only. */
export function endOfLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end;
}
