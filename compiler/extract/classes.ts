import type { ClassDeclaration, ClassExpression, Node as MorphNode, Type } from "ts-morph";
import type { Place } from "../diagnostics/types.ts";
import { sdkFile } from "../package-root.ts";
import { relativePath } from "../paths.ts";
import { spanAt, type Text, toText } from "../text.ts";

export type Class = ClassDeclaration | ClassExpression;

/** Whether the class descends from the SDK's `Plugin` or `Node`, through any number of bases and mixins. */
export function isSubclassOf(declaration: Class, base: "Plugin" | "Node"): boolean {
  return descends(declaration.getType(), base, new Set());
}

function descends(type: Type, base: string, seen: Set<Type>): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  const target = type.getTargetType() ?? type;
  const bases = [...target.getBaseTypes(), ...(type.isIntersection() ? type.getIntersectionTypes() : [])];
  return bases.some((parent) => isSdkType(parent, base) || descends(parent, base, seen));
}

/** Whether the type is the SDK's own `name`, not another type of that name. */
export function isSdkType(type: Type, name: string): boolean {
  const symbol = type.getSymbol();
  return symbol?.getName() === name && symbol.getDeclarations().some(isInSdk);
}

export function isInSdk(declaration: MorphNode): boolean {
  return declaration.getSourceFile().getFilePath() === sdkFile;
}

const texts = new WeakMap<object, Text>();

/** Line starts are computed once per source file. */
export function textOf(node: MorphNode): Text {
  const file = node.getSourceFile();
  const known = texts.get(file);
  if (known !== undefined && known.value === file.getFullText()) return known;
  const made = toText(file.getFullText());
  texts.set(file, made);
  return made;
}

export function placeOf(node: MorphNode, root: string): Place {
  return {
    file: relativePath(root, node.getSourceFile().getFilePath()),
    span: spanAt(textOf(node), node.getStart(), node.getEnd()),
  };
}
