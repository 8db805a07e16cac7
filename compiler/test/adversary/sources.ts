import type { Source } from "./case.ts";

const esm = ["ts", "js"] as const;

/** A property name in two constant halves. */
function halves(name: string): string {
  const middle = name.length >> 1;
  return `${JSON.stringify(name.slice(0, middle))} + ${JSON.stringify(name.slice(middle))}`;
}

function plain(name: string, write: (target: string) => string): Source {
  return { name, kind: "global", make: (target) => write(target) };
}

function stepwise(name: string, write: (target: string, fresh: string) => readonly [string, string]): Source {
  return {
    name,
    kind: "global",
    make: (target, scope) => {
      const [statement, value] = write(target, scope.name());
      scope.add(statement);
      return value;
    },
  };
}

const globals: readonly Source[] = [
  plain("its name", (g) => g),
  plain("a member of globalThis", (g) => `globalThis.${g}`),
  plain("a member of global", (g) => `global.${g}`),
  plain("a string member", (g) => `globalThis[${JSON.stringify(g)}]`),
  plain("a folded member", (g) => `globalThis[${halves(g)}]`),
  plain("a template member", (g) => `globalThis[\`${g.slice(0, 2)}\${"${g.slice(2)}"}\`]`),
  plain("the global object twice", (g) => `globalThis.globalThis.global.${g}`),
  plain("an optional member", (g) => `globalThis?.${g}`),
  plain("a comma", (g) => `(0, globalThis).${g}`),
  plain("reflection", (g) => `Reflect.get(globalThis, ${JSON.stringify(g)})`),
  plain("a proxy of the global object", (g) => `new Proxy(globalThis, {}).${g}`),
  plain("an object that inherits from it", (g) => `Object.create(globalThis).${g}`),
  plain("its valueOf", (g) => `globalThis.valueOf().${g}`),
  plain("a function made of text", (g) => `Function("return ${g}")()`),
  plain("the constructor of an arrow", (g) => `(() => {}).constructor("return ${g}")()`),
  plain("the constructor of a method", (g) => `[].filter["constructor"]("return ${g}")()`),
  plain("the constructor of a string's constructor", (g) => `"".constructor.constructor("return ${g}")()`),
  plain("this of a function made of text", (g) => `Function("return this")().${g}`),
  plain("eval", (g) => `eval("${g}")`),
  plain("indirect eval", (g) => `(0, eval)("${g}")`),
  plain("eval of the global object", (g) => `globalThis.eval("${g}")`),
  plain(
    "a generator made of text",
    (g) => `Object.getPrototypeOf(function* () {}).constructor("yield ${g}")().next().value`,
  ),
  plain("Reflect.construct", (g) => `Reflect.construct(Function, ["return ${g}"])()`),
  plain(
    "a constructor by its descriptor",
    (g) => `Object.getOwnPropertyDescriptor(Function.prototype, "constructor").value("return ${g}")()`,
  ),
  plain("a constructor by reflection", (g) => `Reflect.get(function () {}, "constructor")("return ${g}")()`),
  plain(
    "character codes",
    (g) => `globalThis[String.fromCharCode(${[...g].map((c) => c.charCodeAt(0)).join(", ")})]`,
  ),
  plain(
    "a joined name",
    (g) => `globalThis[${JSON.stringify([...g].reverse().join(""))}.split("").reverse().join("")]`,
  ),
  plain("a choice", (g) => `(globalThis ? globalThis : {}).${g}`),
  plain("a wrapper's parameter", (g) => `((root) => root.${g})(globalThis)`),
  plain("an async wrapper's default", (g) => `((root = globalThis) => root.${g})()`),
  plain(
    "the search for the global object",
    (g) => `(typeof globalThis !== "undefined" ? globalThis : typeof self !== "undefined" ? self : {}).${g}`,
  ),
  stepwise("destructuring", (g, v) => [`const { ${g}: ${v} } = globalThis;`, v]),
  stepwise("destructuring with a default", (g, v) => [`const { ${g}: ${v} = null } = globalThis;`, v]),
  stepwise("a computed destructuring", (g, v) => [`const { [${halves(g)}]: ${v} } = globalThis;`, v]),
  stepwise("nested destructuring", (g, v) => [`const { globalThis: { ${g}: ${v} } } = globalThis;`, v]),
  stepwise("a rest of the global object", (g, v) => [
    `const { Array: ${v}a, ...${v} } = globalThis;`,
    `${v}.${g}`,
  ]),
  stepwise("an alias of the global object", (g, v) => [`const ${v} = globalThis;`, `${v}.${g}`]),
  stepwise("a second alias", (g, v) => [`const ${v}a = globalThis; let ${v} = ${v}a;`, `${v}["${g}"]`]),
  stepwise("a later assignment", (g, v) => [`let ${v}; ${v} = globalThis;`, `${v}.${g}`]),
  stepwise("a destructuring assignment", (g, v) => [`let ${v}; ({ ${g}: ${v} } = globalThis);`, v]),
  stepwise("a key in a variable", (g, v) => [`const ${v} = "${g}";`, `globalThis[${v}]`]),
  stepwise("a key in a table", (g, v) => [`const ${v} = { key: "${g}" };`, `globalThis[${v}.key]`]),
  stepwise("a key that is found", (g, v) => [
    `const ${v} = Object.getOwnPropertyNames(globalThis).find((n) => n.length === ${g.length} && n === "${g}");`,
    `globalThis[${v}]`,
  ]),
  stepwise("a descriptor", (g, v) => [
    `const ${v} = Object.getOwnPropertyDescriptor(globalThis, "${g}");`,
    `(${v}.value ?? ${v}.get())`,
  ]),
  stepwise("a descriptor by reflection", (g, v) => [
    `const ${v} = Reflect.getOwnPropertyDescriptor(globalThis, "${g}");`,
    `("value" in ${v} ? ${v}.value : ${v}.get.call(globalThis))`,
  ]),
  stepwise("a destructured descriptor", (g, v) => [
    `const { value: ${v}, get: ${v}get } = Object.getOwnPropertyDescriptor(globalThis, "${g}");`,
    `(${v} ?? ${v}get())`,
  ]),
  stepwise("a wrapper for a platform that is made to fit", (g, v) => [
    `const ${v}old = globalThis.setImmediate; globalThis.setImmediate = undefined; let ${v};
(function (root) { if (root.setImmediate) { return; } ${v} = root.${g}; })(globalThis); globalThis.setImmediate = ${v}old;`,
    v,
  ]),
  stepwise("a browser that is made to be", (g, v) => [
    `Object.assign(globalThis, { self: globalThis }); const ${v} = typeof self === "undefined" ? null : ${g}; delete globalThis.self;`,
    v,
  ]),
  stepwise("a branch for this platform", (g, v) => [
    `const ${v} = typeof window === "undefined" && typeof process === "object" ? ${g} : null;`,
    v,
  ]),
  stepwise("a condition on a variable before it has its value", (g, v) => [
    `function ${v}f() { if (typeof ${v}p === "object") return null; return ${g}; } const ${v} = ${v}f(); var ${v}p = process;`,
    v,
  ]),
  stepwise("a condition on a variable that never gets its value", (g, v) => [
    `const ${v} = ((text) => { if (text === "") { var on = globalThis; } if (on) return null; return ${g}; })("x");`,
    v,
  ]),
  stepwise("a constant condition", (g, v) => [
    `const ${v} = (() => { if (0) return null; return ${g}; })();`,
    v,
  ]),
  stepwise("all descriptors", (g, v) => [
    `const ${v} = Object.getOwnPropertyDescriptors(globalThis).${g};`,
    `(${v}.value ?? ${v}.get())`,
  ]),
  stepwise("a copy of the global object", (g, v) => [
    `const ${v} = { ${g}: null, ...globalThis };`,
    `(${v}.${g} ?? globalThis.${g})`,
  ]),
  stepwise("a prototype", (g, v) => [
    `const ${v} = {}; Object.setPrototypeOf(${v}, globalThis);`,
    `${v}.${g}`,
  ]),
  stepwise("a literal's prototype", (g, v) => [`const ${v} = { __proto__: globalThis };`, `${v}.${g}`]),
  stepwise("a constructor in a variable", (g, v) => [
    `const ${v} = Object.getPrototypeOf(() => {}).constructor;`,
    `${v}("return ${g}")()`,
  ]),
  stepwise("a computed constructor", (g, v) => [
    `const ${v} = ["construc", "tor"].join("");`,
    `(() => {})[${v}]("return ${g}")()`,
  ]),
  stepwise("a try around it", (g, v) => [
    `let ${v}; try { ${v} = globalThis.${g}; } catch { ${v} = null; }`,
    v,
  ]),
  stepwise("a class of functions made of text", (g, v) => [
    `class ${v} extends Function {}`,
    `new ${v}("return ${g}")()`,
  ]),
  {
    name: "an import of data",
    kind: "global",
    awaits: true,
    make: (g) => `(await import("data:text/javascript,export default ${g}")).default`,
  },
  {
    name: "vm",
    kind: "global",
    languages: esm,
    make: (g, scope) => {
      const v = scope.name();
      scope.addTop(`import ${v} from "node:vm";`);
      return `${v}.runInThisContext("${g}")`;
    },
  },
  {
    name: "an import of process",
    kind: "global",
    only: ["process"],
    languages: esm,
    make: (_, scope) => {
      const v = scope.name();
      scope.addTop(`import ${v} from "node:process";`);
      return v;
    },
  },
  {
    name: "a namespace of process",
    kind: "global",
    only: ["process"],
    languages: esm,
    make: (_, scope) => {
      const v = scope.name();
      scope.addTop(`import * as ${v} from "process";`);
      return v;
    },
  },
  {
    name: "require of process",
    kind: "global",
    only: ["process"],
    languages: ["cjs"],
    make: () => 'require("process")',
  },
];

