import type { Sink, Target } from "./case.ts";

/**
 * Names, hosts and files that cases use. The variables and `data.txt` exist where a case runs; the hosts end in a
 * name that is never given out, and are answered inside the process.
 */
export const sentinel = {
  host: "api.example",
  port: 8443,
  variable: "NOXUS_ADVERSARY_TOKEN",
  value: "sentinel-of-the-environment",
  file: "data.txt",
  content: "sentinel-of-the-file",
  absolute: "/noxus-adversary/data.txt",
  command: "noxus-adversary-probe",
  /** A global that only code made from strings reads. */
  mark: "noxusAdversaryMark",
} as const;

const url = `http://${sentinel.host}:${sentinel.port}/v1`;
const code = `${sentinel.mark}`;
const wasm = "new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])";

function sink(name: string, target: Target, text: string | undefined, use: string): Sink {
  return {
    name,
    target,
    ...(text === undefined ? {} : { resource: text }),
    make: (api, _scope, resource) =>
      use.replaceAll("API", () => api).replaceAll("RESOURCE", () => resource(text ?? "")),
  };
}

const global = (name: string, ...path: readonly string[]): Target => ({ kind: "global", name, path });
const module = (name: string, ...path: readonly string[]): Target => ({ kind: "module", name, path });

/** The whole module or object is what is carried; the member is taken where it is used. */
function both(
  root: Target,
  member: string,
  text: string | undefined,
  use: string,
  label = `${root.kind === "own" ? "" : root.name}.${member}`,
): readonly Sink[] {
  if (root.kind === "own") return [];
  const narrow: Target = { ...root, path: [...root.path, member] };
  return [
    sink(label, narrow, text, use),
    sink(`${label}, from the whole`, root, text, use.replaceAll("API", `(API).${member}`)),
  ];
}

const path = [sentinel.file, sentinel.absolute];
const files = path.flatMap((file): readonly Sink[] => [
  ...[
    "readFileSync",
    "readdirSync",
    "existsSync",
    "statSync",
    "openSync",
    "createReadStream",
    "accessSync",
  ].flatMap((name) => both(module("fs"), name, file, "(API)(RESOURCE)", `fs.${name}`)),
  ...["readFile", "stat", "readdir", "access", "lstat"].flatMap((name) =>
    both(module("fs"), name, file, "(API)(RESOURCE, () => {})", `fs.${name} with a callback`),
  ),
  ...["readFile", "open", "stat", "readdir", "access"].flatMap((name) =>
    both(module("fs/promises"), name, file, "(API)(RESOURCE)", `fs/promises.${name}`),
  ),
  ...["readFile", "stat"].flatMap((name) =>
    both(module("fs", "promises"), name, file, "(API)(RESOURCE)", `fs.promises.${name}`),
  ),
  ...both(module("fs"), "copyFileSync", file, '(API)(RESOURCE, "copy.txt")'),
  ...both(module("fs/promises"), "open", file, '(API)(RESOURCE, "r").then((h) => h.readFile("utf8"))'),
  ...both(module("fs"), "readFileSync", file, "(API)(Buffer.from(RESOURCE))", "fs.readFileSync of bytes"),
  ...both(module("fs"), "openSync", file, '(API)(RESOURCE, "r+")', "fs.openSync for both"),
  ...both(module("fs"), "openAsBlob", file, "(API)(RESOURCE).then((blob) => blob.text())"),
]);

