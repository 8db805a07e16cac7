import type { Variable } from "eslint-scope";
import type { CallExpression, Node, Pattern } from "estree";
import type { CodeArgs } from "../diagnostics/codes.ts";
import type { CallGraph, Unit } from "./calls.ts";
import { constantInit, createFolder, isGlobal } from "./fold.ts";
import { type Helpers, wrappedModule } from "./helpers.ts";
import { broad, type Permission } from "./permission.ts";
import { bare, type Program, startOf } from "./program.ts";
import { envNeed, type Need, resourceOf, type SinkCall } from "./resources.ts";
import type { Sink } from "./sinks.ts";
import {
  type Api,
  classify,
  constructorApi,
  functionApi,
  globalApi,
  globalObject,
  holderOf,
  isContainer,
  keyOf,
  memberOf,
  missingRequireApi,
  moduleApi,
  nameOf,
  reachOf,
  requireApi,
} from "./table.ts";

interface Found {
  readonly unit: Unit;
  /** Bundle offsets: where the mention starts, and where its last token starts. */
  readonly start: number;
  readonly last: number;
  /** As people write it: `fetch`, `fs.readFile`. */
  readonly sink: string;
}

/** Something that the code can reach. */
export interface Capability extends Found, Need {
  /** What is not constant, where that is why the whole kind is needed. */
  readonly unknown: string | null;
}

export type UnresolvedCode = "NX3003" | "NX3004" | "NX3006" | "NX3007" | "NX3008";

/** Something that cannot be proven, so that no permission can allow it. */
export type Unresolved = {
  readonly [C in UnresolvedCode]: Found & { readonly code: C; readonly args: CodeArgs<C> };
}[UnresolvedCode];

export interface Findings {
  readonly capabilities: readonly Capability[];
  readonly unresolved: readonly Unresolved[];
}

/** An expression whose value is (or may be) an API. */
interface Mention {
  readonly api: Api;
  readonly node: Node;
  readonly start: number;
  readonly last: number;
}

const harmlessTests: ReadonlySet<string> = new Set([
  "IfStatement",
  "WhileStatement",
  "DoWhileStatement",
  "ForStatement",
  "SwitchStatement",
  "SwitchCase",
  "BinaryExpression",
  "UpdateExpression",
]);

/** Global functions that make nothing of the global object as their `this`. */
const ignoresThis: ReadonlySet<string> = new Set([
  "fetch",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
  "queueMicrotask",
  "structuredClone",
  "atob",
  "btoa",
]);

/**
 * Every capability in the bundle. It starts at each mention of a global, a built-in module, `import()`, `require` and
 * `constructor`, and follows the value as long as it is plain to see: through members with constant names, through
 * variables and destructuring, through `await`, `||` and `?:`. Where it stops being plain, the mention is a use of all
 * that the value reaches. So following only narrows a finding; nothing is lost by stopping.
 */
