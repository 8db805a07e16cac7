/** What a stream can show. Made here only: nothing else reads TTY, colour, width or CI settings. */
export interface Terminal {
  readonly hasColor: boolean;
  readonly hasUnicode: boolean;
  /** A person is looking: lines may be rewritten and keys read. Never in CI, nor in a pipe. */
  readonly isInteractive: boolean;
  /** Columns. */
  readonly width: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function readTerminal(stream: object, env: Environment): Terminal {
  const isTty = "isTTY" in stream && stream.isTTY === true;
  const columns = isTty && "columns" in stream && typeof stream.columns === "number" ? stream.columns : 100;
  const isDumb = env.TERM === "dumb";
  return {
    hasColor: hasColor(isTty && !isDumb, env),
    hasUnicode: hasUnicode(env),
    isInteractive: isTty && !isDumb && !isCi(env),
    width: Math.min(120, Math.max(60, columns)),
  };
}

/** The report format that fits where noxus runs, when none was asked for. */
export function defaultFormat(env: Environment): "github" | "pretty" {
  return env.GITHUB_ACTIONS === "true" ? "github" : "pretty";
}

/** The folder that annotations are relative to: the checkout in GitHub Actions, else none. */
export function workspaceFolder(env: Environment): string | null {
  return env.GITHUB_ACTIONS === "true" ? env.GITHUB_WORKSPACE || null : null;
}

/** FORCE_COLOR wins over NO_COLOR, as in Node itself; an empty NO_COLOR means nothing (no-color.org). */
function hasColor(canShow: boolean, env: Environment): boolean {
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== "0" && force !== "false";
  return canShow && !env.NO_COLOR;
}

/** POSIX: the first of these variables that is set and not empty decides the character set. */
function hasUnicode(env: Environment): boolean {
  if (process.platform === "win32") return true;
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || "");
}

/** Whether nobody is there to be asked: `CI` is set, as every CI service does. */
export function isCi(env: Environment): boolean {
  return Boolean(env.CI) && env.CI !== "false";
}

/** Colours a piece of text; the sixteen theme colours only, so that they fit the user's terminal. */
export interface Paint {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly good: (text: string) => string;
  readonly help: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

export function paintFor(terminal: Terminal): Paint {
  const style = (codes: string) => (text: string) =>
    terminal.hasColor && text !== "" ? `\u001b[${codes}m${text}\u001b[0m` : text;
  return {
    error: style("1;31"),
    warning: style("1;33"),
    good: style("32"),
    help: style("36"),
    dim: style("2"),
    bold: style("1"),
  };
}

/** Shapes that say the state before the colour does; words where the terminal has no such characters. */
export interface Glyphs {
  readonly good: string;
  readonly bad: string;
  readonly warning: string;
  readonly ellipsis: string;
}

export function glyphsFor(terminal: Terminal): Glyphs {
  return terminal.hasUnicode
    ? { good: "✓", bad: "✗", warning: "▲", ellipsis: "…" }
    : { good: "ok", bad: "error", warning: "warn", ellipsis: "..." };
}