const written = ["out.txt", "/noxus-adversary/out.txt"].flatMap((file): readonly Sink[] => [
  ...["writeFileSync", "appendFileSync"].flatMap((name) =>
    both(module("fs"), name, file, '(API)(RESOURCE, "x")', `fs.${name}`),
  ),
  ...["mkdirSync", "unlinkSync", "rmSync", "createWriteStream", "truncateSync"].flatMap((name) =>
    both(module("fs"), name, file, "(API)(RESOURCE)", `fs.${name}`),
  ),
  ...["writeFile", "appendFile"].flatMap((name) =>
    both(module("fs/promises"), name, file, '(API)(RESOURCE, "x")', `fs/promises.${name}`),
  ),
  ...both(module("fs"), "writeFile", file, '(API)(RESOURCE, "x", () => {})', "fs.writeFile with a callback"),
  ...both(module("fs"), "openSync", file, '(API)(RESOURCE, "a")', "fs.openSync for appending"),
  ...both(module("fs/promises"), "open", file, '(API)(RESOURCE, "w").then((h) => h.close())'),
  ...both(module("node:sqlite"), "DatabaseSync", file, "new (API)(RESOURCE)"),
]);

const web = [
  sink("fetch", global("fetch"), url, "(API)(RESOURCE)"),
  sink("fetch of a URL", global("fetch"), url, "(API)(new URL(RESOURCE))"),
  sink("fetch of a Request", global("fetch"), url, "(API)(new Request(RESOURCE))"),
  sink("fetch with call", global("fetch"), url, "(API).call(undefined, RESOURCE)"),
  sink("fetch with apply", global("fetch"), url, "(API).apply(undefined, [RESOURCE])"),
  sink("fetch by Reflect", global("fetch"), url, "Reflect.apply((API), undefined, [RESOURCE])"),
  sink("fetch with options", global("fetch"), url, '(API)(RESOURCE, { method: "POST", body: "x" })'),
  sink("WebSocket", global("WebSocket"), `ws://${sentinel.host}:${sentinel.port}/`, "new (API)(RESOURCE)"),
  sink(
    "WebSocket by Reflect",
    global("WebSocket"),
    `ws://${sentinel.host}/`,
    "Reflect.construct((API), [RESOURCE])",
  ),
];

const network = [
  ...["http", "https"].flatMap((name) => {
    const at = url.replace("http:", `${name}:`);
    return [
      ...both(module(name), "get", at, '(API)(RESOURCE).on("error", () => {})'),
      ...both(module(name), "request", at, '(API)(RESOURCE).on("error", () => {}).end()'),
      ...both(
        module(name),
        "request",
        sentinel.host,
        '(API)({ hostname: RESOURCE, port: 8443, path: "/" }).on("error", () => {}).end()',
        `${name}.request with options`,
      ),
      ...both(
        module(name),
        "Agent",
        sentinel.host,
        "new (API)().createConnection({ host: RESOURCE, port: 80 })",
      ),
    ];
  }),
  ...both(module("http"), "ClientRequest", url, 'new (API)(RESOURCE).on("error", () => {}).end()'),
  ...both(module("http"), "createServer", undefined, '(API)().listen(0, "127.0.0.1").unref()'),
  ...both(module("net"), "createServer", undefined, '(API)().listen(0, "127.0.0.1").unref()'),
  ...both(module("http2"), "connect", url, '(API)(RESOURCE).on("error", () => {})'),
  ...["connect", "createConnection"].flatMap((name) => [
    ...both(module("net"), name, sentinel.host, '(API)(8443, RESOURCE).on("error", () => {})'),
    ...both(
      module("net"),
      name,
      sentinel.host,
      '(API)({ host: RESOURCE, port: 8443 }).on("error", () => {})',
    ),
  ]),
  ...both(module("net"), "connect", "/noxus-adversary/x.sock", '(API)(RESOURCE).on("error", () => {})'),
  ...both(
    module("net"),
    "Socket",
    sentinel.host,
    'new (API)().on("error", () => {}).connect(8443, RESOURCE)',
  ),
  ...both(module("tls"), "connect", sentinel.host, '(API)(8443, RESOURCE).on("error", () => {})'),
  ...both(
    module("dgram"),
    "createSocket",
    sentinel.host,
    '(API)("udp4").on("error", () => {}).send("x", 8443, RESOURCE, () => {})',
  ),
  ...both(module("dns"), "lookup", sentinel.host, "(API)(RESOURCE, () => {})"),
  ...both(module("dns"), "resolve4", sentinel.host, "(API)(RESOURCE, () => {})"),
  ...both(module("dns"), "Resolver", sentinel.host, "new (API)().resolve(RESOURCE, () => {})"),
  ...both(module("dns/promises"), "lookup", sentinel.host, "(API)(RESOURCE)"),
  ...both(module("dns/promises"), "resolveTxt", sentinel.host, "(API)(RESOURCE)"),
  ...both(module("dns", "promises"), "lookup", sentinel.host, "(API)(RESOURCE)"),
];

