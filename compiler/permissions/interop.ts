import { createHash } from "node:crypto";
import type { Variable } from "eslint-scope";
import type { Node } from "estree";
import { constantInit } from "./constant.ts";
import { endOf, type Program, startOf } from "./program.ts";
import { apiOf } from "./resolve.ts";
import { keyOf } from "./table.ts";

/**
 * Functions with which compilers turn `import * as x` into CommonJS: each gives an object with the members of the
 * module it is given, and the module under `default`. By the SHA-256 of their text as esbuild prints it, without
 * comments, white space and the digits that it appends to names. `permissions-interop.test.ts` has them from the
 * compilers themselves.
 */
const digests: ReadonlyMap<string, string> = new Map([
  ["c2b1f58aec643b408c88058901545915", "Babel 6"],
  ["20db5da285b1516aff41ef8c8f9ce846", "Babel 7, with long names"],
  ["d5e5262283f68a44e859b0edb980863d", "Babel 7.23"],
  ["8af6b554244311fdad68defc75fc51ef", "Babel 7.27, as a module"],
  ["9800cab61df4279e402b7151070fa597", "Babel 7.27"],
  ["6d254c2364ceeb1fb191e54ac22d9c95", "swc"],
  ["122280a5ccbc7ce5ced45b25bb8ba2ae", "Rollup"],
]);

/** Functions that those call: they hold what was copied before. */
const caches: ReadonlyMap<string, string> = new Map([
  ["4278d3402fadc2366434f2f570e9f9ab", "Babel 7 with long names, swc"],
  ["2a90ffd0300ffcb5fa709a556c7ce1fe", "Babel 7.23"],
]);

/** esbuild's own, in a package that esbuild has made CommonJS of: good where the names in it are what they say. */
const nested: Readonly<Record<string, string>> = {
  __create: "global Object.create",
  __defProp: "global Object.defineProperty",
  __getOwnPropDesc: "global Object.getOwnPropertyDescriptor",
  __getOwnPropNames: "global Object.getOwnPropertyNames",
  __getProtoOf: "global Object.getPrototypeOf",
  __hasOwnProp: "global Object.prototype.hasOwnProperty",
};

const known = new WeakMap<Program, Map<Variable, boolean>>();

/** Whether the variable is such a function. `texts` are esbuild's own helpers. */
export function isInterop(
  program: Program,
  variable: Variable,
  texts: Readonly<Record<"__toESM" | "__copyProps", string>>,
): boolean {
  const answers = known.get(program) ?? new Map<Variable, boolean>();
  known.set(program, answers);
  const before = answers.get(variable);
  if (before !== undefined) return before;
  const result = isPrinted(program, variable, digests) || isNestedToEsm(program, variable, texts);
  answers.set(variable, result);
  return result;
}

/** A declared function with a known text, all of whose outer names are globals, itself or a known cache. */
function isPrinted(program: Program, variable: Variable, names: ReadonlyMap<string, string>): boolean {
  const [definition, ...others] = variable.defs;
  if (definition?.type !== "FunctionName" || others.length > 0) return false;
  const node: Node = definition.node;
  if (!names.has(digestOf(program, node))) return false;
  const isInside = (at: Node): boolean => startOf(at) >= startOf(node) && endOf(at) <= endOf(node);
  if (variable.references.some((each) => each.isWrite() && !isInside(each.identifier as Node))) return false;
  return program.references.every(({ identifier, resolved }) => {
    if (resolved === null || resolved === variable || !isInside(identifier as Node)) return true;
    return (
      isInside(resolved.scope.block as Node) || (names === digests && isPrinted(program, resolved, caches))
    );
  });
}

function isNestedToEsm(
  program: Program,
  variable: Variable,
  texts: Readonly<Record<"__toESM" | "__copyProps", string>>,
): boolean {
  if (textOf(program, variable) !== texts.__toESM) return false;
  const part = (name: string): Variable | undefined =>
    variable.scope.variables.find((each) => each.name.replace(/\d+$/, "") === name);
  const copy = part("__copyProps");
  if (copy === undefined || textOf(program, copy) !== texts.__copyProps) return false;
  return Object.entries(nested).every(([name, key]) => {
    const [definition] = part(name)?.defs ?? [];
    const api = definition === undefined ? null : apiOf(program, definition.name);
    return api !== null && keyOf(api) === key;
  });
}

/** What a constant variable is set to, squeezed; empty where there is no such thing. */
export function textOf(program: Program, variable: Variable): string {
  const init = constantInit(variable);
  return init === null ? "" : squeeze(program.text.slice(startOf(init), endOf(init)));
}

/** esbuild numbers names that would collide, so digits at the end of a name do not count. */
export function squeeze(text: string): string {
  return text
    .replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, "")
    .replace(/([A-Za-z_$])\d+\b/g, "$1")
    .replace(/\s+/g, "");
}

function digestOf(program: Program, node: Node): string {
  const text = squeeze(program.text.slice(startOf(node), endOf(node)));
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
