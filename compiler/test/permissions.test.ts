import { test } from "uvu";
import { type Row, testRows } from "./permissions-setup.ts";

const uses: readonly Row[] = [
  {
    name: "a function bound to the global object",
    body: `return fetch.bind(globalThis)(input)`,
    used: ["network"],
  },
  {
    name: "a descriptor",
    head: `import fs from "node:fs"; const FD = 3;`,
    body: `return fs.readFileSync(FD)`,
    used: ["fs:read"],
  },
  // Mention is use.
  { name: "a call", body: `await fetch("https://api.example.com/v1")`, used: ["network:api.example.com"] },
  {
    name: "a called alias",
    body: `const f = fetch; await f("https://a.example/x")`,
    used: ["network:a.example"],
  },
  { name: "a value in an object", body: `return { get: fetch }`, used: ["network"] },
  { name: "a value in a list", body: `return [fetch].map((f) => f(input))`, used: ["network"] },
  { name: "an argument", body: `return input(fetch)`, used: ["network"] },
  { name: "a result", head: `const get = () => fetch;`, body: `return get()(input)`, used: ["network"] },
  { name: "a default parameter", body: `const f = (g = fetch) => g(input); return f()`, used: ["network"] },
  { name: "a bound function", body: `return fetch.bind(null)(input)`, used: ["network"] },
  {
    name: "call with a self",
    body: `return fetch.call(null, "https://a.example/")`,
    used: ["network:a.example"],
  },
  { name: "apply", body: `return fetch.apply(null, input)`, used: ["network"] },
  { name: "a comma", body: `return (0, fetch)("https://a.example/")`, used: ["network:a.example"] },
  { name: "a member of the global object", body: `return globalThis.fetch(input)`, used: ["network"] },
  {
    name: "the global object twice",
    body: `return globalThis.global["globalThis"].fetch(input)`,
    used: ["network"],
  },
  { name: "a folded member", body: `return globalThis["fet" + "ch"](input)`, used: ["network"] },
  {
    name: "a member folded through a constant",
    head: `const part = "fet"; const name = \`\${part}ch\`;`,
    body: `return globalThis[name](input)`,
    used: ["network"],
  },
  {
    name: "a destructured global",
    body: `const { fetch: f } = globalThis; return f(input)`,
    used: ["network"],
  },
  {
    name: "an aliased global object",
    body: `const g = globalThis; const h = g; return h.fetch(input)`,
    used: ["network"],
  },
  {
    name: "a variable that may hold it",
    body: `let f = null; if (input) f = fetch; return f?.("https://a.example/")`,
    used: ["network:a.example"],
  },
  { name: "a choice", body: `const f = input ? fetch : null; return f?.(input)`, used: ["network"] },
  {
    name: "a class field",
    head: `class Api { get = fetch; }`,
    body: `return new Api().get(input)`,
    used: ["network"],
  },
  {
    name: "a base class",
    head: `import { Agent } from "node:http"; class A extends Agent {}`,
    body: `return new A()`,
    used: ["network"],
  },
  {
    name: "WebSocket",
    body: `return new WebSocket("wss://s.example:8443/x")`,
    used: ["network:s.example:8443"],
  },

  // Resources of the network.
  {
    name: "a template with a constant",
    head: `const HOST = "https://a.example";`,
    body: "return fetch(`${HOST}/v1/${input}`)",
    used: ["network:a.example"],
  },
  { name: "an open authority", body: "return fetch(`https://a.example${input}`)", used: ["network"] },
  {
    name: "an open authority with user info",
    body: `return fetch("https://a.example@" + input)`,
    used: ["network"],
  },
  {
    name: "a constant object",
    head: `const config = { url: "https://a.example/", n: 1 };`,
    body: `return fetch(config.url + input)`,
    used: ["network:a.example"],
  },
  {
    name: "an object that is changed",
    head: `const config = { url: "https://a.example/" };`,
    body: `config.url = input; return fetch(config.url)`,
    used: ["network"],
  },
  {
    name: "an object that is handed on",
    head: `const config = { url: "https://a.example/" };`,
    body: `Object.assign(config, input); return fetch(config.url)`,
    used: ["network"],
  },
  {
    name: "a variable assigned twice",
    body: `let u = "https://a.example/"; if (input) u = input; return fetch(u)`,
    used: ["network"],
  },
  {
    name: "a URL object with a query",
    body: `const u = new URL("https://a.example/v1"); u.searchParams.set("q", input); u.pathname = input; return fetch(u)`,
    used: ["network:a.example"],
  },
  {
    name: "a URL object whose host is set",
    body: `const u = new URL("https://a.example/v1"); u.host = input; return fetch(u)`,
    used: ["network"],
  },
  {
    name: "a URL on a constant base",
    body: `return fetch(new URL("/v1", "https://a.example/x"))`,
    used: ["network:a.example"],
  },
  {
    name: "a URL whose first part may be absolute",
    body: `return fetch(new URL(input, "https://a.example/"))`,
    used: ["network"],
  },
  {
    name: "a private field",
    head: `class Api { #base = "https://a.example"; get(p: string) { return fetch(this.#base + "/" + p) } }`,
    body: `return new Api().get(input)`,
    used: ["network:a.example"],
  },
  {
    name: "a written private field",
    head: `class Api { #base = "https://a.example"; set(v: string) { this.#base = v } get(p: string) { return fetch(this.#base + "/" + p) } }`,
    body: `const api = new Api(); api.set(input); return api.get(input)`,
    used: ["network"],
  },
  { name: "a data URL", body: `return fetch("data:text/plain,hello")`, used: [] },
  {
    name: "a host in other letters",
    body: `return fetch("HTTPS://BÜCHER.example/")`,
    used: ["network:xn--bcher-kva.example"],
  },
  {
    name: "http.request with options",
    head: `import http from "node:http";`,
    body: `return http.request({ hostname: "a.example", port: 8080, path: input })`,
    used: ["network:a.example:8080"],
  },
  {
    name: "http.request with a socket",
    head: `import http from "node:http";`,
    body: `return http.request({ hostname: "a.example", socketPath: input })`,
    used: ["network"],
  },
  {
    name: "https.get with options that win",
    head: `import https from "node:https";`,
    body: `return https.get("https://a.example/", { hostname: input })`,
    used: ["network"],
  },
  {
    name: "https.get with a header",
    head: `import https from "node:https";`,
    body: `return https.get("https://a.example/", { headers: {} }, () => {})`,
    used: ["network:a.example"],
  },
  {
    name: "net.connect",
    head: `import net from "node:net";`,
    body: `return net.connect(5432, "db.example")`,
    used: ["network:db.example:5432"],
  },
  {
    name: "net.connect to a socket file",
    head: `import net from "node:net";`,
    body: `return net.connect("/run/x.sock")`,
    used: ["network"],
  },
  {
    name: "a server",
    head: `import { createServer } from "node:http";`,
    body: `return createServer()`,
    used: ["network"],
  },
  {
    name: "a look-up",
    head: `import dns from "node:dns/promises";`,
    body: `return dns.lookup("a.example")`,
    used: ["network:a.example"],
  },

  // Variables.
  { name: "one variable", body: `return process.env.API_KEY`, used: ["env:API_KEY"] },
  { name: "one variable by string", body: `return process.env["API_KEY"] ?? ""`, used: ["env:API_KEY"] },
  { name: "any variable", body: `return process.env[input]`, used: ["env"] },
  {
    name: "a destructured environment",
    body: `const { env } = process; return env.A + env.B`,
    used: ["env:A", "env:B"],
  },
  {
    name: "destructured variables",
    body: `const { A, B: { length }, C = "x" } = process.env as any; return [A, length, C]`,
    used: ["env:A", "env:B", "env:C"],
  },
  {
    name: "the other variables",
    body: `const { A, ...rest } = process.env; return [A, rest]`,
    used: ["env", "env:A"],
  },
  { name: "a list of variables", body: `return Object.keys(process.env)`, used: ["env"] },
  { name: "a copy of the environment", body: `return { ...process.env }`, used: ["env"] },
  { name: "a look whether it is set", body: `return "HOME" in process.env`, used: ["env:HOME"] },
  {
    name: "process imported",
    head: `import { env } from "node:process";`,
    body: `return env.A`,
    used: ["env:A"],
  },
  { name: "a method that every object has", body: `return process.env.hasOwnProperty(input)`, used: ["env"] },
  { name: "a report", body: `return process.report.getReport()`, used: ["env", "fs:write"] },

  // Files.
  {
    name: "a file",
    head: `import { readFileSync } from "node:fs";`,
    body: `return readFileSync("/data/../etc/x")`,
    used: ["fs:read:/etc/x"],
  },
  {
    name: "a file without node:",
    head: `import fs from "fs";`,
    body: `return fs.promises.readFile("/data/x")`,
    used: ["fs:read:/data/x"],
  },
  {
    name: "a relative file",
    head: `import * as fs from "fs/promises";`,
    body: `return fs.writeFile("out.txt", input)`,
    used: ["fs:write:./out.txt"],
  },
  {
    name: "a file outside the folder",
    head: `import * as fs from "fs/promises";`,
    body: `return fs.readFile("../x")`,
    used: ["fs:read"],
  },
  {
    name: "open for writing",
    head: `import { open } from "node:fs/promises";`,
    body: `return open("/data/x", "w")`,
    used: ["fs:write:/data/x"],
  },
  {
    name: "open for both",
    head: `import { open } from "node:fs/promises";`,
    body: `return open("/data/x", "r+")`,
    used: ["fs:read:/data/x", "fs:write:/data/x"],
  },
  {
    name: "open with unknown flags",
    head: `import { open } from "node:fs/promises";`,
    body: `return open("/data/x", input)`,
    used: ["fs:read:/data/x", "fs:write:/data/x"],
  },
  {
    name: "reading with a writing flag",
    head: `import fs from "node:fs";`,
    body: `return fs.readFileSync("/data/x", { flag: "w+" })`,
    used: ["fs:read:/data/x", "fs:write:/data/x"],
  },
  {
    name: "a copy",
    head: `import fs from "node:fs";`,
    body: `fs.copyFileSync("/a", "/b")`,
    used: ["fs:read:/a", "fs:write:/b"],
  },
  {
    name: "the environment as a file",
    head: `import fs from "node:fs";`,
    body: `return fs.readFileSync("/proc/self/environ")`,
    used: ["env", "fs:read:/proc/self/environ"],
  },
  {
    name: "the module as a value",
    head: `import fs from "node:fs";`,
    body: `return input(fs)`,
    used: ["fs:read", "fs:write"],
  },
  {
    name: "a computed member of the module",
    head: `import fs from "node:fs";`,
    body: `return fs[input]("x")`,
    used: ["fs:read", "fs:write"],
  },
  {
    name: "a dynamic import",
    body: `const { readFile } = await import("node:fs/promises"); return readFile("/a")`,
    used: ["fs:read:/a"],
  },
  {
    name: "a dynamic import with then",
    body: `return import("node:fs").then((fs) => fs.readFileSync("/a"))`,
    used: ["fs:read:/a"],
  },
  { name: "a dynamic import as a value", body: `return import("node:fs")`, used: ["fs:read", "fs:write"] },
  {
    name: "a module by name",
    body: `return process.getBuiltinModule("node:fs").readFileSync("/a")`,
    used: ["fs:read:/a"],
  },
  {
    name: "createRequire",
    head: `import { createRequire } from "node:module"; const load = createRequire(import.meta.url);`,
    body: `return load("node:fs").readFileSync("/a")`,
    used: ["fs:read:/a"],
  },
  { name: "another working folder", body: `process.chdir(input)`, used: ["fs:read", "fs:write"] },
  {
    name: "a database",
    head: `import { DatabaseSync } from "node:sqlite";`,
    body: `return new DatabaseSync("/a.db")`,
    used: ["fs:read", "fs:write"],
  },

  // Programs.
  {
    name: "a program",
    head: `import { execFile } from "node:child_process";`,
    body: `execFile("git", ["log"])`,
    used: ["exec:git"],
  },
  {
    name: "a shell",
    head: `import { exec } from "node:child_process";`,
    body: `exec("git log")`,
    used: ["exec"],
  },
  {
    name: "a program in a shell",
    head: `import { spawn } from "node:child_process";`,
    body: `spawn("git", [], { shell: true })`,
    used: ["exec"],
  },
  {
    name: "a program with unknown options",
    head: `import { spawn } from "node:child_process";`,
    body: `spawn("git", [], input)`,
    used: ["exec"],
  },
  {
    name: "a program with a folder",
    head: `import { spawn } from "node:child_process";`,
    body: `spawn("git", input, { cwd: input, stdio: "pipe" })`,
    used: ["exec:git"],
  },
  { name: "a signal", body: `process.kill(input)`, used: ["exec"] },

  // Functions in view.
  {
    name: "a function that is given the API",
    head: `function get(load: any, path: string) { return load("https://a.example/" + path) }`,
    body: `return get(fetch, input)`,
    used: ["network:a.example"],
  },
  {
    name: "a function that is given the API and sees its arguments",
    head: `const other = Math.random() + "x"; function get(load: any) { load("https://a.example/"); return arguments[0](other) }`,
    body: `return (get as any)(fetch)`,
    used: ["network"],
  },
  {
    name: "a function that only returns the API",
    head: `function load() { return process }`,
    body: `return load().env.A`,
    used: ["env:A"],
  },
  {
    name: "a function that returns the API and is handed on",
    head: `function load() { return fetch }`,
    body: `return input(load)`,
    used: ["network"],
  },
  {
    name: "a function that returns the API and calls itself by another name",
    head: `const load = function inner(n: any): any { return n ? fetch : inner(1)(n) };`,
    body: `return load(input)("https://a.example/")`,
    used: ["network", "network:a.example"],
  },
  {
    name: "a wrapper around the code",
    head: `(function (root: any) { root.cached = root.process.env.A })(globalThis);`,
    used: ["env:A"],
  },

  // Packages.
  {
    name: "a CommonJS package",
    head: `import lib from "lib";`,
    body: `return lib.load()`,
    files: {
      "node_modules/lib/index.js": `var fs = require("fs"); exports.load = function () { return fs.readFileSync("/a") };`,
    },
    used: ["fs:read:/a"],
  },
  {
    name: "a CommonJS package that hands a module on",
    head: `import lib from "lib";`,
    body: `return lib.readFileSync("/a")`,
    files: { "node_modules/lib/index.js": `module.exports = require("fs");` },
    used: ["fs:read:/a"],
  },
  {
    name: "an unused module in a CommonJS package",
    head: `import lib from "lib";`,
    body: `return lib.one`,
    files: {
      "node_modules/lib/index.js": `var http = require("http"); var os = require("os"); exports.one = os.EOL;`,
    },
    used: [],
  },
  {
    name: "an ES package whose function is not used",
    head: `import { one } from "lib";`,
    body: `return one()`,
    files: {
      "node_modules/lib/index.js": `export function one() { return 1 } export function two() { return fetch("https://a.example/") }`,
    },
    used: [],
  },
  {
    name: "a namespace of a module",
    head: `import * as lib from "./lib";`,
    body: `return Object.values(lib)`,
    files: {
      "src/lib.ts": `export { fetch }; const { fetch } = globalThis; export { readFileSync } from "node:fs";`,
    },
    used: ["fs:read", "network"],
  },
];

