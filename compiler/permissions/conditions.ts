import type { Variable } from "eslint-scope";
import type { Expression, Node, Statement } from "estree";
import { isGivenByLoader } from "./commonjs.ts";
import { constantInit } from "./constant.ts";
import type { Folder } from "./fold.ts";
import { callsOf, enclosingFunction, isFunctionNode } from "./functions.ts";
import type { Program } from "./program.ts";
import { bare, endOf, startOf } from "./program.ts";
import { isReplaced, isReplacedInNode } from "./replaced.ts";
import { apiOf } from "./resolve.ts";
import { type Api, globalObject, keyOf } from "./table.ts";

/** What is known about conditions that ask which platform this is. */
export interface Conditions {
  /** What the condition gives in every supported Node; null where that is not known. */
  readonly truth: (test: Node) => boolean | null;
  /** Whether the code can never run. */
  readonly isDead: (node: Node) => boolean;
  /** Whether the namespaces of the language are Node's own. */
  readonly isTrusted: boolean;
  /** Names of globals that all this relies on; one that the bundle changes may be something else. */
  readonly reliedOn: () => ReadonlySet<string>;
}

/** What is taken to be as Node made it. */
export interface Assumed {
  /** Globals by which code finds out where it runs. */
  readonly platform: boolean;
  /** The namespaces of the language. */
  readonly language: boolean;
}

/** Members of modules that every supported Node has and that libraries ask for before they use another way. */
const everyMember: ReadonlySet<string> = new Set([
  "module:crypto webcrypto",
  "module:crypto randomBytes",
  "module:crypto getRandomValues",
  "module:fs promises",
]);

/** Functions of the language that libraries look for first. */
export const everyFunction: readonly string[] =
  `Symbol.for Object.assign Object.create Object.defineProperty Object.getPrototypeOf Object.setPrototypeOf Object.freeze
  Object.keys Object.entries Array.isArray Array.from Number.isInteger Number.isNaN Reflect.apply Reflect.construct
  Reflect.ownKeys Date.now`.split(/\s+/);
const ofLanguage: ReadonlySet<string> = new Set(everyFunction.map((name) => `global ${name}`));

/** Modules that are functions where they are imported as a whole, and objects under `import * as x`. */
const callable: ReadonlySet<string> = new Set(
  ["assert", "assert/strict", "events", "module", "stream", "test"].map((name) => `module:${name}`),
);

/** Globals that every supported Node has, and what `typeof` says of them. */
export const everyGlobal: ReadonlyMap<string, "function" | "object"> = new Map([
  ...words(
    "function",
    `setImmediate clearImmediate setTimeout clearTimeout setInterval clearInterval queueMicrotask structuredClone fetch
    atob btoa Buffer URL URLSearchParams AbortController TextEncoder TextDecoder Promise Symbol Proxy Map Set WeakMap
    WeakSet WeakRef BigInt ReadableStream MessageChannel Blob Headers Request Response FormData`,
  ),
  ...words(
    "object",
    "globalThis global process console crypto navigator performance JSON Math Reflect Intl Atomics",
  ),
]);

/** Globals of browsers and other platforms that no supported Node has. */
export const noGlobal: ReadonlySet<string> = new Set(
  `window self document location importScripts Deno Bun EdgeRuntime WorkerGlobalScope DedicatedWorkerGlobalScope
  XMLHttpRequest XDomainRequest ActiveXObject HTMLElement MutationObserver WebKitMutationObserver FileReader chrome
  FileReaderSync`.split(/\s+/),
);

const deepest = 8;

/**
 * Where the bundle turned out to change a global that was relied on, it is not assumed: then only what holds without
 * globals is known.
 */
