/** The diagnostic pages and docs/authoring.md keep their word: every example in them is loaded or analysed. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Code, codes } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { type Analysis, analyze } from "../index.ts";
import { loadConfig } from "../load/config.ts";
import { toText } from "../text.ts";

const pagesFolder = fileURLToPath(new URL("../diagnostics/pages", import.meta.url));
const pages = readdirSync(pagesFolder)
  .sort()
  .map((file) => ({ code: file.replace(".md", ""), text: readFileSync(join(pagesFolder, file), "utf8") }));

const sections = ["Wrong", "Right", "Not a finding", "Limits"];

interface Fence {
  readonly section: string;
  readonly language: string;
  readonly text: string;
}

/** The code fences of a page, and its lines outside of them. */
function readPage(text: string): { fences: readonly Fence[]; lines: readonly string[] } {
  const fences: Fence[] = [];
  const lines: string[] = [];
  let section = "";
  let fence: { language: string; lines: string[] } | null = null;
  for (const line of text.split("\n")) {
    const mark = /^```(\w*)$/.exec(line);
    if (mark !== null && fence === null) fence = { language: mark[1] ?? "", lines: [] };
    else if (mark !== null && fence !== null) {
      fences.push({ section, language: fence.language, text: `${fence.lines.join("\n")}\n` });
      fence = null;
    } else if (fence !== null) fence.lines.push(line);
    else {
      section = /^## (.*)$/.exec(line)?.[1] ?? section;
      lines.push(line);
    }
  }
  assert.is(fence, null, "a code fence is not closed");
  return { fences, lines };
}

for (const { code, text } of pages) {
  test(`${code}: heading, sections, widths`, () => {
    const { lines, fences } = readPage(text);
    assert.ok(Object.hasOwn(codes, code), "the page is of no code");
    assert.is(lines[0], `# ${code} ${codes[code as Code].name}`);
    const found = lines.filter((line) => line.startsWith("## ")).map((line) => line.slice(3));
    assert.equal(found, sections.slice(0, found.length));
    assert.ok(found.length >= 3);
    for (const section of ["Wrong", "Right"])
      assert.ok(
        fences.some((fence) => fence.section === section),
        `no example under ${section}`,
      );
    for (const line of lines) assert.ok(line.length <= 100, `too long: ${line}`);
  });
}

type Files = Readonly<Record<string, string | Uint8Array | null>>;

const required = { name: "demo", version: "0.1.0", entrypoint: "src/index.DemoPlugin" };

const plugin: Files = {
  "plugin.yaml": complete(""),
  "src/index.ts": `import { Node, Plugin } from "noxus/plugins";

export class GreetNode extends Node {
  call(name: string): { text: string } {
    return { text: \`Hello \${name}\` };
  }
}

export class DemoPlugin extends Plugin {
  nodes() {
    return [new GreetNode()];
  }
}
`,
};

/** The example with the keys that every plugin.yaml needs, where it leaves them out. */
function complete(yaml: string): string {
  const missing = Object.entries(required).filter(([key]) => !new RegExp(`^${key}:`, "m").test(yaml));
  return missing.map(([key, value]) => `${key}: ${value}\n`).join("") + yaml;
}

/** Their examples are about the keys that {@link complete} would add, or about the file as a whole. */
const wholeFiles = new Set(["NX1006", "NX1008"]);

/** Files that an example stands on but does not show. Null removes one. */
const beside: Readonly<Record<string, { readonly section?: string; readonly files: Files }>> = {
  NX1001: { section: "Wrong", files: { "plugin.yaml": null } },
  NX1002: { section: "Wrong", files: { "plugin.yaml": Buffer.from(`\uFEFF${complete("")}`, "utf16le") } },
  NX1012: { section: "Wrong", files: { "plugin.yml": "name: demo\n" } },
  NX2005: { section: "Wrong", files: { "src/index.js": "export class DemoPlugin {}\n" } },
  NX6001: { files: { "src/greeting.ts": 'export const greeting = "Hello";\n' } },
  NX6002: {
    files: {
      "src/greeting.tmpl": "Hello",
      "src/greeting.txt": "Hello",
      "src/text.d.ts": ["tmpl", "txt"]
        .map((end) => `declare module "*.${end}" {\n  const text: string;\n  export default text;\n}\n`)
        .join(""),
    },
  },
};

/** Where an example's text belongs, by its language. */
const fileOf: Readonly<Record<string, string>> = {
  yaml: "plugin.yaml",
  ts: "src/index.ts",
  json: "tsconfig.json",
};

