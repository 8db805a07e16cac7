/** How the code of a scope is written. `ts` and `js` are ES modules. */
export type Language = "ts" | "js" | "cjs";

/** What a source must give: a global or a module, and the members below it; or a value of the plugin's own. */
export type Target =
  | { readonly kind: "global"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "module"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "own"; readonly name: string };

/** Statements of one piece of code, in the making. */
export interface Scope {
  readonly language: Language;
  /** Whether `await` may stand here. */
  readonly canAwait: boolean;
  /** Whether it is the body of `call`, where `input` is in view. */
  readonly isCall: boolean;
  /** A new name. */
  readonly name: () => string;
  readonly add: (statement: string) => void;
  /** A line at the top of the file: an import, or what must stand outside a function. */
  readonly addTop: (line: string) => void;
  readonly addFile: (path: string, text: string) => void;
}

/** A way to obtain a capability. */
export interface Source {
  readonly name: string;
  readonly kind: Target["kind"];
  readonly languages?: readonly Language[];
  readonly awaits?: true;
  /** Only these targets; every one of the kind unless given. */
  readonly only?: readonly string[];
  /** An expression that is the root named `target` (a global or a module), or one that is the own value. */
  readonly make: (target: string, scope: Scope) => string;
}

/** A way to carry a value: gives another expression of the same value. */
export interface Transport {
  readonly name: string;
  readonly languages?: readonly Language[];
  readonly awaits?: true;
  readonly make: (value: string, scope: Scope) => string;
}

/** A way to use a capability. */
export interface Sink {
  readonly name: string;
  readonly target: Target;
  /** An expression that uses `api`; it is awaited. */
  readonly make: (api: string, scope: Scope, resource: Resource) => string;
  readonly resource?: string;
  /** The sink's own way in, where it needs no source. */
  readonly sourceless?: true;
}

/** An expression of the constant string `text`. */
export type Resource = (text: string) => string;
