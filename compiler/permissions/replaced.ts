import type { Variable } from "eslint-scope";
import type { CallExpression, MemberExpression, Node } from "estree";
import { isExportsObject } from "./commonjs.ts";
import { constantInit, fieldName, isTarget } from "./constant.ts";
import { callsOf, functionOf, isFunctionNode } from "./functions.ts";
import type { Program } from "./program.ts";
import { apiOf, apiOrNothing } from "./resolve.ts";
import { globalObject, isKnown, keyOf, moduleApi } from "./table.ts";

/**
 * What the bundle may put in the place of what Node made: functions of the language, what its objects inherit, members
 * of modules. The analysis relies on many of them, each by its name.
 */
interface Changes {
  /** Names that are written on objects which are not the bundle's own for certain; symbols as `@@iterator`. */
  readonly names: ReadonlySet<string>;
  /** Those of them that are written on what is Node's, as far as names and functions in view show it. */
  readonly ofNode: ReadonlySet<string>;
  /** Whether a name that is not constant is written there, so that it may be any. */
  readonly isAny: boolean;
  /** Whether lists, texts or all objects may inherit from it. */
  readonly isInheritedFrom: (node: Node) => boolean;
  /** Whether anything is put where lists, texts, functions or all objects inherit it. */
  readonly isInherited: boolean;
}

/** Longer ways of values through names and functions are not followed: nobody writes them, and the stack is short. */
const deepest = 200;

const definers =
  /^global (?:Object\.(?:defineProperty|defineProperties|assign|setPrototypeOf)|Reflect\.(?:defineProperty|set|deleteProperty|setPrototypeOf))$/;
const indirect = new RegExp(`${definers.source.slice(0, -1)}\\.(?:call|apply|bind)$`);
const notNodes: ReadonlySet<string> = new Set("undefined globalThis global window self".split(" "));
const inherited = /^global (?:Object|Array|String|RegExp|Function)\.prototype$/;
/** Methods of lists that write elements. */
const mutators: ReadonlySet<string> = new Set("push unshift splice fill copyWithin sort reverse".split(" "));

/** What those write under: numbers, and `length`. */
const someIndex = "0";

const known = new WeakMap<Program, Changes>();

/** Whether the bundle may put something else under the name, wherever Node has it. */
export function isReplaced(program: Program, ...names: readonly string[]): boolean {
  const { names: written, isAny } = changesOf(program);
  return isAny || names.some((name) => written.has(name));
}

/** The same, for names that honest code writes on objects of all kinds: only what is seen to be Node's counts. */
export function isReplacedInNode(program: Program, ...names: readonly string[]): boolean {
  const { ofNode, isAny } = changesOf(program);
  return isAny || names.some((name) => ofNode.has(name));
}

/** Whether objects, lists or texts may have members that Node did not give them. */
export function isInheritanceChanged(program: Program): boolean {
  const { isAny, isInherited } = changesOf(program);
  return isAny || isInherited;
}

const defined = new WeakMap<Program, ReadonlySet<string | null>>();

/** Whether an object of the bundle may have a function of its own under the name. */
export function definesMember(program: Program, name: string): boolean {
  let names = defined.get(program);
  if (names === undefined) {
    const all = new Set<string | null>();
    for (const node of program.parents.keys()) {
      if (node.type === "MethodDefinition" || node.type === "PropertyDefinition")
        all.add(nameOf(program, node.key, node.computed));
      else if (node.type === "Property" && program.parents.get(node)?.type === "ObjectExpression") {
        const key = nameOf(program, node.key, node.computed);
        if (key !== null || !isNoFunction(node.value)) all.add(key);
      } else if (node.type === "MemberExpression" && isTarget(program, node)) {
        const parent = program.parents.get(node);
        const key = nameOf(program, node.property, node.computed);
        const isHarmless = parent?.type === "AssignmentExpression" && isNoFunction(parent.right);
        if (key !== null || !isHarmless) all.add(key);
      }
    }
    names = all;
    defined.set(program, names);
  }
  return names.has(name) || names.has(null) || isReplaced(program, name);
}

