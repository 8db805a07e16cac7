import { builtinModules } from "node:module";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sameModule, sinks } from "../permissions/sinks.ts";
import { classify, globalApi, moduleApi } from "../permissions/table.ts";

test("every built-in module of the running Node is in the table", () => {
  const missing = builtinModules.filter((name) => {
    const api = moduleApi(name);
    return api === null || classify(api).rows.length === 0;
  });
  assert.equal(missing, []);
});

test("every global of the running Node is in the table", () => {
  // uvu keeps its suites there.
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => name !== "UVU_QUEUE");
  assert.ok(names.includes("fetch"));
  assert.equal(
    names.filter((name) => classify(globalApi(name)).rows.length === 0),
    [],
  );
});

test("every member of `process` of the running Node is in the table", () => {
  const names = Object.getOwnPropertyNames(process);
  assert.equal(
    names.filter((name) => classify({ base: "global", path: ["process", name] }).rows.length === 0),
    [],
  );
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