const narrowed: readonly Row[] = [
  // Finite unions and values across functions, classes and lists.
  {
    name: "a choice of two hosts",
    body: `return fetch(input ? "https://a.example/1" : "https://b.example/2")`,
    used: ["network:a.example", "network:b.example"],
  },
  {
    name: "a host set in a switch",
    body: `let host; switch (input) { case 1: host = "a.example"; break; default: host = "b.example" } return fetch(\`https://\${host}/v1\`)`,
    used: ["network:a.example", "network:b.example"],
  },
  {
    name: "a loop over hosts",
    body: `for (const host of ["a.example", "b.example"]) await fetch(\`https://\${host}/\`)`,
    used: ["network:a.example", "network:b.example"],
  },
  {
    name: "a callback over hosts",
    head: `const HOSTS = ["a.example", "b.example"];`,
    body: `return HOSTS.map((host) => fetch("https://" + host + "/"))`,
    used: ["network:a.example", "network:b.example"],
  },
  {
    name: "a list of hosts that grows",
    head: `const HOSTS = ["a.example"];`,
    body: `HOSTS.push(input); return HOSTS.map((host) => fetch("https://" + host + "/"))`,
    used: ["network"],
  },
  {
    name: "a callback that is given the list",
    head: `const HOSTS = ["a.example"];`,
    body: `return HOSTS.map((host, i, all) => { all[1] = input; return fetch("https://" + host + "/") })`,
    used: ["network"],
  },
  {
    name: "a table of URLs by an unknown key",
    head: `const URLS = { eu: "https://eu.example/", us: "https://us.example/" } as const;`,
    body: `return fetch((URLS as any)[input])`,
    used: ["network:eu.example", "network:us.example"],
  },
  {
    name: "an enum",
    head: `enum Host { A = "a.example", B = "b.example" }`,
    body: `return fetch(\`https://\${(Host as any)[input]}/\`)`,
    used: ["network:a.example", "network:b.example"],
  },
  {
    name: "nested settings",
    head: `const settings = { api: { url: "https://a.example" } };`,
    body: `return fetch(settings.api.url + "/v1")`,
    used: ["network:a.example"],
  },
  {
    name: "nested settings that are changed",
    head: `const settings = { api: { url: "https://a.example" } };`,
    body: `settings.api.url = input; return fetch(settings.api.url + "/v1")`,
    used: ["network"],
  },
  {
    name: "nested settings whose inside is handed on",
    head: `const settings = { api: { url: "https://a.example" } };`,
    body: `input(settings.api).url = input; return fetch(settings.api.url + "/v1")`,
    used: ["network"],
  },
  {
    name: "a URL in an object, changed there",
    head: `const settings = { url: new URL("https://a.example/") };`,
    body: `settings.url.host = input; return fetch(settings.url)`,
    used: ["network"],
  },
  {
    name: "a parameter with all its callers in view",
    head: `function get(path: string, base = "https://a.example") { return fetch(base + "/" + path) }`,
    body: `return [get(input), get(input, "https://b.example")]`,
    used: ["network:a.example", "network:b.example"],
  },
  {
    name: "a parameter with a caller that is not in view",
    head: `function get(base: string) { return fetch(base + "/x") }`,
    body: `input(get); return get("https://b.example")`,
    used: ["network"],
  },
  {
    name: "a result",
    head: `function base(eu: boolean) { if (eu) return "https://eu.example/"; return "https://us.example/" }`,
    body: `return fetch(base(input) + "v1")`,
    used: ["network:eu.example", "network:us.example"],
  },
  {
    name: "a static constant",
    head: `class Api { static readonly BASE = "https://a.example/"; static get(p: string) { return fetch(Api.BASE + p) } }`,
    body: `return Api.get(input)`,
    used: ["network:a.example"],
  },
  {
    name: "a field of a class in view",
    head: `class Api { base = "https://a.example/"; get(p: string) { return fetch(this.base + p) } }`,
    body: `return new Api().get(input)`,
    used: ["network:a.example"],
  },
  {
    name: "a field that somebody writes",
    head: `class Api { base = "https://a.example/"; get(p: string) { return fetch(this.base + p) } }`,
    body: `const api = new Api(); api.base = input; return api.get("x")`,
    used: ["network"],
  },
  {
    name: "a field of an object that is handed on",
    head: `class Api { base = "https://a.example/"; get(p: string) { return fetch(this.base + p) } }`,
    body: `const api = new Api(); Object.assign(api, input); return api.get("x")`,
    used: ["network"],
  },
  {
    name: "joined text",
    head: `const PARTS = ["https://a.example", "v1"];`,
    body: `return fetch(PARTS.join("/").concat("/", input))`,
    used: ["network:a.example"],
  },
  {
    name: "several variables",
    body: `for (const k of ["A", "B"]) input[k] = process.env[k]; return input`,
    used: ["env:A", "env:B"],
  },
  {
    name: "path.join of constants",
    head: `import fs from "node:fs"; import path from "node:path"; const DIR = "/data";`,
    body: `return [fs.readFileSync(path.join(DIR, "a", "../b")), fs.readFileSync(path.resolve("/srv", "x"))]`,
    used: ["fs:read:/data/b", "fs:read:/srv/x"],
  },
  {
    name: "path.join with something unknown",
    head: `import fs from "node:fs"; import path from "node:path";`,
    body: `return fs.readFileSync(path.join("/data", input))`,
    used: ["fs:read"],
  },
  {
    name: "path.resolve in the working directory",
    head: `import fs from "node:fs"; import path from "node:path";`,
    body: `return fs.readFileSync(path.resolve("x"))`,
    used: ["fs:read"],
  },
  {
    name: "a file URL",
    head: `import fs from "node:fs";`,
    body: `return fs.readFileSync(new URL("file:///data/a%20b"))`,
    used: ["fs:read:/data/a b"],
  },
  {
    name: "text that looks like a file URL",
    head: `import fs from "node:fs";`,
    body: `return fs.readFileSync("file:///data/a")`,
    used: ["fs:read"],
  },
  {
    name: "reading with unknown options",
    head: `import fs from "node:fs";`,
    body: `return fs.readFileSync("/data/x", input)`,
    used: ["fs:read:/data/x", "fs:write:/data/x"],
  },
  {
    name: "reading with a callback",
    head: `import fs from "node:fs";`,
    body: `return fs.readFile("/data/x", "utf8", input)`,
    used: ["fs:read:/data/x"],
  },
  {
    name: "a stream on a descriptor",
    head: `import fs from "node:fs";`,
    body: `return fs.createReadStream("/data/x", { fd: input })`,
    used: ["fs:read"],
  },
  {
    name: "open as a value",
    head: `import fs from "node:fs";`,
    body: `return Object.values({ k: fs.openSync })[0]("/x", "r+")`,
    used: ["fs:read", "fs:write"],
  },
  {
    name: "hostname wins over host",
    head: `import https from "node:https";`,
    body: `return https.get({ hostname: "a.example", host: input })`,
    used: ["network:a.example"],
  },
  {
    name: "a child with another search path",
    head: `import { spawn } from "node:child_process";`,
    body: `spawn("git", [], { env: { PATH: "/tmp" } })`,
    used: ["exec"],
  },
  {
    name: "a child with more variables",
    head: `import { spawn } from "node:child_process";`,
    body: `spawn("git", [], { env: { ...process.env, LANG: "C", PATH: process.env.PATH } })`,
    used: ["env", "env:PATH", "exec:git"],
  },
  // Objects that hold an API, and what a call of one gives.
  {
    name: "a module in TypeScript's helper for default imports",
    head: `import lib from "lib";`,
    body: `return lib.read()`,
    files: {
      "node_modules/lib/index.js": `"use strict"; var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };
const fs_1 = __importDefault(require("fs")); const dns_1 = __importDefault(require("dns")); const path_1 = __importDefault(require("path")); exports.read = () => [fs_1.default.readFileSync("/a"), path_1.default.resolve("x"), dns_1.default.NOTFOUND];`,
    },
    used: ["fs:read:/a"],
  },
  {
    name: "a module in TypeScript's helper for namespace imports",
    head: `import lib from "lib";`,
    body: `return lib.f()`,
    files: {
      "node_modules/lib/index.js": `"use strict";
var __createBinding = (this && this.__createBinding) || (Object.create ? (function(o, m, k, k2) { if (k2 === undefined) k2 = k; var desc = Object.getOwnPropertyDescriptor(m, k); if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) { desc = { enumerable: true, get: function() { return m[k]; } }; } Object.defineProperty(o, k2, desc); }) : (function(o, m, k, k2) { if (k2 === undefined) k2 = k; o[k2] = m[k]; }));
var __setModuleDefault = (this && this.__setModuleDefault) || (Object.create ? (function(o, v) { Object.defineProperty(o, "default", { enumerable: true, value: v }); }) : function(o, v) { o["default"] = v; });
var __importStar = (this && this.__importStar) || function (mod) { if (mod && mod.__esModule) return mod; var result = {}; if (mod != null) for (var k in mod) if (k !== "default" && Object.prototype.hasOwnProperty.call(mod, k)) __createBinding(result, mod, k); __setModuleDefault(result, mod); return result; };
const zlib_1 = __importStar(require("node:zlib")); const fs = __importStar(require("fs"));
exports.f = () => [zlib_1.default.gzipSync("x"), fs.readFileSync("/a"), (0, zlib_1.gunzip)("x")];`,
    },
    used: ["fs:read:/a"],
  },
  {
    name: "a module in what looks like TypeScript's helper",
    head: `import lib from "lib";`,
    body: `return lib.f()`,
    files: {
      "node_modules/lib/index.js": `"use strict"; var __importStar = (this && this.__importStar) || function (mod) { kept.push(mod); return {} }; var kept = []; const fs = __importStar(require("fs")); exports.f = () => kept;`,
    },
    used: ["fs:read", "fs:write"],
  },
  {
    name: "an API in an object",
    body: `const api = { get: fetch, name: "x" }; return api.get("https://a.example/")`,
    used: ["network:a.example"],
  },
  {
    name: "an API in an object with a method that uses it",
    body: `const api: any = { get: fetch, go(u: any) { return this.get(u) } }; return api.go(input)`,
    used: ["network"],
  },
  {
    name: "an API in an object that is given a method later",
    body: `const api: any = { get: fetch }; api.go = function (u: any) { return this.get(u) }; return api.go(input)`,
    used: ["network"],
  },
  { name: "an API in a list", body: `return [fetch][0]("https://a.example/")`, used: ["network:a.example"] },
  {
    name: "the constructor of a stream of a file",
    head: `import fs from "node:fs";`,
    body: `const s = fs.createReadStream("/data/a"); return new (s.constructor as any)(input)`,
    used: ["fs:read", "fs:read:/data/a"],
  },
  {
    name: "a socket that is connected again",
    head: `import net from "node:net";`,
    body: `const s = net.connect(443, "a.example"); return s.once("close", () => {}).connect(input)`,
    used: ["network", "network:a.example:443"],
  },
  { name: "what process.on gives", body: `return process.on("warning", () => {}).env.A`, used: ["env:A"] },
  {
    name: "the listener's process",
    body: `process.once("exit", function () { input(this.env.A) })`,
    used: ["env:A"],
  },
  { name: "stdout connected to a host", body: `process.stdout.connect(80, "a.example")`, used: ["network"] },
  {
    name: "a stream of the process, handed on and connected",
    body: `const all = new Map([[1, process.stderr]]); all.get(1).connect(80, "a.example")`,
    used: ["network"],
  },
  {
    name: "Object.hasOwn on the environment",
    body: `return Object.hasOwn(process.env, "A")`,
    used: ["env"],
  },
  {
    name: "recursion that returns an API",
    body: `const f = (n: number, v: any): any => (n === 0 ? v : f(n - 1, v) || g(n - 2, v)); const g = (n: number, v: any): any => f(n, v); return f(2, fetch)("https://a.example/")`,
    used: ["network:a.example"],
  },
];

