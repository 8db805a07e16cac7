import { spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadPlugin } from "../index.ts";
import { encodeFrame, FrameKind } from "../runner/frames.ts";
import { defaultRunnerEntry } from "../runner/spawn.ts";
import { writePlugin } from "./plugin.ts";

test("a runner ends when its connection does, whatever the plugin keeps alive", async () => {
  const nodes = { Ok: { call: "return {};" } };
  const plugin = await loadPlugin(
    writePlugin({ nodes, members: "activate() { setInterval(() => {}, 1000); }" }),
  );
  const { manifest } = plugin;
  const child = spawn(process.execPath, [defaultRunnerEntry()], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const ended = once(child, "exit");
  const channel = child.stdio[3];
  if (!(channel instanceof Socket)) throw new Error("there is no channel");
  const start = {
    bundle: { path: plugin.bundlePath, sha256: manifest.bundle.sha256 },
    validators: { path: plugin.validatorsPath, sha256: manifest.validators.sha256 },
    export: manifest.entrypoint.export,
    plugin: { name: manifest.name, version: manifest.version },
    nodes: manifest.nodes,
    config: {},
  };
  channel.write(encodeFrame(FrameKind.start, 0, Buffer.from(JSON.stringify(start))));
  const [frame] = await once(channel, "data");
  assert.equal(frame, encodeFrame(FrameKind.ready));
  channel.destroy();
  assert.equal(await ended, [0, null]);
});

test.run();