export function findCapabilities(program: Program, helpers: Helpers, graph: CallGraph): Findings {
  const fold = createFolder(program);
  const capabilities: Capability[] = [];
  const unresolved: Unresolved[] = [];
  const queue: Mention[] = [];
  const followed = new Map<Variable, Set<string>>();
  const visited = new Set<Node>();
  /** Globals that the bundle itself defines. */
  const written = new Set<string>();
  const unclassified: { readonly name: string | null; readonly found: Unresolved }[] = [];

  const foundAt = (mention: Mention, sink: string): Found => ({
    unit: graph.unitOf(mention.node),
    start: mention.start,
    last: mention.last,
    sink,
  });

  const refuse = <C extends UnresolvedCode>(code: C, mention: Mention, args: CodeArgs<C>): void => {
    // TypeScript does not relate the parts of a union that is indexed by an open `C`.
    unresolved.push({ ...foundAt(mention, nameOf(mention.api)), code, args } as unknown as Unresolved);
  };

  const need = (mention: Mention, sink: string, needs: readonly Need[], unknown: string | null): void => {
    for (const { permission, exact } of needs) {
      capabilities.push({ ...foundAt(mention, sink), permission, exact, unknown });
    }
  };

  /** Reports a use. `call` is null where the API is used as a value. */
  const use = (mention: Mention, call: SinkCall | null): void => {
    const { api } = mention;
    if (api.base === "constructor" || api.base === "missing-require") return;
    if (api.holds !== undefined) {
      use({ ...mention, api: api.holds.api }, null);
      return;
    }
    if (api.base === "require") {
      refuse("NX3003", mention, { what: "`require`", reason: "is used as a value, and it loads any module" });
      return;
    }
    if (isContainer(api) && call === null) {
      useWhole(mention);
      return;
    }
    const { rows, depth } = classify(api);
    const sink = nameOf({ base: api.base, path: api.path.slice(0, Math.max(depth, 1)) });
    if (rows.length === 0) {
      const args = { api: nameOf(api) };
      const name = api.base === "global" && api.path.length === 1 ? (api.path[0] ?? null) : null;
      unclassified.push({ name, found: { ...foundAt(mention, args.api), code: "NX3008", args } });
      return;
    }
    for (const row of rows) useRow(mention, row, sink, depth < api.path.length ? null : call);
  };

  const useRow = (mention: Mention, row: Sink, sink: string, call: SinkCall | null): void => {
    switch (row.capability) {
      case "pure":
        break;
      case "root":
        refuse("NX3003", mention, { what: `\`${sink}\``, reason: "reaches everything" });
        break;
      case "dynamic-code":
        refuse("NX3004", mention, { sink });
        break;
      case "native-code":
        refuse("NX3007", mention, { what: `what \`${sink}\` loads` });
        break;
      default: {
        if (row.form === "member") {
          need(mention, sink, [both(broad(row.capability))], "which variable is read");
          break;
        }
        const resource = resourceOf(row, row.capability, call, fold);
        if (resource.kind === "known") need(mention, sink, resource.needs, null);
        else need(mention, sink, resource.permissions.map(both), resource.what);
      }
    }
  };

  /** A module, `process` or the global object used as a value: all that its members reach. */
  const useWhole = (mention: Mention): void => {
    const { api } = mention;
    const sink = nameOf(api);
    if (classify(api).rows.length === 0) {
      const args = { api: sink };
      unclassified.push({ name: null, found: { ...foundAt(mention, sink), code: "NX3008", args } });
      return;
    }
    const kinds: Permission[] = [];
    for (const reach of reachOf(api)) {
      if (reach === "root" || reach === "dynamic-code" || reach === "native-code") {
        refuse("NX3003", mention, {
          what: `\`${sink}\``,
          reason: "is used as a value, and it reaches everything",
        });
        return;
      }
      if (reach !== "pure") kinds.push(broad(reach));
    }
    need(mention, sink, kinds.map(both), "which of its members is used");
  };

  const useComputed = (mention: Mention): void => {
    const { api } = mention;
    if (isRooted(api)) {
      refuse("NX3003", mention, {
        what: `\`${nameOf(api)}[...]\``,
        reason: "takes a member whose name is not known before it runs",
      });
    } else use(mention, null);
  };

  const push = (mention: Mention, node: Node, api = mention.api, last = mention.last): void => {
    queue.push({ api, node, start: mention.start, last });
  };

  /** A variable that may hold the API: each of its reads is a mention. */
  const follow = (variable: Variable, mention: Mention): void => {
    const key = keyOf(mention.api);
    const seen = followed.get(variable) ?? new Set();
    if (seen.has(key)) return;
    followed.set(variable, seen.add(key));
    const reads = variable.references.filter((reference) => reference.isRead());
    if (isExported(program, variable) || (reads.length === 0 && !isContainer(mention.api)))
      use(mention, null);
    for (const { identifier } of reads) {
      const node = identifier as Node;
      queue.push({ api: mention.api, node, start: startOf(node), last: startOf(node) });
    }
  };

  /** `pattern = mention`, in declarations, assignments and parameters with a default. */
  const bind = (pattern: Pattern | Node, mention: Mention): void => {
    switch (pattern.type) {
      case "Identifier": {
        const variable = program.variableOf(pattern) ?? program.declaredBy.get(pattern) ?? null;
        if (variable === null) use(mention, null);
        else follow(variable, mention);
        break;
      }
      case "AssignmentPattern":
        bind(pattern.left, mention);
        break;
      case "ObjectPattern":
        visited.add(pattern);
        for (const property of pattern.properties) {
          if (property.type === "RestElement") {
            use({ ...mention, node: property, start: startOf(property), last: startOf(property) }, null);
            continue;
          }
          const key = patternKey(property);
          const at = {
            ...mention,
            node: property,
            start: startOf(property.key),
            last: startOf(property.key),
          };
          if (key === null) useComputed(at);
          else take(at, key, (next) => bind(property.value, next));
        }
        break;
      default:
        use(mention, null);
    }
  };

  const patternKey = (property: { readonly key: Node; readonly computed: boolean }): string | null =>
    !property.computed && property.key.type === "Identifier" ? property.key.name : fold.string(property.key);

  /** Takes a member. `next` is called where the member is an API of its own; `other` where it is not. */
  const take = (
    mention: Mention,
    key: string,
    next: (mention: Mention) => void,
    other?: () => void,
  ): void => {
    const { api } = mention;
    if (api.holds !== undefined) {
      if (api.holds.key === key) next({ ...mention, api: api.holds.api });
      return;
    }
    const own = classify(api);
    const member = own.rows.find((row) => row.form === "member");
    if (member !== undefined && own.depth === api.path.length) {
      const one = envNeed(key);
      const sink = `${nameOf(api)}.${key}`;
      if (one === null) need(mention, nameOf(api), [both(broad("env"))], "which variable is read");
      else need(mention, sink, [one], null);
      return;
    }
    const target = memberOf(api, key);
    if (
      target.base !== api.base ||
      isContainer(api) ||
      isContainer(target) ||
      classify(target).depth === target.path.length
    ) {
      next({ ...mention, api: target });
    } else if (own.rows.length > 0 && own.rows.every((row) => row.capability === "pure")) return;
    else if (other === undefined) use(mention, null);
    else other();
  };

  const takeMember = (mention: Mention, member: Node & { readonly type: "MemberExpression" }): void => {
    visited.add(member);
    const key = fold.key(member);
    const parent = aboveChain(program, member);
    if (key === null) {
      const isOwnSymbol = keyOf(mention.api) === keyOf(globalObject) && isHarmlessSymbol(member.property);
      if (!isOwnSymbol) useComputed(mention);
      return;
    }
    if (parent?.type === "AssignmentExpression" && parent.left === member && isContainer(mention.api)) {
      if (keyOf(mention.api) === keyOf(globalObject)) written.add(key);
      if (parent.operator === "=") return;
    }
    const at = { ...mention, node: member, last: startOf(member.property) };
    take(
      at,
      key,
      (next) => queue.push(next),
      () => {
        const isCall =
          key === "call" && parent?.type === "CallExpression" && bare(parent.callee as never) === member;
        use(mention, isCall ? { node: parent, first: 1 } : null);
      },
    );
  };

  /** A symbol under which Node keeps nothing: only what the bundle put there can be behind it. */
  const isHarmlessSymbol = (node: Node): boolean => {
    const variable = node.type === "Identifier" ? program.variableOf(node) : null;
    const made = variable === null ? node : constantInit(variable);
    if (made?.type !== "CallExpression") return false;
    if (isGlobal(program, made.callee, "Symbol")) return true;
    const { callee } = made;
    const [first] = made.arguments;
    if (callee.type !== "MemberExpression" || callee.object.type === "Super" || first === undefined)
      return false;
    if (!isGlobal(program, callee.object, "Symbol") || fold.key(callee) !== "for") return false;
    const name = fold.string(first);
    return name !== null && !/^(?:node|undici)/i.test(name);
  };

  const call = (
    mention: Mention,
    node: CallExpression | (Node & { readonly type: "NewExpression" }),
  ): void => {
    const { api } = mention;
    const [first] = node.arguments;
    const name = first === undefined || first.type === "SpreadElement" ? null : fold.string(first);
    if (api.base === "missing-require") {
      // With a constant name this is an optional package that is not installed; esbuild has bundled all others.
      if (name === null) refuse("NX3006", mention, { form: "require(...)" });
      return;
    }
    if (api.base === "require") {
      const module = api.path.length === 0 && name !== null ? moduleApi(name) : null;
      if (module !== null) push(mention, node, module);
      else refuse("NX3006", mention, { form: name === null ? "require(...)" : `require("${name}")` });
      return;
    }
    if (api.base === "constructor") {
      if (!isHarmlessConstruction(program, node)) refuse("NX3004", mention, { sink: "constructor(...)" });
      return;
    }
    if (api === functionApi || keyOf(api) === keyOf(functionApi)) {
      const above = aboveChain(program, node);
      const body = node.arguments.length === 1 ? name : null;
      // The one thing that libraries make this way, and it can be followed: `Function("return this")()`.
      if (body !== null && /^\s*return\s+this\s*;?\s*$/.test(body) && above?.type === "CallExpression") {
        if (above.callee === node) {
          push(mention, above, globalObject);
          return;
        }
      }
      refuse("NX3004", mention, { sink: node.type === "NewExpression" ? "new Function" : "Function" });
      return;
    }
    const key = keyOf(api);
    if (key === "module:module createRequire") {
      push(mention, node, requireApi);
      return;
    }
    if (key === "global process.getBuiltinModule" && name !== null) {
      const module = moduleApi(name);
      if (module !== null) push(mention, node, module);
      return;
    }
    if ((key === "global setTimeout" || key === "global setInterval") && first !== undefined) {
      if (first.type !== "SpreadElement" && fold.text(first).known !== "") {
        refuse("NX3004", mention, { sink: `${nameOf(api)} with a string` });
      }
      return;
    }
    use(mention, { node, first: 0 });
  };

  const argument = (
    mention: Mention,
    node: CallExpression | (Node & { readonly type: "NewExpression" }),
  ): void => {
    if (mention.api.base === "constructor") {
      const { callee } = node;
      const isReflected =
        callee.type === "MemberExpression" &&
        callee.object.type !== "Super" &&
        isGlobal(program, callee.object, "Reflect") &&
        ["construct", "apply", null].includes(fold.key(callee));
      if (isReflected) refuse("NX3004", mention, { sink: "Reflect with a constructor" });
      else pass(mention, node);
      return;
    }
    if (isReceiver(mention, node)) return;
    const helper = helpers.nameOf(node.callee);
    if (helper === "__toESM" && mention.api.holds === undefined) push(mention, node);
    else if (helper === "__toCommonJS") push(mention, node);
    else if (helper !== "__export" && !pass(mention, node)) use(mention, null);
  };

  /** `fetch.bind(globalThis)`: the platform's function gets the `this` that it has anyway. */
  const isReceiver = (
    mention: Mention,
    node: CallExpression | (Node & { readonly type: "NewExpression" }),
  ): boolean => {
    const { callee } = node;
    if (keyOf(mention.api) !== keyOf(globalObject) || node.arguments[0] !== mention.node) return false;
    if (callee.type !== "MemberExpression" || !["bind", "call", "apply"].includes(fold.key(callee) ?? ""))
      return false;
    const { object } = callee;
    if (object.type === "Identifier")
      return program.variableOf(object) === null && ignoresThis.has(object.name);
    return (
      object.type === "MemberExpression" &&
      isGlobal(program, object.object, "globalThis") &&
      ignoresThis.has(fold.key(object) ?? "")
    );
  };

  /** An argument of a function that is in view: its parameter is a mention. False where it is not in view. */
  const pass = (
    mention: Mention,
    node: CallExpression | (Node & { readonly type: "NewExpression" }),
  ): boolean => {
    const target = functionOf(program, node.callee);
    const index = (node.arguments as readonly Node[]).indexOf(mention.node);
    if (target === null || program.takesArguments.has(target)) return false;
    if (node.arguments.slice(0, index).some((value) => value.type === "SpreadElement")) return false;
    const parameter = target.params[index];
    if (parameter?.type === "RestElement" || target.params.at(-1)?.type === "RestElement") return false;
    // A value that no parameter takes is dropped.
    if (parameter !== undefined) bind(parameter, mention);
    return true;
  };

  /** `return mention`, in a function that is only ever called: each call is a mention. False otherwise. */
  const give = (mention: Mention, from: Node): boolean => {
    const target = enclosingFunction(program, from);
    if (target === null || target.async === true || target.generator === true) return false;
    // Inside itself it has a second name.
    if (target.type === "FunctionExpression" && target.id) return false;
    const above = program.parents.get(target);
    if (above?.type === "CallExpression" && above.callee === target) {
      push(mention, above);
      return true;
    }
    const variable = variableOfFunction(program, target);
    if (variable === null || isExported(program, variable)) return false;
    const calls = variable.references
      .filter((reference) => reference.init !== true)
      .map(({ identifier }) => identifier as Node);
    const isCall = (node: Node): boolean => {
      const parent = program.parents.get(node);
      return parent?.type === "CallExpression" && parent.callee === node;
    };
    if (!calls.every(isCall)) return false;
    for (const node of calls) {
      const parent = program.parents.get(node);
      if (parent !== undefined)
        queue.push({ api: mention.api, node: parent, start: startOf(node), last: startOf(node) });
    }
    return true;
  };

  /** `module.exports = mention`, alone in a CommonJS module: the module's function returns the API. */
  const reexport = (mention: Mention, assignment: Node): boolean => {
    const variable = wrapperOf(program, helpers, assignment);
    if (variable === null) return false;
    for (const reference of variable.references) {
      if (!reference.isRead()) continue;
      const node = reference.identifier as Node;
      const parent = program.parents.get(node);
      const at = { ...mention, node, start: startOf(node), last: startOf(node) };
      if (parent?.type === "CallExpression" && parent.callee === node) push(at, parent);
      else use(at, null);
    }
    return true;
  };

  /** `__export(namespace, { key: () => mention })`: who reads that member of the namespace has the API. */
  const exported = (mention: Mention, arrow: Node): boolean => {
    const property = program.parents.get(arrow);
    const object = property === undefined ? undefined : program.parents.get(property);
    const above = object === undefined ? undefined : program.parents.get(object);
    if (property?.type !== "Property" || above?.type !== "CallExpression") return false;
    const [namespace] = above.arguments;
    if (helpers.nameOf(above.callee) !== "__export" || namespace?.type !== "Identifier") return false;
    const variable = program.variableOf(namespace);
    const key = patternKey(property);
    if (variable === null || key === null) return false;
    follow(variable, { ...mention, api: holderOf(key, mention.api) });
    return true;
  };

  const step = (mention: Mention): void => {
    const { node } = mention;
    const parent = program.parents.get(node);
    if (parent === undefined) return;
    switch (parent.type) {
      case "MemberExpression":
        if (parent.object === node) takeMember(mention, parent);
        else use(mention, null);
        return;
      case "ChainExpression":
      case "AwaitExpression":
        push(mention, parent);
        return;
      case "SequenceExpression":
        if (parent.expressions.at(-1) === node) push(mention, parent);
        return;
      case "LogicalExpression":
        if (parent.operator !== "&&" || parent.right === node) push(mention, parent);
        return;
      case "ConditionalExpression":
        if (parent.test !== node) push(mention, parent);
        return;
      case "UnaryExpression":
        if (parent.operator === "delete") use(mention, null);
        return;
      case "BinaryExpression":
        if (parent.operator === "in" && parent.right === node) containsKey(mention, parent.left);
        return;
      case "ForStatement":
      case "ExpressionStatement":
        if (parent.type === "ExpressionStatement" && !isContainer(mention.api)) use(mention, null);
        return;
      case "VariableDeclarator":
        bind(parent.id, mention);
        return;
      case "AssignmentPattern":
        if (parent.right === node) bind(parent.left, mention);
        return;
      case "AssignmentExpression":
        if (parent.left === node) {
          if (parent.operator !== "=" || keyOf(mention.api) === "global process.env") use(mention, null);
          return;
        }
        if (!["=", "||=", "&&=", "??="].includes(parent.operator)) return;
        if (reexport(mention, parent)) return;
        bind(parent.left, mention);
        if (program.parents.get(parent)?.type !== "ExpressionStatement") push(mention, parent);
        return;
      case "CallExpression":
      case "NewExpression":
        if (parent.callee === node) call(mention, parent);
        else argument(mention, parent);
        return;
      case "ArrowFunctionExpression":
        if (!exported(mention, parent) && !give(mention, node)) use(mention, null);
        return;
      case "ReturnStatement":
        if (!give(mention, node)) use(mention, null);
        return;
      default:
        if (!harmlessTests.has(parent.type)) use(mention, null);
    }
  };

  const containsKey = (mention: Mention, left: Node): void => {
    if (keyOf(mention.api) !== "global process.env") return;
    const key = fold.string(left);
    if (key === null) use(mention, null);
    else take(mention, key, () => {});
  };

  const importModule = (specifier: Node, node: Node, mention: Mention): void => {
    const name = fold.string(specifier);
    const api = name === null ? null : moduleApi(name);
    if (api === null) {
      refuse("NX3006", mention, { form: name === null ? "import(...)" : `import("${name}")` });
      return;
    }
    const at = { ...mention, api };
    const parent = program.parents.get(node);
    if (parent?.type === "AwaitExpression") {
      push(at, parent);
      return;
    }
    const above = parent === undefined ? undefined : program.parents.get(parent);
    if (
      parent?.type === "MemberExpression" &&
      fold.key(parent) === "then" &&
      above?.type === "CallExpression"
    ) {
      const [callback] = above.arguments;
      if (callback?.type === "ArrowFunctionExpression" || callback?.type === "FunctionExpression") {
        const [param] = callback.params;
        if (!program.takesArguments.has(callback) && param?.type !== "RestElement") {
          if (param !== undefined) bind(param, at);
          return;
        }
      }
    }
    if (parent?.type !== "ExpressionStatement") use(at, null);
  };

  const startAt = (node: Node, api: Api): Mention => ({
    api,
    node,
    start: startOf(node),
    last: startOf(node),
  });

  // Static imports and re-exports; everything else that esbuild left is a name that it could not bundle.
  for (const statement of program.tree.body) {
    if (
      statement.type !== "ImportDeclaration" &&
      statement.type !== "ExportAllDeclaration" &&
      statement.type !== "ExportNamedDeclaration"
    ) {
      continue;
    }
    const source = statement.source;
    if (source === null || source === undefined) continue;
    const api = moduleApi(String(source.value));
    const whole = startAt(source, api ?? requireApi);
    if (api === null) refuse("NX3006", whole, { form: `import "${source.value}"` });
    else if (statement.type === "ExportAllDeclaration") use(whole, null);
    else if (statement.type === "ExportNamedDeclaration") {
      for (const { local } of statement.specifiers)
        use(startAt(local, memberOf(api, exportName(local))), null);
    } else if (statement.specifiers.length === 0) use(whole, null);
    else {
      for (const specifier of statement.specifiers) {
        const variable = program.declaredBy.get(specifier.local);
        const imported =
          specifier.type === "ImportSpecifier" ? memberOf(api, exportName(specifier.imported)) : api;
        if (variable !== undefined) follow(variable, startAt(specifier.local, imported));
      }
    }
  }
  for (const node of program.special) {
    if (node.type === "ImportExpression") importModule(node.source, node, startAt(node, requireApi));
    if (node.type === "MetaProperty" && node.meta.name === "import") importMeta(node);
  }
  for (const reference of program.references) {
    const node = reference.identifier as Node;
    if (reference.resolved === null && node.type === "Identifier") {
      if (!reference.isRead()) written.add(node.name);
      else if (!helpers.isOwn(node)) queue.push(startAt(node, globalApi(node.name)));
    }
  }
  if (helpers.require !== null) {
    follow(helpers.require, startAt(helpers.require.identifiers[0] as Node, missingRequireApi));
  }
  drain();
  // What is left are constructors of values that were not followed.
  for (const node of program.members) {
    if (visited.has(node)) continue;
    if (node.type === "MemberExpression" && fold.key(node) === "constructor") {
      if (isPrototype(node.object, fold.key)) continue;
      const api = isFunctionValue(program, node.object) ? functionApi : constructorApi;
      queue.push({ api, node, start: startOf(node.property), last: startOf(node.property) });
    } else if (node.type === "ObjectPattern") {
      for (const property of node.properties) {
        if (property.type === "Property" && patternKey(property) === "constructor") {
          const above = program.parents.get(node);
          const isFunction =
            above?.type === "VariableDeclarator" && above.init && isFunctionValue(program, above.init);
          bind(property.value, startAt(property.key, isFunction ? functionApi : constructorApi));
        }
      }
    }
  }
  drain();
  for (const { name, found } of unclassified) if (name === null || !written.has(name)) unresolved.push(found);
  return { capabilities, unresolved };

  function drain(): void {
    for (let mention = queue.pop(); mention !== undefined; mention = queue.pop()) step(mention);
  }

  /** `import.meta.resolve` looks into folders; the rest are names. */
  function importMeta(node: Node): void {
    const parent = program.parents.get(node);
    const key = parent?.type === "MemberExpression" && parent.object === node ? fold.key(parent) : null;
    if (key !== "resolve" || parent?.type !== "MemberExpression") return;
    const mention = { ...startAt(node, requireApi), last: startOf(parent.property) };
    need(mention, "import.meta.resolve", [both(broad("fs:read"))], null);
  }
}