function imported(name: string, write: (module: string, fresh: string) => readonly [string, string]): Source {
  return {
    name,
    kind: "module",
    languages: esm,
    make: (module, scope) => {
      const [line, value] = write(module, scope.name());
      scope.addTop(line);
      return value;
    },
  };
}

function inPlace(name: string, write: (module: string) => string, extra: Partial<Source> = {}): Source {
  return { name, kind: "module", make: (module) => write(module), ...extra };
}

/** A method that is called with `process` as its `this` keeps the module in a field. */
function byThis(name: string, write: (taker: string) => string): Source {
  return {
    name,
    kind: "module",
    make: (module, scope) => {
      const v = scope.name();
      const taker = `class ${v} { take() { ${v}.found = this.getBuiltinModule("${full(module)}"); } }`;
      scope.add(`${taker} ${write(v)}`);
      return `${v}.found`;
    },
  };
}

/** `node:` in front, where the bare name would not do it differently. */
const full = (module: string): string => (module.startsWith("node:") ? module : `node:${module}`);

const modules: readonly Source[] = [
  imported("a default import", (m, v) => [`import ${v} from "${full(m)}";`, v]),
  imported("a default import without node:", (m, v) => [`import ${v} from "${m}";`, v]),
  imported("a namespace import", (m, v) => [`import * as ${v} from "${full(m)}";`, v]),
  imported("the default of a namespace", (m, v) => [`import * as ${v} from "${full(m)}";`, `${v}.default`]),
  imported("an import as default", (m, v) => [`import { default as ${v} } from "${full(m)}";`, v]),
  imported("a string import", (m, v) => [`import { "default" as ${v} } from "${full(m)}";`, v]),
  imported("createRequire", (m, v) => [
    `import { createRequire as ${v} } from "node:module";`,
    `${v}(import.meta.url)("${full(m)}")`,
  ]),
  imported("createRequire of a namespace", (m, v) => [
    `import * as ${v} from "node:module";`,
    `${v}.default.createRequire(import.meta.url)("${full(m)}")`,
  ]),
  imported("an import kept in a variable", (m, v) => [
    `import ${v}a from "${full(m)}"; const ${v} = ${v}a;`,
    v,
  ]),
  imported("the loader behind modules", (m, v) => [`import ${v} from "node:module";`, `${v}._load("${m}")`]),
  imported("getBuiltinModule of an import", (m, v) => [
    `import { getBuiltinModule as ${v} } from "node:process";`,
    `${v}("${full(m)}")`,
  ]),
  {
    name: "a re-export",
    kind: "module",
    languages: esm,
    make: (m, scope) => {
      const v = scope.name();
      scope.addFile(`${v}.ts`, `export { default as ${v} } from "${full(m)}";\n`);
      scope.addTop(`import { ${v} } from "./${v}";`);
      return v;
    },
  },
  {
    name: "a re-exported namespace",
    kind: "module",
    languages: esm,
    make: (m, scope) => {
      const v = scope.name();
      scope.addFile(`${v}.js`, `export * as ${v} from "${full(m)}";\n`);
      scope.addTop(`import * as ${v}ns from "./${v}.js";`);
      return `${v}ns.${v}`;
    },
  },
  {
    name: "a chain of re-exports",
    kind: "module",
    languages: esm,
    make: (m, scope) => {
      const v = scope.name();
      scope.addFile(`${v}a.ts`, `import lib from "${full(m)}";\nexport default lib;\n`);
      scope.addFile(`${v}b.ts`, `export { default } from "./${v}a";\n`);
      scope.addFile(`${v}c.ts`, `export { default as ${v} } from "./${v}b";\n`);
      scope.addTop(`import { ${v} } from "./${v}c";`);
      return v;
    },
  },
  {
    name: "export star of everything",
    kind: "module",
    languages: esm,
    make: (m, scope) => {
      const v = scope.name();
      scope.addFile(`${v}.ts`, `export * from "${full(m)}";\n`);
      scope.addTop(`import * as ${v} from "./${v}";`);
      return v;
    },
  },
  {
    name: "a JSON twin",
    kind: "module",
    languages: esm,
    make: (m, scope) => {
      const v = scope.name();
      scope.addFile(`${v}.json`, JSON.stringify({ name: full(m) }));
      scope.addTop(`import ${v} from "./${v}.json";`);
      return `process.getBuiltinModule(${v}.name)`;
    },
  },
  byThis("this of a listener", (v) => `process.once("${v}", new ${v}().take); process.emit("${v}");`),
  byThis(
    "this of a listener kept in an object",
    (v) => `const ${v}o = { kept: new ${v}().take }; process.once("${v}", ${v}o.kept); process.emit("${v}");`,
  ),
  byThis(
    "this of a listener from a list",
    (v) => `process.once("${v}", [new ${v}().take][0]); process.emit("${v}");`,
  ),
  byThis(
    "this of listeners that are spread",
    (v) => `process.once(...["${v}", new ${v}().take]); process.emit("${v}");`,
  ),
  byThis(
    "this of a function in the place of one of process",
    (v) =>
      `const ${v}u = process.uptime; process.uptime = new ${v}().take; process.uptime(); process.uptime = ${v}u;`,
  ),
  byThis(
    "this of a function in the place of one of process, by call",
    (v) =>
      `const ${v}u = process.uptime; process.uptime = new ${v}().take; process.uptime.call(process); process.uptime = ${v}u;`,
  ),
  inPlace("an awaited import", (m) => `(await import("${full(m)}"))`, { awaits: true }),
  inPlace("the default of an awaited import", (m) => `(await import("${full(m)}")).default`, {
    awaits: true,
  }),
  inPlace("an import with then", (m) => `(await import("${full(m)}").then((m) => m.default))`, {
    awaits: true,
  }),
  inPlace("an import of a folded name", (m) => `(await import(${halves(full(m))}))`, { awaits: true }),
  inPlace("an import of an unknown name", (m) => `(await import(["${full(m)}"].join()))`, { awaits: true }),
  inPlace("getBuiltinModule", (m) => `process.getBuiltinModule("${full(m)}")`),
  inPlace("getBuiltinModule of a folded name", (m) => `process["getBuiltin" + "Module"](${halves(full(m))})`),
  inPlace("getBuiltinModule of the global object", (m) => `globalThis.process.getBuiltinModule("${m}")`),
  inPlace("getBuiltinModule of an unknown name", (m) => `process.getBuiltinModule(["${m}"].join())`),
  inPlace("getBuiltinModule through call", (m) => `process.getBuiltinModule.call(process, "${full(m)}")`),
  inPlace("getBuiltinModule through bind", (m) => `process.getBuiltinModule.bind(process)("${full(m)}")`),
  inPlace(
    "getBuiltinModule by reflection",
    (m) => `Reflect.apply(process.getBuiltinModule, process, ["${m}"])`,
  ),
  inPlace(
    "getBuiltinModule by its descriptor",
    (m) =>
      `Reflect.apply(Object.getOwnPropertyDescriptor(process, "getBuiltinModule").value, process, [${halves(full(m))}])`,
  ),
  inPlace(
    "getBuiltinModule by its descriptor, of an unknown name",
    (m) =>
      `Object.getOwnPropertyDescriptor(process, "getBuiltinModule").value.call(process, ["${m}"].join())`,
  ),
  inPlace("getBuiltinModule destructured", (m) => `(({ getBuiltinModule: g }) => g("${full(m)}"))(process)`),
  inPlace(
    "getBuiltinModule made of text",
    (m) => `Function("return process")().getBuiltinModule("${full(m)}")`,
  ),
  inPlace("require", (m) => `require("${full(m)}")`, { languages: ["cjs"] }),
  inPlace("require without node:", (m) => `require("${m}")`, { languages: ["cjs"] }),
  inPlace("require in a choice", (m) => `(true ? require("${full(m)}") : null)`, { languages: ["cjs"] }),
  inPlace("require in a function", (m) => `(function () { return require("${full(m)}"); })()`, {
    languages: ["cjs"],
  }),
  inPlace("require of a folded name", (m) => `require(${halves(full(m))})`, { languages: ["cjs"] }),
  inPlace("module.require", (m) => `module.require("${full(m)}")`, { languages: ["cjs"] }),
  inPlace("require through a variable", (m) => `((r) => r("${full(m)}"))(require)`, { languages: ["cjs"] }),
];

