import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { analyze, emit } from "../compiler/index.ts";
import { nearestPlugin } from "../compiler/load/plugin-file.ts";
import {
  byLine,
  callNode,
  createLog,
  flushLog,
  type LoadedPlugin,
  loadPlugin,
  type RunningServer,
  startServer,
} from "../runtime/index.ts";
import type { NodeClass, TestOptions } from "./plugins.ts";
import { NodeProblem } from "./problem.ts";

/** Compiles, serves and calls; see `testNode`. */
export async function callForTest(
  node: NodeClass | string,
  inputs: Readonly<Record<string, unknown>>,
  options: TestOptions,
): Promise<unknown> {
  const root = rootOf(options.plugin);
  const plugin = await compiled(root);
  const name = nameOf(node, plugin);
  const service = serve(plugin, options);
  service.calls += 1;
  clearTimeout(service.idle);
  try {
    const { url } = await service.server;
    const requestId = randomUUID();
    const answer = await callNode({ url, node: name, inputs, requestId });
    if (answer.status === "success") return answer.outputs;
    const { http: status, code, message, details } = answer;
    throw new NodeProblem({ code, status, details, message }, service.stackOf(requestId));
  } finally {
    service.calls -= 1;
    // The next test mostly follows at once; without one, nothing may keep the process.
    if (service.calls === 0) service.idle = setTimeout(() => void service.close(), idleMs);
  }
}

/** How long a server is kept for the next call, ms. */
const idleMs = 50;

/** The nearest folder with a plugin.yaml, at or above the place given. */
function rootOf(place: string | URL | undefined): string {
  const start = resolve(place instanceof URL ? fileURLToPath(place) : (place ?? "."));
  const isFolder = statSync(start, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const found = nearestPlugin(isFolder ? start : dirname(start));
  if (found !== null) return found;
  throw new Error(
    `${start} is in no plugin: there is no plugin.yaml there or above; name one with \`plugin\``,
  );
}

const plugins = new Map<string, Promise<LoadedPlugin>>();

function compiled(root: string): Promise<LoadedPlugin> {
  const known = plugins.get(root) ?? compile(root);
  plugins.set(root, known);
  return known;
}

async function compile(root: string): Promise<LoadedPlugin> {
  const analysis = await analyze(root);
  if (analysis.manifest === null) {
    const errors = analysis.diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ file, span, code, message }) => {
        const at = span === null ? "" : `:${span.start.line}:${span.start.column}`;
        return `  ${file}${at} ${code} ${message}`;
      });
    throw new Error([`the plugin in ${root} does not compile; see \`noxus validate\``, ...errors].join("\n"));
  }
  const folder = mkdtempSync(join(tmpdir(), "noxus-test-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await emit(analysis, folder, { image: false });
  return loadPlugin(join(folder, "manifest.json"));
}

/** The name under which a class, or a name, is served. */
function nameOf(node: NodeClass | string, { manifest }: LoadedPlugin): string {
  const key = typeof node === "string" ? node : node.name;
  const found = manifest.nodes.filter(
    (entry) => entry.class === key || (typeof node === "string" && entry.name === key),
  );
  const [first, second] = found;
  const names = manifest.nodes.map(({ name }) => name).join(", ");
  if (first === undefined) throw new Error(`${manifest.name} serves no node \`${key}\`; it serves ${names}`);
  if (second !== undefined)
    throw new Error(`several nodes are of a class \`${key}\`; use one of the names ${names}`);
  return first.name;
}

interface Service {
  readonly server: Promise<RunningServer>;
  calls: number;
  idle: NodeJS.Timeout | undefined;
  /** What the node's error said of its place. */
  stackOf(requestId: string): string | null;
  close(): Promise<void>;
}

const services = new Map<string, Service>();

/** One server for calls that ask for the same surroundings. */
function serve(plugin: LoadedPlugin, { config, env, timeoutMs }: TestOptions): Service {
  const key = JSON.stringify([plugin.manifestPath, config, env, timeoutMs]);
  const known = services.get(key);
  if (known !== undefined) return known;
  const stacks = new Map<string, string>();
  const log = createLog(byLine((line) => take(JSON.parse(line) as Entry, stacks)));
  const server = startServer({
    plugin,
    log,
    env: env ?? process.env,
    drainMs: 0,
    ...(config === undefined ? {} : { config }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const service: Service = {
    server,
    calls: 0,
    idle: undefined,
    stackOf(requestId) {
      flushLog(log);
      return stacks.get(requestId) ?? null;
    },
    async close() {
      services.delete(key);
      // One that did not start has told so to its callers.
      await server.then((running) => running.close()).catch(() => {});
    },
  };
  services.set(key, service);
  return service;
}

type Entry = Readonly<Record<string, unknown>>;

function take(entry: Entry, stacks: Map<string, string>): void {
  const { source, msg, stack, request_id: id } = entry;
  if (source === "stdout") process.stdout.write(`${msg}\n`);
  else if (source === "stderr") process.stderr.write(`${msg}\n`);
  else if (typeof stack === "string" && typeof id === "string") stacks.set(id, stack);
}
