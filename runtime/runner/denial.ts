/** An access that the runner's flags refused, in the words of plugin.yaml. */
export interface Denial {
  /** The permission that would allow it, or the name of what no permission allows. */
  readonly kind: string;
  readonly message: string;
}

interface Words {
  readonly kind: string;
  /** What the runner may not do; `of` the resource where Node names it. */
  readonly may: (of: string) => string;
  readonly isGrantable: boolean;
}

const grantable = (kind: string, may: Words["may"]): Words => ({ kind, may, isGrantable: true });
const never = (kind: string, may: string): Words => ({ kind, may: () => may, isGrantable: false });

/** By the `permission` that Node's ERR_ACCESS_DENIED carries. */
const words: ReadonlyMap<unknown, Words> = new Map([
  ["FileSystemRead", grantable("fs:read", (path) => `read ${path || "files"}`)],
  ["FileSystemWrite", grantable("fs:write", (path) => `write ${path || "files"}`)],
  ["ChildProcess", grantable("exec", () => "start programs")],
  ["Net", grantable("network", (host) => `use the network${host === "" ? "" : ` (${host})`}`)],
  ["WorkerThreads", never("worker", "start worker threads")],
  ["Inspector", never("inspector", "use the inspector")],
  ["WASI", never("wasi", "use WASI")],
  ["FFI", never("native-code", "load native code")],
]);

const addon = never("native-code", "load native code");
const dynamicCode = never("dynamic-code", "make code from strings");

const other = "permission-model";

/** Every {@link Denial.kind} there is. */
export const denialKinds: ReadonlySet<unknown> = new Set([
  ...[...words.values(), addon, dynamicCode].map(({ kind }) => kind),
  other,
]);

const MAX_DEPTH = 5;

/**
 * The denial behind anything that was thrown, also where a library has wrapped it: `fetch` puts it into `cause`,
 * connections with several addresses into `errors`. Null when there is none. May throw what a getter throws.
 */
export function findDenial(thrown: unknown, depth = 0): Denial | null {
  if (typeof thrown !== "object" || thrown === null || depth > MAX_DEPTH) return null;
  const error = thrown as Readonly<Record<string, unknown>>; // each read is checked
  const { code, message } = error;
  if (code === "ERR_ACCESS_DENIED") {
    // A refused connection or look-up carries the name of its system call instead.
    const found = words.get(typeof error.syscall === "string" ? "Net" : error.permission);
    const resource = error.resource ?? error.hostname ?? error.address;
    if (found !== undefined) return denial(found, typeof resource === "string" ? resource : "");
    // A handful of functions, such as `fs.fsync` and `process.binding`, are off as long as the model is on.
    return { kind: other, message: `Node's permission model refuses this whatever is declared: ${message}` };
  }
  if (code === "ERR_DLOPEN_DISABLED") return denial(addon, "");
  if (error.name === "EvalError" && String(message).startsWith("Code generation from strings")) {
    return denial(dynamicCode, "");
  }
  const inner = [error.cause, ...(Array.isArray(error.errors) ? error.errors.slice(0, MAX_DEPTH) : [])];
  for (const each of inner) {
    const found = findDenial(each, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function denial({ kind, may, isGrantable }: Words, resource: string): Denial {
  const why = isGrantable ? `plugin.yaml declares no ${kind} for it` : "no permission allows it";
  return { kind, message: `the runner may not ${may(resource.slice(0, 500))}; ${why}` };
}
