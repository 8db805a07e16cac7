/** What ships in place of an optional package that is not installed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bundlePlugin } from "../bundle/bundle.ts";
import { packageFinder } from "../bundle/packages.ts";
import type { Diagnostic } from "../diagnostics/types.ts";

interface DemoModule {
  readonly DemoPlugin: new () => { nodes(): readonly { call(text: string): Promise<unknown> }[] };
}

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));

for (const [fixture, answer] of [
  ["NX6004-optional-package", "anna"],
  ["NX6004-near-installed", "anna@example"],
  ["NX6002-near-addon-pattern", "ANNA"],
] as const) {
  test(`${fixture} runs as it would with its packages beside it`, async () => {
    const root = join(fixtures, fixture);
    const found: Diagnostic[] = [];
    const bundle = await bundlePlugin(
      {
        root,
        file: "src/index.ts",
        exportName: "DemoPlugin",
        tsconfig: null,
        packageOf: packageFinder(root),
      },
      (entry) => found.push(entry),
    );
    assert.ok(bundle);
    assert.not.match(bundle.text, /import\("kerberos"\)/);
    const folder = mkdtempSync(join(tmpdir(), "noxus-missing-"));
    try {
      const file = join(folder, "bundle.mjs");
      writeFileSync(file, bundle.text);
      const { DemoPlugin } = (await import(pathToFileURL(file).href)) as DemoModule;
      assert.equal(await new DemoPlugin().nodes()[0]?.call("anna"), { value: answer });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test.run();
