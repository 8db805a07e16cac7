import type { Node } from "estree";
import { any } from "./things.ts";

/** Members by which a URL gets another host. */
export const settersOfUrl: ReadonlySet<string> = new Set([
  "host",
  "hostname",
  "href",
  "port",
  "protocol",
  any,
]);
export const ofEveryObject: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));
export const ofTexts: ReadonlySet<string> = new Set(
  [Object, String, Number, BigInt, Boolean].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype)),
);
/** Functions that ask what they are given for nothing but whether a member is there. */
export const lookers =
  /^global (?:Object\.(?:hasOwn|is|isFrozen|isSealed|isExtensible)|Array\.isArray|Object\.prototype\.hasOwnProperty\.call)$/;
/** Methods that a stream takes from its options. */
export const ofStreams =
  "read write writev final destroy construct transform flush start pull cancel lookup".split(" ");
/** Classes of Node that write no members but these to what extends them. */
export const harmlessBases: ReadonlyMap<string, readonly string[]> = new Map([
  ["module:events", ["domain"]],
  ["module:events EventEmitter", ["domain"]],
  ["global EventTarget", []],
  ...["Error", "TypeError", "RangeError", "SyntaxError", "AggregateError"].map(
    (name): [string, readonly string[]] => [
      `global ${name}`,
      ["message", "cause", "stack", "name", "errors"],
    ],
  ),
]);
export const definers =
  /^global (?:Object\.(?:defineProperty|defineProperties|setPrototypeOf)|Reflect\.(?:defineProperty|set|setPrototypeOf))$/;
export const mutators =
  /^(?:assign|define(?:Property|Properties)|setPrototypeOf|_extend|__define[GS]etter__|inherits)$/;
export const ofEmitter: ReadonlySet<string> = new Set(
  "on once off emit addListener removeListener removeAllListeners listenerCount setMaxListeners".split(" "),
);
/** Methods of lists: those that move elements, and those that give a list with some of them. */
export const movers: ReadonlySet<string> = new Set(
  "reverse sort splice shift copyWithin unshift push fill".split(" "),
);
export const sublists: ReadonlySet<string> = new Set(
  "slice splice fill copyWithin filter concat reverse sort flat toSorted toReversed values".split(" "),
);
export const pickers: ReadonlySet<string> = new Set("find findLast at pop shift".split(" "));
export const callbacks: ReadonlySet<string> = new Set(
  "map forEach filter some every find findIndex findLast findLastIndex flatMap".split(" "),
);
export const plainReaders: ReadonlySet<string> = new Set(
  "join includes indexOf lastIndexOf push unshift reduce".split(" "),
);

export function isText(node: Node): boolean {
  return node.type === "Literal" || node.type === "TemplateLiteral" || node.type === "BinaryExpression";
}