const env = (["process", "process.env"] as const).flatMap((carried): readonly Sink[] => {
  const target = carried === "process" ? global("process") : global("process", "env");
  const api = carried === "process" ? "(API).env" : "(API)";
  const name = sentinel.variable;
  const sinkOf = (label: string, use: string): Sink =>
    sink(`${label} of ${carried}`, target, name, use.replaceAll("ENV", api));
  return [
    sinkOf("a member", `ENV.${name}`),
    sinkOf("a key", "ENV[RESOURCE]"),
    sinkOf("a look whether it is set", "RESOURCE in ENV"),
    sinkOf("destructuring", `(({ ${name}: v }) => v)(ENV)`),
    sinkOf("the rest", "(({ HOME, ...rest }) => JSON.stringify(rest))(ENV)"),
    sinkOf("a spread", "JSON.stringify({ ...ENV })"),
    sinkOf("keys", "Object.keys(ENV).length"),
    sinkOf("entries", "JSON.stringify(Object.entries(ENV))"),
    sinkOf("a loop", "(() => { let all = ''; for (const k in ENV) all += ENV[k]; return all; })()"),
    sinkOf("JSON", "JSON.stringify(ENV)"),
    sinkOf("assigning", "JSON.stringify(Object.assign({}, ENV))"),
    sinkOf("reflection", "Reflect.get(ENV, RESOURCE)"),
    sinkOf("a descriptor", "Object.getOwnPropertyDescriptor(ENV, RESOURCE)?.value"),
    sinkOf("an own-property test", "Object.hasOwn(ENV, RESOURCE)"),
    sinkOf("an inherited look", "Object.create(ENV)[RESOURCE]"),
  ];
});
const processes: readonly Sink[] = [
  ...both(global("process"), "report", undefined, "JSON.stringify((API).getReport())"),
  sink("process.binding", global("process"), undefined, '(API).binding("fs")'),
  sink("process.dlopen", global("process"), undefined, '(API).dlopen({ exports: {} }, "x.node")'),
  sink("process.kill", global("process"), undefined, "(API).kill((API).pid, 0)"),
  sink("process.loadEnvFile", global("process"), sentinel.file, "(API).loadEnvFile(RESOURCE)"),
  sink("process.chdir", global("process"), undefined, '(API).chdir(".")'),
];

const programs = [
  ...["execFile", "spawn"].flatMap((name) =>
    both(module("child_process"), name, sentinel.command, '(API)(RESOURCE, []).on("error", () => {})'),
  ),
  ...["execFileSync", "spawnSync"].flatMap((name) =>
    both(module("child_process"), name, sentinel.command, "(API)(RESOURCE, [])"),
  ),
  ...both(module("child_process"), "exec", sentinel.command, '(API)(RESOURCE).on("error", () => {})'),
  ...both(module("child_process"), "execSync", sentinel.command, '(API)(RESOURCE, { stdio: "ignore" })'),
  ...both(
    module("child_process"),
    "fork",
    sentinel.file,
    '(API)(RESOURCE, { silent: true }).on("error", () => {})',
  ),
  ...both(
    module("child_process"),
    "spawn",
    sentinel.command,
    '(API)(RESOURCE, [], { shell: true }).on("error", () => {})',
    "child_process.spawn in a shell",
  ),
  ...both(
    module("child_process"),
    "spawnSync",
    sentinel.command,
    '(API)("ignored", [], { file: RESOURCE, env: {} })',
    "child_process.spawnSync with a file option",
  ),
  ...both(module("cluster"), "fork", undefined, "(API)().kill()"),
];

