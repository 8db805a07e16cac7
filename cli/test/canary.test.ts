import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeSharedCompiler, run } from "./run.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-canary-")));
const trace = join(root, "trace");
mkdirSync(join(root, "plugin", "src"), { recursive: true });
writeFileSync(
  join(root, "plugin", "plugin.yaml"),
  "name: canary\nversion: 0.1.0\nentrypoint: src/index.CanaryPlugin\npermissions: [fs:write]\n",
);
// Whoever loads this module leaves a trace and dies.
writeFileSync(
  join(root, "plugin", "src", "index.ts"),
  `import { writeFileSync } from "node:fs";
import { Node, Plugin } from "noxus/plugins";

writeFileSync(${JSON.stringify(trace)}, "loaded");
process.exit(7);

export class CanaryNode extends Node {
  call(text: string): { text: string } {
    return { text };
  }
}

export class CanaryPlugin extends Plugin {
  nodes() {
    return [new CanaryNode()];
  }
}
`,
);

test.after(async () => {
  await closeSharedCompiler();
  rmSync(root, { recursive: true, force: true });
});

for (const line of ["validate plugin", "build plugin", "plugin list", "plugin info canary"]) {
  test(`${line} finds out everything without running the plugin`, async () => {
    const { code, stdout, stderr } = await run(line.split(" "), root);
    assert.is(code, 0, stdout + stderr);
    assert.match(stdout, "canary");
    assert.not(existsSync(trace));
  });
}

test("the trap works: the bundle that was built does leave the trace when it is run", () => {
  const { status } = spawnSync(process.execPath, [join(root, "plugin", "dist", "bundle.mjs")]);
  assert.is(status, 7);
  assert.ok(existsSync(trace));
});

test.run();
