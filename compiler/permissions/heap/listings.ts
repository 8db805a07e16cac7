import type { CallExpression, NewExpression, Node } from "estree";
import { isReplacedInNode } from "../replaced.ts";
import { apiOf } from "../resolve.ts";
import { keyOf } from "../table.ts";
import type { Members } from "./members.ts";
import type { Store } from "./store.ts";
import { elements, inside } from "./things.ts";

/** The name of something in a folder, as Node tells it: a text without a slash that is neither `.` nor `..`. */
export const entryName: Node = { type: "TemplateLiteral", quasis: [], expressions: [] };

/** What else an entry has that is read with its type. */
const ofEntry = `parentPath path isFile isDirectory isBlockDevice isCharacterDevice isSymbolicLink isFIFO
  isSocket`.split(/\s+/);

/** What the functions of Node give that list a folder. */
export function createListings(store: Store, { own }: Members) {
  const { add, program, thingOf, unknown } = store;
  const made = new Map<Node, Node>();

  /** The value of the call; null where it lists no folder, or how is not in view. */
  const listed = (called: Node, call: CallExpression | NewExpression): Node | null => {
    const api = call.type === "CallExpression" ? apiOf(program, called) : null;
    const [, how] =
      api === null
        ? []
        : (/^module:(fs readdirSync|fs\/promises (?:readdir|opendir))$/.exec(keyOf(api)) ?? []);
    if (how === undefined || isReplacedInNode(program, "readdir", "readdirSync", "opendir")) return null;
    const before = made.get(call);
    if (before !== undefined) return before;
    const kind = how.endsWith("opendir") ? "entries" : kindOf(call.arguments[1]);
    if (kind === null || call.arguments.length > 2 || call.arguments[0]?.type === "SpreadElement")
      return null;
    const list: Node = { type: "ArrayExpression", elements: [] };
    add(own(thingOf(list, "list"), elements), kind === "names" ? entryName : entry());
    const result: Node = how.startsWith("fs/") ? { type: "ThisExpression" } : list;
    if (result !== list) add(own(thingOf(result, "promise"), inside), list);
    made.set(call, result);
    return result;
  };

  const entry = (): Node => {
    const node: Node = { type: "ObjectExpression", properties: [] };
    const thing = thingOf(node, "object");
    add(own(thing, "name"), entryName);
    for (const name of ofEntry) add(own(thing, name), unknown);
    return node;
  };

  return listed;
}

/** Whether names are listed or entries, by the options; null where they are not in view, or ask for bytes. */
function kindOf(options: Node | undefined): "names" | "entries" | null {
  if (options === undefined || isEncoding(options)) return "names";
  if (options.type !== "ObjectExpression") return null;
  let kind: "names" | "entries" = "names";
  for (const property of options.properties) {
    if (property.type !== "Property" || property.computed || property.key.type !== "Identifier") return null;
    const { value } = property;
    if (property.key.name === "withFileTypes" && value.type === "Literal" && typeof value.value === "boolean")
      kind = value.value ? "entries" : "names";
    else if (property.key.name === "encoding" ? !isEncoding(value) : property.key.name !== "recursive")
      return null;
  }
  return kind;
}

function isEncoding(node: Node): boolean {
  return node.type === "Literal" && /^utf-?8$/.test(String(node.value));
}