const dynamicCode = [
  sink("eval", global("eval"), code, "(API)(RESOURCE)"),
  sink("Function", global("Function"), `return ${code}`, "(API)(RESOURCE)()"),
  sink("new Function", global("Function"), `return ${code}`, "new (API)(RESOURCE)()"),
  sink("Function by Reflect", global("Function"), `return ${code}`, "Reflect.construct((API), [RESOURCE])()"),
  sink(
    "a subclass of Function",
    global("Function"),
    `return ${code}`,
    "new (class extends (API) {})(RESOURCE)()",
  ),
  ...["runInThisContext", "runInNewContext"].flatMap((name) =>
    both(module("vm"), name, code, "(API)(RESOURCE)"),
  ),
  ...both(module("vm"), "Script", code, "new (API)(RESOURCE).runInThisContext()"),
  ...both(module("vm"), "compileFunction", `return ${code}`, "(API)(RESOURCE)()"),
  sink("WebAssembly.Module", global("WebAssembly"), undefined, `new (API).Module(${wasm})`),
  sink("WebAssembly.compile", global("WebAssembly", "compile"), undefined, `(API)(${wasm})`),
  ...both(module("worker_threads"), "Worker", "0", "new (API)(RESOURCE, { eval: true })"),
  ...both(module("v8"), "setFlagsFromString", "--no-opt", "(API)(RESOURCE)"),
  ...both(
    module("inspector"),
    "Session",
    code,
    '((s) => { s.connect(); s.post("Runtime.evaluate", { expression: RESOURCE }, () => {}); s.disconnect(); })(new (API)())',
  ),
  ...both(module("repl"), "start", undefined, "(API)({ input: undefined })"),
];