function own(
  name: string,
  target: string,
  write: string | ((fresh: string) => readonly [string, string]),
): Source {
  return {
    name,
    kind: "own",
    only: [target],
    make: (_, scope) => {
      if (typeof write === "string") return write;
      const [statement, value] = write(scope.name());
      scope.add(statement);
      return value;
    },
  };
}

function builtin(module: string): readonly Source[] {
  return [
    {
      name: `a default import of ${module}`,
      kind: "own",
      only: [module],
      languages: esm,
      make: (_, scope) => {
        const v = scope.name();
        scope.addTop(`import ${v} from "node:${module}";`);
        return v;
      },
    },
    {
      name: `a namespace of ${module}`,
      kind: "own",
      only: module === "events" ? [] : [module],
      languages: esm,
      make: (_, scope) => {
        const v = scope.name();
        scope.addTop(`import * as ${v} from "${module}";`);
        return v;
      },
    },
    {
      name: `require of ${module}`,
      kind: "own",
      only: [module],
      languages: ["cjs"],
      make: () => `require("${module}")`,
    },
    {
      name: `getBuiltinModule of ${module}`,
      kind: "own",
      only: [module],
      make: () => `process.getBuiltinModule("node:${module}")`,
    },
  ];
}

const table = `{ readFileSync: (p) => "own " + p, exec: (c) => c.length, require: (n) => n, 1: "one" }`;
const machine = `{ env: { NOXUS_ADVERSARY_TOKEN: "own", HOME: "own" }, cwd: () => "/own", platform: "own" }`;

