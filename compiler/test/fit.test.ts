/** What would make a declaration fit, read from hand-made findings. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { broadPermissions, missingPermissions, readPermission } from "../permissions/fit.ts";

const place = { file: "src/index.ts", span: null };

function facts(
  used: readonly string[],
  diagnostics: readonly Diagnostic[],
  declared: readonly string[] = [],
): Parameters<typeof missingPermissions>[0] {
  const none = { unused: [], unresolved: [], uses: [] };
  const entries = used.map((permission) => ({ permission, nodes: [], paths: [] }));
  return { diagnostics, permissions: { ...none, declared, used: entries } };
}

const undeclared = (permission: string) => diagnostic("NX3001", place, { sink: "an API", permission });
const unknown = (broad: string) => diagnostic("NX3005", place, { sink: "an API", broad, what: "the host" });

test("what is missing is what a finding asks for, each once", () => {
  const found = [undeclared("env:B"), undeclared("env:A"), undeclared("env:A")];
  assert.equal(missingPermissions(facts(["env:A", "env:B", "env:C"], found)), [
    { permission: "env:A", code: "NX3001" },
    { permission: "env:B", code: "NX3001" },
  ]);
});

test("a broad one that is needed, or a folder above, makes the narrow ones superfluous", () => {
  const found = [
    undeclared("network:a.example"),
    unknown("network"),
    undeclared("fs:read:/data/a"),
    undeclared("fs:read:/data"),
  ];
  const used = ["fs:read:/data", "fs:read:/data/a", "network", "network:a.example"];
  assert.equal(missingPermissions(facts(used, found)), [
    { permission: "fs:read:/data", code: "NX3001" },
    { permission: "network", code: "NX3005" },
  ]);
});

test("what cannot be proven asks for no permission", () => {
  const found = [diagnostic("NX3003", place, { what: "`process`", reason: "is used as a value" })];
  assert.equal(missingPermissions(facts(["env"], found)), []);
});

test("a broad permission is named with the narrow ones that would do", () => {
  const narrow = ["network:a.example", "network:b.example"];
  const found = diagnostic("NX3013", place, { permission: "network", narrow });
  const given = facts(["env:A", ...narrow], [found], ["env", "network"]);
  assert.equal(broadPermissions(given), [{ permission: "network", narrow, found }]);
});

test("only canonical names are read", () => {
  assert.equal(readPermission("env:A"), { kind: "env", name: "A" });
  assert.throws(() => readPermission("network:A.EXAMPLE"), /canonical/);
  assert.throws(() => readPermission("everything"), /canonical/);
});

test.run();
