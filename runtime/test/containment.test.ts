/** What a runner is denied without a permission and allowed with it; `versions.test.ts` runs this on every Node. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadPlugin, type Manifest, StartError, startServer } from "../index.ts";
import { findDenial } from "../runner/denial.ts";
import { memoryLimits } from "../runner/memory.ts";
import { containment, runnerPackages } from "../runner/permission-model.ts";
import { temporaryFolder } from "./folders.ts";
import { closeServers, collectLog, type PluginSource, serve, writePlugin } from "./plugin.ts";

const canCloseNetwork = process.allowedNodeEnvironmentFlags.has("--allow-net");

const folder = temporaryFolder();
const data = join(folder, "data");
const out = join(folder, "made", "later");
mkdirSync(join(data, "deep"), { recursive: true });
mkdirSync(join(folder, "database"));
for (const path of ["data/note.txt", "data/deep/note.txt", "database/note.txt"]) {
  writeFileSync(join(folder, path), "hello");
}

const target = createServer((_request, response) => response.end("reached"));
let origin = "";

test.before(async () => {
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(target.address() as AddressInfo).port}`; // it listens on a port
});
test.after(async () => {
  target.close();
  await closeServers();
});

/** Runs one node whose `call` is `call`, and gives its `value`, or the message of its error. */
async function outcome(call: string, source: Omit<PluginSource, "nodes"> = {}): Promise<string> {
  const server = await serve({ ...source, nodes: { Try: { call } } }, { spareRunners: 0 });
  const reply = await server.post("try", {});
  const lines = server.logLines();
  await server.close();
  const stderr = lines.filter((line) => line.source === "stderr").map((line) => String(line.msg));
  assert.equal(
    stderr.filter((line) => !/ExperimentalWarning: (WASI|FFI)|trace-warnings/.test(line)),
    [],
    "Node's own warnings are not the plugin's",
  );
  if (reply.status === 200) return String(reply.json.outputs?.value);
  assert.is(reply.status, 500, reply.text);
  assert.is(reply.json.error?.code, "node_error");
  return reply.json.error?.message ?? "";
}

const read = (path: string) => `
  const { readFileSync } = await import("node:fs");
  return { value: readFileSync(${JSON.stringify(path)}, "utf8") };`;
const write = (path: string) => `
  const fs = await import("node:fs");
  fs.mkdirSync(${JSON.stringify(join(path, ".."))}, { recursive: true });
  fs.writeFileSync(${JSON.stringify(path)}, "x");
  fs.appendFileSync(${JSON.stringify(path)}, "y");
  fs.truncateSync(${JSON.stringify(path)}, 1);
  fs.cpSync(${JSON.stringify(path)}, ${JSON.stringify(`${path}.copy`)});
  fs.rmSync(${JSON.stringify(path)});
  return { value: "written" };`;
const mayNotRead = (path: string) =>
  `the runner may not read ${path}; plugin.yaml declares no fs:read for it`;

test("reads what is declared and below it, and nothing else", async () => {
  const note = join(data, "deep", "note.txt");
  assert.is(await outcome(read(note)), mayNotRead(note));
  assert.is(await outcome(read(note), { permissions: [`fs:read:${data}`] }), "hello");
  assert.is(await outcome(read(note), { permissions: [`fs:read:${note}`] }), "hello");
  assert.is(await outcome(read(note), { permissions: ["fs:read"] }), "hello");
  const beside = join(folder, "database", "note.txt");
  assert.is(await outcome(read(beside), { permissions: [`fs:read:${data}`] }), mayNotRead(beside));
  const around = join(data, "..", "database", "note.txt");
  assert.is(await outcome(read(around), { permissions: [`fs:read:${data}`] }), mayNotRead(around));
  assert.is(
    await outcome(read("/proc/self/environ"), { permissions: ["env"] }),
    mayNotRead("/proc/self/environ"),
  );
});

test("lists a declared folder whatever else is declared beside or below it", async () => {
  const list = (path: string) =>
    `return { value: (await import("node:fs")).readdirSync(${JSON.stringify(path)}).join() };`;
  const beside = [`fs:read:${join(folder, "data")}`, `fs:read:${join(folder, "database")}`];
  assert.is(await outcome(list(data), { permissions: beside }), "deep,note.txt");
  assert.is(await outcome(list(data), { permissions: [...beside].reverse() }), "deep,note.txt");
  const below = [`fs:write:${join(data, "deep")}`, `fs:read:${data}`];
  assert.is(await outcome(list(data), { permissions: below }), "deep,note.txt");
  assert.is(await outcome(list(data), { permissions: [`fs:read:${data}`] }), "deep,note.txt");
});

