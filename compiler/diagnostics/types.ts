import type { Code } from "./codes.ts";

/** 1-based line and column, 0-based offset, all in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export interface Span {
  readonly start: Position;
  readonly end: Position;
}

/** A place in a file; `file` is relative to the plugin's root, POSIX. */
export interface Place {
  readonly file: string;
  readonly span: Span | null;
}

export interface Related extends Place {
  readonly message: string;
}

export interface CallStep extends Place {
  readonly name: string;
}

export interface Edit {
  readonly file: string;
  /** Offsets into the file's text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Fix {
  readonly title: string;
  /** `safe` repairs; `grant` adds a permission and is applied only on request. */
  readonly kind: "safe" | "grant";
  readonly edits: readonly Edit[];
}

export type Severity = "error" | "warning" | "info";

/** One finding, as data. Renderings (terminal, JSON, annotations) are made from it elsewhere. */
export interface Diagnostic extends Place {
  readonly code: Code;
  /** The code's short name, such as `unknown-key`. */
  readonly name: string;
  readonly severity: Severity;
  /** What is wrong: lower case, no final stop, names in backticks. */
  readonly message: string;
  /** Said under the carets. */
  readonly label: string | null;
  /** Why it is so. */
  readonly note: string | null;
  /** What to do. */
  readonly help: string | null;
  /** The permission that is missing, or that is declared and should not be; canonical. Null for other findings. */
  readonly permission: string | null;
  readonly related: readonly Related[];
  /** From a node's `call`, or from import time, to the API. Empty when there is none. */
  readonly callPath: readonly CallStep[];
  readonly fix: Fix | null;
  /** Source lines of the span with at most one line before it, for code frames; filled in by `analyze`. */
  readonly frame: readonly FrameLine[];
}

export interface FrameLine {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}
