import { basename } from "node:path";
import type { CliContext } from "./command.ts";
import type { Compiled, Compiler } from "./compiler.ts";
import { startProgress } from "./progress.ts";

export interface Analyzed {
  readonly plugins: readonly Compiled[];
  /** Milliseconds for all of them. */
  readonly ms: number;
}

/** Analyses plugins one after the other with a compiler that the caller closes; progress goes to stderr. */
export async function analyzeAll(
  roots: readonly string[],
  compiler: Compiler,
  context: CliContext,
): Promise<Analyzed> {
  const begin = performance.now();
  const plugins: Compiled[] = [];
  const progress = startProgress(context);
  try {
    for (const root of roots) {
      progress.show(`checking ${basename(root)}`);
      plugins.push(await compiler.analyze(root));
    }
  } finally {
    progress.end();
  }
  return { plugins, ms: performance.now() - begin };
}

/** Runs `use` with a compiler of its own and closes it afterwards, whatever happens. */
export async function withCompiler<T>(
  context: CliContext,
  use: (compiler: Compiler) => Promise<T>,
): Promise<T> {
  const compiler = context.openCompiler();
  try {
    return await use(compiler);
  } finally {
    await compiler.close();
  }
}
