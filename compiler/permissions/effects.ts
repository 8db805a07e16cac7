import type { CallExpression, NewExpression, Node } from "estree";
import { isFunctionValue, makesCode } from "./constructors.ts";
import type { Folder } from "./fold.ts";
import { functionOf, isFunctionNode } from "./functions.ts";
import { namespaces, uncurriedOf } from "./language.ts";
import { isBound, isThisless, valuesNamed } from "./methods.ts";
import { broad } from "./permission.ts";
import { aboveChain, type Program } from "./program.ts";
import { isGlobalGetter, isReplaced } from "./replaced.ts";
import { both, type Mention, type Reporter } from "./report.ts";
import { apiOf, apiOrNothing } from "./resolve.ts";
import {
  type Api,
  classify,
  constructorApi,
  functionApi,
  globalObject,
  holderOf,
  instanceOf,
  keyOf,
  memberOf,
  moduleApi,
  nameOf,
  requireApi,
} from "./table.ts";

export type Call = CallExpression | NewExpression;

/** What following needs to know and do. */
export interface Trace {
  readonly program: Program;
  readonly fold: Folder;
  readonly report: Reporter;
  /** The node's value is (or may be) the API: it is followed from there. */
  readonly push: (mention: Mention, node: Node, api?: Api) => void;
  /** Whether it is a symbol under which Node keeps nothing. */
  readonly isOwnSymbol: (node: Node) => boolean;
}

/** Global functions that make nothing of the global object as their `this`. */
const ignoresThis: ReadonlySet<string> = new Set(
  `fetch setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate queueMicrotask structuredClone
  atob btoa`.split(/\s+/),
);

/** Functions that tell something about any value and hand nothing on. */
const tellers: ReadonlySet<string> = new Set([
  "global Object.prototype.toString",
  "global Object.prototype.hasOwnProperty",
  "global Object.prototype.propertyIsEnumerable",
  "global Object.prototype.isPrototypeOf",
  "global Object.hasOwn",
  "global Function.prototype.toString",
]);

/** Functions that give the names of members, not their values. */
const namers: ReadonlySet<string> = new Set([
  "global Object.keys",
  "global Object.getOwnPropertyNames",
  "global Object.getOwnPropertySymbols",
  "global Reflect.ownKeys",
]);

const inheriting = /^global (?:Object|Reflect)\.getPrototypeOf$/;

/** Methods of emitters that return the emitter. */
const returnsThis: ReadonlySet<string> = new Set(
  `on once off addListener removeListener removeAllListeners prependListener prependOnceListener setMaxListeners
  setEncoding resume pause ref unref setTimeout setKeepAlive setNoDelay`.split(/\s+/),
);

/** Members that are given the value of another member are followed this far. */
const deepestName = 3;

/** Those of them that are given a listener, which is called on the emitter. */
const listens = /^(?:on|once|addListener|prependListener|prependOnceListener)$/;

/** Bindings of type checks, constants and error names, without a function that reaches outside. */
const harmlessBindings: ReadonlySet<string> = new Set([
  "util",
  "constants",
  "config",
  "uv",
  "buffer",
  "natives",
]);

