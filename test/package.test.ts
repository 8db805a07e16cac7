/**
 * The package as a user gets it: packed, installed with npm into an empty folder elsewhere, driven through its bin.
 * Every request goes over HTTP, every command is a process.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("..", import.meta.url));

/** npm must not take the settings of the npm that runs this test, nor its folder. */
const env: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([key]) => !/^npm_(config_(prefix|local)|package|lifecycle)/i.test(key),
    ),
  ),
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  NO_COLOR: "1",
};

let folder = "";
let installed = "";
const running = new Set<ChildProcess>();

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      resolve({ code, stdout, stderr });
    });
  });
}

async function must(command: string, args: readonly string[], cwd: string): Promise<Run> {
  const done = await run(command, args, cwd);
  assert.is(done.code, 0, `${command} ${args.join(" ")}\n${done.stdout}${done.stderr}`);
  return done;
}

/** The installed bin, as `npx noxus` finds it. */
const bin = (): string => join(installed, "node_modules", ".bin", "noxus");
const noxus = (args: readonly string[], cwd: string): Promise<Run> => run(bin(), args, cwd);

interface Server {
  readonly url: string;
  /** Everything printed so far. */
  said(): string;
  stop(): Promise<number | null>;
}

/** Starts a command that serves and waits for its address. */
async function start(
  command: string,
  args: readonly string[],
  cwd: string,
  more: NodeJS.ProcessEnv = {},
): Promise<Server> {
  const child = spawn(command, args, { cwd, env: { ...env, ...more }, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let said = "";
  const closed = new Promise<number | null>((resolve) =>
    child.on("close", (code) => {
      running.delete(child);
      resolve(code);
    }),
  );
  const url = await new Promise<string>((resolve, reject) => {
    const collect = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("close", (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
  return {
    url,
    said: () => said,
    stop() {
      child.kill("SIGTERM");
      return closed;
    },
  };
}

async function call(
  url: string,
  node: string,
  inputs: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}/${node}/run`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ inputs }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** A request that got no answer at all. */
function lost(error: unknown): { status: number; body: Record<string, unknown> } {
  return { status: 0, body: { error: String(error) } };
}

async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const limit = performance.now() + 20_000;
  while (!(await isTrue())) {
    assert.ok(performance.now() < limit, `waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function writePlugin(name: string, permissions: string, source: string): string {
  const plugin = join(folder, name);
  mkdirSync(join(plugin, "src"), { recursive: true });
  const config = `name: ${name}\nversion: 0.1.0\nentrypoint: src/index.DemoPlugin\n${permissions}`;
  writeFileSync(join(plugin, "plugin.yaml"), config);
  writeFileSync(join(plugin, "src", "index.ts"), source);
  return plugin;
}

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), "noxus-package-"));
  installed = join(folder, "installed");
  mkdirSync(installed);
  writeFileSync(join(installed, "package.json"), '{ "private": true }');
  await must("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], root);
  const packed = readdirSync(folder).find((file) => file.endsWith(".tgz")) ?? "";
  await must(
    "npm",
    ["install", "--no-audit", "--no-fund", "--prefer-offline", join(folder, packed)],
    installed,
  );
});
test.after(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

test("one TypeScript is installed, and no tool that only noxus's own build needs", () => {
  const packages = readdirSync(join(installed, "node_modules"));
  assert.ok(packages.includes("typescript"));
  for (const name of ["ts-morph", "@ts-morph", "ts-json-schema-generator", "uvu", "node"])
    assert.not(packages.includes(name), name);
});

test("what a command loads when it runs is in the package", async () => {
  const cli = join(installed, "node_modules", "noxus", "dist", "cli");
  const found = readFileSync(join(cli, "main.cjs"), "utf8").matchAll(/\bimport\("([^"]+)"\)/g);
  const modules = [...new Set([...found].map(([, name = ""]) => name))];
  assert.ok(modules.length > 10);
  const script = join(cli, "every.mjs");
  writeFileSync(script, `for (const name of ${JSON.stringify(modules)}) await import(name);`);
  await must(process.execPath, [script], folder);
  rmSync(script);
  assert.match((await must(bin(), ["completion", "bash"], folder)).stdout, "complete");
});

test("init, validate, build, serve: the first minute of a new plugin", async () => {
  assert.is((await noxus(["init", "demo"], folder)).code, 0);
  const demo = join(folder, "demo");
  assert.is((await noxus(["validate"], demo)).code, 0);
  assert.is((await noxus(["build"], demo)).code, 0);

  const server = await start(bin(), ["serve", "--port", "0"], demo);
  const manifest = await fetch(`${server.url}/text-stats/manifest`);
  assert.is(manifest.status, 200);
  assert.match(manifest.headers.get("etag") ?? "", /^"[0-9a-f]{64}"$/);
  const answer = await call(server.url, "text-stats", { text: "One two. Three!" });
  assert.is(answer.status, 200);
  assert.is(answer.body.status, "success");
  assert.is((answer.body.outputs as { words: number }).words, 3);
  assert.is(await server.stop(), 0);
});

test("the new plugin's own test passes after npm install", async () => {
  const demo = join(folder, "demo");
  const packed = readdirSync(folder).find((file) => file.endsWith(".tgz")) ?? "";
  await must(
    "npm",
    ["install", "--save-dev", "--no-audit", "--no-fund", "--prefer-offline", join(folder, packed)],
    demo,
  );
  const { stdout } = await must("npm", ["test"], demo);
  assert.match(stdout, /pass [1-9]/);
  assert.match(stdout, /fail 0/);
  assert.is((await run("npx", ["noxus", "validate"], demo)).code, 0);
  await must("npx", ["noxus", "build"], demo);
  assert.not.match(readFileSync(join(demo, "dist", "bundle.mjs"), "utf8"), /testNode/);
  await must(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "."], demo);
});

test("the test in docs/authoring.md passes for the plugin that the page begins with", async () => {
  const page = readFileSync(join(root, "docs", "authoring.md"), "utf8");
  const [source = ""] = /(?<=^```ts\n)[\s\S]*?(?=^```)/m.exec(page) ?? [];
  const [example = ""] = /(?<=^## Testing[\s\S]*?^```ts\n)[\s\S]*?(?=^```)/m.exec(page) ?? [];
  const greeter = join(installed, "greeter");
  for (const [file, text] of [
    ["plugin.yaml", "name: greeter\nversion: 0.1.0\nentrypoint: src/index.DemoPlugin\n"],
    ["package.json", '{ "private": true, "type": "module" }'],
    ["src/index.ts", source],
    ["test/greet.test.ts", example],
  ] as const) {
    mkdirSync(dirname(join(greeter, file)), { recursive: true });
    writeFileSync(join(greeter, file), text);
  }
  const { stdout } = await must(process.execPath, ["--test"], greeter);
  assert.match(stdout, /pass 2/);
});

test("what tests import is nothing that a plugin could ship", async () => {
  const source = `import { Node, Plugin, testNode } from "noxus/plugins";
export class EchoNode extends Node {
  async call(): Promise<{ ok: boolean }> {
    await testNode("echo");
    return { ok: true };
  }
}
export class DemoPlugin extends Plugin {
  nodes() {
    return [new EchoNode()];
  }
}
`;
  const { code, stdout } = await noxus(["validate"], writePlugin("shipped-tests", "", source));
  assert.is(code, 1);
  assert.match(stdout, /error\[NX2100\].*testNode/);
});

test("what build writes runs where there is neither noxus nor node_modules", async () => {
  const image = join(folder, "image");
  cpSync(join(folder, "demo", "dist"), image, { recursive: true });
  const dockerfile = readFileSync(join(image, "Dockerfile"), "utf8");
  const copied = /^COPY \S+ (.*) \.\/$/m.exec(dockerfile)?.[1]?.split(" ") ?? [];
  const app = join(folder, "app");
  mkdirSync(app);
  for (const file of copied) cpSync(join(image, file), join(app, file));
  const server = await start(process.execPath, [join(app, "server.mjs")], app, { PORT: "0" });
  assert.is((await call(server.url, "text-stats", { text: "One." })).status, 200);
  assert.is((await fetch(`${server.url}/health/live`)).status, 200);
  assert.is(await server.stop(), 0);

  writeFileSync(join(app, "bundle.mjs"), `${readFileSync(join(app, "bundle.mjs"), "utf8")}\n// changed`);
  const refused = await run(process.execPath, [join(app, "server.mjs")], app);
  assert.is.not(refused.code, 0);
  assert.match(refused.stdout + refused.stderr, /bundle\.mjs/);
});

test("dev serves an edit while requests flow, and none is lost", async () => {
  const plugin = writePlugin("live", "", source("one"));
  const dev = await start(bin(), ["dev", "--port", "0"], plugin);
  await until(async () => (await call(dev.url, "echo", {})).status === 200, "the first answer");

  const seen: string[] = [];
  const bad: unknown[] = [];
  let isFlowing = true;
  const flow = Array.from({ length: 4 }, async () => {
    while (isFlowing) {
      const { status, body } = await call(dev.url, "echo", { ms: 30 }).catch(lost);
      if (status === 200) seen.push((body.outputs as { version: string }).version);
      else bad.push(body);
    }
  });
  writeFileSync(join(plugin, "src", "index.ts"), source("two"));
  await until(() => seen.at(-1) === "two", "the second version");
  writeFileSync(join(plugin, "src", "index.ts"), source("three").replace("return {", "return [{"));
  await until(() => /still serving/.test(dev.said()), "the broken edit to be reported");
  const before = seen.length;
  await until(() => seen.length > before + 20, "answers while the edit is broken");
  assert.is(seen.at(-1), "two");
  writeFileSync(join(plugin, "src", "index.ts"), source("four"));
  await until(() => seen.at(-1) === "four", "the repaired version");
  isFlowing = false;
  await Promise.all(flow);
  assert.equal(bad, []);
  assert.not(seen.includes("three"));
  await dev.stop();

  function source(version: string): string {
    return `import { Node, Plugin } from "noxus/plugins";
export class EchoNode extends Node {
  async call(ms = 0): Promise<{ version: string }> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { version: "${version}" };
  }
}
export class DemoPlugin extends Plugin {
  nodes() {
    return [new EchoNode()];
  }
}
`;
  }
});

test("validate, build, plugin list and plugin info run nothing of a plugin", async () => {
  const canary = join(folder, "canary-was-here");
  const plugin = writePlugin(
    "canary",
    "permissions: [fs:write]\n",
    `import { writeFileSync } from "node:fs";
import { Node, Plugin } from "noxus/plugins";
writeFileSync(${JSON.stringify(canary)}, "imported");
export class EchoNode extends Node {
  static { writeFileSync(${JSON.stringify(canary)}, "class"); }
  call(): { ok: boolean } {
    return { ok: true };
  }
}
export class DemoPlugin extends Plugin {
  nodes() {
    return [new EchoNode()];
  }
}
process.exit(0);
`,
  );
  for (const args of [
    ["validate"],
    ["build"],
    ["plugin", "list"],
    ["plugin", "info", "canary"],
    ["plugin", "info", "."],
  ]) {
    await noxus(args, plugin);
    assert.not(existsSync(canary), args.join(" "));
  }
});

test("a node that never returns is stopped alone; a node that exits harms its own call only", async () => {
  const plugin = writePlugin(
    "faults",
    "timeout: 10s\n",
    `import { Node, Plugin } from "noxus/plugins";
export class LoopNode extends Node {
  timeout = "1s";
  call(): { ok: boolean } {
    while (true) {}
  }
}
export class ExitNode extends Node {
  call(): { ok: boolean } {
    process.exit(3);
  }
}
export class EchoNode extends Node {
  call(text: string): { text: string } {
    return { text };
  }
}
export class DemoPlugin extends Plugin {
  nodes() {
    return [new LoopNode(), new ExitNode(), new EchoNode()];
  }
}
`,
  );
  const validated = await noxus(["validate"], plugin);
  assert.is(validated.code, 0, validated.stdout);
  const server = await start(bin(), ["serve", "--port", "0"], plugin);
  const loop = call(server.url, "loop", {});
  const beside = await call(server.url, "echo", { text: "meanwhile" });
  assert.equal(beside.body.outputs, { text: "meanwhile" });
  const late = await loop;
  assert.is(late.status, 504);
  assert.is((late.body.error as { code: string }).code, "timeout");
  assert.equal((await call(server.url, "echo", { text: "next" })).body.outputs, { text: "next" });

  const [exited, other] = await Promise.all([
    call(server.url, "exit", {}),
    call(server.url, "echo", { text: "kept" }),
  ]);
  assert.is(exited.status, 500);
  assert.is((exited.body.error as { code: string }).code, "runner_crashed");
  assert.equal(other.body.outputs, { text: "kept" });
  assert.is((await call(server.url, "echo", { text: "after" })).status, 200);
  assert.is(await server.stop(), 0);
});

test("two node classes of one name, which the bundler tells apart by renaming one, are both served", async () => {
  const plugin = writePlugin(
    "twins",
    "",
    `import { Node, Plugin } from "noxus/plugins";
import { EchoNode as Other } from "./other.ts";
export class EchoNode extends Node {
  call(): { from: string } {
    return { from: "index" };
  }
}
export class DemoPlugin extends Plugin {
  nodes() {
    return [new Other(), new EchoNode()];
  }
}
`,
  );
  writeFileSync(
    join(plugin, "src", "other.ts"),
    `import { Node } from "noxus/plugins";
export class EchoNode extends Node {
  override name = "other";
  static known: (typeof EchoNode)[] = [EchoNode];
  call(): { from: string } {
    return { from: \`other, \${EchoNode.known.length}\` };
  }
}
`,
  );
  const server = await start(bin(), ["serve", "--port", "0"], plugin);
  assert.equal((await call(server.url, "echo", {})).body.outputs, { from: "index" });
  assert.equal((await call(server.url, "other", {})).body.outputs, { from: "other, 1" });
  assert.is(await server.stop(), 0);
});

test("the installed package compiles the example to its committed manifest, wherever it lies", async () => {
  for (const place of ["here", "somewhere/else/and/deeper"]) {
    const copy = join(folder, place, "example");
    cpSync(join(root, "example-sentiment"), copy, {
      recursive: true,
      filter: (path) => !path.endsWith("/dist"),
    });
    const built = await noxus(["build", "--output", "out"], copy);
    assert.is(built.code, 0, built.stdout + built.stderr);
    assert.fixture(
      readFileSync(join(copy, "out", "manifest.json"), "utf8"),
      readFileSync(join(root, "example-sentiment", "manifest.json"), "utf8"),
    );
  }
  const [one, two] = ["here", "somewhere/else/and/deeper"].map((place) =>
    join(folder, place, "example", "out"),
  );
  for (const file of readdirSync(one ?? ""))
    assert.ok(
      readFileSync(join(one ?? "", file)).equals(readFileSync(join(two ?? "", file))),
      `${file} differs`,
    );
});

test.run();
