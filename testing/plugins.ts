/**
 * `noxus/plugins` as Node loads it in a plugin's tests: the SDK, and what tests need. What ships holds the SDK alone.
 */
import type { NodeProblem } from "./problem.ts";

export * from "../runtime/sdk/index.ts";
export type { NodeProblem };

/** A node's class, by what its `call` returns. */
export type NodeClass<Result = unknown> = abstract new (
  ...args: never[]
) => { call(...inputs: never[]): Result };

export interface TestOptions {
  /** A folder or file of the plugin; default: the current folder, or the nearest one above with a plugin.yaml. */
  readonly plugin?: string | URL;
  /** Values for plugin.yaml's `configuration`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Where variables come from; default `process.env`. The node sees the declared ones only. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Less time than the node has, in ms. */
  readonly timeoutMs?: number;
}

/**
 * Runs a node as it will be served: the plugin is compiled, and the call goes through the same validation, limits and
 * containment, in a process of its own. Resolves to the result; rejects with a {@link NodeProblem} that has the code a
 * caller would get, or with an error that lists what keeps the plugin from being compiled.
 *
 * Sources are compiled once per process. What the node prints is printed.
 */
export async function testNode<Result>(
  node: NodeClass<Result>,
  inputs?: Readonly<Record<string, unknown>>,
  options?: TestOptions,
): Promise<Awaited<Result>>;
/** The same by the node's name in the URL. */
export async function testNode(
  node: string,
  inputs?: Readonly<Record<string, unknown>>,
  options?: TestOptions,
): Promise<unknown>;
export async function testNode(
  node: NodeClass | string,
  inputs: Readonly<Record<string, unknown>> = {},
  options: TestOptions = {},
): Promise<unknown> {
  // Only now: the compiler is large, and a plugin's module loads this file for its classes.
  const { callForTest } = await import("./call.ts");
  return callForTest(node, inputs, options);
}
