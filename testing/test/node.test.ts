/** `testNode`: a plugin's own test gets what a caller of the served node would get. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { testNode } from "../plugins.ts";
import { NodeProblem } from "../problem.ts";

const plugin = realpathSync(mkdtempSync(join(tmpdir(), "noxus-testing-")));
const options = { plugin };

/** Stand for the plugin's classes: only their names are used. */
abstract class EchoNode {
  abstract call(text: string): Promise<{ text: string }>;
}
abstract class SurroundingsNode {
  abstract call(): { greeting: string; home: string | null; secret: string | null };
}
abstract class ReadNode {
  abstract call(path: string): Promise<{ text: string }>;
}
abstract class ExitNode {
  abstract call(): { ok: boolean };
}
abstract class LoopNode {
  abstract call(): { ok: boolean };
}

test.before(() => {
  mkdirSync(join(plugin, "src"));
  writeFileSync(
    join(plugin, "plugin.yaml"),
    `name: sample
version: 0.1.0
entrypoint: src/index.SamplePlugin
permissions: [env:HOME, "fs:read:/nowhere"]
configuration: {optional: {greeting: {type: string, default: Hello}}}
`,
  );
  writeFileSync(
    join(plugin, "src", "index.ts"),
    `import { readFile } from "node:fs/promises";
import { type Context, Node, Plugin } from "noxus/plugins";

export class EchoNode extends Node {
  async call(
    /** @minLength 2 */
    text: string,
  ): Promise<{ text: string }> {
    if (text === "throw") throw Object.assign(new Error("no luck"), { code: "E_LUCK" });
    return { text };
  }
}
export class SurroundingsNode extends Node {
  call(ctx: Context): { greeting: string; home: string | null } {
    return { greeting: String(ctx.config.greeting), home: process.env.HOME ?? null };
  }
}
export class ReadNode extends Node {
  async call(): Promise<{ text: string }> {
    return { text: await readFile("/nowhere/file", "utf8") };
  }
}
export class ExitNode extends Node {
  call(): { ok: boolean } {
    process.exit(3);
  }
}
export class LoopNode extends Node {
  timeout = "1s";
  call(): { ok: boolean } {
    while (true) {}
  }
}
export class SamplePlugin extends Plugin {
  nodes() {
    return [new EchoNode(), new SurroundingsNode(), new ReadNode(), new ExitNode(), new LoopNode()];
  }
}
`,
  );
});
test.after(() => rmSync(plugin, { recursive: true, force: true }));

async function problem(call: Promise<unknown>): Promise<NodeProblem> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof NodeProblem) return error;
  throw error ?? new Error("there was no problem");
}

test("gives the result, typed as the class's call", async () => {
  const { text } = await testNode(EchoNode, { text: "hello" }, options);
  assert.is(text.toUpperCase(), "HELLO");
  assert.equal(await testNode("echo", { text: "by name" }, { plugin: pathToFileURL(join(plugin, "src")) }), {
    text: "by name",
  });
});

test("inputs are validated as by the server, every fault at once", async () => {
  const found = await problem(testNode(EchoNode, { text: "x", lang: "en" }, options));
  assert.equal([found.code, found.status], ["input_invalid", 422]);
  assert.equal(found.details.map(({ path }) => path).sort(), ["/inputs/lang", "/inputs/text"]);
  assert.match(found.message, "/inputs/text");
});

test("what the node throws has its message, its code and its place", async () => {
  const found = await problem(testNode(EchoNode, { text: "throw" }, options));
  assert.is(found.code, "node_error");
  assert.match(found.message, "no luck");
  assert.equal(found.details, [{ path: "/code", message: "E_LUCK" }]);
  assert.match(found.stack ?? "", /thrown by the node:\n(.*\n)* *at .*call/);
});

test("the node runs contained: declared variables, its configuration, a process of its own", async () => {
  const surroundings = { ...options, env: { HOME: "/home/test" } };
  const result = { greeting: "Hello", home: "/home/test" };
  assert.equal(await testNode(SurroundingsNode, {}, surroundings), result);
  const config = { greeting: "Hi" };
  assert.is((await testNode(SurroundingsNode, {}, { ...surroundings, config })).greeting, "Hi");
  assert.is((await problem(testNode(ReadNode, {}, options))).code, "node_error");
  assert.is((await problem(testNode(ExitNode, {}, options))).code, "runner_crashed");
});

test("a node that does not end is stopped at its deadline, or at the test's", async () => {
  assert.is((await problem(testNode(LoopNode, {}, { ...options, timeoutMs: 100 }))).code, "timeout");
});

test("an unknown node and a plugin that does not compile say what is there", async () => {
  const unknown = await testNode("ecko", {}, options).catch((error: Error) => error.message);
  assert.match(String(unknown), "sample serves no node `ecko`; it serves echo, surroundings");
  const broken = mkdtempSync(join(tmpdir(), "noxus-testing-"));
  writeFileSync(join(broken, "plugin.yaml"), "name: broken\nversion: 0.1.0\nentrypoint: src/index.Missing\n");
  const errors = await testNode("echo", {}, { plugin: broken }).catch((error: Error) => error.message);
  rmSync(broken, { recursive: true });
  assert.match(String(errors), /does not compile; see `noxus validate`\n {2}plugin\.yaml:3:13 NX2\d+ /);
});

test.run();
