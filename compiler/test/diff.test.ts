/** Comparing powers: what counts as a gain. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type DiffSide, diffPowers, type Powers, type Unproven } from "../manifest/diff.ts";

interface Sketch {
  /** Permissions by node. */
  readonly nodes?: Readonly<Record<string, readonly string[]>>;
  readonly declared?: readonly string[];
  readonly unresolved?: readonly Unproven[];
  /** Where the last step of every path is. */
  readonly file?: string;
  readonly version?: string;
}

function side({
  nodes = {},
  declared = [],
  unresolved = [],
  file = "src/a.ts",
  version = "1.0.0",
}: Sketch): DiffSide {
  const names = [...new Set(Object.values(nodes).flat())];
  const powers: Powers = {
    name: "demo",
    version: "0.1.0",
    nodes: Object.entries(nodes).map(([name, permissions]) => ({ name, permissions })),
    permissions: {
      declared,
      unresolved,
      used: names.map((permission) => {
        const users = Object.keys(nodes).filter((name) => nodes[name]?.includes(permission));
        const path = (name: string) => [
          { name: `${name}.call`, file: "src/index.ts", line: 1, column: 1 },
          { name: "fetch", file, line: 2, column: 3 },
        ];
        return { permission, nodes: users, paths: users.map(path) };
      }),
    },
  };
  return {
    powers,
    packageOf: (path) => (path.includes("node_modules/dep/") ? { name: "dep", version } : null),
  };
}

function changes(old: Sketch, now: Sketch) {
  const diff = diffPowers(side(old), side(now));
  const nodes = diff.nodes.map(({ name, state, gained, lost }) => {
    const names = (powers: typeof gained) => powers.map((power) => power.permission);
    return { name, state, gained: names(gained), lost: names(lost) };
  });
  return { nodes, gained: diff.gained, lost: diff.lost };
}

test("equal sides have no difference, whatever their order", () => {
  const old = { nodes: { a: ["env:A", "network"], b: [] }, declared: ["env:A", "network"] };
  const now = { nodes: { b: [], a: ["network", "env:A"] }, declared: ["network", "env:A"] };
  assert.equal(changes(old, now), { nodes: [], gained: 0, lost: 0 });
});

test("a broad power covers its narrow ones: narrowing is a loss and no gain, widening a gain and no loss", () => {
  const broad = { nodes: { a: ["network"] } };
  const narrow = { nodes: { a: ["network:x.example"] } };
  assert.equal(changes(broad, narrow), {
    nodes: [{ name: "a", state: "changed", gained: [], lost: ["network"] }],
    gained: 0,
    lost: 1,
  });
  assert.equal(changes(narrow, broad).nodes, [
    { name: "a", state: "changed", gained: ["network"], lost: [] },
  ]);
});

test("what another node could do already is still a gain of this node", () => {
  const old = { nodes: { a: ["env:A"], b: [] } };
  const now = { nodes: { a: ["env:A"], b: ["env:A"] } };
  assert.equal(changes(old, now), {
    nodes: [{ name: "b", state: "changed", gained: ["env:A"], lost: [] }],
    gained: 1,
    lost: 0,
  });
});

test("added and removed nodes are listed, with what they bring and take", () => {
  const old = { nodes: { gone: ["exec:git"], quiet: [] } };
  const now = { nodes: { fresh: ["env:A"] } };
  assert.equal(changes(old, now), {
    nodes: [
      { name: "fresh", state: "added", gained: ["env:A"], lost: [] },
      { name: "gone", state: "removed", gained: [], lost: ["exec:git"] },
      { name: "quiet", state: "removed", gained: [], lost: [] },
    ],
    gained: 1,
    lost: 1,
  });
});

test("a declaration that nothing uses counts", () => {
  const diff = diffPowers(side({ declared: ["env:A"] }), side({ declared: ["env", "exec:git"] }));
  assert.equal(diff.declared, { gained: ["env", "exec:git"], lost: [] });
  assert.is(diff.gained, 2);
});

test("an unproven use counts once for each, wherever its line is, and a new waiver is a change", () => {
  const use = (waiver: string | null): Unproven => ({
    code: "NX3004",
    file: "src/a.ts",
    reason: "`eval`",
    waiver,
  });
  const twice = diffPowers(
    side({ unresolved: [use("ours")] }),
    side({ unresolved: [use("ours"), use("ours")] }),
  );
  assert.is(twice.gained, 1);
  const waived = diffPowers(side({ unresolved: [use(null)] }), side({ unresolved: [use("why")] }));
  assert.equal([waived.gained, waived.lost], [1, 1]);
  const reworded = diffPowers(side({ unresolved: [use("a")] }), side({ unresolved: [use("b")] }));
  assert.equal([reworded.gained, reworded.lost], [0, 0]);
});

test("the package on the path is named, with its version on the other side where it is another", () => {
  const file = "../../tmp/node_modules/dep/index.js";
  const old = side({ nodes: { a: ["env:A"] }, file, version: "1.0.0" });
  const now = side({ nodes: { a: ["env:A", "network"] }, file, version: "2.0.0" });
  const power = diffPowers(old, now).nodes[0]?.gained[0];
  assert.equal(power?.packages, [{ name: "dep", version: "2.0.0", otherVersion: "1.0.0" }]);
  assert.equal(
    power?.path.map((step) => step.file),
    ["src/index.ts", "node_modules/dep/index.js"],
  );
});

test.run();