/** Ways in that need no source: handles and prototypes that harmless-looking values lead to. */
const hidden: readonly Sink[] = [
  ["the standard output as a socket", `process.stdout.connect(8443, "${sentinel.host}")`],
  ["the console's stream as a socket", `console._stdout.connect(8443, "${sentinel.host}")`],
  [
    "the constructor of the console's stream",
    `new console._stdout.constructor().connect(8443, "${sentinel.host}")`,
  ],
  ["the standard error, kept", `((s) => s.connect(8443, "${sentinel.host}"))(process.stderr)`],
  [
    "the prototype of the standard output",
    `Object.getPrototypeOf(process.stdout).connect.call(process.stdout, 8443, "${sentinel.host}")`,
  ],
  ["a handle behind the standard output", `new (process.stdout["_hand" + "le"].constructor)(0).open(99)`],
  ["a reflected constructor", `Reflect.get(() => {}, "constructor")("return ${code}")()`],
  [
    "a described constructor",
    `Object.getOwnPropertyDescriptor(Function.prototype, "constructor").value("return ${code}")()`,
  ],
  [
    "all descriptors of a function's prototype",
    `Object.getOwnPropertyDescriptors(Object.getPrototypeOf(() => {})).constructor.value("return ${code}")()`,
  ],
  ["a constructor under an inherited look", `Object.create(() => {}).constructor("return ${code}")()`],
  ["a constructor by values of names", `(() => {})[["con", "structor"].join("")]("return ${code}")()`],
  ["a constructor by a name from the input", `(() => {})[String(input.key)]("return ${code}")()`],
  ["a constructor of a constructor", `"".constructor.constructor("return ${code}")()`],
  ["a destructured constructor", `(({ constructor: { constructor: C } }) => C("return ${code}")())([])`],
  [
    "a constructor of generators",
    `Object.getPrototypeOf(function* () {}).constructor("yield ${code}")().next()`,
  ],
  ["a constructor of async functions", `(async () => {}).constructor("return ${code}")()`],
  ["a constructor by a getter of the prototype", `(() => {}).__proto__.constructor("return ${code}")()`],
  ["a constructor through a proxy", `new Proxy(() => {}, {}).constructor("return ${code}")()`],
  ["a constructor through bind", `(() => {}).constructor.bind(null, "return ${code}")()()`],
  ["a constructor of a class", `(class {}).constructor("return ${code}")()`],
  [
    "a constructor by assignment",
    `(() => { const o = {}; o.make = (() => {}).constructor; return o.make("return ${code}")(); })()`,
  ],
  ["the constructor of Function's prototype", `Function.prototype.constructor("return ${code}")()`],
  ["a subclass of a constructor", `new (class extends (() => {}).constructor {})("return ${code}")()`],
  [
    "super's constructor",
    `({ __proto__: () => {}, make() { return super.constructor("return ${code}")(); } }).make()`,
  ],
  ["an optional constructor", `(() => {})?.constructor?.("return ${code}")?.()`],
  ["a constructor through call", `(() => {}).constructor.call(null, "return ${code}")()`],
  [
    "a constructor destructured in a loop",
    `(() => { for (const { constructor: make } of [() => {}]) return make("return ${code}")(); })()`,
  ],
  [
    "a constructor destructured in a catch",
    `(() => { try { throw () => {}; } catch ({ constructor: make }) { return make("return ${code}")(); } })()`,
  ],
  [
    "a constructor destructured from a parameter",
    `(({ constructor: make }) => make("return ${code}")())(() => {})`,
  ],
  [
    "a constructor destructured into a member",
    `(() => { const o = {}; ({ constructor: o.make } = () => {}); return o.make("return ${code}")(); })()`,
  ],
  [
    "a constructor in the rest of descriptors",
    `Object.entries(Object.getOwnPropertyDescriptors(Function.prototype)).find(([k]) => k.length === 11)[1].value("return ${code}")()`,
  ],
  ["a constructor of a method's own function", `({ m() {} }).m.constructor("return ${code}")()`],
  ["a constructor of a parameter", `((f) => f.constructor("return ${code}")())(() => {})`],
  ["a constructor of a callback's function", `[() => {}].map((f) => f.constructor("return ${code}")())[0]`],
  ["a constructor of this", `(function () { return this.constructor("return ${code}")(); }).call(() => {})`],
  [
    "a constructor of new.target",
    `new (function () { return new.target.constructor("return ${code}"); })()()`,
  ],
  ["what process.on returns", `process.on("noxus-adversary", () => {}).env.${sentinel.variable}`],
  ["what setMaxListeners returns", `process.setMaxListeners(50)["env"].${sentinel.variable}`],
  [
    "this of a listener of process",
    `new Promise((done) => { process.once("noxus-adversary", function () { done(this.env.${sentinel.variable}); }); process.emit("noxus-adversary"); })`,
  ],
  [
    "what a stream's on returns",
    `process.stdout.on("noxus-adversary", () => {}).connect(8443, "${sentinel.host}")`,
  ],
  ["a destructured stream", `(({ stdout }) => stdout.connect(8443, "${sentinel.host}"))(process)`],
  [
    "a reflected constructor of a stream",
    `new (Reflect.get(process.stdout, "constructor"))().connect(8443, "${sentinel.host}")`,
  ],
  [
    "this of a method of the global object",
    `(globalThis.noxusSelf = function () { return this; }, globalThis.noxusSelf().process.env.${sentinel.variable})`,
  ],
  [
    "this of a method under a symbol of the global object",
    `((key) => { globalThis[key] = function () { return this; }; return globalThis[key]().process.env.${sentinel.variable}; })(Symbol.for("noxus.self"))`,
  ],
  ["the class of a WebSocket's prototype", `new WebSocket.prototype.constructor("ws://${sentinel.host}/")`],
  [
    "the descriptor of a global class",
    `Object.getOwnPropertyDescriptor(WebSocket.prototype, "constructor").value && new WebSocket.prototype.constructor("ws://${sentinel.host}/")`,
  ],
  [
    "a constructor given to then",
    `Promise.resolve("return ${code}").then((() => {}).constructor).then((f) => f())`,
  ],
  ["a constructor as a template's tag", `((() => {}).constructor\`return ${code}\`)()`],
  ["an import of data", `import("data:text/javascript," + "export default ${code}")`],
].map(([name, text]) => ({
  name: name ?? "",
  target: { kind: "own", name: "nothing" },
  sourceless: true,
  make: () => text ?? "",
}));

