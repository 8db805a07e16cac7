import type { Scope } from "./case.ts";
import { fill } from "./fill.ts";

/** A way to write down a constant. */
export interface Literal {
  readonly name: string;
  readonly make: (text: string, scope: Scope) => string;
}

/** `T` is the text, `A` and `B` its halves, `D` another text of the same kind, that is never what is used. */
function write(name: string, ...parts: readonly string[]): Literal {
  return {
    name,
    make: (text, scope) => {
      const middle = text.length >> 1;
      const [whole, start, end] = [text, text.slice(0, middle), text.slice(middle)].map((part) =>
        JSON.stringify(part),
      );
      return fill(
        parts,
        { T: whole ?? "", A: start ?? "", B: end ?? "", D: JSON.stringify(decoyOf(text)) },
        scope,
      );
    },
  };
}

function decoyOf(text: string): string {
  return text.replace(/api(?=\.example)|data(?=\.txt)|TOKEN$|probe$/, (part) =>
    part === "TOKEN" ? "DECOY" : "decoy",
  );
}

export const plainLiteral: Literal = write("as it is", "T");

/** Ways that change nothing afterwards, and ways that only seem to be another text. */
export const literals: readonly Literal[] = [
  plainLiteral,
  write("a constant", "const X = T;", "X"),
  write("a template", "const X = A;", "`${X}${B}`"),
  write("a sum", "(A + B)"),
  write("an object", "const X = { at: T } as const;", "X.at"),
  write("a parameter", "((text) => text)(T)"),
  write("joined", '[A, B].join("")'),
  write("input", "String(input.none ?? T)"),

  // What is written down is not what is there.
  write("a variable set by a closure", "let X = D; const Xs = () => { X = T; }; Xs();", "X"),
  write("a parameter of another call", "const X = (at: any) => at; X(D);", "X(T)"),
  write("a default that is not taken", "const X = ({ at = D }: any) => at;", "X({ at: T })"),
  write("a changed object", "const X: any = { at: D }; X.at = T;", "X.at"),
  write("a changed object by another name", "const X: any = { at: D }; const Xa = X; Xa.at = T;", "X.at"),
  write("a changed result", "const Xm = (): any => ({ at: D }); const X = Xm(); X.at = T;", "X.at"),
  write("a changed choice", "const X: any = Math.random() < 2 ? { at: D } : { at: D }; X.at = T;", "X.at"),
  write("a changed choice by or", "const X: any = null || { at: D }; X.at = T;", "X.at"),
  write("a changed argument", "const X: any = { at: D }; ((o) => { o.at = T; })(X);", "X.at"),
  write("a changed element", "const X = [D]; X[0] = T;", "X[0]"),
  write("a pushed element", "const X: any[] = []; X.push(T);", "X[0]"),
  write(
    "an inner object by another name",
    "const X: any = { in: { at: D } }; const Xi = X.in; Xi.at = T;",
    "X.in.at",
  ),
  write(
    "an inner object of a copy",
    "const X: any = { in: { at: D } }; const Xc = { ...X }; Xc.in.at = T;",
    "X.in.at",
  ),
  write(
    "an inner object of a result",
    "const Xm = (): any => ({ in: { at: D } }); const X = Xm(); const Xi = X.in; Xi.at = T;",
    "X.in.at",
  ),
  write(
    "an inner object of a choice",
    "const X: any = { in: Math.random() < 2 ? { at: D } : { at: D } }; const Xi = X.in; Xi.at = T;",
    "X.in.at",
  ),
  write(
    "an inner object of a frozen one",
    "const X: any = Object.freeze({ in: { at: D } }); X.in.at = T;",
    "X.in.at",
  ),
  write("an inner object of a list", "const X: any[] = [{ at: D }]; const [Xi] = X; Xi.at = T;", "X[0].at"),
  write("an object in a loop", "const X: any[] = [{ at: D }]; for (const Xi of X) Xi.at = T;", "X[0].at"),
  write(
    "an object in a callback",
    "const X: any[] = [{ at: D }]; X.forEach((o) => { o.at = T; });",
    "X[0].at",
  ),
  write("a destructured target", "const X: any = { at: D }; [X.at] = [T];", "X.at"),
  write("a loop's target", "const X: any = { at: D }; for (X.at of [T]);", "X.at"),
  write(
    "a defined member",
    'const X: any = { at: D }; Object.defineProperty(X, "at", { value: T });',
    "X.at",
  ),
  write("an assigned member", "const X: any = { at: D }; Object.assign(X, { at: T });", "X.at"),
  write("a set member", 'const X: any = { at: D }; Reflect.set(X, "at", T);', "X.at"),
  write("a computed member", 'const X: any = { at: D }; X[["a", "t"].join("")] = T;', "X.at"),
  write("a getter", "const X: any = { get at() { return T; } };", "X.at"),
  write("a prototype", "const X: any = { __proto__: { at: T } };", "X.at"),
  write("a spread object on top", "const X: any = { at: D, ...{ at: T } };", "X.at"),
  write(
    "a method that changes its object",
    "const X: any = { at: D, set() { this.at = T; } }; X.set();",
    "X.at",
  ),
  write(
    "a changed field",
    "class X { at: any = D; set() { this.at = T; } } const Xo = new X(); Xo.set();",
    "Xo.at",
  ),
  write("a field changed from outside", "class X { at: any = D; } const Xo = new X(); Xo.at = T;", "Xo.at"),
  write("a changed static field", "class X { static at: any = D; } X.at = T;", "X.at"),
  write(
    "a changed private field",
    "class X { #at: any = D; set() { this.#at = T; return this.#at; } }",
    "new X().set()",
  ),
  write(
    "an overridden field",
    "class Xa { at: any = D; get() { return this.at; } } class X extends Xa { at: any = T; }",
    "new X().get()",
  ),
  write("a changed enumeration", "enum X { at = D } (X as any).at = T;", "(X as any).at"),
  write(
    "a changed URL",
    "const X: any = Math.random() < 2 ? { u: D } : { u: D }; const Xu = ((o) => { o.u = T; return o.u; })(X);",
    "Xu",
  ),
];
