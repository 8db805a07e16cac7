/** `noxus call`: one call from the command line, on a server made for it or on a running one. */
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadPlugin, type RunningServer, startServer } from "../../runtime/index.ts";
import { inputsOf, readWords } from "../inputs.ts";
import { clockSource, makePlugin } from "./plugin.ts";
import { startNoxus } from "./process.ts";
import { closeSharedCompiler, run } from "./run.ts";

const workspace = makePlugin();
const built = join(workspace.folder, "..", "built", "manifest.json");
let server: RunningServer;

test.before(async () => {
  workspace.write(
    "src/index.ts",
    `import { type Context, Node, Plugin } from "noxus/plugins";

interface Options {
  deep: boolean;
}
export class EchoNode extends Node {
  call(text: string, times = 1, tags: string[] = [], options?: Options): { text: string; tags: string[] } {
    return { text: text.repeat(times) + (options?.deep ? "!" : ""), tags };
  }
}
export class LogNode extends Node {
  async call(ms: number, ctx: Context): Promise<{ ok: boolean }> {
    ctx.log.info("waiting");
    await new Promise<void>((resolve) => setTimeout(resolve, ms));
    return { ok: true };
  }
}
export class FailNode extends Node {
  call(): { ok: boolean } {
    throw Object.assign(new Error("no luck"), { code: "E_LUCK" });
  }
}
export class ClockPlugin extends Plugin {
  nodes() {
    return [new EchoNode(), new LogNode(), new FailNode()];
  }
}
`,
  );
  const { code, stdout } = await run(["build", "--output", "../built"], workspace.folder);
  assert.is(code, 0, stdout);
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  server = await startServer({ plugin: await loadPlugin(built), log, drainMs: 0 });
});
test.after(async () => {
  await server.close();
  await closeSharedCompiler();
  workspace.remove();
});

const call = (...argv: readonly string[]) => run(["call", ...argv], workspace.folder);
const atServer = (...argv: readonly string[]) => call(...argv, "--url", server.url);

test("compiles the plugin of the folder, calls, and prints the result as JSON", async () => {
  const { code, stdout, stderr } = await call(
    "echo",
    "text=ab",
    "times=2",
    "tags=x",
    "tags=y",
    'options={"deep":true}',
  );
  assert.is(stderr, "");
  assert.equal(JSON.parse(stdout), { text: "abab!", tags: ["x", "y"] });
  assert.is(code, 0);
});

test("what the plugin logs goes to stderr, beside the result", async () => {
  const { code, stdout, stderr } = await call("log", "ms=0", "--manifest", built);
  assert.equal(JSON.parse(stdout), { ok: true });
  assert.match(stderr, /info {2}log: waiting$/m);
  assert.is(code, 0);
});

test("a request that does not fit is refused with every fault, and ends with 1", async () => {
  const { code, stdout, stderr } = await atServer("echo", "times=often", "tgs=x");
  assert.is(stdout, "");
  assert.match(stderr, /^error\[input_invalid\]: /);
  for (const path of ["/inputs/text", "/inputs/times", "/inputs/tgs"]) assert.match(stderr, path);
  assert.is(code, 1);
});

test("what a node throws is told with its own code; --json has all of it on stdout", async () => {
  const plain = await atServer("fail");
  assert.match(plain.stderr, /^error\[node_error\]: no luck$/m);
  const { code, stdout, stderr } = await atServer("FailNode", "--json");
  const { status, error } = JSON.parse(stdout);
  assert.equal([code, stderr, status, error.code, error.http], [1, "", "error", "node_error", 500]);
  assert.ok(error.request_id.length > 0);
});

test("inputs come from a file, and words after it win", async () => {
  const file = join(workspace.folder, "..", "inputs.json");
  writeFileSync(file, JSON.stringify({ text: "a", times: 3 }));
  const { stdout } = await atServer("echo", "--input", file, "--input", "text=b");
  assert.is(JSON.parse(stdout).text, "bbb");
  const missing = await atServer("echo", "--input", "nowhere.json");
  assert.is(missing.code, 2);
  assert.match(missing.stderr, "cannot read `nowhere.json`: no such file or folder");
});

