import { moduleSinks } from "./modules.ts";
import type { PermissionKind } from "./permission.ts";

/**
 * What an API lets code reach.
 *
 * - a kind of permission: that; several rows of the same name add up;
 * - `pure`: nothing outside the process that plugin.yaml has a word for;
 * - `root`: everything at once, so no permission can allow it;
 * - `dynamic-code`: it makes code from data;
 * - `native-code`: it loads machine code.
 */
export type Reach = PermissionKind | "pure" | "root" | "dynamic-code" | "native-code";

/**
 * How the resource is read from a use.
 *
 * - `member`: the name of the next member (`process.env.NAME`);
 * - `url`: the argument is a URL, as `fetch` takes it;
 * - `request`: a URL or an options object, perhaps followed by options (`http.request`);
 * - `socket`: port and host, or an options object (`net.connect`);
 * - `host`: a bare host name;
 * - `path`: a path;
 * - `file`: a path; an options object after it may hold a `flag`, `flags` or a descriptor;
 * - `open`: a path, with open flags as the next argument;
 * - `command`: a program; an options object after it may ask for a shell or for another search path;
 * - `channel`: a diagnostics channel; one that is not Node's own reaches nothing.
 */
export type Form =
  | "member"
  | "url"
  | "request"
  | "socket"
  | "host"
  | "path"
  | "file"
  | "open"
  | "command"
  | "channel";

export interface Sink {
  /** Built-in module without `node:` (kept where it is part of the name), or the name of a global. */
  readonly module?: string;
  readonly global?: string;
  /** Dotted member path. Absent: the value itself, and for a global that is not closed every member without a row. */
  readonly name?: string;
  readonly capability: Reach;
  /** Index of the argument that names the resource. Absent: the whole kind is needed. */
  readonly resource?: number;
  readonly form?: Form;
  /**
   * For a rare member of a module that is pure apart from it: it counts for the module as a value only where its name
   * stands somewhere in the bundle.
   */
  readonly isRare?: true;
}

/**
 * The closed world: every built-in module and every global of Node 22, 24 and 26 has its rows, and a test compares the
 * table with the three binaries. The most specific row wins. A member of `process` or of a module without a row is not
 * known. Sources: the Node.js API documentation of these versions and the own keys of every built-in in their binaries.
 */
