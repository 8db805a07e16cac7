import type { Variable } from "eslint-scope";
import type { CallExpression, MemberExpression, Node } from "estree";
import { soleExport } from "./commonjs.ts";
import { isParameterDefault, isTarget } from "./constant.ts";
import { callsOf, enclosingFunction, functionOf, isExported, isFunctionNode } from "./functions.ts";
import { guardsOf } from "./guards.ts";
import { uncurriedOf } from "./language.ts";
import type { Program } from "./program.ts";
import { isInheritanceChanged, isReplaced } from "./replaced.ts";

/**
 * Which characters a text can have at all. Programs that take names apart and put them together again in loops give
 * no constants, but every character comes from somewhere: a name made of the pieces of "%Map%" is never "%eval%".
 */
export interface Alphabet {
  /** Whether what the expression gives is not this text, whatever happens. */
  readonly excludes: (node: Node, text: string) => boolean;
}

/** Expressions that one question may lead to; with more of them the text may be any. */
const most = 3000;
/** The same for all questions about a bundle, so that its size bounds nothing. */
const mostOfAll = 300_000;
/** Lists inside of objects inside of lists are followed this deep. */
const deepest = 4;

const numbers = "0123456789.-+eInfityNa";
const booleans = "truefals";
/** Methods of lists that are called on what is looked at. */
const methods: readonly string[] = ["push", "unshift", "join", "indexOf", "includes", "slice"];
const kinds = "undefinedobjectbooleannumberbigintstringsymbolfunction";

/** A step from a value to a part of it: a name, any element of a list, or what stands under a key that is not constant. */
type Key = string | Node | null;
type Path = readonly Key[];

/** What a list or an object is given after it was made. */
interface Writes {
  readonly members: readonly { readonly key: string | null; readonly value: Node }[];
  /** Values that become elements. */
  readonly added: readonly Node[];
  /** Lists of values that become elements. */
  readonly spread: readonly Node[];
}

