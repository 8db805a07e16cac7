import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadPlugin, StartError } from "../index.ts";
import { closeServers, type PluginSource, serve, until, writePlugin } from "./plugin.ts";

function version(version: string, more: Partial<PluginSource> = {}): PluginSource {
  const nodes = {
    Version: { call: `return { version: "${version}" };` },
    Slow: {
      call: `await new Promise((resolve) => setTimeout(resolve, 200)); return { version: "${version}" };`,
    },
  };
  return { version, nodes, ...more };
}

test.after(closeServers);

test("loses no request, and finishes calls in flight on the old plugin", async () => {
  const server = await serve(version("1.0.0"));
  const statuses: number[] = [];
  let isOver = false;
  const flow = async () => {
    while (!isOver) statuses.push((await server.post("version", {})).status);
  };
  const flows = [flow(), flow(), flow()];
  for (let turn = 2; turn <= 4; turn += 1) {
    const slow = server.post("slow", {});
    await until(async () => ((await server.get("/status")).json.runners as { busy: number }).busy > 0);
    await server.swap(await loadPlugin(writePlugin(version(`${turn}.0.0`))));
    assert.equal((await server.post("version", {})).json.outputs, { version: `${turn}.0.0` });
    assert.is((await slow).status, 200);
  }
  isOver = true;
  await Promise.all(flows);
  assert.ok(statuses.length > 10);
  assert.equal([...new Set(statuses)], [200]);
  await server.close();
});

test("keeps the old plugin when the new one cannot start", async () => {
  const server = await serve(version("1.0.0"));
  const broken = await loadPlugin(writePlugin(version("2.0.0", { top: "throw new Error('not today');" })));
  try {
    await server.swap(broken);
    assert.unreachable();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    assert.is(error.code, "plugin_failed");
    assert.match(error.message, /not today/);
  }
  assert.equal((await server.post("version", {})).json.outputs, { version: "1.0.0" });
  assert.is((await server.get("/health/ready")).status, 200);
  await server.close();
});

test("checks the configuration against the new plugin", async () => {
  const server = await serve(version("1.0.0"));
  const configuration = { key: { type: "string", required: true } } as const;
  const needy = await loadPlugin(writePlugin(version("2.0.0", { configuration })));
  try {
    await server.swap(needy);
    assert.unreachable();
  } catch (error) {
    assert.is(error instanceof StartError && error.code, "config_invalid");
  }
  await server.close();
});

test.run();
