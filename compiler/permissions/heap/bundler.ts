import type { FunctionExpression, Node } from "estree";
import { loadsOf } from "../commonjs.ts";
import { constantInit } from "../constant.ts";
import { isFunctionNode } from "../functions.ts";
import { findHelpers, wrappedModule } from "../helpers.ts";
import type { Cell } from "./cells.ts";
import type { Members } from "./members.ts";
import { nameOfKey } from "./names.ts";
import type { ForeignCall, Store } from "./store.ts";
import type { Writes } from "./writes.ts";

/** Objects of a CommonJS module, told apart by the module. */
interface Loaded {
  readonly module: Node;
  readonly exports: Node;
}

/**
 * The helpers that the bundler writes, which would mix up all modules if they were followed like other functions. Says
 * whether the call was one of one of these.
 */
export function createBundler(store: Store, members: Members, writes: Writes) {
  const { add, argumentOf, calledOf, cellOf, each, expose, flow, program, thingOf, things } = store;
  const { member, own } = members;
  const helpers = findHelpers(program);
  const loaded = new Map<Node, Loaded>();

  const ofBundler = (node: ForeignCall, cell: Cell): boolean => {
    const [first, second] = node.arguments;
    switch (helpers.nameOf(node.callee)) {
      case "__commonJS":
      case "__esm":
        // Loading it is followed where that is called.
        return wrapperAt(program.parents.get(node)) !== null;
      case "__toESM":
      case "__toCommonJS":
      case "__importStar": {
        if (first === undefined) return false;
        const made = thingOf(node, "object");
        writes.copy(cellOf(first), made);
        flow(cellOf(first), own(made, "default"));
        add(own(made, "__esModule"), node);
        add(cell, node);
        return true;
      }
      case "__export":
        if (first === undefined || second?.type !== "ObjectExpression") return false;
        each(cellOf(first), (value) => {
          const thing = things.get(value);
          for (const property of second.properties) {
            if (property.type !== "Property" || !isFunctionNode(property.value)) continue;
            const name = nameOfKey(program, property.key, property.computed);
            const { result } = calledOf(property.value);
            if (thing === undefined || name === null) each(result, expose);
            else flow(result, own(thing, name));
          }
        });
        return true;
      default: {
        const wrapper = node.callee.type === "Identifier" ? program.variableOf(node.callee) : null;
        const [definition] = wrapper?.defs ?? [];
        const made = definition === undefined ? null : wrapperAt(definition.node as Node);
        if (made === null) return false;
        if (made.isCommonJs) load(made.target, cell);
        else calledOf(made.target);
        return true;
      }
    }
  };

  /** What a declaration names, where that is a module that is loaded and nothing else is done with it. */
  const wrapperAt = (
    declarator: Node | undefined,
  ): { readonly target: FunctionExpression; readonly isCommonJs: boolean } | null => {
    if (declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier") return null;
    const variable = program.declaredBy.get(declarator.id);
    const init = variable === undefined ? null : constantInit(variable);
    const wrapped = init === null ? null : wrappedModule(init, helpers);
    const target = wrapped === null ? undefined : program.parents.get(wrapped.body);
    if (variable === undefined || wrapped === null || target?.type !== "FunctionExpression") return null;
    return loadsOf(program, variable) === null ? null : { target, isCommonJs: wrapped.isCommonJs };
  };

  const load = (target: FunctionExpression, cell: Cell): void => {
    const known = loaded.get(target) ?? {
      module: { type: "ObjectExpression", properties: [] },
      exports: { type: "ObjectExpression", properties: [] },
    };
    const module = thingOf(known.module, "object");
    thingOf(known.exports, "object");
    if (!loaded.has(target)) {
      loaded.set(target, known);
      add(own(module, "exports"), known.exports);
      add(argumentOf(target, 0), known.exports);
      add(argumentOf(target, 1), known.module);
      calledOf(target);
    }
    flow(member(module, "exports"), cell);
  };

  return ofBundler;
}
