import { setTimeout as wait } from "node:timers/promises";
import type { Analysis } from "../../compiler/types.ts";
import type { CancelFlag } from "../compile-worker.ts";
import type { Compiler } from "../compiler.ts";

/** Time for a burst of keystrokes to end, in ms. */
const settleTime = 20;

/** The analysis of one plugin and the texts that it saw in place of what is written. */
export interface Checked {
  readonly analysis: Analysis;
  readonly unsaved: ReadonlyMap<string, string>;
}

export interface Checks {
  /** Something about the plugin in `root` changed: what is being found out about it counts no more. */
  changed(root: string): void;
  /** What holds for the texts as they are; waits for the analysis if there is none. Null for a plugin that was left. */
  current(root: string): Promise<Checked | null>;
  /** The last analysis that came as far as the code, whether or not it still holds. */
  last(root: string): Checked | null;
  /** Nothing is wanted of this plugin any more. */
  leave(root: string): void;
}

export interface ChecksOptions {
  readonly compiler: Compiler;
  /** The unsaved texts of a plugin, by real absolute path. */
  texts(root: string): ReadonlyMap<string, string>;
  /** Told of every analysis that holds when it is there, and of no other. */
  done(root: string, checked: Checked): void;
  failed(root: string, error: unknown): void;
}

interface Watched {
  /** Counts changes: an analysis holds when no other came after it began. */
  change: number;
  running: { readonly change: number; readonly cancelled: CancelFlag } | null;
  checked: Checked | null;
  complete: Checked | null;
  waiting: ((checked: Checked | null) => void)[];
}

/** Keeps one analysis per plugin in step with its texts. An analysis that was overtaken is cancelled and never told. */
export function startChecks(options: ChecksOptions): Checks {
  const plugins = new Map<string, Watched>();

  function changed(root: string): void {
    const plugin = plugins.get(root) ?? {
      change: 0,
      running: null,
      checked: null,
      complete: null,
      waiting: [],
    };
    plugins.set(root, plugin);
    plugin.change += 1;
    plugin.checked = null;
    if (plugin.running === null) void run(root, plugin);
    else Atomics.store(plugin.running.cancelled, 0, 1);
  }

  async function run(root: string, plugin: Watched): Promise<void> {
    const isWanted = () => plugins.get(root) === plugin;
    while (isWanted() && plugin.checked === null) {
      const { change } = plugin;
      const cancelled = new Uint8Array(new SharedArrayBuffer(1));
      plugin.running = { change, cancelled };
      await wait(settleTime);
      if (plugin.change !== change) continue;
      const unsaved = options.texts(root);
      try {
        const analysis = await options.compiler.check(root, unsaved, cancelled);
        if (analysis === null || plugin.change !== change || !isWanted()) continue;
        tell(root, plugin, { analysis, unsaved });
      } catch (error) {
        plugin.running = null;
        release(plugin, null);
        options.failed(root, error);
        return;
      }
    }
    plugin.running = null;
  }

  function tell(root: string, plugin: Watched, checked: Checked): void {
    plugin.checked = checked;
    if (checked.analysis.sources.length > 0 || plugin.complete === null) plugin.complete = checked;
    options.done(root, checked);
    release(plugin, checked);
  }

  return {
    changed,
    async current(root) {
      const plugin = plugins.get(root);
      if (plugin === undefined || (plugin.checked === null && plugin.running === null)) return null;
      return plugin.checked ?? new Promise((resolve) => plugin.waiting.push(resolve));
    },
    last: (root) => plugins.get(root)?.complete ?? null,
    leave(root) {
      const plugin = plugins.get(root);
      if (plugin === undefined) return;
      plugins.delete(root);
      if (plugin.running !== null) Atomics.store(plugin.running.cancelled, 0, 1);
      release(plugin, null);
    },
  };
}

function release(plugin: Watched, checked: Checked | null): void {
  for (const resolve of plugin.waiting.splice(0)) resolve(checked);
}
