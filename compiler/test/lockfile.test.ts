/** What lockfiles say, in the forms that real ones have; those that the managers write themselves are in test/managers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkLockfile } from "../bundle/compare-lockfile.ts";
import type { PackageId } from "../bundle/packages.ts";

/** What is told of a plugin in `packages/plugin` of these files. */
function faults(
  files: Readonly<Record<string, string>>,
  shipped: readonly PackageId[] = [],
): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "noxus-lockfile-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return checkLockfile(join(folder, "packages", "plugin"), shipped).map(({ message }) => message);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const asking = (range: string, more: object = {}): Readonly<Record<string, string>> => ({
  "packages/plugin/package.json": JSON.stringify({ dependencies: { ms: range }, ...more }),
});

const workspaces: readonly { readonly file: string; readonly text: (member: string) => string }[] = [
  {
    file: "package-lock.json",
    text: (member) =>
      JSON.stringify({
        packages: {
          "": { name: "all", workspaces: ["packages/*"] },
          [member]: { dependencies: { ms: "^2.1.0" } },
          "node_modules/ms": { version: "2.1.3" },
        },
      }),
  },
  {
    file: "pnpm-lock.yaml",
    text: (member) => `lockfileVersion: '9.0'
importers:
  .: {}
  ${member}:
    dependencies:
      ms: {specifier: ^2.1.0, version: 2.1.3}
packages:
  ms@2.1.3: {resolution: {integrity: sha512-abc}}
`,
  },
  {
    file: "yarn.lock",
    text: (member) => `__metadata:
  version: 8

"ms@npm:^2.1.0":
  version: 2.1.3
  resolution: "ms@npm:2.1.3"

"plugin@workspace:${member}":
  version: 0.0.0-use.local
  resolution: "plugin@workspace:${member}"
  dependencies:
    ms: "npm:^2.1.0"
`,
  },
];

for (const { file, text } of workspaces) {
  test(`reads the ${file} of a workspace for its member`, () => {
    const lock = { [file]: text("packages/plugin") };
    assert.equal(faults({ ...lock, ...asking("^2.1.0") }, [{ name: "ms", version: "2.1.3" }]), []);
    assert.equal(faults({ ...lock, ...asking("^2.1.3") }), [
      `\`../../${file}\` has \`ms\` at another range than \`^2.1.3\``,
    ]);
    assert.equal(faults({ ...lock, ...asking("^2.1.0") }, [{ name: "ms", version: "2.0.0" }]), [
      `\`../../${file}\` has \`ms\` 2.1.3, but 2.0.0 is installed`,
    ]);
    assert.equal(
      faults({ [file]: text("packages/other"), ...asking("^9") }),
      [],
      "it is not of this workspace",
    );
  });
}

test("reads yarn 1 with line ends of Windows, other names and several ranges", () => {
  const lock = (text: string) => ({ "packages/plugin/yarn.lock": `# yarn lockfile v1\r\n\r\n\r\n${text}` });
  const text = [
    '"milliseconds@npm:ms@^2.1.0":',
    '  version "2.1.3"',
    "",
    "ms@^1.0.0, ms@^2.0.0:",
    '  version "2.0.0"',
    "",
  ].join("\r\n");
  const other = asking("^2.0.0", { dependencies: { ms: "^2.0.0", milliseconds: "npm:ms@^2.1.0" } });
  const shipped = ["2.1.3", "2.0.0"].map((version) => ({ name: "ms", version }));
  assert.equal(faults({ ...lock(text), ...other }, shipped), []);
  assert.equal(faults({ ...lock(text), ...asking("^3.0.0") }), [
    "`yarn.lock` has `ms` at another range than `^3.0.0`",
  ]);
});

test("reads older forms of pnpm, and packages from elsewhere than a registry", () => {
  const lock = (text: string) => ({ "packages/plugin/pnpm-lock.yaml": text });
  const six = `lockfileVersion: '6.0'
dependencies:
  ms:
    specifier: ^2.1.0
    version: 2.1.3
packages:
  /ms@2.1.3(peer@1.0.0):
    resolution: {integrity: sha512-abc}
`;
  assert.equal(faults({ ...lock(six), ...asking("^2.1.0") }, [{ name: "ms", version: "2.1.3" }]), []);
  assert.equal(faults({ ...lock(six), ...asking("^2.1.0") }, [{ name: "ms", version: "2.1.2" }]), [
    "`pnpm-lock.yaml` has `ms` 2.1.3, but 2.1.2 is installed",
  ]);
  const address = "https://codeload.example.com/ms/tar.gz/1f";
  const nine = `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      ms: {specifier: vercel/ms, version: ${address}}
packages:
  ms@${address}: {resolution: {tarball: ${address}}, version: 3.0.0}
`;
  assert.equal(faults({ ...lock(nine), ...asking("vercel/ms") }, [{ name: "ms", version: "3.0.0" }]), []);
});

test("asks each of several lockfiles, and none where there is none", () => {
  const npm = JSON.stringify({ packages: { "": { dependencies: { ms: "^2.1.0" } } } });
  const yarn = '# yarn lockfile v1\n\nms@^2.0.0:\n  version "2.0.0"\n';
  const both = { "packages/plugin/package-lock.json": npm, "packages/plugin/yarn.lock": yarn };
  assert.equal(faults({ ...both, ...asking("^2.1.0") }), [
    "`yarn.lock` has `ms` at another range than `^2.1.0`",
  ]);
  assert.equal(faults(asking("^2.1.0")), []);
});

test.run();
