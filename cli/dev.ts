import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Writable } from "node:stream";
import type { Analysis } from "../compiler/types.ts";
import type { LoadedPlugin, RunningServer } from "../runtime/index.ts";
import type { CliContext } from "./command.ts";
import type { Compiled, Compiler } from "./compiler.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { shortPath } from "./paths.ts";
import { pretty, problems, verdict } from "./reporters/pretty.ts";
import { countOf, exitCodeOf } from "./reporters/report.ts";
import { clock, requestLog } from "./request-log.ts";
import { temporaryFolder } from "./temporary.ts";
import { paintFor, readTerminal } from "./terminal.ts";
import { count, duration, visible } from "./text.ts";
import { tool } from "./version.ts";
import { isSetting, watchPlugin } from "./watch.ts";

/** Time for an editor to write all its files, in ms. */
const settleTime = 60;
/** Ports tried after the one asked for. */
const furtherPorts = 20;

export interface DevOptions {
  readonly root: string;
  readonly port: number;
  readonly isPortStrict: boolean;
  readonly compiler: Compiler;
  readonly context: CliContext;
}

export interface DevSession {
  /** Compiles and starts the plugin again although nothing changed. */
  reload(): void;
  /** The first lines, once more; empty while nothing is served. */
  banner(): string;
  /** Rejects with what makes it pointless to go on: a bug, or a system that cannot watch files. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

interface Served {
  readonly digest: string;
  /** Local time. */
  readonly at: string;
}

/**
 * Serves a plugin and swaps it on every edit; while an edit is broken the last good version stays. Gives an exit code
 * instead of a session where there is no readable plugin.yaml to wait for.
 */