test("asking whether a file is there is reading, also at import", async () => {
  const path = join(folder, "package.json");
  const top = `import { existsSync } from "node:fs"; const found = existsSync(${JSON.stringify(path)});`;
  const nodes = { Found: { call: "return { value: found };" } };
  const log = collectLog();
  const options = { env: {}, log: log.stream };
  const plugin = await loadPlugin(writePlugin({ top, nodes }));
  const error: unknown = await startServer({ ...options, plugin }).catch((reason: unknown) => reason);
  assert.ok(error instanceof StartError);
  assert.is(error.message, `the plugin did not start: ${mayNotRead(path)}`);
  assert.is(await outcome("return { value: found };", { top, permissions: [`fs:read:${path}`] }), "false");
});

test("writes where it is declared, also into folders that are made later", async () => {
  const path = join(out, "result.txt");
  const may = (what: string) => `the runner may not write ${what}; plugin.yaml declares no fs:write for it`;
  assert.is(await outcome(write(path)), may(out));
  assert.is(await outcome(write(path), { permissions: [`fs:read:${folder}`] }), may(out));
  const sole = `(await import("node:fs")).writeFileSync(${JSON.stringify(join(data, "x"))}, "x"); return {};`;
  assert.is(await outcome(sole, { permissions: [`fs:write:${out}`] }), may(join(data, "x")));
  // The folder must be there for mkdir; what lies below is the plugin's.
  mkdirSync(join(out, ".."), { recursive: true });
  assert.is(await outcome(write(path), { permissions: [`fs:write:${out}`] }), "written");
  rmSync(join(out, ".."), { recursive: true });
  assert.is(await outcome(write(path), { permissions: ["fs:write"] }), "written");
});

test("starts programs only with `exec`, and those without its own flags", async () => {
  const call = `
    const { execFileSync } = await import("node:child_process");
    const script = 'require("node:fs").readFileSync("/etc/passwd"); process.stdout.write(String(process.env.NODE_OPTIONS))';
    return { value: execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }) };`;
  const denied = "the runner may not start programs; plugin.yaml declares no exec for it";
  assert.is(await outcome(call), denied);
  assert.is(await outcome(call, { permissions: ["network", "env", "fs:read", "fs:write"] }), denied);
  assert.is(await outcome(call, { permissions: ["exec:node"] }), "undefined");
});

const everything = ["network", "env", "fs:read", "fs:write", "exec"];
const never: readonly [name: string, call: string, message: string][] = [
  [
    "worker threads",
    `new (await import("node:worker_threads")).Worker("1", { eval: true });`,
    "start worker threads",
  ],
  ["addons", `process.dlopen({ exports: {} }, "/nothing.node");`, "load native code"],
  ["the inspector", `(await import("node:inspector")).open(0);`, "use the inspector"],
  ["WASI", `new (await import("node:wasi")).WASI({ version: "preview1" });`, "use WASI"],
  ["eval", `return { value: (0, eval)("1") };`, "make code from strings"],
  ["new Function", `return { value: new Function("return 1")() };`, "make code from strings"],
  ["a constructor", `return { value: (() => {}).constructor("return 1")() };`, "make code from strings"],
];
for (const [name, call, what] of never) {
  test(`never allows ${name}`, async () => {
    assert.is(
      await outcome(call, { permissions: everything }),
      `the runner may not ${what}; no permission allows it`,
    );
  });
}

test("never allows Node's internals, and opens no debugger by a signal", async () => {
  assert.match(
    await outcome(`process.binding("fs");`, { permissions: everything }),
    /^Node's permission model refuses this whatever is declared: process\.binding/,
  );
  const signal = `process.kill(process.pid, "SIGUSR1");
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { value: "no debugger" };`;
  assert.is(await outcome(signal, { permissions: everything }), "no debugger");
});

test("makes code from strings only where a use was waived", async () => {
  const waived = {
    code: "NX3004",
    file: "src/a.ts",
    line: 1,
    column: 1,
    reason: "eval",
    waiver: "a template",
  };
  const permissions = { declared: [], used: [], unused: [], unresolved: [waived] };
  assert.is(await outcome(`return { value: (0, eval)("1 + 1") };`, { manifest: { permissions } }), "2");
});

