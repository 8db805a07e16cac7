import { parse } from "acorn";
import type { Variable } from "eslint-scope";
import type { CallExpression, NewExpression, Node } from "estree";
import { constantInit } from "./constant.ts";
import type { Folder } from "./fold.ts";
import { enclosingFunction, functionOf, isFunctionNode, variableOfFunction } from "./functions.ts";
import { heapOf } from "./heap/heap.ts";
import type { Program } from "./program.ts";
import { apiOf } from "./resolve.ts";

type Call = CallExpression | NewExpression;

/** Deeper chains of names and calls are not looked at; what is left is taken to be what is refused. */
const deepest = 12;

/** Methods that call what they are given. */
const callers: ReadonlySet<string> = new Set(
  "then catch finally map forEach filter reduce some every flatMap nextTick".split(" "),
);
const timers: ReadonlySet<string> = new Set(["setTimeout", "setInterval", "setImmediate", "queueMicrotask"]);

export function isPrototype(
  object: Node,
  key: (node: Node & { readonly type: "MemberExpression" }) => string | null,
): boolean {
  return object.type === "MemberExpression" && key(object) === "prototype";
}

/** Whether the value is a function (or the prototype of functions) for certain, so that its constructor makes code. */
export function isFunctionValue(program: Program, node: Node, depth = 0): boolean {
  if (depth > deepest) return false;
  switch (node.type) {
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ClassExpression":
      return true;
    case "ThisExpression":
      return isInMethod(program, node) === "static";
    case "MetaProperty":
      // `new.target`
      return node.meta.name === "new";
    case "Identifier": {
      const variable = program.variableOf(node);
      const init = variable === null ? null : constantInit(variable);
      if (init !== null) return isFunctionValue(program, init, depth + 1);
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
        (callee.property.name === "getPrototypeOf" || callee.property.name === "bind") &&
        isFunctionValue(program, callee.property.name === "bind" ? callee.object : first, depth + 1)
      );
    }
    case "MemberExpression":
      // `(async () => {}).__proto__`, `[].filter`, `f.call`
      if (node.computed || node.property.type !== "Identifier") return false;
      if (["__proto__", "call", "apply", "bind"].includes(node.property.name)) {
        return isFunctionValue(program, node.object, depth + 1);
      }
      return (
        (node.object.type === "ArrayExpression" || node.object.type === "Literal") &&
        node.property.name !== "length"
      );
    default:
      return false;
  }
}

/**
 * Whether a call of a value's `constructor` makes code. Copies (`new x.constructor(...)`) are common in honest code and
 * make objects: the receiver must be a function for that to be code, it must be given text, and code is of use only
 * when it is called. So a call of the `constructor` of an unknown value counts where its result is called, or where it
 * is given a constant that is code.
 */
export function makesCode(program: Program, node: Call, fold: Folder): boolean {
  if (isHarmless(program, node)) return false;
  if (isCalled(program, node)) return true;
  return node.arguments.some((argument) => {
    const text = argument.type === "SpreadElement" ? null : fold.string(argument);
    return text !== null && isCode(text);
  });
}

/**
 * Whether the call gives constant code to what is not the program's own function, and calls what comes of it: what is
 * called may be `Function`, by whatever way it was found.
 */
export function maybeMakesCode(program: Program, node: CallExpression, fold: Folder): boolean {
  if (node.callee.type === "Super") return false;
  const isGiven = node.arguments.some((argument) => {
    const text = argument.type === "SpreadElement" ? null : fold.string(argument);
    return text !== null && isCode(text);
  });
  return (
    isGiven &&
    apiOf(program, node.callee) === null &&
    isCalled(program, node) &&
    !heapOf(program).isOwnFunction(node.callee)
  );
}

/** Whether what the expression gives is called somewhere, as far as names and functions in view show it. */
function isCalled(program: Program, from: Node): boolean {
  const seen = new Set<Node>();
  const todo = [from];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const further = wayOn(program, node);
    if (further === "called") return true;
    todo.push(...further);
  }
  return false;
}