export const sinks: readonly Sink[] = [
  // Globals of the language.
  ...globals(
    "pure",
    `Object Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error
    AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON Math Intl ArrayBuffer
    Atomics Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array
    Uint8ClampedArray Float16Array Float32Array Float64Array DataView Map BigInt Set Iterator WeakMap WeakSet Proxy
    Reflect FinalizationRegistry WeakRef decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape
    isFinite isNaN SharedArrayBuffer SuppressedError DisposableStack AsyncDisposableStack Temporal arguments`,
  ),
  { global: "Function", capability: "dynamic-code" },
  // Methods of every function, whichever they are read from; called on `Function` itself they call it.
  ...members("Function", "pure", "prototype name length call apply bind toString"),
  { global: "eval", capability: "dynamic-code" },
  { global: "WebAssembly", capability: "native-code" },
  ...members(
    "WebAssembly",
    "pure",
    "Memory Table Global Tag Exception JSTag CompileError LinkError RuntimeError validate",
  ),

  // Globals of the platform.
  ...globals(
    "pure",
    `console Buffer clearImmediate setImmediate clearInterval clearTimeout setInterval setTimeout queueMicrotask
    structuredClone atob btoa URL URLSearchParams URLPattern DOMException QuotaExceededError AbortController
    AbortSignal Event EventTarget CustomEvent ErrorEvent MessageEvent CloseEvent TextEncoder TextDecoder
    TextEncoderStream TextDecoderStream TransformStream TransformStreamDefaultController WritableStream
    WritableStreamDefaultController WritableStreamDefaultWriter ReadableStream ReadableStreamDefaultReader
    ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableByteStreamController ReadableStreamDefaultController
    ByteLengthQueuingStrategy CountQueuingStrategy CompressionStream DecompressionStream BroadcastChannel
    MessageChannel MessagePort Blob File Performance PerformanceEntry PerformanceMark PerformanceMeasure
    PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming performance FormData Headers Request
    Response crypto Crypto CryptoKey SubtleCrypto Navigator navigator Storage gc`,
  ),
  { global: "fetch", capability: "network", resource: 0, form: "url" },
  { global: "WebSocket", capability: "network", resource: 0, form: "url" },
  ...members("WebSocket", "pure", "CONNECTING OPEN CLOSING CLOSED"),
  { global: "EventSource", capability: "network", resource: 0, form: "url" },
  ...members("EventSource", "pure", "CONNECTING OPEN CLOSED"),
  // Nothing is kept without `--localstorage-file`, which no runner is given.
  ...globals("pure", "localStorage sessionStorage"),
  // The global object under its names. Its members are the globals above.
  ...globals("root", "globalThis global"),
  ...globals("root", "valueOf __proto__ __lookupGetter__ __lookupSetter__ __defineGetter__ __defineSetter__"),
  ...globals("pure", "hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString"),
  // A bundle is an ES module, which has neither; a library that asks for one is told so.
  { global: "require", capability: "root" },
  // Names of other platforms, which libraries ask for. They are undefined in Node; giving them a value means
  // writing to the global object, and what is written is a mention of its own.
  ...globals(
    "pure",
    `module window self document location history define exports __filename __dirname Deno Bun EdgeRuntime importScripts
    WorkerGlobalScope ServiceWorkerGlobalScope DedicatedWorkerGlobalScope SharedWorkerGlobalScope XMLHttpRequest
    XDomainRequest ActiveXObject Window Document Element HTMLElement Node MutationObserver IntersectionObserver
    ResizeObserver requestAnimationFrame cancelAnimationFrame requestIdleCallback cancelIdleCallback indexedDB
    FileReader Image Worker SharedWorker caches chrome browser msCrypto HermesInternal java Packages print load
    __webpack_require__ __non_webpack_require__ __REACT_DEVTOOLS_GLOBAL_HOOK__ MSApp setTimeoutUnref Netlify
    fastly WebSocketPair WebSocketStream scheduler trustedTypes screen addEventListener removeEventListener dispatchEvent
    postMessage attachEvent onmessage WebKitMutationObserver FileReaderSync AsyncIterator frames alert confirm prompt jest vi`,
  ),

  // process: each member by name, because it is the whole machine.
  { global: "process", capability: "root" },
  ...members(
    "process",
    "pure",
    `version versions arch platform release _rawDebug moduleLoadList _events _eventsCount _maxListeners domain
    _exiting exitCode config uptime getActiveResourcesInfo reallyExit cpuUsage threadCpuUsage resourceUsage
    memoryUsage constrainedMemory availableMemory exit ref unref finalization hrtime getuid geteuid getgid
    getegid getgroups allowedNodeEnvironmentFlags features _fatalException setUncaughtExceptionCaptureCallback
    hasUncaughtExceptionCaptureCallback addUncaughtExceptionCaptureCallback emitWarning nextTick _tickCallback
    sourceMapsEnabled setSourceMapsEnabled stdout stdin stderr abort cwd title argv execArgv pid ppid execPath
    debugPort argv0 _eval _preload_modules assert on once off emit addListener removeListener removeAllListeners
    prependListener prependOnceListener listeners rawListeners listenerCount eventNames setMaxListeners
    getMaxListeners permission browser type noDeprecation noProcessWarnings throwDeprecation traceDeprecation traceProcessWarnings
    connected isBun pkg noAsar resourcesPath electronBinding __nwjs hasOwnProperty toString umask
    _startProfilerIdleNotifier _stopProfilerIdleNotifier`,
  ),
  { global: "process", name: "env", capability: "env", form: "member" },
  ...members("process", "root", "stdout.constructor stdin.constructor stderr.constructor"),
  ...members("process", "root", "stdout._handle stdin._handle stderr._handle"),
  // They are sockets where they are pipes, and a socket can be sent elsewhere.
  ...members("process", "network", "stdout.connect stdin.connect stderr.connect"),
  ...members("console", "root", "_stdout._handle _stderr._handle _stdout.constructor _stderr.constructor"),
  // Asked for to see whether somebody has put another one in its place.
  ...members("process", "pure", "stdout.constructor.prototype.write stderr.constructor.prototype.write"),
  ...members("console", "network", "_stdout.connect _stderr.connect"),
  ...members(
    "process",
    "root",
    `binding _linkedBinding mainModule openStdin channel _getActiveHandles _getActiveRequests _debugProcess _debugEnd initgroups
    setgroups setegid seteuid setgid setuid send disconnect getBuiltinModule valueOf __proto__ __lookupGetter__
    __lookupSetter__ __defineGetter__ __defineSetter__`,
  ),
  { global: "process", name: "dlopen", capability: "native-code" },
  { global: "process", name: "execve", capability: "exec", resource: 0, form: "command" },
  ...members("process", "exec", "kill _kill"),
  // It changes what every relative path means.
  { global: "process", name: "chdir", capability: "fs:read" },
  { global: "process", name: "chdir", capability: "fs:write" },
  { global: "process", name: "loadEnvFile", capability: "fs:read", resource: 0, form: "path" },
  { global: "process", name: "loadEnvFile", capability: "env" },
  // A report holds the environment and is written to a file.
  { global: "process", name: "report", capability: "env" },
  { global: "process", name: "report", capability: "fs:write" },

  // Built-in modules.
  ...moduleSinks,
];

/** Modules whose members depend on the platform, so that their own row stands for all of them. */
export const openModules: ReadonlySet<string> = new Set(["constants"]);

/** Members that are another module: `fs.promises` is `fs/promises`. */
export const sameModule: ReadonlyMap<string, string> = new Map([
  ["assert.strict", "assert/strict"],
  ["assert/strict.strict", "assert/strict"],
  ["dns.promises", "dns/promises"],
  ["fs.promises", "fs/promises"],
  ["module.Module", "module"],
  ["path.posix", "path/posix"],
  ["path.win32", "path/win32"],
  ["path/posix.posix", "path/posix"],
  ["path/posix.win32", "path/win32"],
  ["path/win32.posix", "path/posix"],
  ["path/win32.win32", "path/win32"],
  ["readline.promises", "readline/promises"],
  ["stream.promises", "stream/promises"],
  ["timers.promises", "timers/promises"],
  ["util.types", "util/types"],
]);

function globals(capability: Reach, names: string): readonly Sink[] {
  return words(names).map((global) => ({ global, capability }));
}

function members(global: string, capability: Reach, names: string): readonly Sink[] {
  return words(names).map((name) => ({ global, name, capability }));
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
