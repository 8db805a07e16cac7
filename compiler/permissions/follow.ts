import type { Variable } from "eslint-scope";
import type { CallExpression, MemberExpression, Node, Pattern } from "estree";
import { exportBy } from "./commonjs.ts";
import { type Conditions, noGlobal } from "./conditions.ts";
import { fieldName, isGlobal, isTarget } from "./constant.ts";
import { mayBeText } from "./constructors.ts";
import { bindThis, type Call, callEffect, instanceMade, isDropped, type Trace } from "./effects.ts";
import { deepFolder, type Folder } from "./fold.ts";
import {
  callsOf,
  constructorOf,
  enclosingFunction,
  functionOf,
  isDefaultWrapper,
  isExported,
} from "./functions.ts";
import { type Given, givenFor, isFiltered, isNoFunction } from "./given.ts";
import { isNeverRun } from "./guards.ts";
import { accessesTo } from "./heap/reach.ts";
import type { Helpers } from "./helpers.ts";
import { isBound, isThisless, methodOf, valueIn } from "./methods.ts";
import { broad } from "./permission.ts";
import { readsOfPrivate } from "./private.ts";
import { aboveChain, type Program, startOf } from "./program.ts";
import { isCalleeReplaced, isIterationChanged, isReplaced, isReplacedInNode } from "./replaced.ts";
import { both, isRooted, type Mention, type Reporter } from "./report.ts";
import { apiOf } from "./resolve.ts";
import { envNeed, type Need } from "./resources.ts";
import {
  type Api,
  classify,
  functionApi,
  globalObject,
  holderOf,
  isContainer,
  isPure,
  isRevealing,
  isStream,
  keyOf,
  memberOf,
  moduleApi,
  nameOf,
  possibleConstructor,
  requireApi,
  revealingNames,
  reveals,
} from "./table.ts";
import type { Text } from "./text.ts";

/** Follows mentions through the bundle. */
export interface Follower {
  /** Puts a mention in the queue; `drain` works it off. */
  readonly add: (mention: Mention) => void;
  readonly follow: (variable: Variable, mention: Mention) => void;
  readonly bind: (pattern: Pattern | Node, mention: Mention) => void;
  readonly importModule: (specifier: Node, node: Node, mention: Mention) => void;
  readonly patternKeys: (property: {
    readonly key: Node;
    readonly computed: boolean;
  }) => readonly string[] | null;
  readonly drain: () => void;
  /** Member accesses and object patterns that a mention came through. */
  readonly visited: ReadonlySet<Node>;
}

const harmlessTests: ReadonlySet<string> = new Set([
  "IfStatement",
  "WhileStatement",
  "DoWhileStatement",
  "ForStatement",
  "SwitchStatement",
  "SwitchCase",
  "BinaryExpression",
]);

/** Members by which an object of a narrow API goes to another file, host or program. */
const turning: ReadonlySet<string> = new Set(
  "constructor __proto__ connect spawn agent socket connection createConnection _handle handle".split(" "),
);

/** What happens to the members of an object of the program that holds an API. */
interface OwnChanges {
  /** Methods that are called on it, with one of the calls. */
  readonly called: Map<string, Mention>;
  /** Members that are given values which may be functions out of view; null for one whose name is not known. */
  readonly written: Set<string | null>;
}

/** Objects inside objects are followed this deep. */
const deepestHolder = 3;