function both(permission: Permission): Need {
  return { permission, exact: permission };
}

/** Where any member may reach everything. */
function isRooted(api: Api): boolean {
  if (!isContainer(api)) return false;
  return [...reachOf(api)].some(
    (reach) => reach === "root" || reach === "dynamic-code" || reach === "native-code",
  );
}

function exportName(node: Node): string {
  return node.type === "Identifier" ? node.name : node.type === "Literal" ? String(node.value) : "";
}

function aboveChain(program: Program, node: Node): Node | undefined {
  const parent = program.parents.get(node);
  return parent?.type === "ChainExpression" ? program.parents.get(parent) : parent;
}

/** `export const f = ...`: others can read it. Lists of exports are mentions of their own. */
function isExported(program: Program, variable: Variable): boolean {
  return variable.defs.some((definition) => {
    const declaration = program.parents.get(definition.node as Node);
    return declaration !== undefined && program.parents.get(declaration)?.type === "ExportNamedDeclaration";
  });
}

function isPrototype(
  object: Node,
  key: (node: Node & { readonly type: "MemberExpression" }) => string | null,
): boolean {
  return object.type === "MemberExpression" && key(object) === "prototype";
}

/** Whether the value is a function (or the prototype of functions) for certain, so that its constructor makes code. */
function isFunctionValue(program: Program, node: Node): boolean {
  switch (node.type) {
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ClassExpression":
      return true;
    case "Identifier": {
      const variable = program.variableOf(node);
      const init = variable === null ? null : constantInit(variable);
      if (init !== null) return isFunctionNode(init) || init.type === "ClassExpression";
      return variable?.defs.some(({ type }) => type === "FunctionName" || type === "ClassName") === true;
    }
    case "CallExpression": {
      // `Object.getPrototypeOf(async () => {})`
      const { callee } = node;
      const [first] = node.arguments;
      return (
        first !== undefined &&
        callee.type === "MemberExpression" &&
        callee.property.type === "Identifier" &&
        callee.property.name === "getPrototypeOf" &&
        isFunctionValue(program, first)
      );
    }
    case "MemberExpression":
      // `(async () => {}).__proto__`, `[].filter`
      if (node.computed || node.property.type !== "Identifier") return false;
      if (node.property.name === "__proto__") return isFunctionValue(program, node.object);
      return (
        (node.object.type === "ArrayExpression" || node.object.type === "Literal") &&
        node.property.name !== "length"
      );
    default:
      return false;
  }
}