const refusals: readonly Row[] = [
  {
    name: "a method of the program on process",
    body: `(process as any).zork = function () { return this }; return (process as any).zork().env.A`,

    unproven: ["NX3003"],
  },
  {
    name: "a constructor by two unknown keys",
    body: `return input[input.a][input.b]("return process")()`,
    unproven: ["NX3004"],
  },
  {
    name: "a constructor of a function by an unknown key",
    body: `const f = () => {}; return (f as any)[input]("return process")()`,
    unproven: ["NX3004"],
  },
  {
    name: "a constructor by Reflect.get",
    body: `return Reflect.get(() => {}, "constructor")(input)()`,
    unproven: ["NX3004"],
  },
  {
    name: "a constructor by its descriptor",
    body: `return Object.getOwnPropertyDescriptor(Function.prototype, "constructor")!.value(input)()`,
    unproven: ["NX3004"],
  },
  {
    name: "a constructor in an object",
    body: `const kept = { make: input.constructor }; return kept.make("return process")()`,
    unproven: ["NX3004"],
  },
  {
    name: "a constructor of a method of the console, kept",
    body: `return [console.log.constructor].map((make: any) => make(input)())`,
    unproven: ["NX3004"],
  },
  {
    name: "a constructor given code whose result is kept",
    body: `input.made = input.constructor("return process")`,
    unproven: ["NX3004"],
  },
  {
    name: "the constructor of the base object",
    body: `return ({ __proto__: () => {}, make() { return (super.constructor as any)("return 1")() } } as any).make()`,
    unproven: ["NX3004"],
  },
  {
    name: "a constructor destructured into an object",
    body: `const o: any = {}; ({ constructor: o.make } = () => {}); return o.make(input)()`,
    unproven: ["NX3004"],
  },
  {
    name: "an object with a root that says what it is as text",
    body: `const o: any = { b: process }; o.toString = function () { return this.b.env.A }; return "" + o`,
    used: ["env:A"],
    unproven: ["NX3003"],
  },
  {
    name: "a root in an object whose tag function uses it",
    body: "const o: any = { b: process, t() { return this.b.env.A } }; return o.t`x`",
    used: ["env:A"],
  },
  {
    name: "a root in an awaited object",
    body: `const o: any = { b: process, then(f: any) { f(this.b.env.A) } }; const a = await o; return a`,
    unproven: ["NX3003"],
  },
  {
    name: "stdin by its function",
    body: `return (process as any).openStdin().connect(80)`,
    unproven: ["NX3003"],
  },
  {
    name: "Function called by its own method",
    body: `return (Function as any).apply(null, [input])`,
    unproven: ["NX3004"],
  },
  {
    name: "a getter on Object.prototype",
    body: `Object.defineProperty(Object.prototype, "zork", { get() { return this } })`,
    unproven: ["NX3003"],
  },
  {
    name: "the constructor of the console's stream",
    body: `return new (console as any)._stdout.constructor()`,
    unproven: ["NX3003"],
  },
  {
    name: "Node's own diagnostics channel",
    head: `import { subscribe } from "node:diagnostics_channel";`,
    body: `subscribe("http.client.request.start", input)`,
    unproven: ["NX3003"],
  },
  {
    name: "an unknown diagnostics channel",
    head: `import { channel } from "node:diagnostics_channel";`,
    body: `return channel(input)`,
    unproven: ["NX3003"],
  },
  {
    name: "the crypto module as a value where an engine is named",
    head: `import * as crypto from "node:crypto";`,
    body: `return new Map([[1, crypto]]).get(1)!.setEngine(input)`,
    unproven: ["NX3003"],
  },
  {
    name: "a member of a module that is not in the table",
    head: `import fs from "node:fs";`,
    body: `return (fs as any).unheardOf`,
    unproven: ["NX3008"],
  },
  {
    name: "a database that loads extensions",
    head: `import { DatabaseSync } from "node:sqlite";`,
    body: `return new DatabaseSync("/a", { allowExtension: true })`,
    used: ["fs:read", "fs:write"],
    unproven: ["NX3007"],
  },

  {
    name: "the global object as another function's this",
    body: `return Object.prototype.valueOf.call(globalThis)`,
    unproven: ["NX3003"],
  },
  {
    name: "the agent that Node keeps on the global object",
    body: `return (globalThis as any)[Symbol.for("undici.globalDispatcher.1")].dispatch({ origin: input }, {})`,
    used: ["network"],
  },
  {
    name: "what makes code, from that agent",
    body: `return (globalThis as any)[Symbol.for("undici.globalDispatcher.1")].constructor.constructor("return process")()`,
    used: ["network"],
    unproven: ["NX3004"],
  },
  {
    name: "another agent in its place",
    body: `(globalThis as any)[Symbol.for("undici.globalDispatcher.1")] = input; return 1`,
    unproven: ["NX3003"],
  },
  {
    name: "a call of it, which sees the global object",
    body: `return (globalThis as any)[Symbol.for("undici.globalDispatcher.1")]()`,
    unproven: ["NX3003"],
  },
  {
    name: "one whose name is not known",
    body: `return (globalThis as any)[Symbol.for("undici.globalDispatcher." + input)]`,
    unproven: ["NX3003"],
  },
  {
    name: "another symbol of Node on the global object",
    body: `return (globalThis as any)[Symbol.for("nodejs.other")]`,
    unproven: ["NX3003"],
  },
  {
    name: "a constructor that a local function calls",
    head: `function run(make: any, code: string) { return make(code)() }`,
    body: `return run(input.constructor, "return process")`,
    unproven: ["NX3004"],
  },
  {
    name: "the constructor of async functions, handed on",
    body: `return input(Object.getPrototypeOf(async () => {}).constructor)`,
    unproven: ["NX3004"],
  },
  {
    name: "the constructor of a built-in, handed on",
    body: `return input(Object.constructor)`,
    unproven: ["NX3004"],
  },
  { name: "a computed global", body: `return globalThis[input]`, unproven: ["NX3003"] },
  { name: "the global object as a value", body: `return input(globalThis)`, unproven: ["NX3003"] },
  {
    name: "reflection on the global object",
    body: `return Reflect.get(globalThis, "fetch")`,
    unproven: ["NX3003"],
  },
  {
    name: "the rest of the global object",
    body: `const { fetch: _, ...rest } = globalThis; return rest`,
    unproven: ["NX3003"],
  },
  { name: "process as a value", body: `return input(process)`, unproven: ["NX3003"] },
  { name: "a computed member of process", body: `return process[input]`, unproven: ["NX3003"] },
  { name: "process.binding", body: `return process.binding("fs")`, unproven: ["NX3003"] },
  {
    name: "require of the main module",
    body: `return process.mainModule.require("fs").readFileSync("/data/a")`,
    used: ["fs:read:/data/a"],
  },
  {
    name: "the same by a name that is not known",
    body: `const load = process.mainModule?.require; return load(input)`,
    unproven: ["NX3006"],
  },
  { name: "the same of vm", body: `return process.mainModule.require("vm")`, unproven: ["NX3003"] },
  { name: "process.mainModule", body: `return process.mainModule`, unproven: ["NX3003"] },
  {
    name: "what loads modules, from the main module",
    body: `return process.mainModule.constructor._load("fs")`,
    unproven: ["NX3004"],
  },
  { name: "modules of the main module", body: `return process.mainModule.children[0]`, unproven: ["NX3003"] },
  {
    name: "a module by an unknown name",
    body: `return process.getBuiltinModule(input)`,
    unproven: ["NX3003"],
  },
  {
    name: "a getter of the global object",
    body: `return globalThis.__lookupGetter__("process")()`,
    unproven: ["NX3003"],
  },
  {
    name: "worker threads",
    head: `import { Worker } from "node:worker_threads";`,
    body: `return new Worker(input)`,
    unproven: ["NX3003"],
  },
  {
    name: "the inspector",
    head: `import { Session } from "node:inspector";`,
    body: `return new Session()`,
    unproven: ["NX3003"],
  },
  {
    name: "engine flags",
    head: `import v8 from "node:v8";`,
    body: `v8.setFlagsFromString(input)`,
    unproven: ["NX3003"],
  },
  {
    name: "the constructor of a stream",
    body: `return new process.stdout.constructor(input)`,
    unproven: ["NX3003"],
  },
  { name: "eval", body: `return eval(input)`, unproven: ["NX3004"] },
  { name: "indirect eval", body: `return (0, globalThis.eval)(input)`, unproven: ["NX3004"] },
  { name: "Function", body: `return Function(input)()`, unproven: ["NX3004"] },
  { name: "new Function as a value", body: `const F = Function; return new F(input)`, unproven: ["NX3004"] },
  {
    name: "a constructor of a function",
    body: `return (() => {}).constructor(input)()`,
    unproven: ["NX3004"],
  },
  {
    name: "a constructor of a method",
    body: `return [].filter["constructor"](input)()`,
    unproven: ["NX3004"],
  },
  {
    name: "a constructor of a constructor",
    body: `return input.constructor.constructor`,
    unproven: ["NX3004"],
  },
  {
    name: "an aliased constructor",
    body: `const C = Object.getPrototypeOf(async () => {}).constructor; return new C(input)`,
    unproven: ["NX3004"],
  },
  {
    name: "a destructured constructor",
    body: `const { constructor: C } = input; return C("return process")()`,
    unproven: ["NX3004"],
  },
  {
    name: "a reflected constructor",
    body: `return Reflect.construct(input.constructor, ["x"])`,
    unproven: ["NX3004"],
  },
  {
    name: "the constructor of its own class in a static method",
    head: `class A { static make(x: any) { return new this.constructor(x) } }`,
    body: `return (A as any).make(input)`,
    unproven: ["NX3004"],
  },
  { name: "a timer with a string", body: `setTimeout("alert(1)", 1)`, unproven: ["NX3004"] },
  {
    name: "vm",
    head: `import vm from "node:vm";`,
    body: `return vm.runInThisContext(input)`,
    unproven: ["NX3004"],
  },
  { name: "an unknown import", body: `return import(input)`, unproven: ["NX3006"] },
  {
    name: "an imported data URL",
    body: `const u = "data:text/javascript,"; return import(u + "1")`,
    unproven: ["NX3006"],
  },
  {
    name: "an unknown require",
    head: `import lib from "./lib.js";`,
    body: `return lib(input)`,
    files: { "src/lib.js": `module.exports = function (name) { return require(name) };` },
    unproven: ["NX3006"],
  },
  {
    name: "createRequire of a package",
    head: `import { createRequire } from "node:module";`,
    body: `return createRequire(import.meta.url)("left-pad")`,
    unproven: ["NX3006"],
  },
  { name: "WebAssembly", body: `return WebAssembly.instantiate(input)`, unproven: ["NX3007"] },
  { name: "an addon", body: `process.dlopen(input, "x.node")`, unproven: ["NX3007"] },
  {
    name: "an engine of crypto",
    head: `import crypto from "node:crypto";`,
    body: `crypto.setEngine(input)`,
    unproven: ["NX3007"],
  },
  { name: "a global that is not in the table", body: `return unheardOf(input)`, unproven: ["NX3008"] },
  {
    name: "a member of process that is not in the table",
    body: `return (process as any).unheardOf`,
    unproven: ["NX3008"],
  },
  {
    name: "a helper's name on other code",
    head: `const __toESM = (m: any) => { kept.push(m); return {} as any }; const kept: any[] = []; import fs from "node:fs"; const x = __toESM(fs);`,
    body: `return x.constants`,
    used: ["fs:read", "fs:write"],
  },
];

