/** What holds for every plugin: nothing of it runs, same sources give same bytes, bad files give a diagnostic. */
import fs, {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { canonicalJson } from "../../runtime/manifest/canonical.ts";
import { analyze, emit } from "../index.ts";

const config = "name: demo\nversion: 0.1.0\nentrypoint: src/index.DemoPlugin\n";
const source = `import { Node, Plugin } from "noxus/plugins";
import { greeting } from "./greeting.ts";

/** Greets. */
export class GreetNode extends Node {
  call(name: string): { text: string } {
    return { text: greeting + name };
  }
}

export class DemoPlugin extends Plugin {
  nodes() {
    return [new GreetNode()];
  }
}
`;

let folder = "";
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), "noxus-analyze-"));
});
test.after.each(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function writePlugin(): void {
  write("plugin.yaml", config);
  write("src/index.ts", source);
  write("src/greeting.ts", 'export const greeting = "Hello ";\n');
}

/** Lets `reading` come before whatever else reads a file, while `work` goes on. */
async function whileReading<T>(reading: (path: string) => void, work: () => Promise<T>): Promise<T> {
  const read = fs.readFileSync;
  const readFileSync = (...[path, options]: Parameters<typeof read>) => {
    reading(String(path));
    return read(path, options);
  };
  Object.assign(fs, { readFileSync });
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    Object.assign(fs, { readFileSync: read });
    syncBuiltinESMExports();
  }
}

test("a source that may not be read is a finding of its plugin", async () => {
  writePlugin();
  const secret = join(realpathSync(folder), "src/greeting.ts");
  // Whoever may read everything, as root may, is refused nothing by the disk.
  const refuse = (path: string) => {
    if (path === secret) throw Object.assign(new Error(), { code: "EACCES", syscall: "open", path });
  };
  const { name, diagnostics, manifest } = await whileReading(refuse, () => analyze(folder));
  assert.equal(
    diagnostics.map(({ code, file, message }) => `${code} ${file}: ${message}`),
    ["NX2102 src/greeting.ts: cannot read `src/greeting.ts`: permission denied"],
  );
  assert.is(name, "demo");
  assert.is(manifest, null);
  assert.equal((await analyze(folder)).diagnostics, []);
});

test("a manifest is of one text, also where files change under the analysis", async () => {
  writePlugin();
  const changing = join(realpathSync(folder), "src/greeting.ts");
  let reads = 0;
  // Types, spans and digests are read one after the other.
  const changeUntil = (last: number) => (path: string) => {
    if (path === changing && ++reads <= last)
      writeFileSync(changing, `export const greeting = "${reads}";\n`);
  };
  const { manifest } = await whileReading(changeUntil(2), () => analyze(folder));
  const expected = await analyze(folder);
  assert.ok(manifest !== null && expected.manifest !== null);
  assert.is(canonicalJson(manifest), canonicalJson(expected.manifest));

  reads = 0;
  const forever = await whileReading(changeUntil(Number.POSITIVE_INFINITY), () => analyze(folder));
  assert.is(forever.manifest, null);
  assert.equal(
    forever.diagnostics.map(({ code, message }) => `${code} ${message}`),
    ["NX2103 `src/greeting.ts` changed while the plugin was analysed"],
  );

  const described = join(realpathSync(folder), "plugin.yaml");
  const grant = (path: string) => {
    if (path === described) writeFileSync(described, `${config}permissions: [network]\n`);
  };
  const { manifest: granted } = await whileReading(grant, () => analyze(folder));
  assert.equal(granted?.permissions.declared, ["network"]);
});

test("sources that are not UTF-8 end as any others do, in packages too", async () => {
  writePlugin();
  const latin = Buffer.from('// \xe4\nexport const greeting = "Hello ";\n', "latin1");
  write(
    "src/greeting.ts",
    Buffer.concat([Buffer.from('export { greeting } from "words";\n'), latin.subarray(0, 5)]),
  );
  write("node_modules/words/index.js", latin);
  write("node_modules/words/index.d.ts", "export const greeting: string;\n");
  write("node_modules/words/package.json", '{ "name": "words", "version": "1.0.0", "type": "module" }');
  assert.equal(await codesOf(folder), []);
});

async function codesOf(root: string): Promise<readonly string[]> {
  return (await analyze(root)).diagnostics.map((entry) => entry.code);
}

test("a plugin without faults has a manifest and the files it names", async () => {
  writePlugin();
  const analysis = await analyze(folder);
  assert.equal(analysis.diagnostics, []);
  assert.equal(
    analysis.manifest?.nodes.map((node) => [node.name, node.class, node.description, node.input_order]),
    [["greet", "GreetNode", "Greets.", ["name"]]],
  );
  assert.equal(
    analysis.artifacts.map((artifact) => artifact.path),
    ["bundle.mjs", "bundle.mjs.map", "validators.mjs"],
  );
});

test("a module that writes a file and exits when imported is not run", async () => {
  const canary = join(folder, "canary");
  write("plugin.yaml", `${config}permissions: [fs:write]\n`);
  write(
    "src/index.ts",
    `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(canary)}, "ran");\nprocess.exit(7);\n${source}`,
  );
  write("src/greeting.ts", `export const greeting = "Hello ";\n`);
  const analysis = await analyze(folder);
  if (analysis.manifest !== null) await emit(analysis, join(folder, "dist"));
  assert.not(existsSync(canary));
});

