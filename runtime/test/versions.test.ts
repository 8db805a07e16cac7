/** Every supported Node: the containment holds there, and what the analysis accepts runs unchanged under it. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { analyze, emit } from "../../compiler/index.ts";
import { create } from "../../scaffold/create.ts";
import { nodeBinaries } from "../../scripts/node-versions.ts";
import { temporaryFolder } from "./folders.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const binaries = await nodeBinaries();

interface Built {
  readonly manifest: string;
  /** The server of an image. */
  readonly server: string;
}

async function build(root: string): Promise<Built> {
  const folder = temporaryFolder();
  const analysis = await analyze(root);
  assert.ok(analysis.manifest !== null, JSON.stringify(analysis.diagnostics));
  await emit(analysis, folder, { image: true });
  return { manifest: join(folder, "manifest.json"), server: join(folder, "server.mjs") };
}

interface Run {
  readonly status: number;
  readonly body: unknown;
  /** Messages of the log, apart from requests. */
  readonly log: readonly string[];
}

/** Serves with another Node, asks once and ends it. */
async function run(binary: string, args: readonly string[], node: string, inputs: object): Promise<Run> {
  const child = spawn(binary, args, {
    env: { PORT: "0", NOXUS_SPARE_RUNNERS: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let said = "";
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        const found = /"msg":"ready","url":"([^"]+)"/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.on("close", () => reject(new Error(`it ended:\n${said}`)));
    });
    const reply = await fetch(`${url}/${node}/run`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inputs }),
    });
    const body: unknown = await reply.json();
    child.kill("SIGTERM");
    await new Promise((resolve) => child.on("close", resolve));
    const lines = said.trim().split("\n");
    const log = lines.map((line) => String((JSON.parse(line) as { msg: unknown }).msg)); // our own server wrote it
    return { status: reply.status, body, log: log.filter((message) => message !== "request") };
  } finally {
    child.kill("SIGKILL");
  }
}

const scaffolded = join(temporaryFolder(), "fresh");
await create({
  name: "fresh",
  folder: scaffolded,
  template: path("../../scaffold/templates/basic"),
  version: "0.1.0",
});
const plugins: readonly [name: string, built: Built, node: string, inputs: object][] = [
  ["the example", await build(path("../../example-sentiment")), "sentiment", { text: "I love it" }],
  ["a new plugin", await build(scaffolded), "text-stats", { text: "one two" }],
];

for (const { version, path: binary } of binaries) {
  for (const [name, built, node, inputs] of plugins) {
    for (const [form, args] of [
      ["from sources", [path("../main.ts"), built.manifest]],
      ["as in an image", [built.server]],
    ] as const) {
      test(`${version} serves ${name} ${form}`, async () => {
        const { status, body, log } = await run(binary, args, node, inputs);
        assert.is(status, 200, JSON.stringify(body));
        assert.equal(
          log.filter((message) => message !== "not contained"),
          ["ready", "draining", "closed"],
        );
      });
    }
  }

  if (version !== process.versions.node) {
    test(`${version} contains a runner`, async () => {
      const child = spawn(binary, [path("./containment.test.ts")], {
        env: { PATH: process.env.PATH, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let said = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk) => (said += String(chunk)));
      const code = await new Promise((resolve) => child.on("close", resolve));
      assert.is(code, 0, said);
      assert.match(said, /Passed: +[1-9]/);
    });
  }
}

test.run();
