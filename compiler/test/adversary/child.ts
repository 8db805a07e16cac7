/**
 * Runs bundles, one after another, in a Node whose lowest JavaScript layer is instrumented, and writes what each one
 * reached as a line of JSON to descriptor 3. Started by `oracle.ts` with `--expose-internals`, in a folder that holds
 * the sentinel file. Arguments: paths of bundles.
 *
 * The hooks sit on the bindings between Node's own JavaScript and its C++ side, below every public API, so they know
 * nothing of the table that the analysis decides by.
 */
import { existsSync, writeSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { posix } from "node:path";
import { pathToFileURL } from "node:url";
import type { Observation } from "./oracle.ts";
import { sentinel } from "./sinks.ts";
import { markFolder } from "./strace.ts";

type Hooked = Record<string, unknown>;
type AnyFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

const load = createRequire(import.meta.url);
const internals: { readonly internalBinding: (name: string) => Hooked } = load("internal/test/binding");
// Loading it runs a script of Node's own, which a case that imports it and nothing more has not made.
load("node:repl");
const folder = process.cwd();
const now = setImmediate;
const later = setTimeout;
const bundles = process.argv.slice(2);

/** Longest a case may take, ms. */
const caseLimit = 1_500;

/** What every case is called with; `key` is what a client of bad will would choose. */
const input = {
  key: "constructor",
  text: "Some text: 42 words, ada@site.example.",
  items: ["b", "a", "c"],
  count: 3,
};

let current: Observation[] | null = null;
let currentFolder = "";

function observe(kind: Observation["kind"], resource: string | null): void {
  if (current === null) return;
  if (!current.some((entry) => entry.kind === kind && entry.resource === resource))
    current.push({ kind, resource });
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}

/** Calls `before` with the arguments; where that gives a value, it is the result and nothing happens. */
function hook(
  owner: Hooked,
  name: string,
  before: (args: readonly unknown[], self: unknown) => unknown,
): void {
  const original = owner[name];
  if (!isFunction(original)) return;
  owner[name] = new Proxy(original, {
    apply(target, self, args: unknown[]) {
      const answer = before(args, self);
      return answer === undefined ? Reflect.apply(target, self, args) : answer;
    },
    construct(target, args: unknown[], newTarget) {
      before(args, null);
      return Reflect.construct(target, args, newTarget);
    },
  });
}

function prototypeOf(binding: string, name: string): Hooked {
  const owner = internals.internalBinding(binding)[name];
  return isFunction(owner) ? (owner.prototype as Hooked) : {};
}

/** A path as the analysis would write it; null for what only loads the cases themselves. */
function pathOf(value: unknown): string | null {
  const text =
    typeof value === "string" ? value : value instanceof Uint8Array ? Buffer.from(value).toString() : null;
  if (text === null) return null;
  const whole = posix.resolve(folder, text);
  if (whole.startsWith(currentFolder) || currentFolder.startsWith(`${whole}/`)) return null;
  if (whole === folder) return ".";
  return whole.startsWith(`${folder}/`) ? `./${whole.slice(folder.length + 1)}` : whole;
}

/** Truncating and removing look at the file on the way, and hand on nothing of what they see. */
function isOnTheWay(): boolean {
  return /\bat (?:\w+\.)?(?:f?truncate|rm|rimraf)/.test(new Error("where").stack ?? "");
}

function files(): void {
  const binding = internals.internalBinding("fs");
  const read =
    (...indexes: readonly number[]) =>
    (args: readonly unknown[]): undefined => {
      for (const index of indexes) {
        const path = pathOf(args[index]);
        if (path !== null && !isOnTheWay()) observe("fs:read", path);
      }
    };
  const write =
    (...indexes: readonly number[]) =>
    (args: readonly unknown[]): undefined => {
      for (const index of indexes) {
        const path = pathOf(args[index]);
        if (path !== null) observe("fs:write", path);
      }
    };
  const open = (args: readonly unknown[]): undefined => {
    const path = pathOf(args[0]);
    const flags = typeof args[1] === "number" ? args[1] : 0;
    if (path === null) return;
    // O_WRONLY is 1, O_RDWR is 2.
    if ((flags & 3) !== 1 && !isOnTheWay()) observe("fs:read", path);
    if ((flags & 3) !== 0 || (flags & ~3 & 0o1100) !== 0) observe("fs:write", path);
  };
  for (const name of ["open", "openFileHandle"]) hook(binding, name, open);
  for (const name of "access existsSync readFileUtf8 readdir stat lstat statfs readlink realpath getFormatOfExtensionlessFile".split(
    " ",
  ))
    hook(binding, name, read(0));
  for (const name of "rmdir rmSync mkdir unlink chmod chown lchown utimes lutimes mkdtemp".split(" "))
    hook(binding, name, write(0));
  hook(binding, "writeFileUtf8", (args) => (typeof args[0] === "string" ? write(0)(args) : undefined));
  for (const name of ["rename", "link", "symlink"]) hook(binding, name, write(0, 1));
  for (const name of ["copyFile", "cpSyncCheckPaths", "cpSyncCopyDir"]) {
    hook(binding, name, (args) => {
      read(0)(args);
      write(1)(args);
    });
  }
  for (const name of ["opendir", "opendirSync"]) hook(internals.internalBinding("fs_dir"), name, read(0));
  hook(prototypeOf("fs_event_wrap", "FSEvent"), "start", read(0));
  hook(prototypeOf("fs", "StatWatcher"), "start", read(0));
  hook(internals.internalBinding("blob"), "createBlobFromFilePath", read(0));
  const sqlite = load("node:sqlite") as Hooked;
  hook(sqlite, "DatabaseSync", (args) => {
    write(0)(args);
    read(0)(args);
  });
}

/** Error numbers of the system: connection refused, no such file. */
const refused = -111;
const missing = -2;

function network(): void {
  // Each host gets a loopback address of its own, so that a connection tells which host was meant.
  const hosts = new Map<string, string>();
  const nameOf = (address: unknown): string => hosts.get(String(address)) ?? String(address);
  const look = (args: readonly unknown[]): number => {
    const [request, host] = args as readonly [{ oncomplete: (error: null, list: string[]) => void }, string];
    observe("network", String(host));
    const address = `127.1.${hosts.size >> 8}.${(hosts.size & 255) + 1}`;
    hosts.set(address, host);
    now(() => request.oncomplete(null, [address]));
    return 0;
  };
  const cares = internals.internalBinding("cares_wrap");
  hook(cares, "getaddrinfo", look);
  hook(cares, "getnameinfo", (args) => {
    observe("network", String(args[1]));
    return refused;
  });
  const channel = prototypeOf("cares_wrap", "ChannelWrap");
  for (const name of Object.getOwnPropertyNames(channel)) {
    if (!/^(?:query|getHostBy)/.test(name)) continue;
    hook(channel, name, (args) => {
      observe("network", String(args[1]));
      return refused;
    });
  }
  const connect = (args: readonly unknown[]): number => {
    observe("network", `${nameOf(args[1])}:${String(args[2])}`);
    return refused;
  };
  const tcp = prototypeOf("tcp_wrap", "TCP");
  hook(tcp, "connect", connect);
  hook(tcp, "connect6", connect);
  const pipe = prototypeOf("pipe_wrap", "Pipe");
  hook(pipe, "connect", (args) => {
    observe("network", String(args[1]));
    return refused;
  });
  const udp = prototypeOf("udp_wrap", "UDP");
  const send = (args: readonly unknown[]): number => {
    observe("network", `${nameOf(args[4])}:${String(args[3])}`);
    return refused;
  };
  for (const name of ["send", "send6", "connect", "connect6"]) hook(udp, name, send);
  for (const owner of [tcp, pipe]) {
    hook(owner, "listen", () => {
      observe("network", null);
    });
  }
  // A socket on a descriptor is somebody else's connection.
  hook(pipe, "open", (args) => (Number(args[0]) > 3 ? observe("network", null) : undefined));
}

/** Whether Node's own code asks, and not the bundle. */
function isFromNode(): boolean {
  const old = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, sites) => sites;
  const sites = new Error("where").stack as unknown as readonly NodeJS.CallSite[];
  Error.prepareStackTrace = old;
  for (const site of sites) {
    const file = site.getFileName();
    if (file === null || file === undefined || file === import.meta.url || file === import.meta.filename)
      continue;
    return file.startsWith("node:");
  }
  return false;
}