/**
 * `new x.constructor(...)` copies objects in much honest code. It makes code only when `x` is a function and is given
 * text: inside a method of a class `this` is an object, and nothing, numbers and lengths are no text.
 */
function isHarmlessConstruction(
  program: Program,
  node: CallExpression | (Node & { type: "NewExpression" }),
): boolean {
  if (node.type !== "NewExpression") return false;
  const { callee } = node;
  if (
    callee.type === "MemberExpression" &&
    callee.object.type === "ThisExpression" &&
    isInMethod(program, node)
  ) {
    return true;
  }
  return node.arguments.every(
    (argument) =>
      (argument.type === "Literal" && typeof argument.value !== "string") ||
      (argument.type === "MemberExpression" &&
        !argument.computed &&
        argument.property.type === "Identifier" &&
        ["length", "byteLength", "size"].includes(argument.property.name)),
  );
}

function isInMethod(program: Program, node: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = program.parents.get(at)) {
    if (at.type === "MethodDefinition" || at.type === "PropertyDefinition") return !at.static;
    if (at.type === "FunctionDeclaration") return false;
    if (at.type === "FunctionExpression" && program.parents.get(at)?.type !== "MethodDefinition")
      return false;
  }
  return false;
}

type FunctionNode = Node & {
  readonly type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression";
};

