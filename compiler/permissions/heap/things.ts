import type { ClassBody, Node } from "estree";
import type { FunctionNode } from "../functions.ts";
import type { Cell, Cells } from "./cells.ts";

export type ClassNode = Node & { readonly type: "ClassDeclaration" | "ClassExpression" };

/** One that the program makes, by the expression that makes it: all objects made there are one. */
export interface Thing {
  readonly node: Node;
  readonly kind: "object" | "list" | "function" | "class" | "instance" | "promise" | "map" | "url";
  /** By name; the elements of a list by their index. `any` holds what stands under names that are not known. */
  readonly members: Map<string, Cell>;
  readonly onMember: ((cell: Cell) => void)[];
  readonly getters: Map<string, FunctionNode>;
  readonly setters: Map<string, FunctionNode>;
  /** Classes that it is an instance of. */
  readonly classes: Cell | null;
  /** What was already looked up, by name. */
  readonly found: Map<string | null, Cell>;
  readonly named: Map<string, Cell>;
  /** Code that is not in view has hold of it. */
  isExposed: boolean;
  /** Anything may have been written to it, under any name. */
  isWild: boolean;
}

/** A function as far as calls see it. */
export interface Called {
  readonly self: Cell;
  readonly args: Cell[];
  /** What may be any argument. */
  readonly anyArg: Cell;
  readonly result: Cell;
}

/** Members under names that are not known. */
export const any = "*";
/** Elements of a list whose index is not known. */
export const elements = "[]";
/** What a promise is resolved with, and what a map holds. */
export const inside = "@@inside";

export function isClass(node: Node): node is ClassNode {
  return node.type === "ClassDeclaration" || node.type === "ClassExpression";
}

export function bodyOf(node: ClassNode): ClassBody["body"] {
  return node.body.body;
}

export function newThing(node: Node, kind: Thing["kind"], cells: Cells): Thing {
  return {
    node,
    kind,
    members: new Map(),
    onMember: [],
    getters: new Map(),
    setters: new Map(),
    classes: kind === "instance" ? cells.make() : null,
    found: new Map(),
    named: new Map(),
    isExposed: false,
    isWild: false,
  };
}