function isNoFunction({ type }: Node): boolean {
  return /^(?:Literal|TemplateLiteral|BinaryExpression|UnaryExpression|UpdateExpression)$/.test(type);
}

/**
 * Whether the bundle may change how lists are gone through: then `const [x] = [fetch]` shows the list to code of the
 * bundle.
 */
export function isIterationChanged(program: Program): boolean {
  // What lists are gone through with has no name, and these are the ways to it.
  const isNear = /getPrototypeOf|__proto__/.test(program.text);
  return isReplaced(program, "@@iterator") || (isNear && isReplaced(program, "next"));
}

/** Whether the function that is called may be another one than Node's of that name. */
export function isCalleeReplaced(program: Program, callee: Node): boolean {
  const api = apiOf(program, callee);
  if (api === null) return false;
  const [owner, , how = ""] = api.path;
  // Whoever puts a function into `process` is followed there, and shows `process` to that function anyway.
  const isOfProcess = api.base === "global" && owner === "process" && /^(?:call|apply|bind)$/.test(how);
  const names = isOfProcess ? [how] : api.base === "global" ? api.path.slice(1) : api.path;
  // Nobody can put another `prototype` into a function of Node, and many classes have a `toString` of their own.
  const isPlain = (name: string): boolean =>
    name !== "toString" && (name !== "prototype" || api.base !== "global");
  return (
    isReplaced(program, ...names.filter(isPlain)) ||
    (names.includes("toString") && isReplacedInNode(program, "toString"))
  );
}

/**
 * Whether a getter under the name may be put where the global object inherits it, so that asking for a global of that
 * name shows the global object to it.
 */
export function isGlobalGetter(program: Program, receiver: Node, name: string | null): boolean {
  if (!changesOf(program).isInheritedFrom(receiver)) return false;
  return (
    program.references.some(({ identifier, resolved }) => resolved === null && identifier.name === name) ||
    program.members.some((node) => {
      if (node.type !== "MemberExpression" || fieldName(node.property) !== name) return false;
      const owner = apiOf(program, node.object);
      return owner !== null && keyOf(owner) === keyOf(globalObject);
    })
  );
}

function changesOf(program: Program): Changes {
  const before = known.get(program);
  if (before !== undefined) return before;
  // Functions are looked for on the way, some of which are known only where nothing is replaced.
  known.set(program, {
    names: new Set(),
    ofNode: new Set(),
    isAny: true,
    isInherited: true,
    isInheritedFrom: () => false,
  });
  const result = findChanges(program);
  known.set(program, result);
  return result;
}