function isFunctionNode(node: Node | null | undefined): node is FunctionNode {
  return (
    node?.type === "FunctionDeclaration" ||
    node?.type === "FunctionExpression" ||
    node?.type === "ArrowFunctionExpression"
  );
}

/** The function that a callee is whatever happens; null when that is not plain. */
function functionOf(program: Program, callee: Node): FunctionNode | null {
  if (isFunctionNode(callee)) return callee;
  const variable = callee.type === "Identifier" ? program.variableOf(callee) : null;
  if (variable === null) return null;
  const init = constantInit(variable);
  if (init !== null) return isFunctionNode(init) ? init : null;
  const [definition, ...others] = variable.defs;
  if (definition?.type !== "FunctionName" || others.length > 0 || !isFunctionNode(definition.node))
    return null;
  return variable.references.some((reference) => reference.isWrite()) ? null : definition.node;
}

function variableOfFunction(program: Program, target: FunctionNode): Variable | null {
  if (target.type === "FunctionDeclaration") return program.declaredBy.get(target.id) ?? null;
  const parent = program.parents.get(target);
  if (parent?.type !== "VariableDeclarator" || parent.id.type !== "Identifier") return null;
  const variable = program.declaredBy.get(parent.id) ?? null;
  return variable !== null && constantInit(variable) === target ? variable : null;
}