function environment(): void {
  const original = process.env;
  const see = (name: string | symbol | null): void => {
    if (current === null || typeof name === "symbol" || isFromNode()) return;
    observe("env", name);
  };
  const proxy = new Proxy(original, {
    get(target, name) {
      see(name);
      return Reflect.get(target, name);
    },
    has(target, name) {
      see(name);
      return Reflect.has(target, name);
    },
    ownKeys(target) {
      see(null);
      return Reflect.ownKeys(target);
    },
    getOwnPropertyDescriptor(target, name) {
      see(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
  });
  Object.defineProperty(process, "env", {
    value: proxy,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function programs(): void {
  /** Node's versions pass one object of options, or the file and its arguments. */
  const spawn = (given: readonly unknown[]): number | undefined => {
    const [first] = given;
    const options = typeof first === "object" && first !== null ? (first as Hooked) : null;
    const file = String(options === null ? first : options.file);
    const args = (options === null ? given[1] : options.args) as readonly unknown[] | undefined;
    observe("exec", /(?:^|\/)sh$/.test(file) && args?.[1] === "-c" ? null : file);
    // Node itself would run this file once more.
    return file === process.execPath ? missing : undefined;
  };
  hook(prototypeOf("process_wrap", "Process"), "spawn", spawn);
  // Of a program that was not started the handle holds no number, but whatever lay in memory: a signal to that may be
  // one to every process there is.
  hook(prototypeOf("process_wrap", "Process"), "kill", () => 0);
  hook(internals.internalBinding("spawn_sync"), "spawn", (args) => {
    spawn(args);
  });
  hook(process as unknown as Hooked, "_kill", () => {
    observe("exec", null);
    return 0;
  });
}

function engine(): void {
  const stop = (what: string) => (): never => {
    observe("code", what);
    throw new Error(`${what} is not run here`);
  };
  // Only text that was turned into code asks for this name.
  Object.defineProperty(globalThis, sentinel.mark, {
    configurable: true,
    get() {
      observe("code", null);
      return undefined;
    },
  });
  hook(prototypeOf("contextify", "ContextifyScript"), "runInContext", () => {
    observe("code", "vm");
  });
  hook(prototypeOf("worker", "Worker"), "startThread", stop("a worker"));
  // The language's types for `WebAssembly` come with those of browsers only.
  const wasm = (globalThis as unknown as { readonly WebAssembly: Hooked }).WebAssembly;
  for (const name of ["Module", "Instance", "compile", "instantiate"])
    hook(wasm, name, () => (isFromNode() ? undefined : stop("wasm")()));
  hook(process as unknown as Hooked, "binding", stop("process.binding"));
  hook(process as unknown as Hooked, "dlopen", stop("process.dlopen"));
  hook(internals.internalBinding("v8"), "setFlagsFromString", stop("flags of the engine"));
  hook(internals.internalBinding("report"), "getReport", () => {
    observe("env", null);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => (ms === 0 ? now(resolve) : later(resolve, ms)));
}

/** Who watches the kernel finds each bundle's calls between these. */
function mark(edge: "begin" | "end", bundle: string): void {
  existsSync(`${markFolder}/${edge}${bundle}`);
}

interface LoadedPlugin {
  readonly DemoPlugin: new () => { nodes(): readonly { call(input: unknown): Promise<unknown> }[] };
}

async function run(
  bundle: string,
): Promise<{ readonly seen: readonly Observation[]; readonly error: string | null }> {
  const seen: Observation[] = [];
  const [path = "", index = "0"] = bundle.split("#");
  currentFolder = bundle.slice(0, bundle.lastIndexOf("/"));
  mark("begin", bundle);
  current = seen;
  let error: string | null = null;
  const work = async (): Promise<void> => {
    const plugin = (await import(`${pathToFileURL(path).href}?node=${index}`)) as LoadedPlugin;
    const node = new plugin.DemoPlugin().nodes()[Number(index)];
    const answer = (await node?.call(input)) as { readonly result?: unknown } | undefined;
    const text = String(answer?.result);
    if (text.includes(sentinel.value)) observe("env", sentinel.variable);
    if (text.includes(sentinel.content)) observe("fs:read", `./${sentinel.file}`);
  };
  await Promise.race([
    work().catch((thrown: unknown) => {
      error = thrown instanceof Error ? thrown.message : String(thrown);
    }),
    pause(caseLimit),
  ]);
  // Callbacks and events of what was begun.
  for (let round = 0; round < 3; round += 1) await pause(0);
  current = null;
  mark("end", bundle);
  return { seen, error };
}

process.on("uncaughtException", () => {});
process.on("unhandledRejection", () => {});
files();
network();
environment();
programs();
engine();
syncBuiltinESMExports();
for (const bundle of bundles) {
  const { seen, error } = await run(bundle);
  writeSync(3, `${JSON.stringify({ bundle, seen, error })}\n`);
}
(process as unknown as { readonly reallyExit: (code: number) => never }).reallyExit(0);
