/** What an editor shows where the compiler itself fails: nothing that may be wrong, and that it is so. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  createProtocolConnection,
  type PublishDiagnosticsParams,
  type ShowMessageParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { analyze } from "../../compiler/index.ts";
import type { Compiler } from "../compiler.ts";
import { serveEditor } from "../lsp/server.ts";

test("findings go when the compiler fails, which is told once, and come again", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-lsp-failure-")));
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "plugin.yaml"), "name: clock\n");
  let isBroken = false;
  const refuse = async (): Promise<never> => {
    throw new Error("out of memory");
  };
  const compiler: Compiler = {
    analyze: refuse,
    emit: refuse,
    check: (at, unsaved) => (isBroken ? refuse() : analyze(at, { unsaved })),
    close: async () => {},
  };
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const openCompiler = () => compiler;
  const context = {
    stdin,
    stdout,
    stderr: new PassThrough(),
    env: {},
    colorDepth: 1,
    cwd: root,
    openCompiler,
  };
  const ended = serveEditor(context);
  const editor = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
  const shown: number[] = [];
  const told: string[] = [];
  let look = (): void => {};
  const until = (isDone: () => boolean) =>
    new Promise<void>((resolve) => {
      look = () => isDone() && resolve();
      look();
    });
  editor.onNotification("textDocument/publishDiagnostics", ({ diagnostics }: PublishDiagnosticsParams) => {
    shown.push(diagnostics.length);
    look();
  });
  let failures = 0;
  editor.onNotification("window/logMessage", () => {
    failures += 1;
    look();
  });
  editor.onNotification("window/showMessage", ({ message }: ShowMessageParams) => void told.push(message));
  editor.listen();
  const uri = pathToFileURL(join(root, "plugin.yaml")).href;
  let version = 1;
  const edit = () =>
    editor.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: ++version },
      contentChanges: [{ text: `name: clock${version}\n` }],
    });
  try {
    await editor.sendRequest("initialize", { processId: null, rootUri: null, capabilities: {} });
    await editor.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version, text: "name: clock\n" },
    });
    await until(() => (shown.at(-1) ?? 0) > 0);
    isBroken = true;
    await edit();
    await until(() => failures === 1 && shown.at(-1) === 0);
    await edit();
    await until(() => failures === 2);
    isBroken = false;
    await edit();
    await until(() => (shown.at(-1) ?? 0) > 0);
    assert.is(told.length, 1);
    assert.match(told[0] ?? "", /could not check noxus-lsp-failure-.* out of memory/);
  } finally {
    await editor.sendNotification("textDocument/didClose", { textDocument: { uri } });
    await editor.sendRequest("shutdown");
    stdin.end();
    await ended;
    editor.dispose();
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