export function createAlphabet(
  program: Program,
  strings: (node: Node) => readonly string[] | null,
): Alphabet {
  const known = new Map<Node, ReadonlySet<string> | null>();
  let spent = 0;

  const keyOf = (member: MemberExpression): Key => {
    if (!member.computed)
      return member.property.type === "Identifier" ? member.property.name : member.property;
    const [name, ...others] = strings(member.property) ?? [];
    if (name !== undefined && others.length === 0) return /^\d+$/.test(name) ? null : name;
    return isNumber(program, member.property) ? null : member.property;
  };

  /** The characters, or null where they may be any. */
  const characters = (root: Node): ReadonlySet<string> | null => {
    // What is not there is inherited.
    if (isInheritanceChanged(program) || isReplaced(program, ...methods)) return null;
    const found = new Set<string>("undefined");
    const todo: { readonly node: Node; readonly path: Path }[] = [];
    const seen = new Map<Node, Set<string>>();
    const waiting = new Set<{ readonly text: string; readonly then: () => void }>();
    const writes = new Map<Node, Writes | null>();
    let visits = 0;
    let isAny = false;

    const any = (): void => {
      isAny = true;
    };
    const add = (text: string): void => {
      for (const character of text) found.add(character);
    };
    const want = (node: Node, path: Path = []): void => {
      if (path.length > deepest) any();
      else todo.push({ node, path });
    };
    /** As soon as the text can be made of what was found. */
    const when = (text: string, then: () => void): void => {
      waiting.add({ text, then });
    };

    const visit = (node: Node, path: Path): void => {
      const id = path.map((key) => (key === null ? "#" : typeof key === "string" ? `.${key}` : "?")).join("");
      const before = seen.get(node) ?? new Set();
      if (before.has(id)) return;
      seen.set(node, before.add(id));
      const [key, ...rest] = path;
      if (key === undefined) {
        const texts = strings(node);
        if (texts !== null) {
          texts.forEach(add);
          return;
        }
      } else if (key !== null && isText(node)) {
        // What all texts have: functions.
        any();
        return;
      }
      switch (node.type) {
        case "Literal":
          if ("regex" in node) any();
          else add(String(node.value));
          return;
        case "TemplateLiteral":
          for (const { value } of node.quasis) add(value.cooked ?? "");
          for (const each of node.expressions) want(each);
          return;
        case "Identifier": {
          const variable = program.variableOf(node);
          if (variable !== null) ofVariable(variable, path);
          else if (["undefined", "NaN", "Infinity"].includes(node.name)) add(node.name);
          else any();
          return;
        }
        case "ConditionalExpression":
          want(node.consequent, path);
          want(node.alternate, path);
          return;
        case "LogicalExpression":
          want(node.left, path);
          want(node.right, path);
          return;
        case "ChainExpression":
          want(node.expression, path);
          return;
        case "SequenceExpression": {
          const last = node.expressions.at(-1);
          if (last !== undefined) want(last, path);
          return;
        }
        case "AssignmentExpression":
          if (node.operator !== "=") want(node.left as Node, path);
          want(node.right, path);
          add(numbers);
          return;
        case "UpdateExpression":
          add(numbers);
          return;
        case "UnaryExpression":
          add(numbers + booleans + kinds);
          return;
        case "BinaryExpression":
          add(numbers + booleans);
          if (node.operator !== "+") return;
          want(node.left as Node);
          want(node.right);
          return;
        case "MemberExpression":
          ofMember(node, path);
          return;
        case "ArrayExpression":
          ofList(node, key, rest);
          return;
        case "ObjectExpression":
          ofObject(node, key, rest);
          return;
        case "CallExpression":
          ofCall(node, path);
          return;
        default:
          any();
      }
    };

    const ofMember = (member: MemberExpression, path: Path): void => {
      const key = keyOf(member);
      if (member.object.type === "Super") any();
      else if (key === "length") add(numbers);
      else {
        if (key !== null && typeof key !== "string") want(key);
        want(member.object, [key, ...path]);
      }
    };

    const ofVariable = (variable: Variable, path: Path): void => {
      for (const definition of variable.defs) {
        if (definition.type === "Variable" && definition.node.id === definition.name) {
          const declaration = program.parents.get(definition.node as Node);
          const loop = declaration === undefined ? undefined : program.parents.get(declaration);
          if (loop?.type === "ForInStatement" || loop?.type === "ForOfStatement") any();
          else if (definition.node.init) want(definition.node.init, path);
        } else if (definition.type === "Parameter")
          ofParameter(definition.node as Node, definition.index ?? -1, path);
        else any();
      }
      if (variable.defs.length === 0) any();
      for (const reference of variable.references) {
        if (!reference.isWrite() || reference.init === true) continue;
        const parent = program.parents.get(reference.identifier as Node);
        if (parent?.type === "UpdateExpression") add(numbers);
        else if (parent?.type === "AssignmentExpression" && parent.left === reference.identifier) {
          add(numbers);
          want(parent.right, path);
        } else if (!isParameterDefault(program, parent)) any();
      }
    };

    const ofParameter = (target: Node, index: number, path: Path): void => {
      if (!isFunctionNode(target)) {
        any();
        return;
      }
      const parameter = target.params[index];
      if (parameter?.type === "AssignmentPattern" && parameter.left.type === "Identifier")
        want(parameter.right, path);
      else if (parameter?.type !== "Identifier") any();
      const subject = replacedBy(target);
      if (subject !== null) {
        add(numbers);
        want(subject);
        return;
      }
      const calls = callsOf(program, target);
      if (calls === null) any();
      for (const call of calls ?? []) {
        const argument = call.arguments[index];
        if (call.arguments.slice(0, index + 1).some(({ type }) => type === "SpreadElement")) any();
        if (argument === undefined) continue;
        // A call that stands behind `name === "text"` is one only where the name can be that.
        const guard = guardsOf(program, call).find(({ name }) => seen.has(name) || isSeen(name));
        if (guard === undefined) want(argument, path);
        else when(guard.text, () => want(argument, path));
      }
    };

    /** Whether the variable of the name is part of the question anyway. */
    const isSeen = (name: Node): boolean => {
      const variable = name.type === "Identifier" ? program.variableOf(name) : null;
      return variable?.references.some(({ identifier }) => seen.has(identifier as Node)) === true;
    };

    const ofList = (
      list: Node & { readonly type: "ArrayExpression" },
      key: Key | undefined,
      rest: Path,
    ): void => {
      if (key === undefined) add(",");
      else if (key !== null) {
        any();
        return;
      }
      for (const element of list.elements) {
        if (element?.type === "SpreadElement") want(element.argument, [null, ...rest]);
        else if (element !== null) want(element, rest);
      }
      ofWrites(list, null, rest);
    };

    const ofObject = (
      object: Node & { readonly type: "ObjectExpression" },
      key: Key | undefined,
      rest: Path,
    ): void => {
      if (key === undefined || key === null) {
        any();
        return;
      }
      let hasPrototype = true;
      for (const property of object.properties) {
        const name = property.type === "Property" && !property.computed ? nameOf(property.key) : null;
        if (property.type !== "Property" || property.kind !== "init" || name === null) {
          any();
          return;
        }
        if (name === "__proto__") {
          if (property.value.type !== "Literal" || property.value.value !== null) any();
          hasPrototype = false;
        } else if (typeof key !== "string") when(name, () => want(property.value as Node, rest));
        else if (key === name) want(property.value as Node, rest);
      }
      if (hasPrototype) {
        for (const name of Object.getOwnPropertyNames(Object.prototype)) {
          if (typeof key !== "string") when(name, any);
          else if (key === name) any();
        }
      }
      ofWrites(object, typeof key === "string" ? key : null, rest);
    };

    const ofWrites = (made: Node, key: string | null, rest: Path): void => {
      if (!writes.has(made)) writes.set(made, writesTo(made));
      const given = writes.get(made) ?? null;
      if (given === null) {
        any();
        return;
      }
      for (const write of given.members) {
        if (key === null || write.key === null || write.key === key) want(write.value, rest);
      }
      for (const value of given.added) want(value, rest);
      for (const list of given.spread) want(list, [null, ...rest]);
    };

    const ofCall = (call: CallExpression, path: Path): void => {
      const value = soleExport(program, call);
      if (value !== null) {
        want(value, path);
        return;
      }
      const method = uncurriedOf(program, call.callee);
      const [subject, second, third] = call.arguments;
      const isPlain = path.length === 0 || path[0] === null;
      if (method !== null && subject !== undefined && isPlain && !hasSpread(call)) {
        if (/^call String\.prototype\.(?:slice|substring|trim)$/.test(method)) {
          want(subject);
          return;
        }
        if (
          method === "call String.prototype.replace" &&
          isPlainPattern(program, second) &&
          third !== undefined
        ) {
          want(subject);
          if (!isFunctionNode(third)) want(third);
          else for (const result of resultsOf(third) ?? [third]) want(result);
          return;
        }
        if (method === "call Array.prototype.concat" && path[0] === null) {
          for (const argument of call.arguments) {
            want(argument, path);
            want(argument, path.slice(1));
          }
          ofWrites(call, null, path.slice(1));
          return;
        }
      }
      const target = functionOf(program, call.callee);
      const results = target === null ? null : resultsOf(target);
      if (results === null) any();
      for (const result of results ?? []) want(result, path);
    };

    /** What a function gives; null where it gives a promise or an iterator. */
    const resultsOf = (target: Node): readonly Node[] | null => {
      if (!isFunctionNode(target) || target.async === true || target.generator === true) return null;
      return target.body.type === "BlockStatement" ? (program.returns.get(target) ?? []) : [target.body];
    };

    /** The text in which the function replaces something, for a callback of `replace`. */
    const replacedBy = (target: Node): Node | null => {
      const call = program.parents.get(target);
      if (call?.type !== "CallExpression" || call.arguments[2] !== target || hasSpread(call)) return null;
      if (uncurriedOf(program, call.callee) !== "call String.prototype.replace") return null;
      return isPlainPattern(program, call.arguments[1]) ? (call.arguments[0] ?? null) : null;
    };

    want(root);
    while (!isAny) {
      const next = todo.pop();
      if (next !== undefined) {
        visits++;
        spent++;
        if (visits > most || spent > mostOfAll) any();
        else visit(next.node, next.path);
        continue;
      }
      const ready = [...waiting].filter(({ text }) => isMadeOf(text, found));
      if (ready.length === 0) return found;
      for (const each of ready) {
        waiting.delete(each);
        each.then();
      }
    }
    return null;
  };

  /** Everything that is put into a list or an object after it was made; null where somebody else may have hold of it. */
  const writesTo = (made: Node): Writes | null => {
    const members: { readonly key: string | null; readonly value: Node }[] = [];
    const added: Node[] = [];
    const spread: Node[] = [];
    const todo: { readonly node: Node; readonly path: Path }[] = [{ node: made, path: [] }];
    const seen = new Map<Node, Set<string>>();
    let visits = 0;
    const isList = made.type === "ArrayExpression" || made.type === "CallExpression";

    const reads = (variable: Variable | null | undefined, path: Path): boolean => {
      if (!variable || isExported(program, variable)) return false;
      for (const reference of variable.references) {
        if (reference.isRead()) todo.push({ node: reference.identifier as Node, path });
      }
      return true;
    };

    /** False where it goes out of view. */
    const step = (node: Node, path: Path): boolean => {
      const parent = program.parents.get(node);
      switch (parent?.type) {
        case "VariableDeclarator":
          return parent.id.type === "Identifier" && reads(program.declaredBy.get(parent.id), path);
        case "AssignmentExpression":
          if (parent.right !== node || parent.left.type !== "Identifier") return false;
          todo.push({ node: parent, path });
          return reads(program.variableOf(parent.left), path);
        case "LogicalExpression":
        case "ChainExpression":
          todo.push({ node: parent, path });
          return true;
        case "SequenceExpression":
        case "ConditionalExpression":
          if (
            parent.type === "SequenceExpression" ? parent.expressions.at(-1) === node : parent.test !== node
          )
            todo.push({ node: parent, path });
          return true;
        case "BinaryExpression":
          return /^[!=]==$/.test(parent.operator);
        case "UnaryExpression":
          return ["typeof", "!", "void"].includes(parent.operator);
        case "IfStatement":
        case "ExpressionStatement":
          return true;
        case "Property": {
          const object = program.parents.get(parent);
          const name = parent.computed ? null : nameOf(parent.key);
          if (object?.type !== "ObjectExpression" || parent.value !== node || name === null) return false;
          // A getter, a setter and a method see the object by their `this`.
          if (object.properties.some((each) => each.type !== "Property" || program.thises.has(each.value)))
            return false;
          todo.push({ node: object, path: [name, ...path] });
          return true;
        }
        case "ArrayExpression":
          todo.push({ node: parent, path: [null, ...path] });
          return true;
        case "MemberExpression":
          return parent.object === node && ofMember(parent, path);
        case "ReturnStatement":
        case "ArrowFunctionExpression": {
          const target = enclosingFunction(program, node);
          const calls = target === null || target.async || target.generator ? null : callsOf(program, target);
          for (const call of calls ?? []) todo.push({ node: call, path });
          return calls !== null;
        }
        case "CallExpression":
          return parent.callee !== node && ofArgument(parent, node, path);
        default:
          return false;
      }
    };

    const ofMember = (member: MemberExpression, path: Path): boolean => {
      const [key, ...rest] = path;
      const own = keyOf(member);
      const above = program.parents.get(member);
      if (isTarget(program, member)) {
        // Under another name, or in place of what is followed here.
        if (key !== undefined) return true;
        if (above?.type !== "AssignmentExpression" || above.operator !== "=") return false;
        if (own === "__proto__" || own === "constructor" || (isList && methods.includes(String(own))))
          return false;
        members.push({ key: typeof own === "string" ? own : null, value: above.right });
        return true;
      }
      if (above?.type === "TaggedTemplateExpression" && above.tag === member) return false;
      if (above?.type === "CallExpression" && above.callee === member) {
        if (key !== undefined || hasSpread(above)) return false;
        if (own === "push" || own === "unshift") added.push(...above.arguments);
        return isList && methods.includes(typeof own === "string" ? own : "");
      }
      if (key !== undefined && (typeof own !== "string" || key === own))
        todo.push({ node: member, path: rest });
      return true;
    };

    const ofArgument = (call: CallExpression, node: Node, path: Path): boolean => {
      const index = (call.arguments as readonly Node[]).indexOf(node);
      if (hasSpread(call)) return false;
      const method = uncurriedOf(program, call.callee);
      if (method !== null) {
        if (/^call (?:Object\.prototype\.hasOwnProperty|String\.prototype\.\w+)$/.test(method)) return true;
        if (path.length > 0) return false;
        if (method === "call Array.prototype.concat") return true;
        if (method !== "apply Array.prototype.splice") return false;
        const list = call.arguments[1];
        if (index === 0 && list !== undefined) spread.push(list);
        return true;
      }
      const target = functionOf(program, call.callee);
      const parameter = target?.params[index];
      if (target === null || program.takesArguments.has(target)) return false;
      if (target.params.some(({ type }) => type === "RestElement")) return false;
      if (parameter === undefined) return true;
      return parameter.type === "Identifier" && reads(program.declaredBy.get(parameter), path);
    };

    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const id = next.path.map((key) => String(key)).join(".");
      const before = seen.get(next.node) ?? new Set();
      if (before.has(id)) continue;
      seen.set(next.node, before.add(id));
      visits++;
      spent++;
      if (visits > most || spent > mostOfAll || next.path.length > deepest || !step(next.node, next.path))
        return null;
    }
    return { members, added, spread };
  };

  return {
    excludes: (node, text) => {
      if (!known.has(node)) known.set(node, characters(node));
      const found = known.get(node) ?? null;
      return found !== null && !isMadeOf(text, found);
    },
  };
}