const harmless: readonly Row[] = [
  {
    name: "copies by the constructor",
    head: `function Big(this: any, n: any) { this.n = n } Big.prototype.abs = function () { const x = new this.constructor(this); x.s = 1; return x };`,
    body: `const C = input.constructor; const y = new C(input.text); return [y.plus(new C("1.5")), C.name]`,
  },
  {
    name: "a copy of what is known to be an object",
    body: `const f = (d: any, v: any) => { if (d instanceof Date) return new (d.constructor as any)(v); return v }; return [f(input, input)].map((x) => x())`,
  },
  {
    name: "properties defined on an own object",
    body: `const o = {}; Object.defineProperty(o, "x", { get() { return 1 } }); return o`,
  },
  { name: "a call by two unknown keys", body: `return input[input.a][input.b](input.c).value` },
  { name: "a curried call by index", body: `for (let i = 0; i < 3; i++) input.table[i][i]("x")(); return 1` },
  {
    name: "a name of another platform that is asked for first",
    body: `return typeof UnheardOf === "function" ? new UnheardOf(input) : null`,
  },
  {
    name: "module, asked for",
    body: `return typeof module === "object" && module && (module as any).require`,
  },
  { name: "a harmless binding", body: `return process.binding && (process as any).binding("util")` },
  {
    name: "methods of functions as values",
    head: `const call = Function.call; const has = call.bind(Object.prototype.hasOwnProperty);`,
    body: `return [has(input, "x"), Function.prototype.toString.call(Function)]`,
  },
  {
    name: "what kind of value process is",
    head: `const { toString } = Object.prototype; const kindOf = ((cache: any) => (thing: any) => { const text = toString.call(thing); return cache[text] })(Object.create(null));`,
    body: `return [kindOf(process), process.nextTick.bind(process)]`,
  },
  {
    name: "globals by constant keys through a function in view",
    head: `function getValue(o: any, k: string) { return o?.[k] } function getNative(o: any, k: string) { const v = getValue(o, k); return typeof v === "function" ? v : undefined } const root = globalThis; const S = getNative(root, "Set"); const M = getNative(root, "Map");`,
    body: `return [new S(), new M()]`,
  },
  {
    name: "a symbol with a known prefix on the global object",
    head: "const version = Math.random().toString(); const KEY = Symbol.for(`demo.api.${version}`);",
    body: `return (globalThis as any)[KEY]`,
  },
  {
    name: "a polyfill of the global object",
    head: `import * as web from "node:stream/web";`,
    body: `Object.assign(globalThis, web); Object.defineProperty(globalThis, "mine", { value: input }); return 1`,
  },
  { name: "a variable that nobody reads", body: `let load; load = process; return 1` },
  {
    name: "the crypto module as a value",
    head: `import * as c from "node:crypto";`,
    body: `return new Map([[1, c]]).get(1)!.createHash("sha256")`,
  },
  {
    name: "an own diagnostics channel",
    head: `import { channel, tracingChannel } from "node:diagnostics_channel"; const c = channel("demo:query");`,
    body: `c.publish(input); return tracingChannel("demo.call")`,
  },
  {
    name: "a require that fails and is caught",
    head: `import lib from "lib";`,
    body: `return lib(input)`,
    files: {
      "node_modules/lib/index.js": `module.exports = function (name) { try { return require(name) } catch (e) { return null } };`,
    },
  },
  {
    name: "members that every module and object has",
    head: `import fs from "node:fs";`,
    body: `return [fs.hasOwnProperty("x"), (fs as any).__esModule]`,
  },

  {
    name: "a local function called fetch",
    head: `function fetch(x: string) { return x }`,
    body: `return fetch("https://a.example/")`,
  },
  {
    name: "a parameter called process",
    body: `const f = (process: any) => process.env.HOME; return f(input)`,
  },
  {
    name: "an import called fetch",
    head: `import { fetch } from "./local";`,
    body: `return fetch("x")`,
    files: { "src/local.ts": `export const fetch = (x: string) => x;` },
  },
  { name: "a method called fetch", body: `return input.fetch("https://a.example/")` },
  {
    name: "a property called process",
    body: `const o = { process: 1, fetch: 2 }; return o.process + o.fetch`,
  },
  { name: "a comment", body: `// fetch("https://a.example/")\n return 1` },
  { name: "a string", body: `return "fetch(process.env.HOME)"` },
  {
    name: "a type",
    head: `import type { Stats } from "node:fs"; type F = typeof fetch;`,
    body: `return input as F | Stats`,
  },
  { name: "an ambient declaration", head: `declare const settings: { a: number };`, body: `return input` },
  { name: "typeof", body: `return typeof fetch === "function" && typeof window === "undefined"` },
  { name: "a test", body: `if (globalThis.fetch) return 1; return globalThis.process ? 2 : 3` },
  { name: "a comparison", body: `return input === fetch` },
  { name: "NODE_ENV, which is fixed when bundling", body: `return process.env.NODE_ENV` },
  {
    name: "facts about the process",
    body: `return [process.version, process.platform, process.pid, process.memoryUsage().rss, process.hrtime.bigint()]`,
  },
  { name: "writing to stdout", body: `process.stdout.write("x"); console.log(input)` },
  { name: "events of the process", body: `process.on("warning", () => {}); process.nextTick(() => {})` },
  {
    name: "pure modules",
    head: `import { createHash } from "node:crypto"; import path from "node:path"; import { EventEmitter } from "node:events"; import util from "node:util";`,
    body: `return [createHash("sha256"), path.join("a", "b"), new EventEmitter(), util.inspect(input), path]`,
  },
  {
    name: "pure members of other modules",
    head: `import fs from "node:fs"; import http from "node:http"; import net from "node:net";`,
    body: `return [fs.constants, http.STATUS_CODES, net.isIP(input)]`,
  },
  {
    name: "AsyncLocalStorage",
    head: `import { AsyncLocalStorage } from "node:async_hooks"; const store = new AsyncLocalStorage();`,
    body: `return store.run(1, () => input)`,
  },
  {
    name: "the name of a constructor",
    body: `return [this.constructor.name, input.constructor === Object, Object.prototype.constructor]`,
  },
  {
    name: "a copy by the own constructor",
    head: `class A { constructor(readonly x: any) {} copy() { return new (this.constructor as any)(this.x) } }`,
    body: `return new A(input).copy()`,
  },
  { name: "a copy of a typed array", body: `return new input.constructor(input.length)` },
  {
    name: "the constructor of the base",
    head: `function Base(this: any) {} function Sub(this: any) { Base.prototype.constructor.call(this) }`,
    body: `return new (Sub as any)()`,
  },
  { name: "a timer", body: `return new Promise((resolve) => setTimeout(resolve, 10))` },
  {
    name: "instanceof Function",
    body: `return [input instanceof Function, Function.prototype.toString.call(input)]`,
  },
  {
    name: "an own global",
    head: `(globalThis as any).counter ??= 0;`,
    body: `(globalThis as any).mine = 1; return (globalThis as any).mine`,
  },
  {
    name: "a symbol of its own on the global object",
    head: `const KEY = Symbol.for("demo.registry");`,
    body: `return ((globalThis as any)[KEY] ??= {})`,
  },
  {
    name: "the kind of a function",
    head: `const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;`,
    body: `return input instanceof AsyncFunction || input.constructor === AsyncFunction`,
  },
  { name: "import.meta.url", body: `return import.meta.url` },
  {
    name: "the usual search for the global object",
    head: `const root = typeof globalThis === "object" ? globalThis : typeof self === "object" ? self : Function("return this")();`,
    body: `return root.Symbol.iterator`,
  },
  {
    name: "a CommonJS package of pure modules",
    head: `import lib from "lib";`,
    body: `return lib(input)`,
    files: {
      "node_modules/lib/index.js": `"use strict"; var util = require("util"); var E = require("events").EventEmitter; var b = require("./b");
module.exports = function (x) { return util.format(x, E, b.name) }; Object.defineProperty(exports, "__esModule", { value: true });`,
      "node_modules/lib/b.js": `exports.name = "b"; Object.defineProperty(exports, "c", { enumerable: true, get: function () { return 1 } });`,
    },
  },
];

testRows([...uses, ...narrowed, ...refusals, ...harmless]);

test.run();