/** Calls whose result is an API, or that do more than their rows say. False where the call is like any other. */
export function callEffect(trace: Trace, mention: Mention, node: Call): boolean {
  const { program, fold, report, push } = trace;
  const { api } = mention;
  const [first, second] = node.arguments;
  const name = first === undefined || first.type === "SpreadElement" ? null : fold.string(first);
  if (api.base === "missing-require") {
    // With a constant name this is an optional package that is not installed; esbuild has bundled all others. It
    // throws whatever it is given, and where that is caught nothing is loaded and nothing breaks.
    if (name === null && !isCaught(program, node)) report.refuse("NX3006", mention, { form: "require(...)" });
    return true;
  }
  if (keyOf(api) === keyOf(memberOf(requireApi, "resolve"))) {
    // It looks into folders, and loads nothing.
    report.need(mention, "require.resolve", [both(broad("fs:read"))], null);
    return true;
  }
  if (api.base === "require") {
    const module = api.path.length === 0 && name !== null ? moduleApi(name) : null;
    if (module !== null) push(mention, node, module);
    else report.refuse("NX3006", mention, { form: name === null ? "require(...)" : `require("${name}")` });
    return true;
  }
  if (api.base === "constructor") {
    if (api.path[0] === "bind") push(mention, node, constructorApi);
    else if (makesCode(program, node, fold)) report.refuse("NX3004", mention, { sink: "constructor(...)" });
    return true;
  }
  if (api.base === "instance") {
    if (returnsThis.has(api.path[0] ?? "")) push(mention, node, { ...api, path: [] });
    return true;
  }
  const key = keyOf(api);
  if (key === keyOf(functionApi)) {
    const above = aboveChain(program, node);
    const body = node.arguments.length === 1 ? name : null;
    // The one thing that libraries make this way, and it can be followed: `Function("return this")()`.
    if (body !== null && /^\s*return\s+this\s*;?\s*$/.test(body) && above?.type === "CallExpression") {
      if (above.callee === node) {
        push(mention, above, globalObject);
        return true;
      }
    }
    report.refuse("NX3004", mention, { sink: node.type === "NewExpression" ? "new Function" : "Function" });
    return true;
  }
  switch (key) {
    case "global Function.call":
    case "global Function.apply":
    case "global Function.bind":
      report.refuse("NX3004", mention, { sink: nameOf(api) });
      return true;
    case "module:module createRequire":
      push(mention, node, requireApi);
      return true;
    case "global process.getBuiltinModule": {
      const module = name === null ? null : moduleApi(name);
      if (module !== null) push(mention, node, module);
      return name !== null;
    }
    case "global process.binding":
      return name !== null && harmlessBindings.has(name);
    case "global setTimeout":
    case "global setInterval":
      if (first === undefined || first.type === "SpreadElement" || fold.text(first).known === "")
        return false;
      report.refuse("NX3004", mention, { sink: `${nameOf(api)} with a string` });
      return true;
    case "global Reflect.get":
      if (first !== undefined && second !== undefined && fold.string(second) === "constructor")
        push(mention, node, constructorOf(trace, first));
      return false;
    case "global Reflect.getOwnPropertyDescriptor":
    case "global Object.getOwnPropertyDescriptor":
      if (first !== undefined && second !== undefined && fold.string(second) === "constructor")
        push(mention, node, holderOf("value", constructorOf(trace, first), null, mention.start));
      return false;
    case "global Object.getOwnPropertyDescriptors":
      if (first !== undefined && isFunctionLike(trace, first))
        push(
          mention,
          node,
          holderOf("constructor", holderOf("value", functionApi, null, mention.start), null, mention.start),
        );
      return false;
    case "global Reflect.getPrototypeOf":
    case "global Object.getPrototypeOf":
      if (first !== undefined && isFunctionLike(trace, first)) push(mention, node, functionPrototype);
      return false;
    case "global Object.defineProperty":
    case "global Object.defineProperties":
    case "global Reflect.defineProperty":
      // A getter there is asked with every object as its `this`, the global one too.
      if (
        first !== undefined &&
        (isObjectPrototype(program, first) ||
          (isGlobalGetter(
            program,
            first,
            second === undefined || second.type === "SpreadElement" ? null : fold.string(second),
          ) &&
            !isPlainDescriptor(program, node.arguments[2])))
      ) {
        report.refuse("NX3003", mention, {
          what: `\`${nameOf(api)}\` of \`Object.prototype\``,
          reason: "changes every object, the global one too",
        });
      }
      return false;
    default:
      return chained(trace, mention, node);
  }
}

/** `process.on(...)` gives `process`, and calls its listener on it. */
function chained(trace: Trace, mention: Mention, node: Call): boolean {
  const { api } = mention;
  const last = api.path.at(-1) ?? "";
  const owner: Api = { base: api.base, path: api.path.slice(0, -1) };
  if (!returnsThis.has(last) || !isEmitter(owner)) return false;
  trace.push(mention, node, owner);
  if (listens.test(last))
    for (const argument of node.arguments.slice(node.arguments[0]?.type === "SpreadElement" ? 0 : 1))
      bindThis(trace, mention, argument, owner);
  return false;
}

function isEmitter(api: Api): boolean {
  return /^global (?:process|process\.std(?:in|out|err)|console\._std(?:out|err))$/.test(keyOf(api));
}

/**
 * A function that is called with the API as its `this`. Of a member of an object it is any function that the bundle
 * puts under that name; one that is not in view has the API.
 */
export function bindThis(trace: Trace, mention: Mention, node: Node, api: Api, depth = 0): void {
  const { program } = trace;
  const target = functionOf(program, node);
  if (target !== null) {
    if (target.type === "ArrowFunctionExpression") return;
    for (const self of program.thises.get(target) ?? []) trace.push(mention, self, api);
    return;
  }
  if (isThisless(program, node) || isBound(program, node)) return;
  const name =
    node.type === "MemberExpression" && node.object.type !== "Super" && depth < deepestName
      ? trace.fold.key(node)
      : null;
  const values = name === null ? null : valuesNamed(program, name);
  if (values === null) trace.report.use({ ...mention, api }, null);
  for (const value of values ?? []) bindThis(trace, mention, value, api, depth + 1);
}

/** Names of members that an object gives to another one; null stands for any of the platform. */
function namesIn({ program, fold }: Trace, given: Node): readonly (string | null)[] {
  const own = given.type === "SpreadElement" ? null : fold.object(given);
  if (own !== null) return [...own.keys()];
  // No module of Node has a member that is called like a namespace of the language.
  const isModule = apiOf(program, given)?.base.startsWith("module:") === true;
  return isModule ? [null] : [null, ...namespaces];
}

