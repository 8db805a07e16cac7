import type { Node } from "estree";
import { enclosingFunction } from "./functions.ts";
import { endOf, type Program, startOf } from "./program.ts";
import { definesMember } from "./replaced.ts";

/** Nodes by which other code of the program may run, or a value may change. */
const active =
  /^(?:Call|New|Await|Yield|TaggedTemplate|Assignment|Update|Import)Expression$|^(?:For(?:Of|In)Statement|SpreadElement|ArrayPattern|RestElement|TryStatement)$/;
const loops = /^(?:For(?:Of|In)?|While|DoWhile)Statement$/;

/**
 * Ways to an object whose text is made by code of the program, or changes while code runs: accessors, proxies, members
 * whose names are data, bytes that Node writes to from another thread.
 */
const unsteady =
  /\b(?:Proxy|Reflect|fromEntries|defineProperty|defineProperties|__defineGetter__|__proto__|setPrototypeOf|prepareStackTrace|querystring|readv?|randomFill|SharedArrayBuffer|hasInstance|toPrimitive)\b/;
const textMakers = [
  "toString",
  "valueOf",
  "join",
  "toJSON",
  "@@toPrimitive",
  "@@toStringTag",
  "@@hasInstance",
];

const known = new WeakMap<Program, readonly Node[] | null>();

/**
 * Whether a value has the same text at the node as it had when the call ended: nothing of the program runs in between,
 * and asking for a text runs none of it. `aside` is what is left out, which leads away from the node.
 */
export function hasSameText(program: Program, call: Node, node: Node, aside: Node | null): boolean {
  const nodes = activeOf(program);
  if (nodes === null || enclosingFunction(program, call) !== enclosingFunction(program, node)) return false;
  const [from, to] = [endOf(call), startOf(node)];
  for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
    if (startOf(at) <= startOf(call)) break;
    if (loops.test(at.type)) return false;
  }
  return nodes.every((one) => {
    if (startOf(one) < from || startOf(one) >= to || endOf(one) > to) return true;
    return aside !== null && startOf(one) >= startOf(aside) && endOf(one) <= endOf(aside);
  });
}

/** In the order of the program; null where some object has a text of its own making. */
function activeOf(program: Program): readonly Node[] | null {
  const before = known.get(program);
  if (before !== undefined) return before;
  const found: Node[] = [];
  let isSteady =
    program.references.every(
      ({ identifier, resolved }) =>
        resolved !== null || identifier.name !== "JSON" || isPlainJson(program, identifier as Node),
    ) &&
    !unsteady.test(program.text) &&
    !textMakers.some((name) => definesMember(program, name));
  for (const node of program.parents.keys()) {
    if (active.test(node.type)) found.push(node);
    if ((node.type === "Property" || node.type === "MethodDefinition") && node.kind === "get")
      isSteady = false;
  }
  const result = isSteady ? found : null;
  known.set(program, result);
  return result;
}

/** `JSON.parse(text)`, without a function that makes members of what it likes. */
function isPlainJson(program: Program, json: Node): boolean {
  const member = program.parents.get(json);
  const call = member === undefined ? undefined : program.parents.get(member);
  if (member?.type !== "MemberExpression" || member.computed || member.property.type !== "Identifier")
    return false;
  if (member.property.name === "stringify") return true;
  return (
    call?.type === "CallExpression" &&
    call.callee === member &&
    call.arguments.length === 1 &&
    call.arguments[0]?.type !== "SpreadElement"
  );
}