export async function startDev(options: DevOptions): Promise<DevSession | ExitCode> {
  const { root, compiler, context } = options;
  const terminal = readTerminal(context.stdout, context.env);
  const paint = paintFor(terminal);
  const print = (text: string) => context.stdout.write(`${text}\n`);
  const say = (text: string) => print(`${paint.dim(clock(new Date()))}  ${text}`);
  const log = requestLog(print, paint);
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Whoever is interested races against it; without this, a failure before that would be an unhandled rejection.
  failed.catch(() => {});

  const builds = temporaryFolder();
  const folders: string[] = [];
  let buildCount = 0;
  let server: RunningServer | null = null;
  let served: Served | null = null;
  let shownBanner = "";
  let sources: ReadonlySet<string> = new Set();
  /** A good analysis stands and no other is being made: its sources are all that matters. */
  let isSettled = false;
  let isBroken = false;
  let isAskedFor = false;
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let work: Promise<unknown> = Promise.resolve();

  const watcher = await watchPlugin(
    root,
    (path, isEdit) => {
      // An edit of a file that a good analysis did not read changes nothing; a new file may shadow another.
      if (isEdit && isSettled && !sources.has(path) && !isSetting(path)) return;
      changed.add(path);
      clearTimeout(timer);
      timer = setTimeout(schedule, settleTime);
    },
    (error) =>
      fail(new UsageError(`cannot watch \`${root}\`: ${error instanceof Error ? error.message : error}`)),
  );

  function schedule(): void {
    work = work.then(compileChanges).catch((error: unknown) => fail(error));
  }

  function reload(): void {
    isAskedFor = true;
    schedule();
  }

  /** A compile that ran meanwhile may have taken the changes along already. */
  async function compileChanges(): Promise<void> {
    if (isAskedFor || changed.size > 0) await compileOnce();
  }

  async function compileOnce(): Promise<Compiled> {
    const begin = performance.now();
    const isForced = isAskedFor;
    const reason = isForced ? "asked for" : describeChange([...changed], root);
    isAskedFor = false;
    changed.clear();
    const wasBroken = isBroken;
    isSettled = false;
    const compiled = await compiler.analyze(root);
    const { analysis } = compiled;
    sources = new Set(analysis.sources.map(({ path }) => join(root, path)));
    isBroken = analysis.manifest === null;
    isSettled = !isBroken;
    if (analysis.manifest === null && isHopeless(compiled)) {
      print(pretty({ tool, base: context.cwd, plugins: [compiled], ms: compiled.ms }, terminal).trimEnd());
      return compiled;
    }
    if (analysis.manifest === null) {
      const state = served === null ? "nothing is served yet" : `still serving the version of ${served.at}`;
      const found = problems(countOf(compiled, "error"), countOf(compiled, "warning"));
      say(`${reason}: ${paint.error(found)}, ${state}`);
      print(findings(compiled));
      return compiled;
    }
    if (analysis.manifest.digest === served?.digest && !isForced) {
      if (wasBroken) say(`${reason}: good again, serving the version of ${served.at}`);
      return compiled;
    }
    const folder = join(builds.path, String(++buildCount));
    await compiler.emit(root, folder, { image: false });
    const isFirst = server === null;
    try {
      await serve(folder);
    } catch (error) {
      const { StartError } = await import("../runtime/index.ts");
      if (!(error instanceof StartError) || error.code === "port_in_use") throw error;
      isBroken = true;
      isSettled = false;
      const state = served === null ? "nothing is served yet" : `still serving the version of ${served.at}`;
      say(`${reason}: ${paint.error("the plugin could not be started")}, ${state}`);
      print(`  ${visible(error.message)}`);
      return compiled;
    }
    served = { digest: analysis.manifest.digest, at: clock(new Date()) };
    // The version before may still answer calls in flight; the one before that is done with.
    folders.push(folder);
    const stale = folders.length > 2 ? folders.shift() : undefined;
    if (stale !== undefined) await rm(stale, { recursive: true, force: true });
    const took = duration(performance.now() - begin);
    if (isFirst) {
      shownBanner = bannerFor(analysis, took);
      print(shownBanner);
    } else say(`${reason}: reloaded in ${took}`);
    if (analysis.diagnostics.length > 0) print(findings(compiled));
    return compiled;
  }

  /** Nothing is served and there is no plugin.yaml to wait for. */
  function isHopeless(compiled: Compiled): boolean {
    return served === null && exitCodeOf([compiled]) === exit.usage;
  }

  async function serve(folder: string): Promise<void> {
    const { loadPlugin } = await import("../runtime/index.ts");
    const plugin = await loadPlugin(join(folder, "manifest.json"));
    if (server === null) server = await listen(plugin, options, log);
    else await server.swap(plugin);
  }

  function bannerFor(analysis: Analysis, took: string): string {
    const name = visible(`${analysis.name} ${analysis.version}`);
    return [
      `noxus ${tool.version}   ${paint.bold(name)}   ready in ${took}`,
      `local     ${paint.help(server?.url ?? "")}`,
      ...analysis.nodes.map(
        (node, index) => `${index === 0 ? "run " : "    "}      POST /${visible(node.name)}/run`,
      ),
      `also      GET /{node}/manifest  /health  /manifest`,
      ...(terminal.isInteractive ? [`keys      ${keyHelp}`] : []),
    ].join("\n");
  }

  function findings(compiled: Compiled): string {
    const report = { tool, base: context.cwd, plugins: [compiled], ms: compiled.ms };
    // The line above has said what the last line of the report says.
    const text = pretty(report, terminal).trimEnd();
    const last = verdict(compiled, terminal);
    return text.endsWith(last) ? text.slice(0, -last.length).trimEnd() : text;
  }

  const close = async () => {
    clearTimeout(timer);
    await watcher.close();
    await server?.close();
    builds.remove();
  };

  try {
    const compiling = compileOnce();
    work = compiling.catch(() => {});
    const first = await compiling;
    if (!isHopeless(first)) return { reload, banner: () => shownBanner, failed, close };
    await close();
    return exit.usage;
  } catch (error) {
    await close();
    throw error;
  }
}

/** A person who pressed Ctrl-C does not wait for calls to finish as a deployment would. Milliseconds. */
const drainMs = 1000;

export const keyHelp = "r reload   c clear   h help   q quit";

/** Listens on the port asked for, or on the next free one unless that is forbidden. */
async function listen(plugin: LoadedPlugin, options: DevOptions, log: Writable): Promise<RunningServer> {
  const { startServer, StartError } = await import("../runtime/index.ts");
  const { context, port } = options;
  for (let next = port; ; next++) {
    try {
      const server = await startServer({
        plugin,
        port: next,
        host: "127.0.0.1",
        env: context.env,
        log,
        drainMs,
      });
      if (next !== port) context.stderr.write(`note: port ${port} is in use, taking ${next}\n`);
      return server;
    } catch (error) {
      if (!(error instanceof StartError) || error.code !== "port_in_use") throw error;
      const isLast = options.isPortStrict || next >= Math.min(65535, port + furtherPorts);
      if (isLast) throw new UsageError(error.message, "choose another with --port");
    }
  }
}

/** What led to a compile; nothing did to the first. */
function describeChange(paths: readonly string[], root: string): string {
  const [first, ...more] = paths;
  if (first === undefined) return "first compile";
  const name = visible(shortPath(root, first));
  return more.length === 0 ? `${name} changed` : `${name} and ${count(more.length, "more file")} changed`;
}