export function findConditions(program: Program, fold: Folder, assumed: Assumed): Conditions {
  const relied = new Set<string>();

  /** Whether a variable has its value by now. Where it does not, asking for a member throws: only the bare name matters. */
  const isSet = (node: Node): boolean => {
    const variable = node.type === "Identifier" ? program.variableOf(node) : null;
    const init = variable === null ? null : constantInit(variable);
    if (init === null) return true;
    const declaration = program.parents.get(program.parents.get(init) ?? init);
    const block = declaration === undefined ? undefined : program.parents.get(declaration);
    return (
      enclosingFunction(program, node) === enclosingFunction(program, init) &&
      endOf(init) <= startOf(node) &&
      block !== undefined &&
      isInside(node, block) &&
      isSet(init)
    );
  };

  const isModule = (node: Node): boolean => {
    const api = apiOf(program, node);
    return api?.base.startsWith("module:") === true && api.path.length === 0;
  };

  /** The global, or the global object, that an expression is: also through the parameter of a wrapper. */
  const globalOf = (node: Node, depth = 0, isOwner = false): Api | null => {
    if (depth > deepest || !(isOwner || isSet(bare(node as Expression)))) return null;
    const expression = bare(node as Expression);
    if (expression.type === "ConditionalExpression") {
      const holds = truth(expression.test);
      return holds === null
        ? null
        : globalOf(holds ? expression.consequent : expression.alternate, depth + 1);
    }
    if (expression.type === "MemberExpression" && expression.object.type !== "Super") {
      const owner = globalOf(expression.object, depth + 1, !expression.optional);
      const key = fold.key(expression);
      return owner !== null && key !== null && keyOf(owner) === keyOf(globalObject)
        ? { base: "global", path: [key] }
        : null;
    }
    // `require_name()`: what a CommonJS module is as a whole.
    if (expression.type !== "Identifier" && expression.type !== "CallExpression") return null;
    const given =
      expression.type === "Identifier" ? argumentOf(program, program.variableOf(expression)) : null;
    if (given !== null) return globalOf(given, depth + 1);
    const api = apiOf(program, expression);
    return api?.base === "global" && api.path.length <= 1 ? api : null;
  };

  const typeOf = (node: Node): string | null => {
    // `exports` and `module` of a CommonJS module are objects for as long as nobody writes the names.
    if (node.type === "Identifier" && isGivenByLoader(program, node)) return "object";
    if (isModule(node) && isSet(node))
      return callable.has(apiOf(program, node)?.base ?? "") ? null : "object";
    const method = assumed.language ? apiOf(program, node) : null;
    if (method !== null && ofLanguage.has(keyOf(method)))
      return isReplacedInNode(program, method.path[1] ?? "") ? null : "function";
    const api = assumed.platform ? globalOf(node) : null;
    if (api === null) return null;
    const [name] = api.path;
    if (name === undefined) return "object";
    const known = everyGlobal.get(name) ?? (noGlobal.has(name) ? "undefined" : null);
    if (known !== null) relied.add(name);
    return known;
  };

  const compare = (left: Node, right: Node): boolean | null => {
    if (left.type !== "UnaryExpression" || left.operator !== "typeof") return null;
    const found = typeOf(left.argument);
    const wanted = fold.string(right);
    return found === null || wanted === null ? null : found === wanted;
  };

  const truth = (test: Node): boolean | null => {
    switch (test.type) {
      case "Literal":
        return typeof test.value === "boolean" || typeof test.value === "number" ? Boolean(test.value) : null;
      case "Identifier":
      case "MemberExpression":
      case "ChainExpression": {
        const found = typeOf(test);
        // A bare name that is not there throws, so that nothing after it runs as if it were false.
        return found === null || (found === "undefined" && test.type === "Identifier")
          ? null
          : found !== "undefined";
      }
      case "UnaryExpression": {
        const inner = test.operator === "!" ? truth(test.argument) : null;
        return inner === null ? null : !inner;
      }
      case "LogicalExpression": {
        const left = truth(test.left);
        const right = truth(test.right);
        if (test.operator === "&&")
          return left === false || right === false ? false : left === null ? null : right;
        if (test.operator === "||")
          return left === true || right === true ? true : left === null ? null : right;
        return null;
      }
      case "BinaryExpression": {
        const { operator, left, right } = test;
        if (operator === "in") {
          const api = isModule(right) ? apiOf(program, right) : null;
          const name = fold.string(left) ?? "";
          // No supported Node has a global that says that a compiler made it a module.
          const isMark = name === "__esModule" && !isReplacedInNode(program, name);
          if (isMark && typeOf(right) === "object" && globalOf(right) !== null) return false;
          return api !== null &&
            everyMember.has(keyOf({ ...api, path: [name] })) &&
            !isReplaced(program, name)
            ? true
            : null;
        }
        const isEqual = compare(left, right) ?? compare(right, left);
        if (isEqual === null) return null;
        if (operator === "===" || operator === "==") return isEqual;
        return operator === "!==" || operator === "!=" ? !isEqual : null;
      }
      default:
        return null;
    }
  };

  const dead = outermost(deadCode(program, truth));
  return {
    truth,
    isTrusted: assumed.language,
    reliedOn: () => relied,
    isDead: (node) => {
      const at = startOf(node);
      // The last part that starts before the node.
      let low = 0;
      let high = dead.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        const part = dead[middle];
        if (part !== undefined && startOf(part) <= at) low = middle + 1;
        else high = middle;
      }
      const part = dead[low - 1];
      return part !== undefined && endOf(node) <= endOf(part);
    },
  };
}

