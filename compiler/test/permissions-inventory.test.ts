import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { nodeBinaries } from "../../scripts/node-versions.ts";
import { everyGlobal, noGlobal } from "../permissions/conditions.ts";
import { sameModule, sinks } from "../permissions/sinks.ts";
import { type Api, classify, globalApi, isKnown, memberOf, moduleApi, nameOf } from "../permissions/table.ts";

interface Inventory {
  readonly globals: readonly string[];
  readonly process: readonly string[];
  /** What `typeof` says of each global. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Exports by module, those of modules inside modules (`fs.promises`) by dotted name. */
  readonly modules: Readonly<Record<string, readonly string[]>>;
}

/** Runs in each Node, so it is plain old JavaScript. Names that every function has are left out. */
const listing = `
const { builtinModules } = require("node:module");
const ofFunction = new Set(["length", "name", "prototype", "arguments", "caller"]);
const names = (value) =>
  Object.getOwnPropertyNames(value).filter((name) => typeof value !== "function" || !ofFunction.has(name));
const prefixed = ["node:sea", "node:sqlite", "node:test", "node:test/reporters", "node:ffi"];
const modules = {};
for (const name of new Set([...builtinModules, ...prefixed])) {
  let value;
  try { value = require(name); } catch (error) {
    if (builtinModules.includes(name)) throw error;
    continue;
  }
  modules[name] = names(value).flatMap((key) => {
    const inner = ["promises", "posix", "win32", "strict", "webcrypto", "subtle"].includes(key) ? value[key] : null;
    return inner === null || inner === undefined || inner === value ? [key] : [key, ...names(inner).map((k) => key + "." + k)];
  });
}
process.stdout.write(JSON.stringify({
  modules,
  globals: Object.getOwnPropertyNames(globalThis),
  kinds: Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, typeof globalThis[name]])),
  process: names(process),
}));
`;

const run = promisify(execFile);

async function inventoryOf(path: string): Promise<Inventory> {
  const args = ["--no-warnings", "--expose-gc", "-e", listing];
  const { stdout } = await run(path, args, { env: {}, maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout) as Inventory;
}

/** Follows a dotted name; the API whose rows must exist. */
function at(api: Api, dotted: string): Api {
  return dotted.split(".").reduce(memberOf, api);
}

// `-e` adds what a program would have to import.
const ofEval = new Set(["module", "require", "exports", "__filename", "__dirname"]);

for (const { version, path } of await nodeBinaries()) {
  test(`every global, every member of process and every export of Node ${version} is in the table`, async () => {
    const found = await inventoryOf(path);
    assert.ok(found.globals.includes("fetch") && found.process.includes("env"));
    assert.ok(Object.keys(found.modules).length > 60);
    const apis = [
      ...found.globals.filter((name) => !ofEval.has(name) || name === "require").map(globalApi),
      ...found.process.map((name) => at(globalApi("process"), name)),
      ...Object.entries(found.modules).flatMap(([module, names]) => {
        const api = moduleApi(module);
        assert.ok(api, module);
        return names.map((name) => at(api, name));
      }),
    ];
    const isClassified = (api: Api): boolean =>
      api.base === "require" || (api.path.length === 0 ? isKnown(api) : classify(api).rows.length > 0);
    const builtins = new Set(Object.keys(found.modules));
    // Names of modules stand as globals only because of `-e`.
    const missing = apis.filter((api) => !isClassified(api) && !builtins.has(nameOf(api)));
    assert.equal(missing.map(nameOf), []);
  });
}

for (const { version, path } of await nodeBinaries()) {
  test(`Node ${version} has the globals that dead code is found by, and not those of other platforms`, async () => {
    const { kinds, globals } = await inventoryOf(path);
    for (const [name, kind] of everyGlobal) assert.is(kinds[name], kind, name);
    assert.equal(
      [...noGlobal].filter((name) => globals.includes(name)),
      [],
    );
  });
}

test("a member that no row names is not known", () => {
  const fs = moduleApi("node:fs");
  assert.ok(fs);
  assert.equal(classify(memberOf(fs, "unheardOf")).rows, []);
  assert.equal(classify(at(globalApi("process"), "unheardOf")).rows, []);
  assert.is(moduleApi("left-pad"), null);
  assert.is(isKnown(moduleApi("node:unheard-of") ?? fs), false);
});

test("a module that is another module's member has rows of its own", () => {
  for (const name of sameModule.values()) assert.ok(moduleApi(name), name);
});

test("no two rows say the same, and none says both pure and something else", () => {
  const byKey = new Map<string, string[]>();
  for (const sink of sinks) {
    const key = `${sink.module ?? ""} ${sink.global ?? ""} ${sink.name ?? ""}`;
    byKey.set(key, [...(byKey.get(key) ?? []), `${sink.capability} ${sink.resource ?? ""}`]);
  }
  for (const [key, reaches] of byKey) {
    assert.is(new Set(reaches).size, reaches.length, key);
    assert.ok(reaches.length === 1 || !reaches.some((reach) => reach.startsWith("pure")), key);
  }
});

test.run();
