import type { Expression, MemberExpression, Node, Super } from "estree";
import { enclosingFunction, type FunctionNode, isFunctionNode } from "../functions.ts";
import type { Cell } from "./cells.ts";
import type { Exposure } from "./exposure.ts";
import type { Instances } from "./instances.ts";
import type { Invoke } from "./invoke.ts";
import type { Members } from "./members.ts";
import { isImplicit, methodAround, nameOfKey } from "./names.ts";
import type { Store } from "./store.ts";
import { createTests } from "./tests.ts";
import { any, bodyOf, elements, isClass } from "./things.ts";
import type { Writes } from "./writes.ts";

/** What each part of the program does with the values of its expressions. */
export function createStatements(
  store: Store,
  members: Members,
  exposure: Exposure,
  writes: Writes,
  { exposeThenable }: Invoke,
  { initialise }: Instances,
) {
  const {
    add,
    argumentOf,
    calledOf,
    cellOf,
    cellOfVariable,
    each,
    expose,
    fieldsOf,
    flow,
    isIterated,
    make,
    program,
    regions,
    single,
    thingOf,
    things,
    unknown,
  } = store;
  const { eachName, makeWild, member, own, readOf } = members;
  const { makeOutsideWild, release } = exposure;
  const { copy, eachSetter, iterate, write } = writes;
  const whenTrue = createTests(store);

  const visit = (node: Node): void => {
    switch (node.type) {
      case "VariableDeclarator": {
        const loop = program.parents.get(program.parents.get(node) ?? node);
        if (node.init) bind(node.id, cellOf(node.init));
        if (node.init && isDisposed(node)) each(cellOf(node.init), expose);
        else if (loop?.type === "ForOfStatement" && loop.left === program.parents.get(node))
          loopOver(loop, node.id);
        else if (loop?.type === "ForInStatement" && loop.left === program.parents.get(node))
          bind(node.id, single(unknown));
        return;
      }
      case "ForOfStatement":
        if (node.left.type !== "VariableDeclaration") loopOver(node, node.left);
        return;
      case "ForInStatement":
        if (node.left.type !== "VariableDeclaration") bind(node.left, single(unknown));
        return;
      case "AssignmentExpression":
        if (["=", "??=", "||=", "&&="].includes(node.operator)) bind(node.left, cellOf(node.right));
        else {
          bind(node.left, single(node));
          each(cellOf(node.right), expose);
          each(cellOf(node.left), expose);
        }
        return;
      case "UpdateExpression":
        bind(node.argument, single(node));
        each(cellOf(node.argument), expose);
        return;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression": {
        for (const variable of node.type === "ArrowFunctionExpression" || !node.id
          ? []
          : program.variablesOf(node.id))
          flow(cellOf(node), cellOfVariable(variable));
        if (regions === null) begin(node);
        return;
      }
      case "ReturnStatement": {
        const target = enclosingFunction(program, node);
        if (target !== null && node.argument) flow(cellOf(node.argument), calledOf(target).result);
        return;
      }
      case "IfStatement":
      case "ConditionalExpression":
        if (regions !== null) whenTrue(node.test, () => regions.enter(node.consequent));
        return;
      case "LogicalExpression":
        if (regions !== null && node.operator === "&&") whenTrue(node.left, () => regions.enter(node.right));
        return;
      case "ClassDeclaration":
      case "ClassExpression": {
        for (const variable of node.id ? program.variablesOf(node.id) : [])
          flow(cellOf(node), cellOfVariable(variable));
        const thing = thingOf(node, "class");
        if (node.superClass)
          each(cellOf(node.superClass), (base) => {
            if (!isClass(base)) expose(base);
          });
        for (const element of bodyOf(node)) {
          if (element.type === "StaticBlock") continue;
          const name = nameOfKey(program, element.key, element.computed);
          if (element.computed) each(cellOf(element.key), expose);
          if (element.type === "MethodDefinition" && isFunctionNode(element.value)) {
            thingOf(element.value, "function");
            // Instances are those for which the fields are made.
            if (isImplicit(name))
              flow(element.static ? cellOf(node) : fieldsOf(node), calledOf(element.value).self);
            // Node itself may call what stands under a symbol.
            if (name === null) {
              release(element.value);
              makeWild(thing);
            }
            if (!element.static) continue;
            if (element.kind === "method") flow(cellOf(element.value), own(thing, name ?? any));
            else (element.kind === "get" ? thing.getters : thing.setters).set(name ?? any, element.value);
          } else if (element.type === "PropertyDefinition" && element.static && element.value)
            write(cellOf(node), name, cellOf(element.value));
        }
        return;
      }
      case "ThrowStatement":
        each(cellOf(node.argument), expose);
        return;
      case "YieldExpression":
        if (node.argument) each(cellOf(node.argument), expose);
        return;
      case "TemplateLiteral":
        for (const each_ of node.expressions) each(cellOf(each_), expose);
        return;
      case "TaggedTemplateExpression":
        each(cellOf(node.tag), expose);
        if (node.tag.type === "MemberExpression" && node.tag.object.type !== "Super")
          each(cellOf(node.tag.object), expose);
        for (const each_ of node.quasi.expressions) each(cellOf(each_), expose);
        return;
      case "BinaryExpression":
        // Comparing identities asks nobody for anything.
        if (/^[!=]==$/.test(node.operator)) return;
        if (node.operator === "instanceof") {
          each(cellOf(node.right), (value) => {
            if (things.get(value)?.isWild === false && !program.text.includes("hasInstance")) return;
            expose(value);
            each(cellOf(node.left), expose);
          });
          return;
        }
        if (node.left.type !== "PrivateIdentifier") each(cellOf(node.left), expose);
        if (node.operator !== "in") each(cellOf(node.right), expose);
        return;
      case "UnaryExpression":
        if (["-", "+", "~"].includes(node.operator)) each(cellOf(node.argument), expose);
        return;
      case "MemberExpression":
        if (node.computed) each(cellOf(node.property), expose);
        // It may be a getter.
        cellOf(node);
        return;
      case "ExportSpecifier":
        each(cellOf(node.local as Node), entry);
        return;
      case "ExportDefaultDeclaration":
        each(cellOf(node.declaration as Node), entry);
        return;
      case "ExportNamedDeclaration":
        if (node.declaration?.type === "VariableDeclaration")
          for (const { id } of node.declaration.declarations)
            for (const variable of program.variablesOf(id)) each(cellOfVariable(variable), entry);
        else if (node.declaration) each(cellOf(node.declaration), entry);
        return;
      case "ImportExpression":
        each(cellOf(node.source), expose);
        return;
      case "CallExpression":
      case "NewExpression":
      case "AwaitExpression":
      case "ObjectExpression":
      case "ArrayExpression":
        cellOf(node);
        return;
      default:
    }
  };

  /** The function may run. */
  const begin = (node: FunctionNode): void => {
    parameters(node);
    if (node.body.type !== "BlockStatement") flow(cellOf(node.body), calledOf(node).result);
  };

  /** `using x = ...`: a method of it is called in the end. */
  const isDisposed = (node: Node): boolean => {
    const declaration = program.parents.get(node);
    return declaration?.type === "VariableDeclaration" && declaration.kind.endsWith("using");
  };

  const bind = (pattern: Node, value: Cell): void => {
    switch (pattern.type) {
      case "Identifier": {
        const variable = program.variableOf(pattern) ?? program.declaredBy.get(pattern) ?? null;
        if (variable === null) each(value, expose);
        else flow(value, cellOfVariable(variable));
        return;
      }
      case "MemberExpression":
        if (pattern.object.type === "Super") {
          each(value, expose);
          makeOutsideWild();
          writeToSuper(pattern, value);
          return;
        }
        for (const object of [pattern.object as Expression | Super]) {
          const base = cellOf(object);
          eachName(pattern, (name) => write(base, name, value));
        }
        return;
      case "AssignmentPattern":
        bind(pattern.left, value);
        bind(pattern.left, cellOf(pattern.right));
        return;
      case "ObjectPattern":
        for (const property of pattern.properties) {
          if (property.type === "RestElement") {
            const rest = thingOf(property, "object");
            copy(value, rest);
            bind(property.argument, single(property));
            continue;
          }
          const part = make();
          const name = nameOfKey(program, property.key, property.computed);
          const read = (key: string | null): void => each(value, (one) => readOf(one, key, property, part));
          if (property.computed) each(cellOf(property.key), expose);
          if (name !== null) read(name);
          else each(cellOf(property.key), (key) => read(key.type === "Literal" ? String(key.value) : null));
          bind(property.value, part);
        }
        return;
      case "ArrayPattern":
        for (const [i, element] of pattern.elements.entries()) {
          if (element === null) continue;
          const part = make();
          each(value, (one) => {
            const thing = things.get(one);
            if (thing?.kind === "list" && !isIterated) {
              flow(member(thing, element.type === "RestElement" ? null : String(i)), part);
            } else {
              expose(one);
              add(part, element);
            }
          });
          if (element.type === "RestElement") {
            flow(part, own(thingOf(element, "list"), elements));
            bind(element.argument, single(element));
          } else bind(element, part);
        }
        return;
      default:
        each(value, expose);
    }
  };

  /** `super.name = value`, which a setter may take. */
  const writeToSuper = (pattern: MemberExpression, value: Cell): void => {
    const method = methodAround(program, pattern);
    if (method === null) return;
    eachName(pattern, (name) =>
      each(cellOf(method.owner.superClass ?? unknown), (base) => {
        const above = things.get(base);
        if (above === undefined) return;
        eachSetter(above, name, (setter) => {
          flow(calledOf(method.target).self, calledOf(setter).self);
          flow(value, argumentOf(setter, 0));
        });
      }),
    );
  };

  const parameters = (target: FunctionNode): void => {
    for (const [i, parameter] of target.params.entries()) {
      if (parameter.type !== "RestElement") {
        bind(parameter, argumentOf(target, i));
        continue;
      }
      const list = thingOf(parameter, "list");
      const { anyArg } = calledOf(target);
      flow(anyArg, own(list, elements));
      // What methods of lists give; calls in view put theirs there by themselves.
      for (let at = i; at < i + 3; at++) flow(argumentOf(target, at), own(list, String(at - i)));
      bind(parameter.argument, single(parameter));
    }
  };

  const loopOver = (loop: Node & { readonly type: "ForOfStatement" }, pattern: Node): void => {
    const part = make();
    if (loop.await) {
      const plain = make();
      iterate(cellOf(loop.right), loop, plain);
      each(plain, (value) => {
        expose(value);
        add(part, loop);
      });
    } else iterate(cellOf(loop.right), loop, part);
    bind(pattern, part);
  };

  /**
   * What the bundle gives the runner: it makes one plugin, asks it for its nodes and calls those. It writes nothing to
   * them and hands them to nobody.
   */
  const entry = (value: Node): void => {
    if (!isClass(value)) {
      expose(value);
      return;
    }
    const at: Node = { type: "ThisExpression" };
    const plugin = thingOf(at, "instance");
    if (plugin.classes !== null) add(plugin.classes, value);
    initialise(plugin, value, { nodes: [], skip: 0 });
    each(member(plugin, null), (method) => {
      if (!isFunctionNode(method)) return;
      const { self, anyArg, result } = calledOf(method);
      add(self, at);
      add(anyArg, unknown);
      // What it gives is awaited.
      each(result, (value) => {
        const thing = things.get(value);
        if (thing !== undefined) exposeThenable(thing);
      });
    });
    each(member(plugin, "nodes"), (method) => {
      if (!isFunctionNode(method)) return;
      const list = make();
      iterate(calledOf(method).result, unknown, list);
      each(list, (node) => {
        const thing = things.get(node);
        if (thing === undefined) return;
        // It may be asked for whatever it has.
        if (regions !== null) member(thing, null);
        each(member(thing, "call"), (target) => {
          if (!isFunctionNode(target)) {
            expose(node);
            return;
          }
          add(calledOf(target).self, node);
          add(calledOf(target).anyArg, unknown);
          each(calledOf(target).result, expose);
        });
      });
    });
  };

  return { begin, visit };
}
