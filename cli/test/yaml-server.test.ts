/** plugin.yaml in an editor that has only the usual YAML server and our schema, by the scaffold's modeline. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CompletionList, Hover, MarkupContent } from "vscode-languageserver/node";
import { installIn } from "../../scripts/install.ts";
import { positionIn, startEditor } from "./lsp/client.ts";

const root = join(import.meta.dirname, "..", "..");
const packages = join(import.meta.dirname, "yaml-server");
const server = join(packages, "node_modules", "yaml-language-server", "bin", "yaml-language-server");

test("the YAML server completes, explains and refuses by our schema", async () => {
  installIn(packages);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-yaml-")));
  try {
    const template = readFileSync(join(root, "scaffold/templates/basic/plugin.yaml"), "utf8");
    const [modeline = ""] = template.split("\n");
    const schema = join(folder, /\$schema=(\S+)/.exec(modeline)?.[1] ?? "");
    mkdirSync(dirname(schema), { recursive: true });
    writeFileSync(schema, readFileSync(join(root, "compiler/load/plugin.schema.json")));
    const editor = await startEditor(folder, [server, "--stdio"]);
    const good = `${modeline}\nname: clock\nversion: 0.1.0\nentrypoint: src/index.ClockPlugin\n`;
    const file = "plugin.yaml";
    const parameters = (text: string) => ({
      textDocument: { uri: editor.uri(file) },
      position: positionIn(text, text.length),
    });
    const offers = async (text: string) => {
      editor.edit(file, text);
      const list = await editor.request<CompletionList>("textDocument/completion", parameters(text));
      return list.items.map(({ label }) => label);
    };

    editor.open(file, `${good}tiemout: 30s\ntype: servce\n`);
    await editor.until(() => (editor.latest(file) ?? []).length > 0);
    const messages = (editor.latest(file) ?? []).map(({ message }) => message).join("\n");
    assert.match(messages, "tiemout");
    assert.match(messages, /"service"|service/);

    assert.equal((await offers(`${good}type: `)).sort(), ["mcp", "service", "tool"]);
    const keys = await offers(`${good}re`);
    for (const key of ["repository", "resources"]) assert.ok(keys.includes(key), `${key} in ${keys}`);
    assert.not(keys.includes("name"));

    editor.edit(file, good);
    const hover = await editor.request<Hover>("textDocument/hover", {
      textDocument: { uri: editor.uri(file) },
      position: positionIn(good, good.indexOf("entrypoint") + 2),
    });
    assert.match((hover.contents as MarkupContent).value, "Where the plugin class is");
    await editor.until(() => (editor.latest(file) ?? []).length === 0);
    await editor.quit();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