/**
 * Pages whose examples are no whole plugins: excerpts about permissions and packages, changes, the report of a bug in
 * noxus, what only an image or a deployment finds, and what other users and programs do to files.
 */
const untried = /^(NX3|NX5|NX9|NX2102|NX2103|NX6004|NX6005|NX6006|NX6010)/;

for (const { code, text } of pages.filter((page) => !untried.test(page.code))) {
  const extra = beside[code];
  const { fences } = readPage(text);
  for (const [index, fence] of fences.entries()) {
    const title = `${code}: example ${index + 1}, ${fence.section}`;
    test(title, async () => {
      const found = await tryExample(code, fence, extra);
      const shown = found.map((entry) => `${entry.code} ${entry.message}`);
      if (fence.section !== "Wrong") return assert.equal(shown, []);
      assert.ok(
        found.some((entry) => entry.code === code),
        `reports ${shown.join("; ") || "nothing"}`,
      );
    });
  }
}

async function tryExample(
  code: string,
  fence: Fence,
  extra: (typeof beside)[string] | undefined,
): Promise<readonly Diagnostic[]> {
  const isYaml = fence.language === "yaml";
  const example = isYaml && !wholeFiles.has(code) ? complete(fence.text) : fence.text;
  if (isYaml && /^NX[14]/.test(code)) return loadConfig("plugin.yaml", toText(example)).diagnostics;
  const file = fileOf[fence.language];
  const supplied = extra !== undefined && (extra.section ?? fence.section) === fence.section;
  const files = {
    ...plugin,
    ...(file === undefined ? {} : { [file]: example }),
    ...(supplied ? extra.files : {}),
  };
  return (await analyzeFiles(files)).diagnostics;
}

async function analyzeFiles(files: Files): Promise<Analysis> {
  const folder = mkdtempSync(join(tmpdir(), "noxus-pages-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      if (content === null) continue;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return await analyze(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const authoring = readPage(
  readFileSync(fileURLToPath(new URL("../../docs/authoring.md", import.meta.url)), "utf8"),
);

for (const [index, { language, text, section }] of authoring.fences.entries()) {
  // The example of a test runs in test/package.test.ts.
  if (language !== "ts" || section === "Testing") continue;
  // Keys that the example needs in plugin.yaml are shown right before it.
  const before = authoring.fences[index - 1];
  const yaml = before?.language === "yaml" ? before.text : "";
  const name = /export class (\w+) extends Plugin/.exec(text)?.[1];
  test(`docs/authoring.md: ${name} is a plugin without findings`, async () => {
    const files = {
      "plugin.yaml": complete(`entrypoint: src/index.${name}\n${yaml}`),
      "src/index.ts": text,
    };
    assert.equal((await analyzeFiles(files)).diagnostics, []);
  });
}

test("docs/authoring.md: the tags of the table go into the schema", async () => {
  const rows = authoring.lines.filter((line) => line.startsWith("| `@"));
  const parameters = rows.flatMap((row) => {
    const [, tags = "", , on = ""] = row.split(/ \| |^\| | \|$/);
    return [...tags.matchAll(/`(@(\w+)[^`]*)`/g)].map(([, tag = "", keyword = ""]) => {
      return { tag, keyword, type: on.replaceAll("`", "") };
    });
  });
  assert.ok(parameters.length >= 18);
  const inputs = parameters.map(({ tag, type }, index) => `/** ${tag} */ input${index}: ${type}`);
  const source = String(plugin["src/index.ts"]).replace("name: string", `name: string, ${inputs.join(", ")}`);
  const { diagnostics, nodes } = await analyzeFiles({ ...plugin, "src/index.ts": source });
  assert.equal(diagnostics, []);
  const properties = nodes[0]?.inputs.properties as Readonly<Record<string, object>>;
  for (const [index, { keyword }] of parameters.entries()) {
    const schema = properties[`input${index}`] ?? {};
    const renamed: Readonly<Record<string, string>> = { example: "examples", comment: "$comment" };
    assert.ok(Object.hasOwn(schema, renamed[keyword] ?? keyword), keyword);
  }
});

test("links in docs/ lead to files", () => {
  const docs = fileURLToPath(new URL("../../docs", import.meta.url));
  for (const file of readdirSync(docs).filter((name) => name.endsWith(".md"))) {
    const targets = readFileSync(join(docs, file), "utf8").matchAll(/\]\(([^)#:]+)\)/g);
    for (const [, target = ""] of targets) assert.ok(existsSync(join(docs, target)), `${file}: ${target}`);
  }
});

test.run();
