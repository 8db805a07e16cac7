import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Manifest } from "../index.ts";
import { runnerEnvironment } from "../runner/environment.ts";
import { closeServers, serve } from "./plugin.ts";

const env = {
  API_KEY: "1",
  DB_HOST: "2",
  DB_USER: "3",
  PATH: "/bin",
  NODE_OPTIONS: "--inspect",
  NOXUS_CONFIG: "{}",
  GONE: undefined,
};

const given = (...declared: string[]) =>
  runnerEnvironment({ permissions: { declared } } as unknown as Manifest, env); // all that is read of it

test.after(closeServers);

test("gives nothing that is not declared", () => {
  assert.equal(given(), {});
  assert.equal(given("network:example.com", "fs:read:/env"), {});
});

test("gives declared names, prefixes, or all but the server's own", () => {
  assert.equal(given("env:API_KEY", "env:GONE", "env:MISSING"), { API_KEY: "1" });
  assert.equal(given("env:DB_*"), { DB_HOST: "2", DB_USER: "3" });
  assert.equal(Object.keys(given("env")).sort(), ["API_KEY", "DB_HOST", "DB_USER", "PATH"]);
  assert.equal(given("env:NOXUS_*", "env:NODE_*"), {});
  assert.equal(given("env:NOXUS_CONFIG"), { NOXUS_CONFIG: "{}" });
});

test("is all that a node sees", async () => {
  const server = await serve(
    { nodes: { Env: { call: "return { env: { ...process.env } };" } }, permissions: ["env:API_KEY"] },
    { env: { ...env, NODE_OPTIONS: undefined } },
  );
  assert.equal((await server.post("env", {})).json.outputs, { env: { API_KEY: "1" } });
  await server.close();
});

test.run();
