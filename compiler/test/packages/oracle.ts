/**
 * A program, not to be imported: `node oracle.ts <bundle.mjs>` runs a bundle and prints what it really reached, as JSON.
 * Environment, files, programs, connections and code generation are watched by replacing what modules and globals hand
 * out before the bundle is imported; connections and programs are refused, so nothing leaves the machine.
 */
import child from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What the run reached, as permissions and `code`, sorted; `error` is what the call threw. */
export interface Observation {
  readonly reached: readonly string[];
  readonly error: string | null;
}

/** Longest that a call may wait for its own retries, ms. */
const callLimit = 2_000;

async function run(bundle: string): Promise<void> {
  const reached = new Set<string>();
  watchEnvironment(reached);
  watchFiles(reached, bundle);
  watchPrograms(reached);
  watchConnections(reached);
  watchCode(reached);
  syncBuiltinESMExports();
  // A package may print; the observation is the one thing that goes to stdout.
  const print = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  process.stderr.write = () => true;
  process.on("unhandledRejection", () => {});
  process.on("uncaughtException", () => {});
  let error: string | null = null;
  try {
    const { DemoPlugin } = await import(pathToFileURL(bundle).href);
    const [node] = new DemoPlugin().nodes();
    const late = new Promise((resolve) => setTimeout(resolve, callLimit));
    await Promise.race([node.call("Hello, world 42"), late]);
  } catch (thrown) {
    error = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  }
  // Whoever lists the variables also looks at each.
  if (reached.has("env")) for (const one of reached) if (one.startsWith("env:")) reached.delete(one);
  const observation: Observation = { reached: [...reached].sort(), error };
  print(JSON.stringify(observation), () => process.exit(0));
}

/** Node's own modules read variables and files too; only what the bundle asks for counts. */
function isFromBundle(): boolean {
  const frames = new Error().stack?.split("\n").slice(3) ?? [];
  const first = frames.find(
    (frame) => !frame.includes("<anonymous>") && !frame.includes(import.meta.filename),
  );
  return first !== undefined && !/\(node:|at node:/.test(first);
}

function watchEnvironment(reached: Set<string>): void {
  const note = (name: string | symbol): void => {
    if (typeof name === "string" && isFromBundle()) reached.add(`env:${name}`);
  };
  process.env = new Proxy(process.env, {
    get(target, name) {
      note(name);
      return Reflect.get(target, name);
    },
    has(target, name) {
      note(name);
      return Reflect.has(target, name);
    },
    getOwnPropertyDescriptor(target, name) {
      note(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    ownKeys(target) {
      if (isFromBundle()) reached.add("env");
      return Reflect.ownKeys(target);
    },
  });
}

const reads =
  /^(access|exists|stat|lstat|readdir|readFile|readlink|realpath|opendir|open|watch|createReadStream)/;
const writes =
  /^(appendFile|writeFile|mkdir|mkdtemp|rm|rmdir|unlink|rename|copyFile|createWriteStream|chmod|utimes)/;

function watchFiles(reached: Set<string>, bundle: string): void {
  for (const owner of [fs, fs.promises]) {
    for (const name of Object.keys(owner)) {
      const kind = writes.test(name) ? "fs:write" : reads.test(name) ? "fs:read" : null;
      if (kind === null) continue;
      replace(owner, name, (path) => {
        const text = path instanceof URL ? fileURLToPath(path) : String(path);
        if (isFromBundle() && text !== bundle) reached.add(`${kind}:${text}`);
      });
    }
  }
}

function watchPrograms(reached: Set<string>): void {
  for (const name of ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"]) {
    replace(child, name, (command) => {
      reached.add(`exec:${String(command)}`);
      throw new Error("the oracle runs no program");
    });
  }
}

function watchConnections(reached: Set<string>): void {
  const refuse = (host: unknown, port: unknown): never => {
    // With a final dot it is the same host.
    const name = String(host).replace(/\.$/, "");
    reached.add(port === undefined ? `network:${name}` : `network:${name}:${port}`);
    throw Object.assign(new Error("the oracle connects to nothing"), { code: "ECONNREFUSED" });
  };
  replace(net.Socket.prototype, "connect", (...args) => {
    const given: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
    if (typeof given === "object" && given !== null && "port" in given)
      refuse("host" in given ? given.host : "localhost", given.port);
    refuse(args[1], given);
  });
  replace(dgram, "createSocket", () => refuse("udp", undefined));
  for (const owner of [dns, dns.promises]) {
    for (const name of ["lookup", "resolve", "resolve4", "resolve6"])
      replace(owner, name, (host) => refuse(host, undefined));
  }
}

function watchCode(reached: Set<string>): void {
  const original = globalThis.Function;
  const note = (): void => {
    if (isFromBundle()) reached.add("code");
  };
  const watched: FunctionConstructor = new Proxy(original, {
    apply(target, self, args) {
      note();
      return Reflect.apply(target, self, args);
    },
    construct(target, args, newTarget) {
      note();
      return Reflect.construct(target, args, newTarget === watched ? target : newTarget);
    },
  });
  globalThis.Function = watched;
  Object.defineProperty(original.prototype, "constructor", { value: watched, writable: true });
}

/** Calls `before` with the arguments of each call of `owner[name]`. */
function replace(owner: object, name: string, before: (...args: readonly unknown[]) => void): void {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== "function") return;
  const watched = new Proxy(original, {
    apply(target, self, args) {
      before(...args);
      return Reflect.apply(target, self, args);
    },
  });
  Reflect.set(owner, name, watched);
}

await run(process.argv[2] ?? "");