function enclosingFunction(program: Program, node: Node): FunctionNode | null {
  for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
    if (isFunctionNode(at)) return at;
  }
  return null;
}

/** The variable of the CommonJS module whose only use of `module` and `exports` is this assignment. */
function wrapperOf(program: Program, helpers: Helpers, assignment: Node): Variable | null {
  if (assignment.type !== "AssignmentExpression" || assignment.operator !== "=") return null;
  const { left } = assignment;
  if (left.type !== "MemberExpression" || left.computed || left.object.type !== "Identifier") return null;
  if (left.property.type !== "Identifier" || left.property.name !== "exports") return null;
  const parameter = program.variableOf(left.object);
  const [definition] = parameter?.defs ?? [];
  if (parameter === null || definition?.type !== "Parameter" || definition.index !== 1) return null;
  const scope = parameter.scope;
  const params = scope.variables.filter((variable) => variable.defs.some(({ type }) => type === "Parameter"));
  if (params.some((variable) => variable.references.length !== (variable === parameter ? 1 : 0))) return null;
  for (let at: Node | undefined = definition.node; at !== undefined; at = program.parents.get(at)) {
    if (at.type !== "VariableDeclarator") continue;
    const wrapped = wrappedModule(at.init, helpers);
    return wrapped !== null && at.id.type === "Identifier" && wrapped.params.includes(definition.name)
      ? (program.declaredBy.get(at.id) ?? null)
      : null;
  }
  return null;
}
