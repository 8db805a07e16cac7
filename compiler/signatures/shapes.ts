/**
 * What the walk needs to know of a type, as plain data. `checker.ts` alone turns the checker's types into shapes, so
 * that another checker can stand behind the same interface.
 */

/** A type of the checker behind the reader; equal types are the same object. */
export interface TypeHandle {
  readonly __handle?: "type";
}

/** The type as the author wrote it. */
export interface WrittenHandle {
  readonly __handle?: "written";
}

/** A type at one place. `written` leads to the author's order of a union and to comments on aliases. */
export interface TypeUse {
  readonly type: TypeHandle;
  readonly written: WrittenHandle | null;
}

/** A range of a source file; offsets into `text`. */
export interface Site {
  readonly fileName: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Comment {
  /** Without tags. */
  readonly text: string;
  readonly tags: readonly Tag[];
}

export interface Tag {
  /** Without `@`. */
  readonly name: string;
  readonly text: string;
  readonly site: Site;
  /** Of a property that a base declares: where it is declared again the tag holds if it applies. */
  readonly isInherited?: boolean;
}

export type Shape =
  | { readonly kind: "primitive"; readonly name: "string" | "number" | "boolean" | "null" }
  | { readonly kind: "undefined" }
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  /** `any`, `unknown`, `object` and `{}`. */
  | { readonly kind: "unchecked"; readonly name: "any" | "unknown" | "object" | "{}" }
  /** Template literals and `Uppercase<string>`: a pattern, anchored where it has to be. */
  | { readonly kind: "text"; readonly pattern: string }
  | { readonly kind: "wire"; readonly name: WireName }
  | { readonly kind: "union"; readonly parts: readonly TypeUse[] }
  | { readonly kind: "array"; readonly item: TypeUse }
  /** Lists of texts, numbers and the like that a value has to be at once. */
  | { readonly kind: "lists"; readonly parts: readonly TypeUse[] }
  | { readonly kind: "tuple"; readonly elements: readonly TupleElement[] }
  | ObjectShape
  /** JSON cannot carry it. */
  | { readonly kind: "refused"; readonly help: string }
  /** JSON could carry it, JSON Schema cannot say it. */
  | { readonly kind: "failed"; readonly reason: string };

/** A class of JavaScript that travels as a string. */
export type WireName = "Date" | "URL";

export interface TupleElement {
  readonly use: TypeUse;
  readonly kind: "required" | "optional" | "rest";
  readonly label: string | null;
}

export interface ObjectShape {
  readonly kind: "object";
  readonly properties: readonly Property[];
  readonly indexes: readonly Index[];
  /** Where the type is declared; all instances of a generic type share it. Null for what has no declaration. */
  readonly declaration: object | null;
  /** From an object literal: `{}` is then an object without keys, not any value. */
  readonly isLiteral: boolean;
}

export interface Property {
  readonly name: string;
  readonly use: TypeUse;
  /** May be left out, or may be `undefined`. */
  readonly isOptional: boolean;
  /** Why data cannot have it, such as `private`; null for what it can. */
  readonly fault: { readonly type: string; readonly help: string } | null;
  readonly comments: readonly Comment[];
  readonly site: Site | null;
  /** Values of index signatures that it has to satisfy too. */
  readonly also: readonly TypeUse[];
}

export interface Index {
  /** Null for any key, else a pattern of the keys. */
  readonly pattern: string | null;
  readonly use: TypeUse;
  /** Values of the index signature for any key that it has to satisfy too. */
  readonly also: readonly TypeUse[];
}

/** The few questions that the walk asks a checker. */
export interface TypeReader {
  shapeOf(use: TypeUse): Shape;
  /** As people write it. */
  textOf(type: TypeHandle): string;
  /** Name of the alias, interface or class; null for a type without one. */
  nameOf(type: TypeHandle): string | null;
  /** Comments on the aliases, interface or class that a type is named by, nearest first. */
  commentsOf(use: TypeUse): readonly Comment[];
}
