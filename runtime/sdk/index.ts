/**
 * What plugin authors import as `noxus/plugins`.
 *
 * The compiler reads subclasses of these classes from their source and never runs them; at run time a runner
 * process makes one instance of the plugin. This file is bundled into every plugin, so it imports nothing.
 */

/** One invocation's surroundings, passed to a `call` whose last parameter is typed `Context`. */
export interface Context<Config = Readonly<Record<string, unknown>>> {
  /** Identifies the request in logs, in the `x-request-id` header and in error bodies. */
  readonly requestId: string;
  /** W3C Trace Context of the request, passed on or newly made. */
  readonly traceparent: string;
  /** URL name of the running node. */
  readonly node: string;
  readonly plugin: { readonly name: string; readonly version: string };
  /** Values of plugin.yaml's `configuration`, validated, with defaults filled in. */
  readonly config: Config;
  /** Aborts when the caller hangs up. There is no warning before the deadline: the runner is killed then. */
  readonly signal: AbortSignal;
  /** Structured log lines, tied to this request by the server. */
  readonly log: Logger;
}

/** Each line carries the request's id; `fields` must be JSON values. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * One callable unit of a plugin. A subclass has a `call` method: each parameter is an input by name, the returned
 * object (or the object promised) is the output. `call` is not declared here, because every node has its own
 * parameters.
 */
export abstract class Node {
  /** Name in the URL; kebab case of the class name without a trailing `Node` unless given. Must be a literal. */
  declare readonly name?: string;
  /** Human-readable title. Must be a literal. */
  declare readonly title?: string;
  /** Overrides the class's JSDoc. Must be a literal. */
  declare readonly description?: string;
  /** Per call, such as `"5s"`; may only lower the plugin's timeout. Must be a literal. */
  declare readonly timeout?: string;
}

/** The class that plugin.yaml's `entrypoint` names. */
export abstract class Plugin<Config extends object = Readonly<Record<string, unknown>>> {
  /** The nodes served. Must be readable without running it: `new` expressions, constants and spreads of these. */
  abstract nodes(): readonly Node[];

  /** Receives the validated configuration before {@link activate}. */
  setData(_config: Config): void | Promise<void> {}

  /** Runs once before the first call. */
  activate(): void | Promise<void> {}

  /** Runs once on shutdown. */
  deactivate(): void | Promise<void> {}
}
