import type { Node } from "estree";
import { soleExport } from "./commonjs.ts";
import { constantInit } from "./constant.ts";
import type { Program } from "./program.ts";
import { isReplaced } from "./replaced.ts";
import { apiOf, isAlwaysThere } from "./resolve.ts";
import { keyOf } from "./table.ts";

/** Namespaces of the language whose functions the analysis takes to do what they say. */
export const namespaces: ReadonlySet<string> = new Set(["Object", "Reflect", "Symbol", "Promise"]);

/** What methods ask their arguments for. */
const asked: ReadonlyMap<string, readonly string[]> = new Map([
  ["replace", ["exec", "@@replace"]],
  ["concat", ["@@isConcatSpreadable", "@@species"]],
]);

/**
 * A method of the language as a function that takes its `this` first: `call String.prototype.slice` for
 * `bind.call(Function.prototype.call, String.prototype.slice)`, `apply ...` where it takes a list of arguments.
 */
export function uncurriedOf(program: Program, callee: Node): string | null {
  const variable = callee.type === "Identifier" ? program.variableOf(callee) : null;
  const init = variable === null ? null : constantInit(variable);
  const made = init === null ? null : (soleExport(program, init) ?? init);
  if (made?.type !== "CallExpression" || made.callee.type !== "MemberExpression") return null;
  const binding = apiOf(program, made.callee);
  const [how, method, ...others] = made.arguments.map((argument) => apiOf(program, argument));
  if (binding === null || !how || !method || others.length > 0) return null;
  if (keyOf(binding) !== "global Function.prototype.bind.call") return null;
  const [, name] = /^global Function\.prototype\.(call|apply)$/.exec(keyOf(how)) ?? [];
  if (name === undefined || !isMethod(keyOf(method))) return null;
  const last = method.path.at(-1) ?? "";
  if (isReplaced(program, "bind", "call", "apply", last, ...(asked.get(last) ?? []))) return null;
  return `${name} ${keyOf(method).slice("global ".length)}`;
}

function isMethod(key: string): boolean {
  return /^global (?:Array|String|Object|RegExp)\.prototype\.\w+$/.test(key);
}

/** `Function.prototype.bind || node` */
export function isDeadAlternative(program: Program, node: Node): boolean {
  const parent = program.parents.get(node);
  if (parent?.type !== "LogicalExpression" || parent.operator !== "||" || parent.right !== node) return false;
  const api = apiOf(program, parent.left);
  return api !== null && isAlwaysThere(api) && !isReplaced(program, ...api.path.slice(2));
}
