import { createServer } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { StartError } from "../index.ts";
import { closeServers, type PluginSource, type ServeOptions, serve } from "./plugin.ts";

async function startError(source: PluginSource, options: ServeOptions = {}): Promise<StartError> {
  try {
    const server = await serve(source, options);
    await server.close();
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error("it started");
}

const nodes = { Ok: { call: "return {};" } };

const failing: readonly [name: string, source: PluginSource, message: RegExp][] = [
  ["its import throws", { nodes, top: "throw new Error('bad luck');" }, /did not start: bad luck$/],
  [
    "its constructor throws",
    { nodes, members: "constructor() { throw new Error('no'); }" },
    /did not start: no$/,
  ],
  ["setData throws", { nodes, members: "setData() { throw new Error('bad data'); }" }, /bad data$/],
  [
    "activate rejects",
    { nodes, members: "async activate() { throw new Error('no database'); }" },
    /no database$/,
  ],
  ["activate exits", { nodes, members: "activate() { process.exit(7); }" }, /exit code 7/],
  [
    "it has other nodes",
    { nodes, members: "nodes() { return []; }" },
    /nodes\(\) returned 0 nodes, the manifest lists 1/,
  ],
];
for (const [name, source, message] of failing) {
  test(`does not start when ${name}`, async () => {
    const error = await startError(source);
    assert.is(error.code, "plugin_failed");
    assert.match(error.message, message);
  });
}

test.after(closeServers);

test("does not start on a port in use", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const error = await startError({ nodes }, { port });
  other.close();
  assert.is(error.code, "port_in_use");
  assert.is(error.message, `port ${port} is in use`);
});

test.run();