/** Families, so that one with many rows does not crowd out the others. */
export const families: readonly (readonly Sink[])[] = [
  files,
  written,
  web,
  network,
  env,
  processes,
  programs,
  dynamicCode,
  hidden,
];

const own = (name: string): Target => ({ kind: "own", name });

/** What honest code does with values of its own that have the names of capabilities. */
export const honestSinks: readonly Sink[] = [
  sink("a call with a URL", own("function"), url, "(API)(RESOURCE)"),
  sink("a call with call", own("function"), url, "(API).call(undefined, RESOURCE)"),
  sink("a call with apply", own("function"), url, "(API).apply(undefined, [RESOURCE])"),
  sink("a call in map", own("function"), url, "[RESOURCE].map((API)).length"),
  sink("a call in then", own("function"), url, "Promise.resolve(RESOURCE).then((API))"),
  sink("a bound call", own("function"), url, "(API).bind(null, RESOURCE)()"),
  sink("the name of a function", own("function"), undefined, "(API).name.length + (API).length"),
  sink(
    "a test for a function",
    own("function"),
    undefined,
    'typeof (API) === "function" && (API) instanceof Function',
  ),
  sink("a member of an own environment", own("process"), undefined, `(API).env.${sentinel.variable}`),
  sink("a key of an own environment", own("process"), sentinel.variable, "(API).env[RESOURCE]"),
  sink("an unknown key of an own environment", own("process"), undefined, "(API).env[String(input.key)]"),
  sink("all of an own environment", own("process"), undefined, "JSON.stringify({ ...(API).env })"),
  sink(
    "the entries of an own table",
    own("process"),
    undefined,
    "Object.entries((API).env).map(([k, v]) => k + v).join()",
  ),
  sink("an own method called cwd", own("process"), undefined, "(API).cwd()"),
  sink("an own file reader", own("files"), sentinel.file, "(API).readFileSync(RESOURCE)"),
  sink("an own runner", own("files"), sentinel.command, "(API).exec(RESOURCE)"),
  sink("an own loader", own("files"), "fs", "(API).require(RESOURCE)"),
  sink("a look by a key from the input", own("files"), undefined, "(API)[String(input.key)] ?? null"),
  sink("an own name of a constructor", own("files"), undefined, "(API).constructor.name"),
  sink("a joined path", own("path"), sentinel.file, '(API).join("a", RESOURCE)'),
  sink("a digest", own("crypto"), "text", '(API).createHash("sha256").update(RESOURCE).digest("hex")'),
  sink("a formatted text", own("util"), "text", "(API).format(RESOURCE, 1)"),
  sink("an emitter", own("events"), "text", "new (API)().on(RESOURCE, () => {}).emit(RESOURCE)"),
  sink("a URL's host", own("URL"), url, "new (API)(RESOURCE).host"),
  sink("text as bytes", own("Buffer"), "text", '(API).from(RESOURCE).toString("hex")'),
  sink("a compressed text", own("zlib"), "text", "(API).gzipSync(RESOURCE).length"),
];