function findChanges(program: Program): Changes {
  const names = new Set<string>();
  const ofNode = new Set<string>();
  let isAny = false;
  let isInherited = false;
  const { isOwn, isNodes, isInheritedFrom } = createOwners(program);

  const record = (receiver: Node | undefined, name: string | null): void => {
    if (receiver === undefined || isOwn(receiver)) return;
    if (name !== null) names.add(name);
    if (!isNodes(receiver)) return;
    const api = apiOf(program, receiver);
    const key = api === null ? null : keyOf(api);
    // Variables are no members of the language, and what the global object gets is looked at where it is followed.
    if (key === "global process.env" || key === keyOf(globalObject)) return;
    if (name === null) isAny = true;
    else ofNode.add(name);
    // A text is asked for no names that are not constant, but for its characters.
    const isOfTexts = key === "global String.prototype" && name !== null && !/^\d+$/.test(name);
    if (isInheritedFrom(receiver) && !isOfTexts) isInherited = true;
  };
  const recordAll = (receiver: Node | undefined, given: Node | undefined): void => {
    if (given?.type !== "ObjectExpression") record(receiver, null);
    else
      for (const each of given.properties)
        record(receiver, each.type === "Property" ? nameOf(program, each.key, each.computed) : null);
  };

  const ofCall = (call: CallExpression): void => {
    const { callee } = call;
    const [first, second] = call.arguments;
    const api = apiOf(program, callee);
    const key = api === null ? "" : keyOf(api);
    const [, name] = definers.exec(key) === null ? [] : (/\.(\w+)$/.exec(key) ?? []);
    if (name === "assign") for (const given of call.arguments.slice(1)) recordAll(first, given);
    else if (name === "defineProperties") recordAll(first, second);
    else if (name === "setPrototypeOf") {
      // `Object.setPrototypeOf(process.chdir, chdir)`: it inherits what the function that it stands for inherits.
      const [own, given] = [first, second].map((each) =>
        each === undefined ? null : apiOrNothing(program, each),
      );
      if (!own || !given || keyOf(own) !== keyOf(given)) record(first, null);
    } else if (name !== undefined) record(first, second === undefined ? null : nameOf(program, second, true));
    else if (indirect.test(key)) for (const argument of call.arguments.slice(1)) record(argument, null);
    else if (key === "global Reflect.apply" && first !== undefined) {
      const target = apiOf(program, first);
      if (target !== null && definers.test(keyOf(target))) isAny = true;
      else if (functionOf(program, first) !== null) record(second, null);
    }
    if (callee.type !== "MemberExpression" || callee.object.type === "Super") return;
    const method = fieldName(callee.property) ?? "";
    if (/^__define[GS]etter__$/.test(method))
      record(callee.object, first === undefined ? null : nameOf(program, first, true));
    else if (mutators.has(method) && isInheritedFrom(callee.object)) record(callee.object, someIndex);
    else if (["call", "apply", "bind"].includes(method) && first !== undefined) {
      // The `this` of a function in view, or of a method that writes.
      const last = callee.object.type === "MemberExpression" ? fieldName(callee.object.property) : null;
      if (functionOf(program, callee.object) !== null) record(first, null);
      else if (mutators.has(last ?? "")) record(first, someIndex);
    }
  };

  for (const node of program.members) {
    if (node.type === "MemberExpression" && isTarget(program, node) && node.object.type !== "Super")
      record(node.object, nameOf(program, node.property, node.computed));
  }
  for (const node of program.parents.keys()) if (node.type === "CallExpression") ofCall(node);
  return { names, ofNode, isAny, isInherited, isInheritedFrom };
}

/** The name of a member as far as its text shows it; null where it may be any. */
function nameOf(program: Program, key: Node, isComputed: boolean): string | null {
  if (!isComputed) return fieldName(key);
  if (key.type === "Literal") return String(key.value);
  const api = apiOf(program, key);
  const [, symbol] = api === null ? [] : (/^global Symbol\.(\w+)$/.exec(keyOf(api)) ?? []);
  if (symbol !== undefined) return `@@${symbol}`;
  const variable = key.type === "Identifier" ? program.variableOf(key) : null;
  const init = variable === null ? null : constantInit(variable);
  return init?.type === "Literal" ? String(init.value) : null;
}

interface Answers {
  /** The answer for a node or variable, found by `look` at most once for each finished question. */
  readonly ask: (about: object, look: () => boolean) => boolean;
}

/** Answers that the question under way rests on although they are not known yet. */
const open: { readonly known: Map<object, boolean>; readonly about: object }[] = [];
let depthOfQuestion = 0;

/**
 * Keeps answers to a question about values that may be made of each other. While one is being looked at it is taken to
 * be `assumed`. When the outermost question ends so, nothing spoke against what was assumed on its way; when it ends
 * otherwise, those are asked again.
 */
