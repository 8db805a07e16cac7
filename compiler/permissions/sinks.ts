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
 * - `path`: a path; an options object after it may hold a `flag` or `flags`;
 * - `open`: a path, with open flags as the next argument;
 * - `command`: a program; an options object after it may ask for a shell.
 */
export type Form = "member" | "url" | "request" | "socket" | "host" | "path" | "open" | "command";

export interface Sink {
  /** Built-in module without `node:` (kept where it is part of the name), or the name of a global. */
  readonly module?: string;
  readonly global?: string;
  /** Dotted member path. Absent: the default for every member without a row, and the value itself. */
  readonly name?: string;
  readonly capability: Reach;
  /** Index of the argument that names the resource. Absent: the whole kind is needed. */
  readonly resource?: number;
  readonly form?: Form;
}

/**
 * The closed world: every built-in module and every global of Node 22, 24 and 26 has a row, and a test compares the
 * table with the running Node. The most specific row wins. A member of a `closed` owner needs a row of its own.
 * Sources: the Node.js API documentation of these versions and the own keys of every built-in in their binaries.
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
  ...members("global", "Function", "pure", "prototype name length"),
  { global: "eval", capability: "dynamic-code" },
  { global: "WebAssembly", capability: "native-code" },
  ...members(
    "global",
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
  ...members("global", "WebSocket", "pure", "CONNECTING OPEN CLOSING CLOSED"),
  { global: "EventSource", capability: "network", resource: 0, form: "url" },
  ...members("global", "EventSource", "pure", "CONNECTING OPEN CLOSED"),
  // Nothing is kept without `--localstorage-file`, which no runner is given.
  ...globals("pure", "localStorage sessionStorage"),
  // The global object under its names. Its members are the globals above.
  ...globals("root", "globalThis global"),
  ...globals("root", "valueOf __proto__ __lookupGetter__ __lookupSetter__ __defineGetter__ __defineSetter__"),
  ...globals("pure", "hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString"),
  // What a CommonJS module would have; a bundle is an ES module, where only these can be guarded against.
  { global: "module", capability: "root" },
  { global: "require", capability: "root" },
  // Names of other platforms, which libraries ask for. They are undefined in Node; giving them a value means
  // writing to the global object, and what is written is a mention of its own.
  ...globals(
    "pure",
    `window self document location history define exports __filename __dirname Deno Bun EdgeRuntime importScripts
    WorkerGlobalScope ServiceWorkerGlobalScope DedicatedWorkerGlobalScope SharedWorkerGlobalScope XMLHttpRequest
    XDomainRequest ActiveXObject Window Document Element HTMLElement Node MutationObserver IntersectionObserver
    ResizeObserver requestAnimationFrame cancelAnimationFrame requestIdleCallback cancelIdleCallback indexedDB
    FileReader Image Worker SharedWorker caches chrome browser msCrypto HermesInternal java Packages print load
    __webpack_require__ __non_webpack_require__ __REACT_DEVTOOLS_GLOBAL_HOOK__ MSApp setTimeoutUnref Netlify
    fastly WebSocketPair WebSocketStream scheduler trustedTypes screen frames alert confirm prompt jest vi`,
  ),

  // process: each member by name, because it is the whole machine.
  { global: "process", capability: "root" },
  ...members(
    "global",
    "process",
    "pure",
    `version versions arch platform release _rawDebug moduleLoadList _events _eventsCount _maxListeners domain
    _exiting exitCode config uptime getActiveResourcesInfo reallyExit cpuUsage threadCpuUsage resourceUsage
    memoryUsage constrainedMemory availableMemory exit ref unref finalization hrtime openStdin getuid geteuid getgid
    getegid getgroups allowedNodeEnvironmentFlags features _fatalException setUncaughtExceptionCaptureCallback
    hasUncaughtExceptionCaptureCallback addUncaughtExceptionCaptureCallback emitWarning nextTick _tickCallback
    sourceMapsEnabled setSourceMapsEnabled stdout stdin stderr abort cwd title argv execArgv pid ppid execPath
    debugPort argv0 _eval _preload_modules assert on once off emit addListener removeListener removeAllListeners
    prependListener prependOnceListener listeners rawListeners listenerCount eventNames setMaxListeners
    getMaxListeners permission browser type noDeprecation noProcessWarnings throwDeprecation traceDeprecation traceProcessWarnings
    connected channel isBun pkg noAsar resourcesPath electronBinding __nwjs hasOwnProperty toString umask
    _startProfilerIdleNotifier _stopProfilerIdleNotifier`,
  ),
  { global: "process", name: "env", capability: "env", form: "member" },
  ...members("global", "process", "root", "stdout.constructor stdin.constructor stderr.constructor"),
  ...members("global", "process", "root", "stdout._handle stdin._handle stderr._handle"),
  ...members(
    "global",
    "process",
    "root",
    `binding _linkedBinding mainModule _getActiveHandles _getActiveRequests _debugProcess _debugEnd initgroups
    setgroups setegid seteuid setgid setuid send disconnect getBuiltinModule valueOf __proto__ __lookupGetter__
    __lookupSetter__ __defineGetter__ __defineSetter__`,
  ),
  { global: "process", name: "dlopen", capability: "native-code" },
  { global: "process", name: "execve", capability: "exec", resource: 0, form: "command" },
  ...members("global", "process", "exec", "kill _kill"),
  // It changes what every relative path means.
  { global: "process", name: "chdir", capability: "fs:read" },
  { global: "process", name: "chdir", capability: "fs:write" },
  { global: "process", name: "loadEnvFile", capability: "fs:read", resource: 0, form: "path" },
  { global: "process", name: "loadEnvFile", capability: "env" },
  // A report holds the environment and is written to a file.
  { global: "process", name: "report", capability: "env" },
  { global: "process", name: "report", capability: "fs:write" },

  // Modules without a member that reaches outside.
  ...modules(
    "pure",
    `assert assert/strict buffer console constants crypto diagnostics_channel domain events os path path/posix
    path/win32 perf_hooks punycode querystring readline readline/promises stream stream/consumers stream/promises
    stream/web string_decoder sys timers timers/promises url util util/types zlib node:sea _stream_duplex
    _stream_passthrough _stream_readable _stream_transform _stream_writable`,
  ),
  { module: "crypto", name: "setEngine", capability: "native-code" },
  // Archives of Node 26 are opened by path.
  ...members("module", "zlib", "fs:read", "ZipFile zipFiles createZipArchive createZipArchiveSync"),
  ...members("module", "zlib", "fs:write", "ZipFile zipFiles createZipArchive createZipArchiveSync"),

  // Files.
  { module: "fs", capability: "fs:read" },
  { module: "fs", capability: "fs:write" },
  ...members(
    "module",
    "fs",
    "pure",
    "constants Stats Dirent BigIntStats F_OK R_OK W_OK X_OK _toUnixTimestamp",
  ),
  ...members("module", "fs", "pure", "close closeSync fsync fsyncSync fdatasync fdatasyncSync unwatchFile"),
  ...paths(
    "fs",
    "fs:read",
    0,
    `access accessSync exists existsSync stat statSync lstat lstatSync statfs statfsSync readdir readdirSync readFile
    readFileSync readlink readlinkSync realpath realpathSync realpath.native realpathSync.native opendir opendirSync
    watch watchFile createReadStream ReadStream FileReadStream openAsBlob openAsBlobSync`,
  ),
  // A pattern, or a descriptor that someone else may have opened: not a path to compare.
  ...members("module", "fs", "fs:read", "glob globSync Dir read readSync readv readvSync fstat fstatSync"),
  ...paths(
    "fs",
    "fs:write",
    0,
    `appendFile appendFileSync chmod chmodSync lchmod lchmodSync chown chownSync lchown lchownSync mkdir mkdirSync
    mkdtemp mkdtempSync mkdtempDisposableSync rm rmSync rmdir rmdirSync unlink unlinkSync truncate truncateSync
    utimes utimesSync lutimes lutimesSync writeFile writeFileSync createWriteStream WriteStream FileWriteStream
    rename renameSync`,
  ),
  ...paths(
    "fs",
    "fs:write",
    1,
    "rename renameSync copyFile copyFileSync cp cpSync link linkSync symlink symlinkSync",
  ),
  ...paths("fs", "fs:read", 0, "copyFile copyFileSync cp cpSync"),
  // The new name gives whatever the old one allowed.
  ...paths("fs", "fs:read", 0, "rename renameSync link linkSync"),
  ...paths("fs", "fs:write", 0, "link linkSync"),
  // A relative target counts from the link, so it is no path to compare.
  ...members("module", "fs", "fs:read", "symlink symlinkSync"),
  ...members("module", "fs", "fs:write", "symlink symlinkSync"),
  ...members(
    "module",
    "fs",
    "fs:write",
    `write writeSync writev writevSync ftruncate ftruncateSync fchmod fchmodSync fchown fchownSync futimes futimesSync
    Utf8Stream`,
  ),
  { module: "fs", name: "open", capability: "fs:read", resource: 0, form: "open" },
  { module: "fs", name: "openSync", capability: "fs:read", resource: 0, form: "open" },
  { module: "fs/promises", capability: "fs:read" },
  { module: "fs/promises", capability: "fs:write" },
  { module: "fs/promises", name: "constants", capability: "pure" },
  ...paths(
    "fs/promises",
    "fs:read",
    0,
    "access stat lstat statfs readdir readFile readlink realpath opendir watch copyFile cp rename link",
  ),
  ...members("module", "fs/promises", "fs:read", "glob symlink"),
  ...members("module", "fs/promises", "fs:write", "symlink"),
  ...paths(
    "fs/promises",
    "fs:write",
    0,
    `appendFile chmod lchmod chown lchown mkdir mkdtemp mkdtempDisposable rm rmdir unlink truncate utimes lutimes
    writeFile rename link`,
  ),
  ...paths("fs/promises", "fs:write", 1, "rename copyFile cp link symlink"),
  { module: "fs/promises", name: "open", capability: "fs:read", resource: 0, form: "open" },
  ...modules("fs:read", "node:sqlite"),
  // `ATTACH DATABASE` opens any file, whatever the first one was; extensions are machine code, off by default.
  ...modules("fs:write", "node:sqlite trace_events"),
  ...members("module", "node:sqlite", "pure", "constants"),
  { module: "trace_events", name: "getEnabledCategories", capability: "pure" },
  // Descriptors that someone else may have opened.
  ...modules("fs:read", "tty"),
  ...modules("fs:write", "tty"),
  { module: "tty", name: "isatty", capability: "pure" },

  // Network.
  ...modules(
    "network",
    `http https http2 net tls dgram dns dns/promises _http_agent _http_client _http_common _http_incoming
    _http_outgoing _http_server _tls_common _tls_wrap _stream_wrap`,
  ),
  ...members(
    "module",
    "http",
    "pure",
    `METHODS STATUS_CODES IncomingMessage OutgoingMessage ServerResponse validateHeaderName validateHeaderValue
    maxHeaderSize setMaxIdleHTTPParsers MessageEvent CloseEvent`,
  ),
  ...["http", "https"].flatMap((module) =>
    ["request", "get"].map(
      (name): Sink => ({ module, name, capability: "network", resource: 0, form: "request" }),
    ),
  ),
  { module: "http", name: "WebSocket", capability: "network", resource: 0, form: "url" },
  { module: "http2", name: "connect", capability: "network", resource: 0, form: "request" },
  ...members(
    "module",
    "http2",
    "pure",
    "constants getDefaultSettings getPackedSettings getUnpackedSettings sensitiveHeaders",
  ),
  ...["connect", "createConnection"].map(
    (name): Sink => ({ module: "net", name, capability: "network", resource: 0, form: "socket" }),
  ),
  { module: "tls", name: "connect", capability: "network", resource: 0, form: "socket" },
  ...members(
    "module",
    "net",
    "pure",
    `isIP isIPv4 isIPv6 BlockList SocketAddress getDefaultAutoSelectFamily setDefaultAutoSelectFamily
    getDefaultAutoSelectFamilyAttemptTimeout setDefaultAutoSelectFamilyAttemptTimeout`,
  ),
  ...members(
    "module",
    "tls",
    "pure",
    `CLIENT_RENEG_LIMIT CLIENT_RENEG_WINDOW DEFAULT_CIPHERS DEFAULT_ECDH_CURVE DEFAULT_MIN_VERSION
    DEFAULT_MAX_VERSION getCiphers getCertificateCompressionAlgorithms rootCertificates setDefaultCACertificates
    convertALPNProtocols checkServerIdentity createSecureContext SecureContext`,
  ),
  // A look-up carries its question to the outside, so it needs the host it asks about.
  ...["dns", "dns/promises"].flatMap((module) => [
    ...`lookup resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx resolveNaptr resolveNs
    resolvePtr resolveSoa resolveSrv resolveTlsa resolveTxt`
      .split(/\s+/)
      .map((name): Sink => ({ module, name, capability: "network", resource: 0, form: "host" })),
    ...members(
      "module",
      module,
      "pure",
      `getDefaultResultOrder setDefaultResultOrder getServers ADDRCONFIG ALL V4MAPPED NODATA FORMERR SERVFAIL NOTFOUND
      NOTIMP REFUSED BADQUERY BADNAME BADFAMILY BADRESP CONNREFUSED TIMEOUT EOF FILE NOMEM DESTRUCTION BADSTR BADFLAGS
      NONAME BADHINTS NOTINITIALIZED LOADIPHLPAPI ADDRGETNETWORKPARAMS CANCELLED`,
    ),
  ]),

  // Programs.
  ...modules("exec", "child_process"),
  ...["spawn", "spawnSync", "execFile", "execFileSync"].map(
    (name): Sink => ({ module: "child_process", name, capability: "exec", resource: 0, form: "command" }),
  ),
  ...modules("root", "cluster"),
  ...members("module", "cluster", "pure", "isMaster isPrimary isWorker SCHED_NONE SCHED_RR"),

  // What reaches the loader, the engine or other threads.
  ...modules("root", "module inspector inspector/promises repl wasi worker_threads v8 async_hooks node:test"),
  ...modules("root", "node:test/reporters"),
  ...modules("dynamic-code", "vm"),
  ...members("module", "vm", "pure", "isContext constants"),
  ...modules("native-code", "node:ffi"),
  ...members(
    "module",
    "module",
    "pure",
    `builtinModules isBuiltin SourceMap findSourceMap getSourceMapsSupport setSourceMapsSupport stripTypeScriptTypes
    constants enableCompileCache flushCompileCache getCompileCacheDir`,
  ),
  { module: "module", name: "findPackageJSON", capability: "fs:read" },
  ...members(
    "module",
    "worker_threads",
    "pure",
    `isMainThread isInternalThread threadId threadName parentPort workerData resourceLimits MessageChannel MessagePort
    BroadcastChannel markAsUncloneable markAsUntransferable isMarkedAsUntransferable receiveMessageOnPort SHARE_ENV
    getEnvironmentData setEnvironmentData locks`,
  ),
  ...members(
    "module",
    "v8",
    "pure",
    `cachedDataVersionTag getHeapStatistics getHeapSpaceStatistics getHeapCodeStatistics getCppHeapStatistics
    serialize deserialize Serializer Deserializer DefaultSerializer DefaultDeserializer GCProfiler
    isStringOneByteRepresentation startupSnapshot`,
  ),
  ...members(
    "module",
    "v8",
    "fs:write",
    "writeHeapSnapshot setHeapSnapshotNearHeapLimit takeCoverage stopCoverage",
  ),
  // `createHook` and `executionAsyncResource` hand out the handles behind sockets and pipes.
  ...members(
    "module",
    "async_hooks",
    "pure",
    "AsyncLocalStorage AsyncResource executionAsyncId triggerAsyncId asyncWrapProviders",
  ),
];

/** Owners whose members are unclassified unless they have a row. */
export const closed: ReadonlySet<string> = new Set(["global process"]);

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

function modules(capability: Reach, names: string): readonly Sink[] {
  return words(names).map((module) => ({ module, capability }));
}

function members(owner: "module" | "global", of: string, capability: Reach, names: string): readonly Sink[] {
  return words(names).map((name) => ({ [owner]: of, name, capability }));
}

function paths(module: string, capability: Reach, resource: number, names: string): readonly Sink[] {
  return words(names).map((name) => ({ module, name, capability, resource, form: "path" as const }));
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
