import type { Declared } from "./oracle.ts";
import type { Subject } from "./subject.ts";

/** Where a type is being written: declarations and files that it needs besides its own text. */
export interface Scope {
  /** The wire twin: the same type as JSON carries it (README.md), for the oracle. */
  readonly isWire: boolean;
  /** A name that nothing else here has. */
  name(prefix: string): string;
  /** Adds a declaration under a new name, and gives the name. */
  declare(prefix: string, text: (name: string) => string): string;
  head(text: string): void;
  /** Adds a file beside the one being written, and gives its name. */
  file(extension: string, text: string): string;
}

/** A type as a tree, so that a failing one can be made smaller. */
export interface Tree {
  /** Key of `constructs` where it is a type by itself; `member` or `element` where it is a part of one. */
  readonly construct: string;
  readonly children: readonly Tree[];
  /** How many children it needs; the ones after may be dropped. */
  readonly least: number;
  write(parts: readonly string[], scope: Scope): string;
}

export interface Parameter {
  readonly name: string;
  readonly way: "required" | "optional" | "undefined";
  readonly type: Tree;
}

export interface Signature {
  readonly parameters: readonly Parameter[];
  /** As the author writes it. */
  readonly subject: Subject;
  /** As JSON carries it: `Input` is the object with one property a parameter. */
  readonly twin: Declared;
}

export function signatureOf(parameters: readonly Parameter[]): Signature {
  const source = openScope(false);
  const written = parameters.map(({ name, way, type }) => {
    const text = writeTree(type, source);
    return `${name}${way === "optional" ? "?" : ""}: ${text}${way === "undefined" ? " | undefined" : ""}`;
  });
  const wire = openScope(true);
  const twins = parameters.map(
    ({ name, way, type }) => `${name}${way === "required" ? "" : "?"}: ${writeTree(type, wire)}`,
  );
  return {
    parameters,
    subject: { files: source.files, declarations: source.text(), parameters: written.join(", ") },
    twin: {
      files: { ...wire.files, "types.ts": `${wire.text()}\nexport type Input = { ${twins.join("; ")} };` },
    },
  };
}

function writeTree(tree: Tree, scope: Scope): string {
  return tree.write(
    tree.children.map((child) => writeTree(child, scope)),
    scope,
  );
}

function openScope(isWire: boolean): Scope & { readonly files: Record<string, string>; text(): string } {
  const heads: string[] = [];
  const files: Record<string, string> = {};
  let count = 0;
  const name = (prefix: string): string => `${prefix}${++count}`;
  return {
    isWire,
    name,
    files,
    declare: (prefix, text) => {
      const made = name(prefix);
      heads.push(text(made));
      return made;
    },
    head: (text) => {
      heads.push(text);
    },
    file: (extension, text) => {
      const made = `${name("part")}.${extension}`;
      files[made] = text;
      return made;
    },
    text: () => heads.join("\n"),
  };
}

/** Smaller trees of the same kind: a part instead of the whole, one child less, a plain string, a smaller child. */
export function smaller(tree: Tree): readonly Tree[] {
  const isType = tree.construct !== "member" && tree.construct !== "element";
  const parts = isType ? partsOf(tree) : [];
  const dropped = tree.children.flatMap((_, i) =>
    tree.children.length > Math.max(tree.least, 1) && i >= (tree.least > 1 ? tree.least : 0)
      ? [{ ...tree, children: tree.children.toSpliced(i, 1) }]
      : [],
  );
  const plain = isType && tree.construct !== "string" ? [plainString] : [];
  const within = tree.children.flatMap((child, i) =>
    smaller(child).map((next) => ({ ...tree, children: tree.children.with(i, next) })),
  );
  return [...parts, ...plain, ...dropped, ...within];
}

function partsOf(tree: Tree): readonly Tree[] {
  return tree.children.flatMap((child) =>
    child.construct === "member" || child.construct === "element" ? child.children : [child],
  );
}

const plainString: Tree = { construct: "string", children: [], least: 0, write: () => "string" };