/** Where the value of an expression goes next, or that it is called there. */
function wayOn(program: Program, node: Node): "called" | readonly Node[] {
  const parent = program.parents.get(node);
  const reads = (variable: Variable | null): readonly Node[] =>
    variable?.references.filter((each) => each.isRead()).map((each) => each.identifier as Node) ?? [];
  switch (parent?.type) {
    case "ChainExpression":
    case "AwaitExpression":
    case "LogicalExpression":
      return [parent];
    case "SequenceExpression":
      return parent.expressions.at(-1) === node ? [parent] : [];
    case "ConditionalExpression":
      return parent.test === node ? [] : [parent];
    case "TaggedTemplateExpression":
      return parent.tag === node ? "called" : [];
    case "NewExpression":
    case "CallExpression": {
      if (parent.callee === node || isCaller(program, parent.callee)) return "called";
      const target = functionOf(program, parent.callee);
      const parameter = target?.params[(parent.arguments as readonly Node[]).indexOf(node)];
      return parameter?.type === "Identifier" ? reads(program.declaredBy.get(parameter) ?? null) : [];
    }
    case "MemberExpression": {
      if (parent.object !== node || parent.computed || parent.property.type !== "Identifier") return [];
      if (!["call", "apply", "bind"].includes(parent.property.name)) return [];
      const above = program.parents.get(parent);
      return above?.type === "CallExpression" && above.callee === parent ? "called" : [];
    }
    case "VariableDeclarator":
      return parent.id.type === "Identifier" ? reads(program.declaredBy.get(parent.id) ?? null) : [];
    case "AssignmentExpression":
      if (parent.right !== node) return [];
      return parent.left.type === "Identifier"
        ? [parent, ...reads(program.variableOf(parent.left))]
        : [parent];
    case "ReturnStatement":
    case "ArrowFunctionExpression": {
      const target = enclosingFunction(program, node);
      if (target === null || (isFunctionNode(parent) && parent.body !== node)) return [];
      const above = program.parents.get(target);
      if (above?.type === "CallExpression" && above.callee === target) return [above];
      return reads(variableOfFunction(program, target)).flatMap((read) => {
        const call = program.parents.get(read);
        return call?.type === "CallExpression" && call.callee === read ? [call] : [];
      });
    }
    default:
      return [];
  }
}

/** Whether an argument may be text for all that is known: literals of other kinds, functions and lengths are not. */
export function mayBeText(argument: Node): boolean {
  switch (argument.type) {
    case "Literal":
      return typeof argument.value === "string";
    case "ArrowFunctionExpression":
    case "FunctionExpression":
    case "ClassExpression":
    case "ObjectExpression":
    case "ArrayExpression":
    case "ThisExpression":
    case "UpdateExpression":
    case "UnaryExpression":
      return false;
    case "MemberExpression":
      return !(
        !argument.computed &&
        argument.property.type === "Identifier" &&
        ["length", "byteLength", "byteOffset", "size"].includes(argument.property.name)
      );
    case "BinaryExpression":
      return argument.operator === "+";
    default:
      return true;
  }
}

/** Inside a method of a class `this` is an object, and what is no text is no code. */
function isHarmless(program: Program, node: Call): boolean {
  const { callee } = node;
  if (
    node.type === "NewExpression" &&
    callee.type === "MemberExpression" &&
    callee.object.type === "ThisExpression" &&
    isInMethod(program, node) === "instance"
  ) {
    return true;
  }
  return !node.arguments.some(mayBeText) || isObjectHere(program, node);
}

/** Whether it stands where `x instanceof Class` holds, for the `x` of `x.constructor(...)`. */
function isObjectHere(program: Program, node: Call): boolean {
  const { callee } = node;
  const object = callee.type === "MemberExpression" ? callee.object : null;
  const variable = object?.type === "Identifier" ? program.variableOf(object) : null;
  if (
    variable === null ||
    variable.references.some((reference) => reference.isWrite() && reference.init !== true)
  )
    return false;
  const holds = (test: Node): boolean => {
    if (test.type === "LogicalExpression")
      return test.operator === "&&" && (holds(test.left) || holds(test.right));
    return (
      test.type === "BinaryExpression" &&
      test.operator === "instanceof" &&
      test.left.type === "Identifier" &&
      program.variableOf(test.left) === variable &&
      test.right.type === "Identifier" &&
      program.variableOf(test.right) === null &&
      test.right.name !== "Function" &&
      test.right.name !== "Object"
    );
  };
  let below: Node = node;
  for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
    if (
      (at.type === "IfStatement" || at.type === "ConditionalExpression") &&
      at.consequent === below &&
      holds(at.test)
    )
      return true;
    if (at.type === "LogicalExpression" && at.operator === "&&" && at.right === below && holds(at.left))
      return true;
    if (isFunctionNode(at)) return false;
    below = at;
  }
  return false;
}

function isCaller(program: Program, callee: Node): boolean {
  if (callee.type === "Identifier") return program.variableOf(callee) === null && timers.has(callee.name);
  return (
    callee.type === "MemberExpression" &&
    !callee.computed &&
    callee.property.type === "Identifier" &&
    (callers.has(callee.property.name) || timers.has(callee.property.name))
  );
}

/** Whether the text does something when it is the body of a function; a name or a number does not. */
function isCode(text: string): boolean {
  if (!/\breturn\b|\bimport\b|[(=`]/.test(text)) return false;
  try {
    parse(`(async function* () {${text}\n})`, { ecmaVersion: "latest" });
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Whether `this` is a class, or an instance of one as far as its methods are called on their own objects. */
function isInMethod(program: Program, node: Node): "static" | "instance" | null {
  for (let at: Node | undefined = node; at !== undefined; at = program.parents.get(at)) {
    if (at.type === "StaticBlock") return "static";
    if (at.type === "MethodDefinition" || at.type === "PropertyDefinition")
      return at.static ? "static" : "instance";
    if (at.type === "FunctionDeclaration") return null;
    if (at.type === "FunctionExpression" && program.parents.get(at)?.type !== "MethodDefinition") return null;
  }
  return null;
}