function isInside(node: Node, block: Node): boolean {
  return startOf(block) <= startOf(node) && endOf(node) <= endOf(block);
}

/** In source order, without those that stand inside of others. */
function outermost(nodes: ReadonlySet<Node>): readonly Node[] {
  const all = [...nodes].sort((a, b) => startOf(a) - startOf(b) || endOf(b) - endOf(a));
  const outer: Node[] = [];
  for (const node of all) {
    const last = outer.at(-1);
    if (last === undefined || endOf(node) > endOf(last)) outer.push(node);
  }
  return outer;
}

/** Roots of what never runs: branches not taken, what stands after a return that is always reached. */
function deadCode(program: Program, truth: (test: Node) => boolean | null): ReadonlySet<Node> {
  const dead = new Set<Node>();
  const hoisted: Node[] = [];
  for (const node of program.branches) {
    if (node.type === "LogicalExpression") {
      const left = node.operator === "??" ? null : truth(node.left);
      if (left === (node.operator === "||")) dead.add(node.right);
      continue;
    }
    if (node.type !== "IfStatement" && node.type !== "ConditionalExpression") continue;
    const holds = truth(node.test);
    if (holds === null) continue;
    const other = holds ? node.alternate : node.consequent;
    if (other) bury(other, dead, hoisted);
    const taken = holds ? node.consequent : node.alternate;
    if (node.type === "IfStatement" && taken && isExit(taken as Statement)) {
      for (const after of statementsAfter(program, node)) bury(after, dead, hoisted);
    }
  }
  return dead.size + hoisted.length === 0 ? dead : withHoisted(program, dead, hoisted);
}

/** A function that is declared in dead code is there all the same: it is dead where only dead code knows it. */
function bury(node: Node, dead: Set<Node>, hoisted: Node[]): void {
  if (node.type === "FunctionDeclaration") hoisted.push(node);
  else dead.add(node);
}

function withHoisted(program: Program, dead: Set<Node>, hoisted: readonly Node[]): ReadonlySet<Node> {
  const all = new Set([...dead, ...hoisted]);
  const isInside = (node: Node): boolean => {
    for (let at: Node | undefined = node; at !== undefined; at = program.parents.get(at))
      if (all.has(at)) return true;
    return false;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of hoisted) {
      if (!all.has(node) || node.type !== "FunctionDeclaration") continue;
      const variable = node.id ? program.declaredBy.get(node.id) : undefined;
      const isKnownElsewhere =
        variable === undefined || variable.references.some(({ identifier }) => !isInside(identifier as Node));
      if (isKnownElsewhere) changed = all.delete(node) || changed;
    }
  }
  return all;
}

/** Whether nothing after the statement runs. */
function isExit(node: Statement): boolean {
  if (node.type === "ReturnStatement" || node.type === "ThrowStatement") return true;
  return node.type === "BlockStatement" && node.body.some(isExit);
}

function statementsAfter(program: Program, node: Node): readonly Node[] {
  const parent = program.parents.get(node);
  if (parent?.type !== "BlockStatement") return [];
  const above = program.parents.get(parent);
  // In a block of its own the return ends the function too, but only what stands here is looked at.
  return isFunctionNode(above) ? parent.body.slice(parent.body.indexOf(node as Statement) + 1) : [];
}

/** What the only call gives for a parameter that is never written. */
function argumentOf(program: Program, variable: Variable | null): Node | null {
  const [definition, ...others] = variable?.defs ?? [];
  if (variable === null || definition?.type !== "Parameter" || others.length > 0) return null;
  if (variable.references.some((reference) => reference.isWrite())) return null;
  const target = definition.node as Node;
  if (!isFunctionNode(target) || program.takesArguments.has(target)) return null;
  const index = target.params.indexOf(definition.name as never);
  const [call, ...more] = callsOf(program, target) ?? [];
  if (index < 0 || call === undefined || more.length > 0) return null;
  const given = call.arguments.slice(0, index + 1);
  if (given.some(({ type }) => type === "SpreadElement")) return null;
  return given[index] ?? null;
}

function words<T extends string>(value: T, names: string): readonly (readonly [string, T])[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, value]);
}