/** Values of the plugin's own that only look like capabilities, and built-in modules that reach nothing. */
const owns: readonly Source[] = [
  own("an arrow", "function", "((text) => String(text).length)"),
  own("a local function called fetch", "function", () => [
    "function fetch(text) { return String(text).length; }",
    "fetch",
  ]),
  own("a local called eval's name", "function", (v) => [
    `const ${v} = { eval: (text) => text };`,
    `${v}.eval`,
  ]),
  own("a method called exec", "function", "/a/.exec.bind(/a/)"),
  own("String", "function", "String"),
  own("encodeURIComponent", "function", "encodeURIComponent"),
  own("JSON.stringify", "function", "JSON.stringify"),
  own("a class's static method", "function", (v) => [
    `class ${v} { static get(text) { return text.length; } }`,
    `${v}.get`,
  ]),
  own("a bound function", "function", "((a, b) => a + b).bind(null, 1)"),
  own("an object called process", "process", () => [`const process = ${machine};`, "process"]),
  own("a parameter called process", "process", `((process) => process)(${machine})`),
  own("an object", "process", (v) => [`const ${v} = ${machine};`, v]),
  own("a table of functions", "files", (v) => [`const ${v} = ${table};`, v]),
  own("a local called fs", "files", () => [`const fs = ${table};`, "fs"]),
  own("a class of functions", "files", (v) => [
    `class ${v} { readFileSync(p) { return p; } exec(c) { return c; } require(n) { return n; } }`,
    `new ${v}()`,
  ]),
  own("URL", "URL", "URL"),
  own("URL of the global object", "URL", "globalThis.URL"),
  own("Buffer", "Buffer", "Buffer"),
  ...["path", "crypto", "util", "events", "zlib"].flatMap(builtin),
];

export const sources: readonly Source[] = [...globals, ...modules];
export const honestSources: readonly Source[] = owns;
