import type { MethodDefinition, Node } from "estree";
import { isGlobal, isTarget } from "../constant.ts";
import { type FunctionNode, isFunctionNode } from "../functions.ts";
import type { Program } from "../program.ts";
import { ofStreams } from "./tables.ts";
import { bodyOf, type ClassNode, isClass } from "./things.ts";

/** The name that a key writes down: `#name` where it is private, `@@name` for a symbol of the language; null for one that is worked out. */
export function nameOfKey(program: Program, key: Node, computed: boolean): string | null {
  if (key.type === "PrivateIdentifier") return `#${key.name}`;
  if (!computed && key.type === "Identifier") return key.name;
  if (key.type === "Literal") return String(key.value);
  const isSymbol =
    key.type === "MemberExpression" && !key.computed && isGlobal(program, key.object, "Symbol");
  return isSymbol && key.property.type === "Identifier" ? `@@${key.property.name}` : null;
}

/** The method of a class that the node is in, functions without a `this` of their own between them. */
export function methodAround(
  program: Program,
  node: Node,
): { readonly owner: ClassNode; readonly target: FunctionNode; readonly isStatic: boolean } | null {
  for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
    if (at.type !== "FunctionExpression") continue;
    const definition = program.parents.get(at);
    const body = definition === undefined ? undefined : program.parents.get(definition);
    const owner = body === undefined ? undefined : program.parents.get(body);
    return definition?.type === "MethodDefinition" && owner !== undefined && isClass(owner)
      ? { owner, target: at, isStatic: definition.static }
      : null;
  }
  return null;
}

export function methodsOf(program: Program, owner: ClassNode) {
  return bodyOf(owner).flatMap((element) =>
    element.type === "MethodDefinition" && isFunctionNode(element.value)
      ? [
          {
            type: element.kind,
            name: nameOfKey(program, element.key, element.computed),
            value: element.value,
            isStatic: element.static,
          },
        ]
      : [],
  );
}

export function ownConstructor(owner: ClassNode): FunctionNode | null {
  for (const element of bodyOf(owner))
    if (
      element.type === "MethodDefinition" &&
      element.kind === "constructor" &&
      isFunctionNode(element.value)
    )
      return element.value;
  return null;
}

/** Whether the language calls what stands there without naming it: for a text, a number, or what a value is. */
export function isImplicit(name: string | null): boolean {
  return name === "toString" || name === "valueOf" || name?.startsWith("@@") === true;
}

/** Methods, getters and setters under private names, by name. */
export function privateMethods(program: Program): ReadonlyMap<string, readonly MethodDefinition[]> {
  const found = new Map<string, MethodDefinition[]>();
  for (const node of program.parents.keys()) {
    if (node.type !== "MethodDefinition" || node.key.type !== "PrivateIdentifier") continue;
    const name = `#${node.key.name}`;
    found.set(name, [...(found.get(name) ?? []), node]);
  }
  return found;
}

/**
 * Names under which the program, or Node, may take a method from an object to call it on another one; null where any
 * may be taken.
 */
export function takenNames(program: Program): ReadonlySet<string | null> {
  const all = new Set<string | null>(ofStreams);
  for (const node of program.members) {
    if (node.type === "ObjectPattern") {
      for (const each of node.properties)
        if (each.type === "Property") all.add(nameOfKey(program, each.key, each.computed));
      continue;
    }
    const parent = program.parents.get(node);
    const above = parent?.type === "ChainExpression" ? program.parents.get(parent) : parent;
    const isCalled =
      (above?.type === "CallExpression" && (above.callee === node || above.callee === parent)) ||
      (above?.type === "TaggedTemplateExpression" && above.tag === node);
    if (node.type === "MemberExpression" && !isCalled && !isTarget(program, node))
      all.add(nameOfKey(program, node.property, node.computed));
  }
  return all;
}