test("inputs come from a pipe, and Ctrl-C ends the wait for it", async () => {
  const { child, seen, ended, listening } = startNoxus(
    ["call", "echo", "--input", "-", "--url", server.url],
    workspace.folder,
    {},
    "pipe",
  );
  await listening;
  child.stdin?.end(JSON.stringify({ text: "piped" }));
  await seen(/"text": "piped"/);
  assert.is(await ended, 0);
  const waiting = startNoxus(
    ["call", "echo", "--input", "-", "--url", server.url],
    workspace.folder,
    {},
    "pipe",
  );
  await waiting.listening;
  waiting.child.kill("SIGINT");
  assert.is(await waiting.ended, 130);
});

test("an unknown node, a wrong address and a server that is none are told apart", async () => {
  const unknown = await atServer("ecko");
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, "clock has no node `ecko`\n  did you mean `echo`?");
  const wrong = await call("echo", "--url", "localhost:1");
  assert.is(wrong.code, 2);
  const other = createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo; // it listens on TCP
  const strange = await call("echo", "--url", `http://127.0.0.1:${port}`);
  assert.is(strange.code, 4);
  assert.match(strange.stderr, "is no noxus server");
  await new Promise((resolve) => other.close(resolve));
  const gone = await call("echo", "--url", `http://127.0.0.1:${port}`);
  assert.is(gone.code, 4);
  assert.match(gone.stderr, "nothing answers at");
});

test("--timeout ends the call with the runtime's own code", async () => {
  const { code, stderr } = await call("log", "ms=60000", "--timeout", "50ms", "--manifest", built);
  assert.match(stderr, /^error\[timeout\]: /m);
  assert.is(code, 1);
});

test("Ctrl-C during a call ends with 130 and leaves neither a process nor a file", async () => {
  const noxus = startNoxus(["call", "log", "ms=60000", "--manifest", built], workspace.folder, {
    TMPDIR: workspace.temporary,
  });
  await noxus.seen(/waiting/);
  noxus.child.kill("SIGINT");
  assert.is(await noxus.ended, 130);
  assert.equal(readdirSync(workspace.temporary), []);
});

test("a plugin with errors is not called", async () => {
  const other = makePlugin();
  other.write("src/index.ts", clockSource("one").replace("ms: number", "ms: Missing"));
  const { code, stdout, stderr } = await run(["call", "clock", "ms=1"], other.folder);
  other.remove();
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, "error[");
});

test("words are read as the schema of the input asks", async () => {
  const schema = {
    type: "object",
    definitions: { Kind: { enum: ["a", 1] } },
    properties: {
      text: { type: "string" },
      number: { type: "number" },
      maybe: { type: ["number", "null"] },
      either: { anyOf: [{ type: "string" }, { type: "number" }] },
      list: { type: "array", items: { type: "integer" } },
      kind: { $ref: "#/definitions/Kind" },
      open: {},
    },
  };
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-inputs-")));
  const read = async (...words: readonly string[]) =>
    inputsOf(await readWords(words, { cwd: folder, stdin: process.stdin }), schema);
  assert.equal(
    await read("text=5", "number=5", "maybe=null", "either=5", "list=1", "list=2", "kind=1", "open=true"),
    {
      text: "5",
      number: 5,
      maybe: null,
      either: 5,
      list: [1, 2],
      kind: 1,
      open: true,
    },
  );
  assert.equal(await read("text={}", "open=a=b", "number=x", "list=7", "kind=a", 'either="5"'), {
    text: "{}",
    number: "x",
    list: [7],
    kind: "a",
    either: "5",
    open: "a=b",
  });
  assert.equal(await read("list=[1,2]", "other=1"), { list: [1, 2], other: 1 });
  const broken = await read("list=[1,").catch((error: Error) => error.message);
  assert.match(String(broken), "`list` is not JSON");
  rmSync(folder, { recursive: true });
});

test.run();
