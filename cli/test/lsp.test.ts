/** What an editor gets from `noxus lsp`, over its streams. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  Hover,
  Location,
  MarkupContent,
} from "vscode-languageserver/node";
import { type Editor, positionIn, startEditor } from "./lsp/client.ts";
import { editAtRandom } from "./lsp/edits.ts";

const yaml = `name: clock
version: 0.1.0
entrypoint: src/index.ClockPlugin
permissions:
  - env:ZONE # where people are
`;
const source = `import { Node, Plugin } from "noxus/plugins";

/** Tells the time. */
export class ClockNode extends Node {
  async call(city: string): Promise<{ time: string }> {
    const reply = await fetch(\`https://time.example.com/\${city}?zone=\${process.env.ZONE}\`);
    return { time: await reply.text() };
  }
}

export class ClockPlugin extends Plugin {
  nodes() {
    return [new ClockNode()];
  }
}
`;

const test = suite<{ editor: Editor; folder: string }>("noxus lsp");

test.before(async (context) => {
  context.folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-lsp-")));
  mkdirSync(join(context.folder, "src"));
  writeFileSync(join(context.folder, "plugin.yaml"), yaml);
  writeFileSync(join(context.folder, "src/index.ts"), source);
  context.editor = await startEditor(context.folder);
});
test.before.each(({ editor }) => {
  editor.open("plugin.yaml", yaml);
  editor.open("src/index.ts", source);
});
test.after.each(({ editor }) => {
  editor.close("plugin.yaml");
  editor.close("src/index.ts");
});
test.after(async ({ editor, folder }) => {
  const code = await editor.quit();
  rmSync(folder, { recursive: true, force: true });
  assert.is(code, 0);
});

function at(editor: Editor, file: string, word: string) {
  const offset = editor.text(file).indexOf(word);
  assert.ok(offset >= 0, word);
  return { textDocument: { uri: editor.uri(file) }, position: positionIn(editor.text(file), offset + 1) };
}

async function codes(editor: Editor): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const found = [...(await editor.settled())].map(([file, list]) => [file, list.map(({ code }) => code)]);
  return Object.fromEntries(found);
}

async function actions(editor: Editor, file: string, word: string, only?: string): Promise<CodeAction[]> {
  await editor.settled();
  const { textDocument, position } = at(editor, file, word);
  const context = { diagnostics: [], ...(only === undefined ? {} : { only: [only] }) };
  return editor.request("textDocument/codeAction", {
    textDocument,
    range: { start: position, end: position },
    context,
  });
}

/** Applies an action as an editor does. */
function apply(editor: Editor, { edit }: CodeAction): void {
  for (const [uri, edits] of Object.entries(edit?.changes ?? {})) {
    const file = uri.slice(editor.uri("").length + 1);
    for (const { range, newText } of edits) {
      const lines = editor.text(file).split("\n");
      const offset = ({ line, character }: typeof range.start) =>
        lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) + character;
      editor.replace(file, offset(range.start), offset(range.end), newText);
    }
  }
}

async function hoverText(editor: Editor, file: string, word: string): Promise<string> {
  const hover = await editor.request<Hover>("textDocument/hover", at(editor, file, word));
  return (hover.contents as MarkupContent).value;
}

/** Labels and what they insert, at the end of a text that is being written. */
async function offers(editor: Editor, text: string): Promise<ReadonlyMap<string, string>> {
  editor.edit("plugin.yaml", text);
  const items = await editor.request<CompletionItem[]>("textDocument/completion", {
    textDocument: { uri: editor.uri("plugin.yaml") },
    position: positionIn(text, text.length),
  });
  return new Map(
    items
      .toSorted((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1))
      .map(({ label, textEdit }) => [label, textEdit?.newText ?? ""]),
  );
}

test("says what it can do", ({ editor }) => {
  const { capabilities, serverInfo } = editor.server;
  assert.is(serverInfo?.name, "noxus");
  assert.ok(capabilities.hoverProvider && capabilities.definitionProvider && capabilities.codeLensProvider);
});

test("shows the findings of texts that are not written", async ({ editor }) => {
  assert.equal(await codes(editor), { "plugin.yaml": [], "src/index.ts": ["NX3001"] });
  editor.edit("plugin.yaml", yaml.replace("permissions:", "permissions:\n  - network:time.example.com"));
  assert.equal(await codes(editor), { "plugin.yaml": [], "src/index.ts": [] });
  editor.edit("src/index.ts", source.replace("city: string", "city: bigint"));
  assert.equal(await codes(editor), { "plugin.yaml": [], "src/index.ts": ["NX2011"] });
});

test("takes its findings back when the last file of a plugin is closed", async ({ editor }) => {
  await editor.settled();
  editor.close("plugin.yaml");
  editor.close("src/index.ts");
  await editor.request("textDocument/codeLens", { textDocument: { uri: editor.uri("plugin.yaml") } });
  const last = editor.published.findLast(({ uri }) => uri === editor.uri("src/index.ts"));
  assert.equal(last?.diagnostics, []);
  editor.open("plugin.yaml", yaml);
  editor.open("src/index.ts", source);
});

test("publishes nothing for texts that were overtaken", async ({ editor }) => {
  await editor.settled();
  const before = editor.published.length;
  for (let round = 0; round < 20; round++) editor.edit("src/index.ts", `${source}// ${round}\n`);
  await editor.settled();
  const versions = editor.published
    .slice(before)
    .filter(({ uri }) => uri === editor.uri("src/index.ts"))
    .map(({ version }) => version)
    // The one before, again, once the folder is watched.
    .filter((version) => version !== 1);
  assert.equal(versions, [21]);
});

test("sees what changes on the disk", async ({ editor, folder }) => {
  await editor.settled();
  editor.close("plugin.yaml");
  writeFileSync(
    join(folder, "plugin.yaml"),
    yaml.replace("permissions:", "permissions:\n  - network:time.example.com"),
  );
  try {
    await editor.until(() => editor.latest("src/index.ts")?.length === 0);
  } finally {
    writeFileSync(join(folder, "plugin.yaml"), yaml);
  }
  await editor.until(() => editor.latest("src/index.ts")?.length === 1);
  editor.open("plugin.yaml", yaml);
});

test("a fix renames a misspelt key, and another one declares a permission", async ({ editor }) => {
  editor.edit("plugin.yaml", yaml.replace("permissions", "permisions"));
  const [rename] = await actions(editor, "plugin.yaml", "permisions");
  assert.is(rename?.title, "rename `permisions` to `permissions`");
  if (rename !== undefined) apply(editor, rename);
  assert.is(editor.text("plugin.yaml"), yaml);
  const [declare] = await actions(editor, "src/index.ts", "fetch");
  assert.is(declare?.title, "declare `network:time.example.com` in plugin.yaml");
  assert.not(declare?.isPreferred);
  if (declare !== undefined) apply(editor, declare);
  assert.is(editor.text("plugin.yaml"), `${yaml}  - network:time.example.com\n`);
  assert.equal(await codes(editor), { "plugin.yaml": [], "src/index.ts": [] });
});

test("a fix removes what nothing uses, and leaves every comment", async ({ editor }) => {
  editor.edit("plugin.yaml", yaml.replace("permissions:", "permissions:\n  - exec:git"));
  const [remove] = await actions(editor, "plugin.yaml", "exec:git");
  assert.is(remove?.title, "remove `exec:git`, which nothing uses");
  if (remove !== undefined) apply(editor, remove);
  assert.is(editor.text("plugin.yaml"), yaml);
});

test("all fixes at once never grant", async ({ editor }) => {
  editor.edit("plugin.yaml", yaml.replace("version", "verson"));
  const [all] = await actions(editor, "plugin.yaml", "verson", "source.fixAll");
  assert.is(all?.kind, "source.fixAll.noxus");
  if (all !== undefined) apply(editor, all);
  assert.is(editor.text("plugin.yaml"), yaml);
  assert.equal(await actions(editor, "plugin.yaml", "version", "source.fixAll"), []);
});

test("hover tells of keys, permissions, nodes, uses and findings", async ({ editor }) => {
  assert.match(await hoverText(editor, "plugin.yaml", "entrypoint"), "Where the plugin class is");
  const permission = await hoverText(editor, "plugin.yaml", "env:ZONE");
  assert.match(permission, "reading the environment variable `ZONE`");
  assert.match(permission, "src/index.ts:6, by clock");
  const node = await hoverText(editor, "src/index.ts", "ClockNode");
  for (const part of ["POST /clock/run", "Tells the time.", "`city: string`", "`{time: string}`"])
    assert.match(node, part);
  const use = await hoverText(editor, "src/index.ts", "fetch");
  assert.match(use, "needs `network:time.example.com`, which plugin.yaml does not declare");
  assert.match(use, "# NX3001");
});

test("completion offers keys that are missing, required ones first", async ({ editor }) => {
  await editor.settled();
  const keys = [...(await offers(editor, "name: clock\nve")).keys()];
  assert.equal(keys.slice(0, 2), ["version", "entrypoint"]);
  assert.not(keys.includes("name"));
  const inner = await offers(editor, `${yaml}resources:\n  `);
  assert.equal(
    [...inner],
    [
      ["cpu", "cpu: "],
      ["memory", "memory: "],
    ],
  );
});

test("completion offers values: of a list, from the schema, the classes of the sources", async ({
  editor,
}) => {
  await editor.settled();
  assert.equal([...(await offers(editor, `${yaml}type: `)).keys()], ["service", "tool", "mcp"]);
  const [entrypoint] = await offers(editor, "name: clock\nversion: 0.1.0\nentrypoint: src");
  assert.equal(entrypoint, ["src/index.ClockPlugin", "src/index.ClockPlugin"]);
});

test("completion offers the permissions that the code needs, and the variables that it reads", async ({
  editor,
}) => {
  await editor.settled();
  const [needed] = await offers(editor, `${yaml}  - net`);
  assert.equal(needed, ["network:time.example.com", "network:time.example.com"]);
  const [object] = await offers(editor, yaml.replace(/ {2}- .*\n/, "  network: ["));
  assert.equal(object, ["time.example.com", "time.example.com"]);
  const [variable] = await offers(editor, `${yaml}dependencies:\n  env_vars:\n    required:\n      - `);
  assert.equal(variable, ["ZONE", "ZONE"]);
});

test("definition leads from the entrypoint to its class and from a permission to its uses", async ({
  editor,
}) => {
  const definition = async (word: string) => {
    const found = await editor.request<Location[]>(
      "textDocument/definition",
      at(editor, "plugin.yaml", word),
    );
    return found.map(({ uri, range }) => {
      const line = source.split("\n")[range.start.line] ?? "";
      assert.is(uri, editor.uri("src/index.ts"));
      return line.slice(range.start.character, range.end.character);
    });
  };
  assert.equal(await definition("src/index"), ["ClockPlugin"]);
  assert.equal(await definition("env:ZONE"), ["process.env.ZONE"]);
});

test("lenses show routes and permissions over the classes", async ({ editor }) => {
  const lenses = await editor.request<CodeLens[]>("textDocument/codeLens", {
    textDocument: { uri: editor.uri("src/index.ts") },
  });
  assert.equal(
    lenses.map(({ command }) => command?.title),
    ["POST /clock/run", "env:ZONE, network:time.example.com", "plugin clock: 1 node"],
  );
});

test("a request that is cancelled ends as such, and the next one is answered", async ({ editor }) => {
  const { CancellationTokenSource, LSPErrorCodes } = await import("vscode-languageserver/node");
  await editor.settled();
  editor.edit("src/index.ts", `${source}// later\n`);
  const cancel = new CancellationTokenSource();
  const request = editor.connection.sendRequest(
    "textDocument/hover",
    at(editor, "src/index.ts", "ClockNode"),
    cancel.token,
  );
  cancel.cancel();
  const code = await request.then(
    () => null,
    (error: { code: number }) => error.code,
  );
  assert.is(code, LSPErrorCodes.RequestCancelled);
  assert.match(await hoverText(editor, "src/index.ts", "ClockNode"), "POST /clock/run");
});

test("files in no plugin, and files that are not on the disk, are left alone", async ({ editor }) => {
  const uri = "file:///nowhere/at/all.ts";
  await editor.connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "typescript", version: 1, text: "eval('1')" },
  });
  assert.is(
    await editor.request("textDocument/hover", {
      textDocument: { uri },
      position: { line: 0, character: 1 },
    }),
    null,
  );
  assert.not(editor.published.some((found) => found.uri === uri));
});

test("random edits end in the findings of validate", async () => {
  const { edits, found, compared } = await editAtRandom(3, 150);
  assert.is(edits, 150);
  assert.ok(found > 0 && compared > 10);
});

test.run();