export function createFollower(
  program: Program,
  helpers: Helpers,
  fold: Folder,
  conditions: Conditions,
  report: Reporter,
): Follower {
  const { use, useComputed, need, refuse } = report;
  const queue: Mention[] = [];
  const followed = new Map<Variable, Set<string>>();
  const visited = new Set<Node>();
  const changes = new Map<string, OwnChanges>();
  /** What was followed from where: it bounds the search by nodes times APIs, recursion or not. */
  const done = new Map<Node, Set<string>>();

  const push = (mention: Mention, node: Node, api = mention.api, last = mention.last): void => {
    queue.push({ ...mention, api, node, last });
  };

  /** A variable that may hold the API: each of its reads is a mention. */
  const follow = (variable: Variable, mention: Mention): void => {
    const key = keyOf(mention.api);
    const seen = followed.get(variable) ?? new Set();
    if (seen.has(key)) return;
    followed.set(variable, seen.add(key));
    if (isExported(program, variable)) use(mention, null);
    const writes = variable.references.filter((reference) => reference.isWrite());
    const isShared = mention.isShared === true || writes.length > 1;
    // A variable that nobody reads hands nothing on.
    for (const reference of variable.references) {
      if (!reference.isRead()) continue;
      const node = reference.identifier as Node;
      queue.push({ api: mention.api, node, start: startOf(node), last: startOf(node), isShared });
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
          const at = {
            ...mention,
            node: property,
            start: startOf(property.key),
            last: startOf(property.key),
          };
          const keys = patternKeys(property);
          if (keys === null) useComputed(at);
          else for (const key of keys) take(at, key, (next) => bind(property.value, next));
        }
        break;
      case "ArrayPattern":
        if (
          mention.api.holds === undefined ||
          isIterationChanged(program) ||
          pattern.elements.some((each) => each?.type === "RestElement")
        ) {
          use(mention, null);
          break;
        }
        for (const [i, element] of pattern.elements.entries()) {
          if (element !== null) take(mention, String(i), (next) => bind(element, next));
        }
        break;
      case "MemberExpression":
        // What a class keeps under a private name is read where its text says so, and nowhere else.
        if (pattern.property.type === "PrivateIdentifier") keepPrivately(mention, pattern);
        else if (!keepAsMember(mention, pattern)) use(mention, null);
        break;
      default:
        use(mention, null);
    }
  };

  const keepPrivately = (mention: Mention, at: Node): void => {
    const reads = readsOfPrivate(program, at);
    if (reads === null) use(mention, null);
    for (const node of reads ?? []) {
      queue.push({ ...mention, node, start: startOf(node), last: startOf(node), isShared: true });
    }
  };

  /** `util.root = mention`, for an object of the program: where the whole program asks what it holds for a member. */
  const keepAsMember = (mention: Mention, pattern: MemberExpression): boolean => {
    const name = pattern.computed ? null : fieldName(pattern.property);
    const assignment = program.parents.get(pattern);
    if (!isRooted(mention.api) || mention.api.holds !== undefined || name === null) return false;
    if (assignment?.type !== "AssignmentExpression" || assignment.operator !== "=") return false;
    const accesses = accessesTo(program, assignment.right);
    if (accesses === null) return false;
    // Code that nobody gets to is looked at all the same, as it is everywhere.
    const idle = program.members.filter(
      (each) => each.type === "MemberExpression" && !each.computed && fieldName(each.property) === name,
    );
    for (const node of [...accesses.map(({ object }) => object), ...idle]) {
      if (node !== pattern)
        queue.push({ ...mention, node, start: startOf(node), last: startOf(node), isShared: true });
    }
    return true;
  };

  const patternKeys = (property: {
    readonly key: Node;
    readonly computed: boolean;
  }): readonly string[] | null =>
    !property.computed && property.key.type === "Identifier"
      ? [property.key.name]
      : fold.strings(property.key);

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
      else if (api.holds.object !== null && isRevealing(key)) use(mention, null);
      return;
    }
    if (api.madeBy !== undefined) {
      // Its own ways to another file, host or program.
      if (turning.has(key)) use({ ...mention, api: api.madeBy }, null);
      else next({ ...mention, api: memberOf(api, key) });
      return;
    }
    if (reveals(api, key)) {
      use(mention, null);
      return;
    }
    if (keyOf(api) === keyOf(requireApi) && key === "resolve") {
      next({ ...mention, api: memberOf(api, key) });
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
      // Functions of the language among which are some that hand on what they are given.
      (api.base === "global" &&
        api.path.length === 1 &&
        own.rows.every(({ capability }) => capability === "pure")) ||
      classify(target).depth === target.path.length
    ) {
      next({ ...mention, api: target });
    } else if (own.rows.length > 0 && own.rows.every((row) => row.capability === "pure")) return;
    else if (other === undefined) use(mention, null);
    else other();
  };

  const takeMember = (mention: Mention, member: Node & { readonly type: "MemberExpression" }): void => {
    visited.add(member);
    const keys = fold.keys(member) ?? (isOfMembers(mention.api) ? deepFolder(program).keys(member) : null);
    if (keys !== null) {
      for (const key of keys) takeKey(mention, member, key);
      return;
    }
    if (isOtherMember(mention.api, member)) {
      if (isTarget(program, member)) changeOwn(mention, member, null);
      return;
    }
    const parent = aboveChain(program, member);
    const families = isOfMembers(mention.api) ? familiesOf(member) : null;
    if (families !== null) {
      need({ ...mention, node: member }, `${nameOf(mention.api)}[...]`, families, null);
      return;
    }
    // A method that is called there sees the global object.
    const isMethod =
      isCallOf(parent, member) || (parent?.type === "TaggedTemplateExpression" && parent.tag === member);
    const isOfGlobal = !isMethod && keyOf(mention.api) === keyOf(globalObject);
    if (isOfGlobal && isHarmlessSymbol(member.property)) return;
    if (isOfGlobal && !isTarget(program, member) && isSymbol(member.property, isDispatcher)) {
      need(
        { ...mention, node: member },
        "undici.globalDispatcher",
        [both(broad("network"))],
        "which host is asked",
      );
      return;
    }
    useComputed(mention);
    if (keyOf(memberOf(mention.api, "constructor")) === keyOf(functionApi))
      push(mention, member, possibleConstructor);
  };

  /** `process.env["ACME_" + name]`: variables that all begin with the same word. */
  const familiesOf = (member: Node & { readonly type: "MemberExpression" }): readonly Need[] | null => {
    const needs: Need[] = [];
    for (const { known, isWhole } of deepFolder(program).texts(member.property)) {
      const [prefix] = /^[A-Za-z_][A-Za-z0-9_]*_/.exec(known) ?? [];
      const family = prefix === undefined ? null : both({ kind: "env", name: `${prefix}*` });
      const one = isWhole ? envNeed(known) : family;
      if (one === null) return null;
      needs.push(one);
    }
    return needs;
  };

  /** `object[name]` with a name that is never the one under which the API stands, read or written. */
  const isOtherMember = (api: Api, member: Node & { readonly type: "MemberExpression" }): boolean => {
    if (!isOwnObject(api) || api.holds === undefined || !member.computed) return false;
    const parent = aboveChain(program, member);
    if (isCallOf(parent, member) || parent?.type === "TaggedTemplateExpression") return false;
    const names = [...revealingNames, ...(isTarget(program, member) ? [] : [api.holds.key])];
    return names.every((name) => fold.excludes(member.property, name));
  };

  const takeKey = (
    mention: Mention,
    member: Node & { readonly type: "MemberExpression" },
    key: string,
  ): void => {
    const { api } = mention;
    const parent = aboveChain(program, member);
    const isCallee = isCallOf(parent, member);
    if (keyOf(api) === keyOf(globalObject) && isTarget(program, member)) report.change(key);
    if (isOwnObject(api) && isTarget(program, member)) changeOwn(mention, member, key);
    if (parent?.type === "AssignmentExpression" && parent.left === member && isContainer(api)) {
      if (reveals(api, key)) use(mention, null);
      report.define(memberOf(api, key));
      if (keyOf(api) === keyOf(globalObject)) changeGlobal(mention, key, parent.right);
      // Node takes nothing but a number there.
      else if (api.holds === undefined && keyOf(memberOf(api, key)) !== "global process.exitCode")
        bindThis(trace, mention, parent.right, api);
      if (parent.operator === "=") return;
    }
    // The method of an object of the program sees all of it; so does one that the program gave to Node's objects.
    const isTag = parent?.type === "TaggedTemplateExpression" && parent.tag === member;
    if (isOwnObject(api) && (isCallee || isTag) && api.holds?.key !== key) callOwn(mention, key);
    if (isCallee && isRooted(api) && classify(memberOf(api, key)).rows.length === 0) use(mention, null);
    if ((isCallee || isTag) && keyOf(api) === keyOf(globalObject)) {
      const own = changesOf(api);
      if (own.written.has(key)) use(mention, null);
      own.called.set(key, mention);
    }
    const at = { ...mention, node: member, last: startOf(member.property) };
    // `stream.constructor.prototype` has the methods of the stream, and nothing else.
    if (isStream(api) && key === "constructor" && parent?.type === "MemberExpression") {
      if (fold.key(parent) === "prototype" && !isTarget(program, parent)) {
        push(mention, parent);
        return;
      }
    }
    take(
      at,
      key,
      (next) => queue.push(next),
      () => use(mention, isCallee && key === "call" ? { node: parent, first: 1 } : null),
    );
    // `process.stdout.on(...)` gives the stream.
    if (isCallee && isStream(api)) callEffect(trace, { ...at, api: memberOf(api, key) }, parent);
  };

  /** `object.key()`, which may look at other members of its object. */
  const callOwn = (mention: Mention, key: string): void => {
    const object = mention.api.holds?.object ?? null;
    const value = object === null ? null : valueIn(object, key);
    const own = changesOf(mention.api);
    if (value !== null && functionOf(program, value) !== null) bindThis(trace, mention, value, mention.api);
    else if (value === null || !isThisless(program, value)) use(mention, null);
    if (own.written.has(key) || own.written.has(null)) use(mention, null);
    own.called.set(key, mention);
  };

  /** `object.key = value`: a function that is called on the object sees it. The key is null where it may be any. */
  const changeOwn = (mention: Mention, member: Node, key: string | null): void => {
    const parent = program.parents.get(member);
    const value = parent?.type === "AssignmentExpression" ? parent.right : null;
    if (value !== null && functionOf(program, value) !== null) bindThis(trace, mention, value, mention.api);
    else if (value === null || !isThisless(program, value)) {
      const own = changesOf(mention.api);
      for (const [name, called] of own.called) if (key === null || key === name) use(called, null);
      own.written.add(key);
    }
  };

  /** `globalThis.key = value`: only who calls it as a method of the global object shows that to it. */
  const changeGlobal = (mention: Mention, key: string, value: Node): void => {
    if (functionOf(program, value) !== null) bindThis(trace, mention, value, mention.api);
    else if (!isThisless(program, value) && !isBound(program, value)) {
      const own = changesOf(mention.api);
      const called = own.called.get(key);
      if (called !== undefined) use(called, null);
      own.written.add(key);
    }
  };

  const changesOf = (api: Api): OwnChanges => {
    const known = changes.get(keyOf(api)) ?? { called: new Map(), written: new Set() };
    changes.set(keyOf(api), known);
    return known;
  };

  /** A symbol under which Node keeps nothing: only what the bundle put there can be behind it. */
  const isHarmlessSymbol = (node: Node): boolean =>
    isSymbol(node, (made) => isGlobal(program, made.callee, "Symbol") || isNamed(made, isUnlikeNodes));

  /** Whether each value that the expression may have is such a call. */
  const isSymbol = (node: Node, isSuch: (made: CallExpression) => boolean): boolean => {
    const made = (fold.values(node) ?? []).filter((each) => !conditions.isDead(each));
    return (
      conditions.isTrusted &&
      made.length > 0 &&
      made.every((each) => each.type === "CallExpression" && isSuch(each))
    );
  };

  /** Where Node keeps what its `fetch` asks: an agent, which reaches hosts and nothing else. */
  const isDispatcher = (made: CallExpression): boolean =>
    isNamed(made, ({ known, isWhole }) => isWhole && /^undici\.globalDispatcher\.\d$/.test(known));

  const isUnlikeNodes = ({ known, isWhole }: Text): boolean =>
    known !== "" && !/^(?:node|undici)/i.test(known) && (isWhole || known.length > 6);

  /** `Symbol.for(name)` with such a name. */
  const isNamed = (made: CallExpression, isSuch: (name: Text) => boolean): boolean => {
    const { callee } = made;
    const [first] = made.arguments;
    if (callee.type !== "MemberExpression" || callee.object.type === "Super" || first === undefined)
      return false;
    if (!isGlobal(program, callee.object, "Symbol") || fold.key(callee) !== "for") return false;
    if (isReplacedInNode(program, "for")) return false;
    return isSuch(fold.text(first));
  };

  const call = (mention: Mention, node: Call): void => {
    if (callEffect(trace, mention, node)) return;
    use(mention, { node, first: 0 });
    const made = instanceMade(mention.api);
    if (made !== null) push(mention, node, made);
  };

  const argument = (mention: Mention, node: Call): void => {
    if (mention.api.base === "constructor") {
      reflect(mention, node);
      return;
    }
    const { isTrusted } = conditions;
    if (
      isTrusted &&
      !isCalleeReplaced(program, node.callee) &&
      (isDropped(trace, mention, node) || described(mention, node) || applied(mention, node))
    )
      return;
    const helper = helpers.nameOf(node.callee);
    const target = functionOf(program, node.callee);
    // Followed like any function it would mix up everything that is imported by it.
    if (
      target !== null &&
      isDefaultWrapper(target) &&
      mention.api.holds === undefined &&
      !isReplaced(program, "__esModule")
    ) {
      push(mention, node, holderOf("default", mention.api, null, mention.start));
      return;
    }
    if ((helper === "__toESM" || (helper === "__importStar" && isTrusted)) && mention.api.holds === undefined)
      push(mention, node);
    else if (helper === "__toCommonJS") push(mention, node);
    else if (helper !== "__export" && !pass(mention, node)) use(mention, null);
  };

  /** `Object.getOwnPropertyDescriptor(mention, "name")`: an object with the member, or with a function that gives it. */
  const described = (mention: Mention, node: Call): boolean => {
    const called = apiOf(program, node.callee);
    const [owner, name] = node.arguments;
    if (called === null || owner !== mention.node || name === undefined) return false;
    if (!/^global (?:Object|Reflect)\.getOwnPropertyDescriptor$/.test(keyOf(called))) return false;
    const give = (found: Mention): void => {
      if (isPure(found.api) && found.api.base === "global") return;
      if (!canHold(found.api)) use(found, null);
      else
        for (const slot of ["value", "get", "set"])
          push(found, node, holderOf(slot, found.api, null, found.start));
    };
    const keys = fold.strings(name);
    if (keys === null) {
      // Of a prototype of functions it may be the `constructor`, as it may with `value[key]`.
      if (keyOf(mention.api) !== "global Function.prototype") return false;
      give({ ...mention, api: possibleConstructor });
    } else for (const key of keys) take(mention, key, give, () => use(mention, null));
    return true;
  };

  /** `Reflect.apply(process.getBuiltinModule, process, ["node:util"])` */
  const applied = (mention: Mention, node: Call): boolean => {
    if (keyOf(mention.api) !== "global process.getBuiltinModule" || node.arguments[0] !== mention.node)
      return false;
    const called = apiOf(program, node.callee);
    const list = node.arguments[2];
    if (called === null || keyOf(called) !== "global Reflect.apply" || list?.type !== "ArrayExpression")
      return false;
    const [first] = list.elements;
    const name =
      first === null || first === undefined || first.type === "SpreadElement" ? null : fold.string(first);
    const module = name === null ? null : moduleApi(name);
    if (module !== null) push(mention, node, module);
    return name !== null;
  };

  /** `for (const x of list)`, where the list holds an API. */
  const iterated = (mention: Mention, loop: Node): boolean => {
    if (loop.type !== "ForOfStatement" || loop.right !== mention.node || loop.await) return false;
    const held = mention.api.holds;
    if (held?.object?.type !== "ArrayExpression" || isIterationChanged(program)) return false;
    const { left } = loop;
    const target = left.type === "VariableDeclaration" ? left.declarations[0]?.id : left;
    if (target === undefined) return false;
    bind(target, { ...mention, api: held.api, isShared: true });
    return true;
  };

  /** `Reflect.construct(x.constructor, [text])` is a call of it. */
  const reflect = (mention: Mention, node: Call): void => {
    const called = apiOf(program, node.callee);
    const isCall = called !== null && /^global Reflect\.(?:construct|apply)$/.test(keyOf(called));
    if (!isCall) {
      pass(mention, node);
      return;
    }
    // `Reflect.construct(base, list, mention)`: only its `prototype` is asked for.
    const isMade =
      keyOf(called) === "global Reflect.construct" && node.arguments.indexOf(mention.node as never) === 2;
    if (
      isMade &&
      !node.arguments.slice(0, 2).some(({ type }) => type === "SpreadElement") &&
      !hasNewTarget(program)
    )
      return;
    const list = node.arguments[keyOf(called) === "global Reflect.apply" ? 2 : 1];
    const isHarmless =
      list?.type === "ArrayExpression" && list.elements.every((each) => each !== null && !mayBeText(each));
    if (!isHarmless) refuse("NX3004", mention, { sink: "Reflect with a constructor" });
  };

  /** An argument of a function that is in view: its parameter is a mention. False where it is not in view. */
  const pass = (mention: Mention, node: Call): boolean => {
    const target =
      functionOf(program, node.callee) ??
      (node.type === "NewExpression" ? constructorOf(program, node.callee) : methodOf(program, node.callee));
    const index = (node.arguments as readonly Node[]).indexOf(mention.node);
    if (target === null || program.takesArguments.has(target)) return false;
    if (node.arguments.slice(0, index).some((value) => value.type === "SpreadElement")) return false;
    const parameter = target.params[index];
    if (parameter?.type === "RestElement" || target.params.at(-1)?.type === "RestElement") return false;
    // A value that no parameter takes is dropped.
    const isShared = mention.isShared === true || callsOf(program, target)?.length !== 1;
    if (parameter !== undefined) receive(parameter, { ...mention, isShared }, { target, call: node });
    return true;
  };

  /** A parameter, by one call: what the function does not do with what this call gives is left out. */
  const receive = (parameter: Pattern, mention: Mention, given: Given): void => {
    const variable = parameter.type === "Identifier" ? program.declaredBy.get(parameter) : undefined;
    if (variable === undefined || !isOwnObject(mention.api) || !conditions.isTrusted) {
      bind(parameter, mention);
      return;
    }
    for (const reference of variable.references) {
      const node = reference.identifier as Node;
      if (!reference.isRead() || isHarmlessIn(node, mention, given)) continue;
      queue.push({ ...mention, node, start: startOf(node), last: startOf(node) });
    }
  };

  /** Whether the API in an object is not reached there, in what one call does. */
  const isHarmlessIn = (node: Node, { api }: Mention, given: Given): boolean => {
    const parent = program.parents.get(node);
    if (parent?.type === "MemberExpression" && parent.object === node && parent.computed) {
      const above = aboveChain(program, parent);
      if (isTarget(program, parent) || isCallOf(above, parent) || above?.type === "TaggedTemplateExpression")
        return false;
      return isFiltered(program, fold, parent, [...revealingNames, api.holds?.key ?? ""], given);
    }
    if (parent?.type !== "CallExpression" || parent.callee === node) return false;
    const callee = givenFor(program, parent.callee, given);
    if (callee === null) return false;
    if (isNoFunction(program, callee)) return true;
    const target = callee === undefined ? null : functionOf(program, callee);
    const index = parent.arguments.indexOf(node as never);
    return (
      target !== null &&
      !program.takesArguments.has(target) &&
      index >= target.params.length &&
      target.params.at(-1)?.type !== "RestElement" &&
      !parent.arguments.some(({ type }) => type === "SpreadElement")
    );
  };

  /** `return mention`, in a function that is only ever called: each call is a mention. False otherwise. */
  const give = (mention: Mention, from: Node): boolean => {
    const target = enclosingFunction(program, from);
    if (target === null || target.async === true || target.generator === true) return false;
    const calls = callsOf(program, target);
    if (calls === null) return settle(mention, target);
    for (const node of calls) {
      const at = calls.length === 1 && isCallOf(node, target) ? mention.start : startOf(node);
      queue.push({
        ...mention,
        node,
        start: at,
        last: at,
        isShared: mention.isShared === true || calls.length > 1,
      });
    }
    return true;
  };

  /** `Promise.resolve().then(() => mention)`: esbuild's form of an `import()` of what is in the bundle. */
  const settle = (mention: Mention, target: Node): boolean => {
    const then = program.parents.get(target);
    if (then?.type !== "CallExpression" || then.arguments.length !== 1) return false;
    const { callee } = then;
    if (callee.type !== "MemberExpression" || fold.key(callee) !== "then") return false;
    const { object } = callee;
    const made = object.type === "CallExpression" ? apiOf(program, object.callee) : null;
    if (made === null || keyOf(made) !== "global Promise.resolve" || !conditions.isTrusted) return false;
    return awaited(mention, then);
  };

  /** The value of a promise: what `await` gives, or the parameter of the callback. False where it goes elsewhere. */
  const awaited = (mention: Mention, promise: Node): boolean => {
    const parent = program.parents.get(promise);
    if (isReplacedInNode(program, "then")) return false;
    if (parent?.type === "AwaitExpression") {
      push(mention, parent);
      return true;
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
          if (param !== undefined) bind(param, mention);
          return true;
        }
      }
    }
    return parent?.type === "ExpressionStatement";
  };

  /** `module.exports = mention`, in a CommonJS module that does nothing else with it: its function returns the API. */
  const reexport = (mention: Mention, assignment: Node): boolean => {
    const found = exportBy(program, assignment);
    if (found === null) return false;
    const isShared = mention.isShared === true || !found.isSole;
    for (const reference of found.wrapper.references) {
      if (!reference.isRead()) continue;
      const node = reference.identifier as Node;
      const parent = program.parents.get(node);
      const at = { ...mention, node, start: startOf(node), last: startOf(node), isShared };
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
    const [key] = patternKeys(property) ?? [];
    if (variable === null || key === undefined) return false;
    follow(variable, { ...mention, api: holderOf(key, mention.api, null, mention.start) });
    return true;
  };

  /** Whether it stands where nothing ever comes, for an API for which that is worth looking. */
  const isOutOfReach = ({ api, node }: Mention): boolean => {
    const reaches = classify(api).rows.map(({ capability }) => capability);
    const isWorth = isRooted(api) || reaches.includes("dynamic-code") || reaches.includes("root");
    return isWorth && isNeverRun(program, fold, node);
  };

  const step = (mention: Mention): void => {
    const { node } = mention;
    const parent = program.parents.get(node);
    if (parent === undefined || isOutOfReach(mention)) return;
    switch (parent.type) {
      case "MemberExpression":
        if (parent.object === node) takeMember(mention, parent);
        else use(mention, null);
        return;
      case "AwaitExpression":
        // An object of the program may have a `then`.
        if (isOwnObject(mention.api)) use(mention, null);
        else push(mention, parent);
        return;
      case "ChainExpression":
        push(mention, parent);
        return;
      case "SequenceExpression":
        if (parent.expressions.at(-1) === node) push(mention, parent);
        return;
      case "LogicalExpression":
        if (parent.operator !== "&&" || parent.right === node) push(mention, parent);
        else asked(mention);
        return;
      case "ConditionalExpression":
        if (parent.test === node) asked(mention);
        else push(mention, parent);
        return;
      case "UnaryExpression":
        if (!["typeof", "!", "void"].includes(parent.operator)) use(mention, null);
        else asked(mention);
        return;
      case "Property":
        if (!keep(mention, parent)) use(mention, null);
        return;
      case "ArrayExpression": {
        const index = parent.elements.indexOf(node as never);
        const isPlain = parent.elements.slice(0, index).every((each) => each?.type !== "SpreadElement");
        if (isPlain && canHold(mention.api))
          push(mention, parent, holderOf(String(index), mention.api, parent, mention.start));
        else use(mention, null);
        return;
      }
      case "BinaryExpression":
        if (parent.operator === "in" && parent.right === node) containsKey(mention, parent.left);
        // It is asked what it is as text or as a number, or a class asks it whether it belongs to it.
        else if (asksValue(parent, node)) use(mention, null);
        else asked(mention);
        return;
      case "ForOfStatement":
        if (!iterated(mention, parent)) use(mention, null);
        return;
      case "ForStatement":
      case "ExpressionStatement":
        if (parent.type === "ExpressionStatement" && !isContainer(mention.api)) use(mention, null);
        return;
      case "VariableDeclarator":
        bind(parent.id, mention);
        return;
      case "PropertyDefinition":
        if (parent.value === node && parent.key.type === "PrivateIdentifier") keepPrivately(mention, parent);
        else use(mention, null);
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
        if (harmlessTests.has(parent.type)) asked(mention);
        else use(mention, null);
    }
  };

  /** Whether the operator calls a method of the value, or a function of the program with it. */
  const asksValue = (parent: Node & { readonly type: "BinaryExpression" }, node: Node): boolean => {
    const { operator, left, right } = parent;
    const other = left === node ? right : left;
    if (/^[!=]==$/.test(operator)) return false;
    if (/^[!=]=$/.test(operator)) return other.type !== "Literal" || other.value !== null;
    if (operator !== "instanceof") return true;
    // A class of another platform, which is not there: `scope instanceof scope.WorkerGlobalScope`.
    const name = right.type === "MemberExpression" ? (fold.key(right) ?? "") : "";
    if (noGlobal.has(name) && !isReplaced(program, name)) return false;
    return right !== node && !(right.type === "Identifier" && program.variableOf(right) === null);
  };

  /** Whether it is there is asked: where no supported Node has it, it is not, and what follows knows. */
  const asked = ({ api }: Mention): void => {
    if (api.base === "global" && api.path.length === 1) report.define(api);
  };

  /** `{ key: mention }`: who reads that member of the object has the API. */
  const keep = (mention: Mention, property: Node): boolean => {
    const object = program.parents.get(property);
    if (
      property.type !== "Property" ||
      property.value !== mention.node ||
      object?.type !== "ObjectExpression"
    )
      return false;
    const keys = patternKeys(property);
    const hasAccessors = object.properties.some(
      (each) =>
        each.type === "Property" &&
        (each.kind !== "init" || isRevealing(patternKeys(each)?.[0] ?? "__proto__")) &&
        !isNoPrototype(each),
    );
    if (keys === null || hasAccessors || !canHold(mention.api)) return false;
    for (const key of keys) push(mention, object, holderOf(key, mention.api, object, mention.start));
    return true;
  };

  /** `__proto__: null` */
  const isNoPrototype = (property: Node & { readonly type: "Property" }): boolean =>
    !property.computed &&
    fieldName(property.key) === "__proto__" &&
    property.value.type === "Literal" &&
    property.value.value === null;

  const containsKey = (mention: Mention, left: Node): void => {
    if (keyOf(mention.api) !== "global process.env") return;
    const keys = fold.strings(left) ?? deepFolder(program).strings(left);
    if (keys === null) use(mention, null);
    else for (const key of keys) take(mention, key, () => {});
  };

  const importModule = (specifier: Node, node: Node, mention: Mention): void => {
    const name = fold.string(specifier);
    const api = name === null ? null : moduleApi(name);
    if (api === null) {
      refuse("NX3006", mention, { form: name === null ? "import(...)" : `import("${name}")` });
      return;
    }
    if (!awaited({ ...mention, api }, node)) use({ ...mention, api }, null);
  };

  const trace: Trace = { program, fold, report, push, isOwnSymbol: isHarmlessSymbol };

  return {
    add: (mention) => queue.push(mention),
    follow,
    bind,
    importModule,
    patternKeys,
    drain: () => {
      for (let mention = queue.pop(); mention !== undefined; mention = queue.pop()) {
        const key = keyOf(mention.api);
        const apis = done.get(mention.node) ?? new Set();
        if (apis.has(key)) continue;
        done.set(mention.node, apis.add(key));
        if (!conditions.isDead(mention.node)) step(mention);
      }
    },
    visited,
  };
}

