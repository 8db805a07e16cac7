import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Compiler } from "../compiler.ts";
import { renderMarkdown } from "../markdown.ts";
import { run } from "./run.ts";
import { plain } from "./samples.ts";

function brokenCompiler(error: Error): Compiler {
  const fail = async () => {
    throw error;
  };
  return { analyze: fail, check: fail, emit: fail, close: async () => {} };
}

const bug = new Error("extract stopped\u001b[2J");
const validate = (argv: readonly string[], env = {}, error: Error = bug) =>
  run(["validate", ...argv], import.meta.dirname, env, () => brokenCompiler(error));

test("a bug in noxus is named as one and ends with 3; the stack is shown on request", async () => {
  const short = await validate([]);
  assert.equal(short, {
    code: 3,
    stdout: "",
    stderr:
      "internal error: extract stopped\\x1b[2J\nthis is a bug in noxus, not in your plugin\nstack: add --debug\n",
  });
  assert.match((await validate(["--debug"])).stderr, /\n {4}at .*main\.test\.ts/);
  assert.match((await validate([], { NOXUS_DEBUG: "1" })).stderr, /\n {4}at .*main\.test\.ts/);
});

test("what the system refuses is no bug in noxus", async () => {
  const refused = { code: "EACCES", syscall: "open", path: "/srv/demo/src/index.ts" };
  const told = await validate([], {}, Object.assign(new Error("EACCES: permission denied"), refused));
  assert.equal(told, {
    code: 2,
    stdout: "",
    stderr: "error: cannot use `/srv/demo/src/index.ts`: permission denied\n",
  });
  const missing = { ...refused, code: "ENOENT" };
  assert.is((await validate([], {}, Object.assign(new Error("gone"), missing))).code, 3);
});

test("the schemas are printed as the package ships them", async () => {
  const plugin = await run(["schema"], ".");
  assert.is(JSON.parse(plugin.stdout).properties.name.maxLength, 63);
  const manifest = await run(["schema", "manifest"], ".");
  assert.ok("digest" in JSON.parse(manifest.stdout).properties);
});

test("explain takes a code in any case and shows its page", async () => {
  const { stdout, code } = await run(["explain", "nx3001"], ".");
  assert.is(code, 0);
  assert.match(stdout, /^NX3001 undeclared-permission {2}error\n\n\S/);
});

test("pages are wrapped, lists keep their indent, and code is left as it is", () => {
  const page = [
    "## Why",
    "",
    `- ${"word ".repeat(20)}end`,
    "",
    "```yaml",
    "permissions:",
    "  - network",
    "```",
  ].join("\n");
  assert.is(
    renderMarkdown(page, { ...plain, width: 60 }),
    `Why

- word word word word word word word word word word word
  word word word word word word word word word end

    permissions:
      - network
`,
  );
});

test.run();