function createAnswers(assumed: boolean): Answers {
  const known = new Map<object, boolean>();
  return {
    ask(about, look) {
      const before = known.get(about);
      if (before !== undefined) return before;
      known.set(about, assumed);
      open.push({ known, about });
      depthOfQuestion += 1;
      let answer: boolean;
      try {
        answer = look();
      } finally {
        depthOfQuestion -= 1;
      }
      if (answer !== assumed) known.set(about, answer);
      if (depthOfQuestion > 0) return answer;
      for (const each of open.splice(0))
        if (answer !== assumed && each.known.get(each.about) === assumed) each.known.delete(each.about);
      return answer;
    },
  };
}

/** Whose an object is: the bundle's own for certain, Node's as far as can be seen, or neither. */
function createOwners(program: Program) {
  const owned = createAnswers(true);
  const ofNode = createAnswers(false);
  const inside = new Map<string | null, Answers>();
  const prototypes = createAnswers(false);

  /** What is put into the variable, as far as that is in view; `isAll` where that is everything. */
  const sourcesOf = (variable: Variable): { readonly values: readonly Node[]; readonly isAll: boolean } => {
    const values: Node[] = [];
    let isAll = variable.defs.length > 0;
    for (const definition of variable.defs) {
      if (definition.type === "FunctionName" || definition.type === "ClassName")
        values.push(definition.node as Node);
      else if (definition.type === "Variable") {
        const { id, init } = definition.node;
        const declaration = program.parents.get(definition.node as Node);
        const loop = declaration === undefined ? undefined : program.parents.get(declaration);
        if (id !== definition.name) isAll = false;
        if (init) values.push(init);
        else if (loop?.type === "ForOfStatement" || loop?.type === "ForInStatement") {
          isAll = false;
          values.push(loop.right);
        }
      } else if (definition.type === "Parameter") {
        const target = definition.node as Node;
        const parameter = isFunctionNode(target) ? target.params[definition.index ?? -1] : undefined;
        if (!isFunctionNode(target) || parameter === undefined || program.takesArguments.has(target)) {
          isAll = false;
          continue;
        }
        if (parameter.type === "AssignmentPattern") values.push(parameter.right);
        if (parameter.type !== "Identifier") isAll = false;
        const calls = callsOf(program, target);
        if (calls === null || calls.length === 0) isAll = false;
        for (const call of calls ?? []) {
          const given = call.arguments[definition.index ?? -1];
          if (call.arguments.some(({ type }) => type === "SpreadElement")) isAll = false;
          if (given !== undefined) values.push(given);
        }
      } else {
        isAll = false;
        if (definition.type === "ImportBinding") values.push(definition.name as Node);
      }
    }
    for (const reference of variable.references) {
      if (!reference.isWrite() || reference.init === true) continue;
      const parent = program.parents.get(reference.identifier as Node);
      if (parent?.type !== "AssignmentExpression" || parent.left !== reference.identifier) isAll = false;
      if (reference.writeExpr) values.push(reference.writeExpr as Node);
    }
    return { values, isAll };
  };

  const resultsOf = (call: CallExpression): readonly Node[] | null => {
    const target = functionOf(program, call.callee);
    if (target === null || target.async === true || target.generator === true) return null;
    return target.body.type === "BlockStatement" ? (program.returns.get(target) ?? []) : [target.body];
  };

  const isOwn = (node: Node, depth = 0): boolean =>
    depth <= deepest && owned.ask(node, () => lookForOwn(node, depth));

  const lookForOwn = (node: Node, depth: number): boolean => {
    const next = (at: Node): boolean => isOwn(at, depth + 1);
    switch (node.type) {
      case "ThisExpression":
      case "ObjectExpression":
      case "ArrayExpression":
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "ClassDeclaration":
      case "ClassExpression":
      case "Literal":
      case "TemplateLiteral":
      case "UnaryExpression":
        return true;
      case "Identifier": {
        const variable = program.variableOf(node);
        if (variable === null) return node.name === "undefined";
        return owned.ask(variable, () => {
          const { values, isAll } = sourcesOf(variable);
          return isExportsObject(program, variable) || (isAll && values.every(next));
        });
      }
      case "MemberExpression":
        return isPrototype(node) && next(node.object as Node);
      case "AssignmentExpression":
        return next(node.right);
      case "ConditionalExpression":
        return next(node.consequent) && next(node.alternate);
      case "LogicalExpression":
        return next(node.left) && next(node.right);
      case "SequenceExpression":
        return node.expressions.slice(-1).every(next);
      case "NewExpression":
        // What other classes make may be anything that their constructors return.
        return isGlobalMaker(program, node.callee);
      case "CallExpression": {
        const api = apiOf(program, node.callee);
        const [first] = node.arguments;
        if (api !== null && keyOf(api) === "global Object.create") return true;
        if (api !== null && keyOf(api) === "global Object.assign") return first !== undefined && next(first);
        const results = resultsOf(node);
        return results !== null && results.length > 0 && results.every(next);
      }
      default:
        return false;
    }
  };

  const isNodes = (node: Node, depth = 0): boolean =>
    depth <= deepest && ofNode.ask(node, () => lookForNodes(node, depth));

  const lookForNodes = (node: Node, depth: number): boolean => {
    const next = (at: Node | null | undefined): boolean => at != null && isNodes(at, depth + 1);
    switch (node.type) {
      case "Identifier": {
        const variable = program.variableOf(node);
        if (variable === null && program.parents.get(node)?.type !== "ImportSpecifier") {
          const declared = program.declaredBy.get(node);
          // What the global object is given is looked at where it is followed.
          if (declared === undefined) return !notNodes.has(node.name);
          return declared.defs.some((each) => {
            const source = each.type === "ImportBinding" ? each.parent.source.value : null;
            return typeof source === "string" && moduleApi(source) !== null;
          });
        }
        if (variable === null) return false;
        return ofNode.ask(variable, () => sourcesOf(variable).values.some(next));
      }
      case "MemberExpression": {
        const name = node.computed ? null : fieldName(node.property);
        if (name === "__proto__" || (node.computed && fieldName(node.property) === "__proto__")) return true;
        if (node.object.type === "Super") return name === "prototype" || name === "constructor";
        if (isPrototype(node)) {
          const owner: Node = node.object;
          return (
            next(owner) || (owner.type === "MemberExpression" && fieldName(owner.property) === "constructor")
          );
        }
        if (isUnnamed(program, node) && isUnnamed(program, node.object)) return true;
        const api = apiOf(program, node);
        return api === null
          ? isInside(node.object, nameOf(program, node.property, node.computed), depth + 1)
          : isKnown(api);
      }
      case "ArrayExpression":
        return node.elements.some(next);
      case "ObjectExpression":
        return node.properties.some((each) => next(each.type === "Property" ? each.value : each.argument));
      case "SpreadElement":
      case "AwaitExpression":
        return next(node.argument);
      case "ChainExpression":
        return next(node.expression);
      case "AssignmentExpression":
        return next(node.right);
      case "ConditionalExpression":
        return next(node.consequent) || next(node.alternate);
      case "LogicalExpression":
        return next(node.left) || next(node.right);
      case "SequenceExpression":
        return next(node.expressions.at(-1));
      case "NewExpression":
        return node.callee.type === "Identifier" && node.callee.name === "Proxy" && next(node.arguments[0]);
      case "CallExpression": {
        const api = apiOf(program, node.callee);
        const key = api === null ? "" : keyOf(api);
        if (/^global (?:Object|Reflect)\.getPrototypeOf$/.test(key))
          return isPlain(node.arguments[0]) || next(node.arguments[0]);
        if (/^global (?:Reflect\.get|(?:Object|Reflect)\.getOwnPropertyDescriptor)$/.test(key))
          return next(node.arguments[0]);
        return resultsOf(node)?.some(next) === true;
      }
      default:
        return false;
    }
  };

  /** Whether the member of that name may be Node's; null for any name. */
  const isInside = (node: Node, name: string | null, depth: number): boolean => {
    const answers = inside.get(name) ?? createAnswers(false);
    inside.set(name, answers);
    return depth <= deepest && answers.ask(node, () => lookInside(node, name, depth));
  };

  const lookInside = (node: Node, name: string | null, depth: number): boolean => {
    const next = (at: Node): boolean => isInside(at, name, depth + 1);
    switch (node.type) {
      case "Identifier": {
        const variable = program.variableOf(node);
        return variable !== null && sourcesOf(variable).values.some(next);
      }
      case "ObjectExpression":
        return node.properties.some((each) => {
          if (each.type !== "Property") return next(each.argument);
          const own = nameOf(program, each.key, each.computed);
          return (name === null || own === null || own === name) && isNodes(each.value, depth + 1);
        });
      case "ArrayExpression":
        return (
          (name === null || /^\d+$/.test(name)) &&
          node.elements.some((each) => each !== null && isNodes(each, depth + 1))
        );
      case "ConditionalExpression":
        return next(node.consequent) || next(node.alternate);
      case "LogicalExpression":
        return next(node.left) || next(node.right);
      case "AssignmentExpression":
        return next(node.right);
      case "CallExpression":
        return resultsOf(node)?.some(next) === true || isNodes(node, depth + 1);
      default:
        return isNodes(node, depth + 1);
    }
  };

  /** Whether lists, texts or all objects may inherit from it. */
  const isInheritedFrom = (node: Node, depth = 0): boolean =>
    depth <= deepest && prototypes.ask(node, () => lookForInherited(node, depth));

  const lookForInherited = (node: Node, depth: number): boolean => {
    const next = (at: Node): boolean => isInheritedFrom(at, depth + 1);
    const api = apiOf(program, node);
    const key = api === null ? "" : keyOf(api);
    if (key !== "") return key !== "global Function.prototype" && inherited.test(key);
    switch (node.type) {
      case "Identifier": {
        const variable = program.variableOf(node);
        if (variable === null) return false;
        return prototypes.ask(variable, () => sourcesOf(variable).values.some(next));
      }
      case "ConditionalExpression":
        return next(node.consequent) || next(node.alternate);
      case "LogicalExpression":
        return next(node.left) || next(node.right);
      case "MemberExpression":
        return (
          (isPrototype(node) || fieldName(node.property) === "__proto__" || isUnnamed(program, node)) &&
          isNodes(node)
        );
      case "CallExpression": {
        const called = apiOf(program, node.callee);
        if (called !== null && /^global (?:Object|Reflect)\.getPrototypeOf$/.test(keyOf(called)))
          return isNodes(node, depth + 1);
        return resultsOf(node)?.some(next) === true || (called !== null && isNodes(node));
      }
      default:
        return false;
    }
  };

  return {
    isInheritedFrom: (node: Node) => isInheritedFrom(node),
    isOwn: (node: Node) => isOwn(node),
    isNodes: (node: Node) => isNodes(node),
  };
}

function isPrototype(node: MemberExpression): boolean {
  return fieldName(node.property) === "prototype";
}

/** Literals, whose prototypes are the language's, and prototypes of classes, which inherit from those. */
function isPlain(node: Node | undefined): boolean {
  return (
    node !== undefined &&
    (/^(?:Literal|TemplateLiteral|ArrayExpression|ObjectExpression|(?:Arrow)?FunctionExpression)$/.test(
      node.type,
    ) ||
      (node.type === "MemberExpression" && isPrototype(node)))
  );
}

/** `object[key]`, where the key is no number for certain. */
function isUnnamed(program: Program, node: Node): boolean {
  return (
    node.type === "MemberExpression" &&
    node.computed &&
    node.property.type === "CallExpression" &&
    nameOf(program, node.property, true) === null
  );
}

/** Classes of Node whose instances are new objects. */
function isGlobalMaker(program: Program, callee: Node): boolean {
  return (
    callee.type === "Identifier" &&
    program.variableOf(callee) === null &&
    !["Proxy", "Object", "Function"].includes(callee.name)
  );
}