test("takes the `__proto__` accessor away where the bundle needs none", async () => {
  const call = `const made = {}; made["__pro" + "to__"] = { isAdmin: true };
    return { value: made.isAdmin === true };`;
  assert.is(await outcome(call, { manifest: { needs_proto: false } }), "false");
  assert.is(await outcome(call, { manifest: { needs_proto: true } }), "true");
  assert.is(await outcome(call), "true");
});

test("leaves the permission model off where the bundle cannot live with it, and says so", async () => {
  const path = join(folder, "synced.txt");
  const call = `const fs = await import("node:fs");
    const file = fs.openSync(${JSON.stringify(path)}, "w");
    fs.fsyncSync(file);
    return { value: "synced" };`;
  const permissions = [`fs:write:${path}`];
  assert.match(await outcome(call, { permissions }), /permission model refuses .* fsync/);
  const manifest = { needs_unrestricted_fs: true };
  assert.is(await outcome(call, { permissions, manifest }), "synced");
  const server = await serve({ permissions, manifest, nodes: { Try: { call } } });
  await server.close();
  const gaps = server.logLines().filter((line) => line.msg === "not contained");
  assert.is(gaps.length, 1);
  assert.match(String(gaps[0]?.gap), /^files, programs, threads, addons and the network: the plugin uses/);
});

const connections: readonly [name: string, call: (origin: string) => string][] = [
  ["fetch", (url) => `return { value: await (await fetch(${JSON.stringify(url)})).text() };`],
  [
    "connect",
    (url) => `const { connect } = await import("node:net");
      await new Promise((resolve, reject) => {
        const socket = connect(${new URL(url).port}, "127.0.0.1");
        socket.on("connect", () => { socket.destroy(); resolve(); }).on("error", reject);
      });
      return { value: "reached" };`,
  ],
  [
    "listen",
    () => `const { createServer } = await import("node:http");
      const server = createServer();
      await new Promise((resolve, reject) => server.on("error", reject).listen(0, "127.0.0.1", resolve));
      server.close();
      return { value: "reached" };`,
  ],
  [
    "look up a name",
    () => `await (await import("node:dns/promises")).lookup("localhost"); return { value: "reached" };`,
  ],
];
for (const [name, call] of connections) {
  test(`${canCloseNetwork ? "denies" : "cannot deny"} the network: ${name}`, async () => {
    const permissions = ["env", "fs:read", "fs:write", "exec"];
    const without = await outcome(call(origin), { permissions });
    if (canCloseNetwork)
      assert.match(without, /^the runner may not use the network.*declares no network for it$/);
    else assert.is(without, "reached");
    assert.is(await outcome(call(origin), { permissions: ["network:127.0.0.1"] }), "reached");
  });
}

test("says once what this Node cannot deny, and only where it is not declared", async () => {
  const nodes = { Ok: { call: "return {};" } };
  const gaps = async (permissions: readonly string[]) => {
    const server = await serve({ nodes, permissions }, { spareRunners: 2 });
    await server.close();
    return server.logLines().filter((line) => line.msg === "not contained");
  };
  const found = await gaps([]);
  assert.is(found.length, canCloseNetwork ? 0 : 1);
  if (!canCloseNetwork) {
    assert.is(found[0]?.level, "info");
    assert.is(found[0]?.gap, "the network: this Node cannot close it");
    assert.is(found[0]?.node_version, process.versions.node);
  }
  assert.equal(await gaps(["network:example.com"]), []);
});

test("logs a denied access once per kind", async () => {
  const server = await serve({
    nodes: {
      Read: { call: read("/etc/passwd") },
      Spawn: {
        call: `
    (await import("node:child_process")).execSync("true");`,
      },
    },
  });
  for (const node of ["read", "read", "spawn", "read"]) assert.is((await server.post(node, {})).status, 500);
  await server.close();
  const denied = server.logLines().filter((line) => line.msg === "access denied");
  assert.equal(
    denied.map(({ level, permission, node }) => [level, permission, node]),
    [
      ["warn", "fs:read", "read"],
      ["warn", "exec", "spawn"],
    ],
  );
  assert.is(denied[0]?.why, mayNotRead("/etc/passwd"));
});

