/** Plugins whose packages npm, pnpm or yarn installed build alike, each from its own lockfile and folder layout. */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { imageFaults } from "../../cli/image.ts";
import { emit } from "../../compiler/emit/write.ts";
import { sbomOf } from "../../compiler/image/index.ts";
import { analyze } from "../../compiler/index.ts";
import { loadPlugin } from "../../runtime/manifest/read.ts";
import { startServer } from "../../runtime/server.ts";
import { installIn } from "../../scripts/install.ts";
import { type NpmRegistry, openNpmRegistry } from "./registry.ts";

installIn(import.meta.dirname);
const tools = join(import.meta.dirname, "node_modules");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-managers-")));

/** The second is asked for by the first only, so that each layout puts it elsewhere. */
const registry: NpmRegistry = await openNpmRegistry([
  {
    name: "@corner/greetings",
    version: "1.2.0",
    dependencies: { "end-marks": "^2.0.0" },
    files: {
      "index.js":
        'import { mark } from "end-marks";\nexport const greet = (name) => `Hello ${name}${mark()}`;\n',
      "index.d.ts": "export function greet(name: string): string;\n",
    },
  },
  {
    name: "end-marks",
    version: "2.0.1",
    files: {
      "index.js": 'export const mark = () => process.env.END_MARK ?? "!";\n',
      "index.d.ts": "export function mark(): string;\n",
    },
  },
]);
test.after(() => {
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Manager {
  readonly name: string;
  readonly lockfile: string;
  /** Where the package that only a package asks for lies. */
  readonly nested: string;
  /** Whether the lockfile has the digest of what came from the registry. */
  readonly hasDigests: boolean;
  readonly files?: Readonly<Record<string, string>>;
  readonly install: readonly string[];
}

const berry = `nodeLinker: node-modules
npmRegistryServer: "${registry.url}"
unsafeHttpWhitelist: ["127.0.0.1"]
enableTelemetry: false
enableGlobalCache: false
enableImmutableInstalls: false
`;

const managers: readonly Manager[] = [
  {
    name: "npm",
    lockfile: "package-lock.json",
    nested: "node_modules/end-marks",
    hasDigests: true,
    install: ["npm", "install", "--registry", registry.url, "--cache", join(folder, "npm-cache")],
  },
  {
    name: "pnpm",
    lockfile: "pnpm-lock.yaml",
    nested: "node_modules/.pnpm/end-marks@2.0.1/node_modules/end-marks",
    hasDigests: true,
    install: [
      ...["node", join(tools, "pnpm/bin/pnpm.cjs"), "install", "--no-frozen-lockfile"],
      ...["--registry", registry.url, "--store-dir", join(folder, "pnpm-store")],
    ],
  },
  {
    name: "yarn 1",
    lockfile: "yarn.lock",
    nested: "node_modules/end-marks",
    hasDigests: true,
    install: [
      ...["node", join(tools, "yarn/bin/yarn.js"), "install", "--non-interactive", "--no-default-rc"],
      ...["--registry", registry.url, "--cache-folder", join(folder, "yarn-cache")],
    ],
  },
  {
    name: "yarn 4",
    lockfile: "yarn.lock",
    nested: "node_modules/end-marks",
    hasDigests: false,
    files: { ".yarnrc.yml": berry },
    install: ["node", join(tools, "@yarnpkg/cli-dist/bin/yarn.js"), "install"],
  },
];

const source = `import { greet } from "@corner/greetings";
import { Node, Plugin } from "noxus/plugins";

/** Greets by name. */
export class GreetNode extends Node {
  call(name: string): { greeting: string } {
    return { greeting: greet(name) };
  }
}

export class GreetPlugin extends Plugin {
  nodes() {
    return [new GreetNode()];
  }
}
`;

function write(root: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(root, "src"), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
}

const packageFile = (range: string): string =>
  JSON.stringify(
    { name: "greet", version: "1.0.0", private: true, dependencies: { "@corner/greetings": range } },
    null,
    2,
  );

function install([command = "", ...args]: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      HOME: folder,
      CI: "1",
      npm_config_audit: "false",
      npm_config_fund: "false",
    };
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(" ")}: ${code}\n${said}`)),
    );
  });
}

/** The program without the comments in which esbuild names the files it came from. */
const programs = new Map<string, string>();

for (const manager of managers) {
  const root = join(folder, manager.name);
  const out = join(root, "dist");

  test(`builds what ${manager.name} installed`, async () => {
    write(root, {
      "plugin.yaml":
        "name: greet\nversion: 1.0.0\nentrypoint: src/index.GreetPlugin\npermissions: [env:END_MARK]\n",
      "src/index.ts": source,
      "package.json": packageFile("^1.0.0"),
      ...manager.files,
    });
    await install(manager.install, root);
    assert.ok(existsSync(join(root, manager.lockfile)));
    assert.ok(existsSync(join(root, manager.nested, "index.js")), `${manager.nested} is the layout`);

    const analysis = await analyze(root);
    assert.equal(
      analysis.diagnostics.map(({ code, message }) => `${code} ${message}`),
      [],
    );
    const { manifest } = analysis;
    if (manifest === null) throw new Error("there is no manifest");
    assert.equal(
      manifest.permissions.used.map(({ permission }) => permission),
      ["env:END_MARK"],
    );
    await emit(analysis, out, { image: false });
    for (const name of ["server.mjs", "runner.mjs"]) writeFileSync(join(out, name), "");
    assert.equal(imageFaults(root, out, manifest), []);

    const bom = JSON.parse(sbomOf(manifest, root)) as { components: { purl: string; hashes?: object[] }[] };
    assert.equal(
      bom.components.map(({ purl, hashes }) => [purl, hashes?.length ?? 0]),
      ["pkg:npm/%40corner/greetings@1.2.0", "pkg:npm/end-marks@2.0.1"].map((purl) => [
        purl,
        manager.hasDigests ? 1 : 0,
      ]),
    );
    programs.set(manager.name, readFileSync(join(out, "bundle.mjs"), "utf8").replace(/^\/\/.*\n/gm, ""));

    const plugin = await loadPlugin(join(out, "manifest.json"));
    const server = await startServer({ plugin, logLevel: "error", env: { END_MARK: "?" } });
    try {
      const answer = await fetch(`${server.url}/greet/run`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"inputs":{"name":"Ada"}}',
      });
      assert.match(await answer.text(), '"greeting":"Hello Ada?"');
    } finally {
      await server.close();
    }
  });

  test(`refuses a lockfile of ${manager.name} that is not for this package.json`, async () => {
    const { manifest } = await loadPlugin(join(out, "manifest.json"));
    const faults = (): readonly string[] =>
      imageFaults(root, out, manifest).map(
        ({ code, file, span, message }) => `${code} ${file}:${span?.start.line ?? 0} ${message}`,
      );
    write(root, { "package.json": packageFile("^1.1.0") });
    const { lockfile } = manager;
    assert.equal(faults(), [
      `NX6006 package.json:6 \`${lockfile}\` has \`@corner/greetings\` at another range than \`^1.1.0\``,
    ]);
    write(root, { "package.json": packageFile("^1.0.0").replace("@corner/", "@inner/") });
    const gone = `NX6006 package.json:0 \`${lockfile}\` has \`@corner/greetings\`, which package.json does not ask for`;
    assert.equal(faults(), [
      // Version 1 of yarn does not write down who asks for what.
      ...(manager.name === "yarn 1" ? [] : [gone]),
      `NX6006 package.json:6 \`${lockfile}\` does not name \`@inner/greetings\``,
    ]);

    // Installed before the lockfile was changed: what would ship is in no lockfile.
    write(root, { "package.json": packageFile("^1.0.0") });
    const nested = join(root, manager.nested, "package.json");
    const text = readFileSync(nested, "utf8");
    writeFileSync(nested, text.replace("2.0.1", "2.0.0"));
    assert.equal(faults(), [
      `NX6006 package.json:0 \`${lockfile}\` has \`end-marks\` 2.0.1, but 2.0.0 is installed`,
    ]);
    writeFileSync(nested, text);
    assert.equal(faults(), []);

    write(root, { [lockfile]: "<<<<<<< ours\n" });
    assert.equal(faults(), [`NX6006 ${lockfile}:0 \`${lockfile}\` cannot be read`]);
  });
}

test("the same program comes of all of them", () => {
  assert.is(programs.size, managers.length);
  assert.is(new Set(programs.values()).size, 1);
});

test.run();
