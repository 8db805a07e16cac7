import { test } from "uvu";
import * as assert from "uvu/assert";
import { StartError } from "../index.ts";
import { closeServers, type PluginSource, serve } from "./plugin.ts";

const plugin: PluginSource = {
  nodes: { Show: { takesContext: true, call: "return { config: ctx.config, seen };" } },
  top: "let seen = null;",
  members: "setData(config) { seen = { ...config }; } async activate() { seen.activated = true; }",
  configuration: {
    model: { type: "string", required: true, enum: ["small", "large"] },
    retries: { type: "integer", required: false, default: 3, minimum: 0, maximum: 5 },
    key: { type: "string", required: false, pattern: "^sk-", sensitive: true },
    verbose: { type: "boolean", required: false },
  },
};

async function faultsOf(config: Record<string, unknown> | undefined, env: Record<string, string> = {}) {
  try {
    const server = await serve(plugin, { env, ...(config === undefined ? {} : { config }) });
    await server.close();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    assert.is(error.code, "config_invalid");
    return error;
  }
  throw new Error("it started");
}

test.after(closeServers);

test("fills in defaults and gives the values to setData and to every call", async () => {
  const server = await serve(plugin, { config: { model: "small" } });
  const config = { model: "small", retries: 3 };
  assert.equal((await server.post("show", {})).json.outputs, {
    config,
    seen: { ...config, activated: true },
  });
  await server.close();
});

test("reads NOXUS_CONFIG", async () => {
  const server = await serve(plugin, { env: { NOXUS_CONFIG: '{"model": "large", "retries": 0}' } });
  const { config } = (await server.post("show", {})).json.outputs ?? {};
  assert.equal(config, { model: "large", retries: 0 });
  await server.close();
});

test("lists every fault, without the value of a sensitive field", async () => {
  const error = await faultsOf({
    model: "smal",
    retries: 9,
    key: "secret-value",
    verbose: "yes",
    retires: 1,
  });
  assert.equal(
    error.faults.map(({ path, message }) => `${path} ${message}`),
    [
      '/model must be one of "small", "large"; got "smal", did you mean "small"?',
      "/retries must be at most 5, got 9",
      "/key is not valid",
      "/verbose must be boolean, got string",
      '/retires is not a known key, did you mean "retries"?',
    ],
  );
  assert.not.match(error.message, /secret-value/);
});

test("tells what is missing, and what is not JSON", async () => {
  assert.is((await faultsOf(undefined)).message, "configuration of sample: model is required");
  const error = await faultsOf(undefined, { NOXUS_CONFIG: "{secret" });
  assert.is(error.message, "NOXUS_CONFIG is not JSON");
});

test.run();
