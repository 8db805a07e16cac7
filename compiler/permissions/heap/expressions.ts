import type { Node } from "estree";
import { isFunctionNode } from "../functions.ts";
import type { Cell } from "./cells.ts";
import type { Exposure } from "./exposure.ts";
import type { Invoke } from "./invoke.ts";
import type { Members } from "./members.ts";
import { isImplicit, methodAround, nameOfKey } from "./names.ts";
import type { ForeignCall, Store } from "./store.ts";
import { elements, inside, isClass } from "./things.ts";
import type { Writes } from "./writes.ts";

/** What each kind of expression may be. */
export function createExpressions(
  store: Store,
  members: Members,
  exposure: Exposure,
  writes: Writes,
  { awaited }: Invoke,
  call: (node: ForeignCall, cell: Cell) => void,
) {
  const {
    add,
    calledOf,
    cellOf,
    cellOfVariable,
    each,
    expose,
    fieldsOf,
    flow,
    present,
    program,
    regions,
    single,
    thingOf,
    things,
    whenEntered,
  } = store;
  const { makeWild, member, own, readMember } = members;
  const { release } = exposure;
  const { copy, iterate, write } = writes;

  const evaluate = (node: Node, cell: Cell): void => {
    switch (node.type) {
      case "Identifier": {
        const variable = program.variableOf(node);
        if (variable === null) {
          if (node.name !== "undefined") add(cell, node);
          else present(cell);
        } else if (variable.defs.length === 0 || variable.defs.some(({ type }) => !isTracked(type)))
          add(cell, node);
        else flow(cellOfVariable(variable), cell);
        return;
      }
      case "Literal":
        if (node.value !== null || "regex" in node || regions !== null) add(cell, node);
        return;
      case "UnaryExpression":
        if (node.operator !== "void") add(cell, node);
        else present(cell);
        return;
      case "ChainExpression":
        flow(cellOf(node.expression), cell);
        return;
      case "ConditionalExpression":
        whenEntered(node.consequent, () => flow(cellOf(node.consequent), cell));
        flow(cellOf(node.alternate), cell);
        return;
      case "LogicalExpression":
        flow(cellOf(node.left), cell);
        whenEntered(node.right, () => flow(cellOf(node.right), cell));
        return;
      case "SequenceExpression": {
        const last = node.expressions.at(-1);
        if (last !== undefined) flow(cellOf(last), cell);
        return;
      }
      case "AssignmentExpression":
        if (["=", "??=", "||=", "&&="].includes(node.operator)) {
          flow(cellOf(node.right), cell);
          if (node.operator !== "=") flow(cellOf(node.left), cell);
        } else add(cell, node);
        return;
      case "ThisExpression":
        self(node, cell);
        return;
      case "MemberExpression":
        readMember(node, cell);
        return;
      case "AwaitExpression":
        each(cellOf(node.argument), (value) => {
          const thing = things.get(value);
          if (thing?.kind === "promise") flow(member(thing, inside), cell);
          else if (thing !== undefined) {
            // It may have a `then` of its own.
            expose(value);
            add(cell, value);
          } else add(cell, awaited(value, node));
        });
        return;
      case "MetaProperty": {
        // `new.target` is the class of what is being made.
        const method = node.meta.name === "new" ? methodAround(program, node) : null;
        if (method !== null)
          each(calledOf(method.target).self, (value) => {
            const made = things.get(value)?.classes;
            if (made) flow(made, cell);
          });
        add(cell, node);
        return;
      }
      case "ObjectExpression":
        objectOf(node);
        add(cell, node);
        return;
      case "ArrayExpression":
        listOf(node);
        add(cell, node);
        return;
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "FunctionDeclaration":
      case "ClassExpression":
      case "ClassDeclaration":
        thingOf(node, isClass(node) ? "class" : "function");
        add(cell, node);
        return;
      case "CallExpression":
      case "NewExpression":
        call(node, cell);
        return;
      default:
        add(cell, node);
    }
  };

  const isTracked = (type: string): boolean =>
    ["Variable", "Parameter", "FunctionName", "ClassName"].includes(type);

  /** `this` of the function around, or of the class whose field it is in. */
  const self = (node: Node, cell: Cell): void => {
    for (
      let at = program.parents.get(node), from = node;
      at !== undefined;
      from = at, at = program.parents.get(at)
    ) {
      if (at.type === "FunctionDeclaration" || at.type === "FunctionExpression") {
        flow(calledOf(at).self, cell);
        return;
      }
      const owner = program.parents.get(program.parents.get(at) ?? at);
      if (at.type === "PropertyDefinition" && at.value === from && owner !== undefined && isClass(owner)) {
        if (at.static) flow(cellOf(owner), cell);
        else flow(fieldsOf(owner), cell);
        return;
      }
      if (at.type === "StaticBlock" && owner !== undefined && isClass(owner)) {
        flow(cellOf(owner), cell);
        return;
      }
    }
    add(cell, node);
  };

  const objectOf = (node: Node & { readonly type: "ObjectExpression" }): void => {
    const thing = thingOf(node, "object");
    for (const property of node.properties) {
      if (property.type === "SpreadElement") {
        copy(cellOf(property.argument), thing);
        continue;
      }
      const name = nameOfKey(program, property.key, property.computed);
      if (property.kind !== "init") {
        if (!isFunctionNode(property.value)) continue;
        if (isImplicit(name)) add(calledOf(property.value).self, node);
        if (name === null) {
          makeWild(thing);
          expose(property.value);
          release(property.value);
          add(calledOf(property.value).self, node);
        } else (property.kind === "get" ? thing.getters : thing.setters).set(name, property.value);
        continue;
      }
      if (property.computed) each(cellOf(property.key), expose);
      if (name === null) write(single(node), null, cellOf(property.value));
      else if (name === "__proto__" && !property.shorthand && !property.computed) {
        makeWild(thing);
        each(cellOf(property.value), expose);
        expose(node);
      } else {
        flow(cellOf(property.value), own(thing, name));
        present(own(thing, name));
      }
    }
  };

  const listOf = (node: Node & { readonly type: "ArrayExpression" }): void => {
    const thing = thingOf(node, "list");
    let isExact = true;
    for (const [i, element] of node.elements.entries()) {
      if (element === null) {
        present(own(thing, elements));
        continue;
      }
      if (element.type === "SpreadElement") {
        isExact = false;
        iterate(cellOf(element.argument), element, own(thing, elements));
      } else {
        flow(cellOf(element), own(thing, isExact ? String(i) : elements));
        present(own(thing, isExact ? String(i) : elements));
      }
    }
  };

  return evaluate;
}