test("two folders with the same sources give the same bytes", async () => {
  writePlugin();
  const other = mkdtempSync(join(tmpdir(), "noxus-another-place-"));
  try {
    cpSync(folder, join(other, "deeper", "still"), { recursive: true });
    const [first, second] = [await analyze(folder), await analyze(join(other, "deeper", "still"))];
    assert.fixture(canonicalJson(first.manifest), canonicalJson(second.manifest));
    assert.equal(first.artifacts, second.artifacts);
    assert.not(canonicalJson(first.manifest).includes(tmpdir()));
    for (const artifact of first.artifacts) assert.not(artifact.text.includes(folder), artifact.path);
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});

test("emit leaves what was there when a file cannot be written", async () => {
  writePlugin();
  const analysis = await analyze(folder);
  await emit(analysis, join(folder, "dist"), { image: false });
  const before = readFileSync(join(folder, "dist", "manifest.json"), "utf8");
  // A folder where the bundle goes: the move fails.
  rmSync(join(folder, "dist", "bundle.mjs"));
  mkdirSync(join(folder, "dist", "bundle.mjs", "inside"), { recursive: true });
  let failed = false;
  await emit(analysis, join(folder, "dist"), { image: false }).catch(() => {
    failed = true;
  });
  assert.ok(failed);
  assert.fixture(readFileSync(join(folder, "dist", "manifest.json"), "utf8"), before);
});

test("no plugin.yaml is NX1001", async () => {
  assert.equal(await codesOf(folder), ["NX1001"]);
});

test("plugin.yml is read where there is no plugin.yaml", async () => {
  writePlugin();
  rmSync(join(folder, "plugin.yaml"));
  write("plugin.yml", config);
  assert.equal(await codesOf(folder), []);
});

test("what cannot be read is NX1002: a folder, text that is not UTF-8, a circle of links, a file as the root", async () => {
  mkdirSync(join(folder, "plugin.yaml"));
  assert.equal(await codesOf(folder), ["NX1002"]);
  rmSync(join(folder, "plugin.yaml"), { recursive: true });
  write("plugin.yaml", Uint8Array.of(0x6e, 0x3a, 0xff, 0xfe));
  assert.equal(await codesOf(folder), ["NX1002"]);
  rmSync(join(folder, "plugin.yaml"));
  symlinkSync("plugin.yaml", join(folder, "plugin.yaml"));
  assert.equal(await codesOf(folder), ["NX1002"]);
  write("file", "");
  assert.equal(await codesOf(join(folder, "file")), ["NX1002"]);
  assert.equal(await codesOf(join(folder, "nowhere")), ["NX1002"]);
});

test("five megabytes of aliases are NX1010 before anything is parsed", async () => {
  write("plugin.yaml", `${config}a: &a [x]\n${"tags: [*a, *a, *a, *a]\n".repeat(220_000)}`);
  const started = performance.now();
  const { diagnostics } = await analyze(folder);
  assert.equal(
    diagnostics.map((entry) => entry.code),
    ["NX1010"],
  );
  assert.match(diagnostics[0]?.message ?? "", /at most 256 kB/);
  assert.ok(performance.now() - started < 5000);
});

test("aliases that expand without measure are NX1010", async () => {
  const bomb = ["x-a: &a [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 9; i++) {
    const [before, name] = ["abcdefghi"[i - 1], "abcdefghi"[i]];
    bomb.push(`x-${name}: &${name} [${Array(10).fill(`*${before}`).join(", ")}]`);
  }
  write("plugin.yaml", `${config}${bomb.join("\n")}\n`);
  assert.equal(await codesOf(folder), ["NX1010"]);
});

test("a byte order mark and CRLF line ends change neither verdict nor place", async () => {
  writePlugin();
  write("plugin.yaml", `\uFEFF${config}bogus: 1\n`.replaceAll("\n", "\r\n"));
  const { diagnostics } = await analyze(folder);
  assert.equal(
    diagnostics.map((entry) => [entry.code, entry.span?.start.line, entry.span?.start.column]),
    [["NX1004", 4, 1]],
  );
});

test("keys named like object members are unknown keys", async () => {
  writePlugin();
  write("plugin.yaml", `${config}__proto__: {polluted: true}\nconstructor: 1\ntoString: 2\n`);
  assert.equal(await codesOf(folder), ["NX1004", "NX1004", "NX1004"]);
  assert.is(({} as { polluted?: boolean }).polluted, undefined);
});

test("a package that a workspace links to a folder beside the plugin is followed, and analysed", async () => {
  write("plugin/plugin.yaml", config);
  write("plugin/src/index.ts", source.replace("./greeting.ts", "greetings"));
  write("greetings/package.json", '{ "name": "greetings", "version": "2.0.0", "exports": "./index.ts" }');
  write(
    "greetings/index.ts",
    'import { word } from "./word.ts";\nexport const greeting: string = word + " ";\n',
  );
  write("greetings/word.ts", 'export const word = "Hello";\n');
  mkdirSync(join(folder, "plugin", "node_modules"));
  symlinkSync("../../greetings", join(folder, "plugin", "node_modules", "greetings"));
  const analysis = await analyze(join(folder, "plugin"));
  assert.equal(
    analysis.diagnostics.map((entry) => entry.message),
    [],
  );
  assert.ok(analysis.sources.some((entry) => entry.path === "../greetings/word.ts"));

  write("greetings/word.ts", "export const word = process.env.WORD;\n");
  const second = await analyze(join(folder, "plugin"));
  assert.equal(
    second.diagnostics.map((entry) => [entry.code, entry.file]),
    [["NX3001", "../greetings/word.ts"]],
  );
});

test("a plugin reached through a link is the same plugin", async () => {
  writePlugin();
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  try {
    const [first, second] = [await analyze(folder), await analyze(link)];
    assert.equal(second.diagnostics, []);
    assert.is(first.manifest?.digest, second.manifest?.digest);
  } finally {
    rmSync(link);
  }
});

test.run();