function isCallOf(node: Node | undefined, callee: Node): node is Call {
  if (node?.type !== "CallExpression" && node?.type !== "NewExpression") return false;
  return (
    node.callee === callee || (node.callee.type === "ChainExpression" && node.callee.expression === callee)
  );
}

/** Whether each member is a resource of its own, as variables are. */
function isOfMembers(api: Api): boolean {
  const { rows, depth } = classify(api);
  return depth === api.path.length && rows.some((row) => row.form === "member");
}

/** Whether `new.target` is asked for more than its name or whether it is there. */
function hasNewTarget(program: Program): boolean {
  return program.special.some((node) => {
    if (node.type !== "MetaProperty" || node.meta.name !== "new") return false;
    const parent = program.parents.get(node);
    if (parent?.type === "BinaryExpression") return !/^[!=]==$/.test(parent.operator);
    if (parent?.type !== "MemberExpression" || parent.object !== node || parent.computed) return true;
    return !["name", "prototype"].includes(fieldName(parent.property) ?? "") || isTarget(program, parent);
  });
}

/** Whether it is an object of the program that holds an API. */
function isOwnObject(api: Api): boolean {
  return api.holds !== undefined && api.holds.object !== null;
}

/** Whether an object with the API in it is worth following; what is pure is so everywhere. */
function canHold(api: Api): boolean {
  if (api.base === "global" && api.holds === undefined && isPure(api)) return false;
  let depth = 0;
  for (let at: Api | undefined = api; at?.holds !== undefined; at = at.holds.api) depth++;
  return depth < deepestHolder;
}