test("finds the denial inside what a library made of it", () => {
  const denied = Object.assign(new Error("no"), {
    code: "ERR_ACCESS_DENIED",
    permission: "Net",
    resource: "example.com",
  });
  const message = "the runner may not use the network (example.com); plugin.yaml declares no network for it";
  const wrapped = new TypeError("fetch failed", { cause: new AggregateError([new Error("other"), denied]) });
  assert.equal(findDenial(wrapped), { kind: "network", message });
  assert.is(findDenial(new Error("ERR_ACCESS_DENIED")), null);
  assert.is(findDenial("ERR_ACCESS_DENIED"), null);
  const circle = new Error("circle");
  circle.cause = circle;
  assert.is(findDenial(circle), null);
});

test("runs a plugin that lies behind a link, with its source map", async () => {
  const real = temporaryFolder();
  const members = "\n//# sourceMappingURL=bundle.mjs.map\n";
  writePlugin({ nodes: { Fails: { call: "throw new Error('here');" } }, members }, real);
  // A map without `sourcesContent` makes Node look for the source itself, which it must do without.
  const map = { version: 3, sources: ["src/original.ts"], names: [], mappings: "AAAA;AACA" };
  writeFileSync(join(real, "bundle.mjs.map"), JSON.stringify(map));
  const link = join(folder, "link");
  symlinkSync(real, link);
  const log = collectLog();
  const plugin = await loadPlugin(join(link, "manifest.json"));
  const server = await startServer({ env: {}, log: log.stream, plugin });
  const reply = await fetch(`${server.url}/fails/run`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assert.match(await reply.text(), /"message":"here"/);
  await server.close();
  const line = log.lines().find(({ msg }) => msg === "node threw");
  assert.match(String(line?.stack), /src\/original\.ts:2/);
});

test("gives the heap a share of the plugin's memory", async () => {
  const limit = (memory: number) => memoryLimits(memory).heapMib;
  assert.equal([512, 1024, 100, 64, 1].map(limit), [384, 768, 75, 64, 64]);
  const call = `const { heap_size_limit } = (await import("node:v8")).getHeapStatistics();
    return { value: heap_size_limit / 1024 / 1024 };`;
  const sizes = await Promise.all(
    [200, 2000].map((memory) => outcome(call, { manifest: { resources: { cpu: 1, memory_mib: memory } } })),
  );
  // V8 adds its young generation, 192 MB at most.
  assert.ok(Number(sizes[0]) >= 150 && Number(sizes[0]) <= 342, String(sizes));
  assert.ok(Number(sizes[1]) >= 1500, String(sizes));
});

test("counts declared paths from the server's folder and asks only for flags that this Node has", async () => {
  const plugin = await loadPlugin(writePlugin({ nodes: { Ok: { call: "return {};" } } }));
  const entry = new URL("../runner/entry.ts", import.meta.url).pathname;
  const flagsOf = (declared: readonly string[], supported: readonly string[]) => {
    const manifest: Manifest = {
      ...plugin.manifest,
      permissions: { ...plugin.manifest.permissions, declared },
    };
    return containment({ ...plugin, manifest }, entry, new Set(supported), "/srv");
  };
  const known = [
    "--permission",
    "--allow-net",
    "--disallow-code-generation-from-strings",
    "--disable-sigusr1",
  ];
  const { flags, gaps } = flagsOf(["fs:read:./in", "fs:write:./out", "network:a.example", "exec:git"], known);
  for (const flag of [
    "read=/srv/in",
    "read=/srv/in/*",
    "read=/srv/out",
    "write=/srv/out",
    "write=/srv/out/*",
  ]) {
    assert.ok(flags.includes(`--allow-fs-${flag}`), flag);
  }
  assert.not.ok(flags.includes("--allow-fs-write=/srv/in"));
  assert.ok(flags.includes("--allow-net") && flags.includes("--allow-child-process"));
  assert.equal(gaps, []);
  const closed = flagsOf([], known).flags;
  assert.not.ok(closed.some((flag) => /^--allow-(fs-write|net|child-process|worker|addons|wasi)/.test(flag)));
  assert.not.ok(closed.includes("--allow-fs-read=*"));
  assert.equal(flagsOf([], []), {
    flags: [],
    gaps: [
      {
        level: "warn",
        what: "files, programs, threads, addons and the network: this Node has no permission model",
      },
    ],
  });
});

test("may read the packages that it imports, and they are few", () => {
  const { metafile } = buildSync({
    entryPoints: [fileURLToPath(new URL("../runner/entry.ts", import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    packages: "external",
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const packages = imports.filter(({ external, path }) => external && !path.startsWith("node:"));
  assert.equal([...new Set(packages.map(({ path }) => path))], runnerPackages);
});

test.run();