function isMadeOf(text: string, characters: ReadonlySet<string>): boolean {
  return [...text].every((character) => characters.has(character));
}

/** Texts and numbers, whose members are characters and what all of them inherit. */
function isText(node: Node): boolean {
  return /^(?:Literal|TemplateLiteral|BinaryExpression|UnaryExpression|UpdateExpression)$/.test(node.type);
}

function nameOf(key: Node): string | null {
  return key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : null;
}

function hasSpread(call: CallExpression): boolean {
  return call.arguments.some(({ type }) => type === "SpreadElement");
}

/** Whether the value is a number for certain: a counter, a length. */
function isNumber(program: Program, node: Node): boolean {
  if (node.type === "Literal") return typeof node.value === "number";
  if (node.type === "MemberExpression") return false;
  const variable = node.type === "Identifier" ? program.variableOf(node) : null;
  const [definition, ...others] = variable?.defs ?? [];
  if (variable === null || definition?.type !== "Variable" || others.length > 0) return false;
  return (
    definition.node.id === definition.name &&
    variable.references.every((reference) => {
      if (!reference.isWrite()) return true;
      const parent = program.parents.get(reference.identifier as Node);
      if (parent?.type === "UpdateExpression") return true;
      const value =
        parent?.type === "VariableDeclarator"
          ? parent.init
          : parent?.type === "AssignmentExpression" && ["=", "+=", "-="].includes(parent.operator)
            ? parent.right
            : null;
      return value?.type === "Literal" && typeof value.value === "number";
    })
  );
}

/** A regular expression as it was written down, without named groups, that goes nowhere but into calls like this. */
function isPlainPattern(program: Program, node: Node | undefined): boolean {
  const variable = node?.type === "Identifier" ? program.variableOf(node) : null;
  const [definition, ...others] = variable?.defs ?? [];
  const made =
    variable === null
      ? node
      : definition?.type === "Variable" && others.length === 0
        ? definition.node.init
        : null;
  if (made?.type !== "Literal" || !("regex" in made) || made.regex.pattern.includes("(?<")) return false;
  return (
    variable?.references.every((reference) => {
      if (reference.init === true) return true;
      const call = program.parents.get(reference.identifier as Node);
      return (
        !reference.isWrite() && call?.type === "CallExpression" && uncurriedOf(program, call.callee) !== null
      );
    }) !== false
  );
}