/** Whether an API as an argument of this call is handed to nobody. */
export function isDropped(trace: Trace, mention: Mention, node: Call): boolean {
  const { program, fold, report } = trace;
  const { callee } = node;
  const { api } = mention;
  const called = apiOf(program, callee);
  const isFirst = node.arguments[0] === mention.node;
  const second = node.arguments[1];
  const define = (at: Node | undefined): void => {
    const name = at === undefined || at.type === "SpreadElement" ? null : fold.string(at);
    if (name !== null) report.define(memberOf(api, name));
  };
  // Whether a variable is set is read from it.
  if (keyOf(api).startsWith("global process.env")) return false;
  if (called !== null && isFirst && namers.has(keyOf(called))) return true;
  // What an object or list of the program inherits is the language's.
  if (called !== null && isFirst && api.holds?.object && inheriting.test(keyOf(called))) return true;
  if (called !== null && isFirst && keyOf(called) === "global Object.hasOwn") {
    define(second);
    return true;
  }
  if (called !== null && isFirst && keyOf(api) === keyOf(globalObject) && isStatement(program, node)) {
    if (keyOf(called) === "global Object.assign") {
      for (const given of node.arguments.slice(1))
        for (const name of namesIn(trace, given)) report.change(name);
      return !node.arguments.some(({ type }) => type === "SpreadElement");
    }
    if (keyOf(called) === "global Object.defineProperty" && isPlainDescriptor(program, node.arguments[2])) {
      if (second !== undefined && trace.isOwnSymbol(second)) return true;
      define(second);
      report.change(second === undefined || second.type === "SpreadElement" ? null : fold.string(second));
      return true;
    }
  }
  const own = isFirst ? uncurriedOf(program, callee) : null;
  if (own?.startsWith("call ") && tellers.has(`global ${own.slice("call ".length)}`)) {
    define(second);
    return true;
  }
  if (called !== null && keyOf(called) === "global Reflect.apply" && second === mention.node) {
    const target = node.arguments[0] === undefined ? null : apiOf(program, node.arguments[0]);
    return target !== null && isOwnMember(api, target);
  }
  if (callee.type !== "MemberExpression" || callee.object.type === "Super" || !isFirst) return false;
  const how = fold.key(callee) ?? "";
  if (!["bind", "call", "apply"].includes(how)) return false;
  // Where it is nothing yet, asking it for `call` throws.
  const target = apiOrNothing(program, callee.object);
  if (target === null || isReplaced(program, how)) return false;
  if (keyOf(api) === keyOf(globalObject) && target.base === "global" && target.path.length === 1) {
    return ignoresThis.has(target.path[0] ?? "");
  }
  if (how === "call" && tellers.has(keyOf(target))) {
    define(second);
    return true;
  }
  // `process.nextTick.bind(process)`: it gets the `this` that it has anyway.
  const isOwn = isOwnMember(api, target);
  if (isOwn && returnsThis.has(target.path.at(-1) ?? "")) trace.push(mention, node);
  return isOwn;
}

/** Whether the function is a member of the API, which it gets as its `this` anyway. */
function isOwnMember(api: Api, target: Api): boolean {
  return (
    target.base === api.base &&
    target.path.length === api.path.length + 1 &&
    api.path.every((name, i) => target.path[i] === name) &&
    classify(target).rows.length > 0
  );
}

/** After a call with a narrow resource: an object of that kind, which could be turned to another one. */
export function instanceMade(api: Api): Api | null {
  const { rows, depth } = classify(api);
  const isObject = rows.some(
    (row) => row.form !== undefined && ["request", "socket", "file", "command", "url"].includes(row.form),
  );
  return isObject && depth === api.path.length && keyOf(api) !== "global fetch" ? instanceOf(api) : null;
}

const functionPrototype: Api = { base: "global", path: ["Function", "prototype"] };

function constructorOf(trace: Trace, node: Node): Api {
  return isFunctionLike(trace, node) ? functionApi : constructorApi;
}

/** Whether the value is a function, a class or the prototype of functions for certain. */
function isFunctionLike(trace: Trace, node: Node): boolean {
  if (isFunctionValue(trace.program, node)) return true;
  const api = apiOf(trace.program, node);
  return api !== null && keyOf(memberOf(api, "constructor")) === keyOf(functionApi);
}

function isObjectPrototype(program: Program, node: Node): boolean {
  const api = apiOf(program, node);
  return api !== null && keyOf(api) === "global Object.prototype";
}

function isStatement(program: Program, node: Node): boolean {
  return program.parents.get(node)?.type === "ExpressionStatement";
}

/** `{ value: ..., writable: true }`, or with a getter that does not look at the object it is asked of. */
function isPlainDescriptor(program: Program, node: Node | undefined): boolean {
  return (
    node?.type === "ObjectExpression" &&
    node.properties.every(
      (property) =>
        property.type === "Property" &&
        !property.computed &&
        property.key.type === "Identifier" &&
        (["value", "writable", "enumerable", "configurable"].includes(property.key.name) ||
          (property.key.name === "get" &&
            isFunctionNode(property.value) &&
            isThisless(program, property.value))),
    )
  );
}

/** Whether what the node throws is caught inside the function it stands in. */
function isCaught(program: Program, node: Node): boolean {
  let below: Node = node;
  for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
    if (at.type === "TryStatement" && at.block === below && at.handler) return true;
    if (/Function/.test(at.type)) return false;
    below = at;
  }
  return false;
}
