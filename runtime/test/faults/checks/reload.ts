/** Other code while calls are in flight, as `noxus dev` does it. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import { type PluginSource, writePlugin } from "../../plugin.ts";
import type { Check, Group } from "../check.ts";
import { beside, logged, processesOf, refused, succeeded, until } from "../expect.ts";
import type { Target } from "../target.ts";

function version(version: string, more: Partial<PluginSource> = {}): PluginSource {
  return {
    version,
    ...more,
    nodes: {
      Version: { call: `return { version: "${version}" };` },
      Slow: {
        call: `console.log("slow runs ${version}"); await new Promise((resolve) => setTimeout(resolve, 300)); return { version: "${version}" };`,
      },
      ...more.nodes,
    },
  };
}

async function isRefused(target: Target, manifestPath: string): Promise<void> {
  const before = (await target.get("/manifest")).text;
  let reason = "";
  await target.reload(manifestPath).catch((error: Error) => {
    reason = error.message;
  });
  assert.is.not(reason, "", "the server took it");
  assert.is((await target.get("/manifest")).text, before);
  succeeded(await target.post("version"));
  assert.is((await target.get("/health/ready")).status, 200);
}

const checks: readonly Check[] = [
  {
    name: "reload: a call in flight finishes on the old version, the next runs the new one",
    async run(target) {
      const slow = target.post("slow");
      await logged(target, ({ msg }) => String(msg).startsWith("slow runs"), "its start");
      await target.reload(writePlugin(version("2.0.0")));
      succeeded(await target.post("version"), { version: "2.0.0" });
      succeeded(await slow, { version: "1.0.0" });
    },
  },
  {
    name: "reload: no request is lost over ten of them",
    async run(target) {
      const paths = Array.from({ length: 10 }, (_, turn) => writePlugin(version(`${turn + 3}.0.0`)));
      const statuses: number[] = [];
      let isOver = false;
      const flow = async () => {
        while (!isOver) statuses.push((await target.post("version")).status);
      };
      const flows = [beside(flow()), beside(flow()), beside(flow())];
      for (const path of paths) await target.reload(path);
      isOver = true;
      await Promise.all(flows);
      assert.ok(statuses.length > 10);
      assert.equal([...new Set(statuses)], [200]);
      succeeded(await target.post("version"), { version: "12.0.0" });
    },
  },
  {
    name: "reload: runners of the old version are gone afterwards",
    async run(target) {
      await target.reload(writePlugin(version("20.0.0")));
      await until(() => processesOf(target) <= 3, "their end");
      assert.ok(processesOf(target) >= 1);
    },
  },
  {
    name: "reload: the manifest, its digest and the node list are the new ones",
    async run(target) {
      const before = (await target.get("/manifest")).headers.etag;
      await target.reload(
        writePlugin(version("21.0.0", { nodes: { Added: { call: "return { added: true };" } } })),
      );
      const { headers, json } = await target.get("/manifest");
      assert.is.not(headers.etag, before);
      assert.is(json.version, "21.0.0");
      succeeded(await target.post("added"), { added: true });
      await target.reload(writePlugin(version("22.0.0")));
      refused(await target.post("added"), 404, "node_not_found");
    },
  },
  {
    name: "reload: what throws when it is loaded is refused, and the old one stays",
    run: (target) =>
      isRefused(target, writePlugin(version("30.0.0", { top: "throw new Error('not today');" }))),
  },
  {
    name: "reload: what ends its process when it is loaded is refused, and the old one stays",
    run: (target) => isRefused(target, writePlugin(version("31.0.0", { top: "process.exit(0);" }))),
  },
  {
    name: "reload: what fails to activate is refused, and the old one stays",
    run: (target) =>
      isRefused(
        target,
        writePlugin(version("32.0.0", { members: "activate() { throw new Error('no database'); }" })),
      ),
  },
  {
    name: "reload: a configuration that does not fit is refused, and the old one stays",
    run: (target) =>
      isRefused(
        target,
        writePlugin(version("33.0.0", { configuration: { key: { type: "string", required: true } } })),
      ),
  },
  {
    name: "reload: a bundle that is not the one of the manifest is refused, and the old one stays",
    run(target) {
      const path = writePlugin(version("34.0.0"));
      writeFileSync(
        join(dirname(path), "bundle.mjs"),
        "export class SamplePlugin { nodes() { return []; } }",
      );
      return isRefused(target, path);
    },
  },
  {
    name: "reload: a manifest that is none is refused, and the old one stays",
    run(target) {
      const path = writePlugin(version("35.0.0"));
      writeFileSync(path, "{");
      return isRefused(target, path);
    },
  },
  {
    name: "reload: code that is changed on the disk under a running server is never run",
    async run(target) {
      const path = writePlugin(version("36.0.0", { nodes: { Exit: { call: "process.exit(1);" } } }));
      await target.reload(path);
      const forged =
        "class V { call() { return { version: 'forged' }; } } export class SamplePlugin { nodes() { return [new V(), new V(), new V()]; } }";
      writeFileSync(join(dirname(path), "bundle.mjs"), forged);
      // Every runner that is there is ended, so that new ones are asked for.
      for (let call = 0; call < 4; call += 1) {
        const { json } = await target.post("exit");
        assert.ok(["runner_crashed", "runner_lost"].includes(json.error?.code ?? ""), json.error?.code);
      }
      for (let call = 0; call < 4; call += 1) {
        const reply = await target.post("version");
        assert.not.match(reply.text, /forged/);
        assert.ok(reply.status === 200 || reply.status === 503, reply.text);
      }
    },
  },
];

export const reload: Group = {
  name: "reload",
  options: { maxRunners: 4, spareRunners: 1 },
  plugin: version("1.0.0"),
  checks,
};
