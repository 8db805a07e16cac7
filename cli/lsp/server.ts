/** The language server: connects an editor to the features, which are functions of an analysis and the texts. */
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import {
  type CancellationToken,
  createConnection,
  type InitializeResult,
  LSPErrorCodes,
  MessageType,
  ResponseError,
  ShowMessageNotification,
  StreamMessageReader,
  StreamMessageWriter,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { toText } from "../../compiler/text.ts";
import type { CliContext } from "../command.ts";
import { tool } from "../version.ts";
import { type Watcher, watchPlugin } from "../watch.ts";
import { codeActions, fixAllKind } from "./actions.ts";
import { type Checked, startChecks } from "./checks.ts";
import { completions } from "./complete.ts";
import { definitions } from "./definition.ts";
import { diagnosticsByFile } from "./diagnostics.ts";
import { findEntrypoints } from "./entrypoints.ts";
import { hover } from "./hover.ts";
import { codeLenses } from "./lenses.ts";
import { type Opened, openedFiles } from "./opened.ts";
import { offsetAt } from "./places.ts";
import type { Cursor, View } from "./view.ts";

const capabilities: InitializeResult["capabilities"] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  codeActionProvider: { codeActionKinds: ["quickfix", fixAllKind] },
  hoverProvider: true,
  completionProvider: { triggerCharacters: [":", " ", "-", "/", "."] },
  definitionProvider: true,
  codeLensProvider: {},
};

/** A server runs all day: memory that may not grow far is cleaned up often, at the price of a few ms an analysis. */
const memory = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 1024 };

/** Serves one editor over the context's streams until it says that it is done, or is gone. */
export function serveEditor(context: CliContext): Promise<void> {
  const { stdin, stdout } = context;
  const connection = createConnection(new StreamMessageReader(stdin), new StreamMessageWriter(stdout));
  const documents = new TextDocuments(TextDocument);
  const opened = openedFiles();
  const { uriOf } = opened;
  /** By root, the paths that have findings in the editor. */
  const shown = new Map<string, ReadonlySet<string>>();
  /** Plugins whose last analysis ended in an error. */
  const failing = new Set<string>();
  /** Plugins whose folder could not be watched. */
  const blind = new Set<string>();
  const watchers = new Map<string, Promise<Watcher>>();
  const compiler = context.openCompiler(memory);
  const checks = startChecks({ compiler, texts: opened.texts, done: publish, failed });
  const read = (path: string): string | null =>
    opened.at(path)?.document.getText() ?? (existsSync(path) ? readFileSync(path, "utf8") : null);

  function publish(root: string, { analysis }: Checked): void {
    const found = diagnosticsByFile(analysis, uriOf);
    const open = opened.of(root).map(({ path }) => path);
    for (const path of new Set([...(shown.get(root) ?? []), ...open, ...found.keys()])) {
      const version = opened.at(path)?.document.version;
      const diagnostics = [...(found.get(path) ?? [])];
      void connection.sendDiagnostics({
        uri: uriOf(path),
        diagnostics,
        ...(version === undefined ? {} : { version }),
      });
    }
    shown.set(root, new Set(found.keys()));
    failing.delete(root);
  }

  function show(type: MessageType, message: string): void {
    void connection.sendNotification(ShowMessageNotification.type, { type, message });
  }

  function unwatched(root: string, error: unknown): void {
    connection.console.error(`${tool.name} cannot watch ${root}: ${text(error)}`);
    // The system refuses each folder anew.
    if (blind.has(root)) return;
    blind.add(root);
    const consequence = "what changes outside of the editor is seen after the next edit";
    show(
      MessageType.Warning,
      `${tool.name} cannot watch ${basename(root)}, ${consequence}: ${messageOf(error)}`,
    );
  }

  /** What was found before may hold no more, so it is taken away; that nothing is left to see is told, once in a row. */
  function failed(root: string, error: unknown): void {
    connection.console.error(`${tool.name} could not check ${root}: ${text(error)}`);
    for (const path of shown.get(root) ?? [])
      void connection.sendDiagnostics({ uri: uriOf(path), diagnostics: [] });
    if (shown.has(root)) shown.set(root, new Set());
    if (failing.has(root)) return;
    failing.add(root);
    const state = "and shows no findings; it tries again after the next change";
    show(MessageType.Error, `${tool.name} could not check ${basename(root)} ${state}: ${messageOf(error)}`);
  }

  /** Plugins with nothing open have nothing to show. */
  function leaveUnused(): void {
    const used = opened.roots();
    for (const [root, paths] of shown) {
      if (used.has(root)) continue;
      checks.leave(root);
      shown.delete(root);
      failing.delete(root);
      watchers.get(root)?.then(
        (watcher) => watcher.close(),
        () => {},
      );
      watchers.delete(root);
      for (const path of paths) void connection.sendDiagnostics({ uri: uriOf(path), diagnostics: [] });
    }
  }

  connection.onInitialize(() => ({
    capabilities,
    serverInfo: { name: tool.name, version: tool.version },
  }));

  const changed = (root: string): void => {
    if (!shown.has(root)) {
      shown.set(root, new Set());
      const watcher = watch(root);
      watchers.set(root, watcher);
      // What changed on the disk before it was watched.
      watcher.then(
        () => shown.has(root) && checks.changed(root),
        (error: unknown) => unwatched(root, error),
      );
    }
    checks.changed(root);
  };
  /** By ourselves: not every editor tells what changes on the disk, and those that do want to be asked. */
  const watch = (root: string): Promise<Watcher> =>
    watchPlugin(
      root,
      (path) => {
        if (/[\\/]plugin\.ya?ml$/.test(path)) regroup();
        if (shown.has(root)) checks.changed(root);
      },
      (error) => unwatched(root, error),
    );
  /** A plugin.yaml came or went. */
  const regroup = (): void => {
    const before = opened.roots();
    opened.regroup();
    leaveUnused();
    for (const root of opened.roots()) if (!before.has(root)) changed(root);
  };
  documents.onDidOpen(({ document }) => void opened.add(document));
  // Comes after opening too.
  documents.onDidChangeContent(({ document }) => {
    const entry = opened.get(document.uri);
    if (entry !== null) changed(entry.root);
  });
  documents.onDidSave(({ document }) => {
    // A file that is written for the first time is in a plugin from now on.
    const entry = opened.get(document.uri) ?? opened.add(document);
    if (/\/plugin\.ya?ml$/.test(document.uri)) regroup();
    if (entry !== null) changed(entry.root);
  });
  documents.onDidClose(({ document }) => {
    const entry = opened.remove(document.uri);
    leaveUnused();
    if (entry !== null && opened.roots().has(entry.root)) changed(entry.root);
  });
  /** What a feature answers about an open file, from an analysis that holds; nothing for files in no plugin. */
  async function answer<T>(
    uri: string,
    token: CancellationToken,
    feature: (view: View, entry: Opened) => T,
  ): Promise<T | null> {
    const entry = opened.get(uri);
    const checked = entry === null ? null : await cancellable(checks.current(entry.root), token);
    return checked === null || entry === null ? null : feature(viewOf(checked), entry);
  }
  const viewOf = ({ analysis }: Checked): View => ({ analysis, uriOf, read });

  connection.onCodeAction(({ textDocument, range, context: { only } }, token) =>
    answer(textDocument.uri, token, (view, { file }) => codeActions(view, file, range, only)),
  );
  connection.onHover(({ textDocument, position }, token) =>
    answer(textDocument.uri, token, (view, entry) => hover(view, cursorOf(entry, position))),
  );
  connection.onDefinition(({ textDocument, position }, token) =>
    answer(textDocument.uri, token, (view, entry) => definitions(view, cursorOf(entry, position))),
  );
  connection.onCodeLens(({ textDocument }, token) =>
    answer(textDocument.uri, token, (view, { file }) => codeLenses(view, file)),
  );
  connection.onCompletion(async ({ textDocument, position }, token) => {
    const entry = opened.get(textDocument.uri);
    if (entry === null) return null;
    // What is being written is not right yet: what was found out before it is what helps.
    const checked = checks.last(entry.root) ?? (await cancellable(checks.current(entry.root), token));
    if (checked === null) return null;
    const entrypoints = findEntrypoints(entry.root, read);
    return completions(viewOf(checked), cursorOf(entry, position), entrypoints);
  });

  documents.listen(connection);
  connection.listen();
  return new Promise((resolve) => {
    const end = (): void => {
      void compiler.close().then(resolve);
    };
    connection.onExit(end);
    stdin.once("close", end).once("end", end);
  });
}

function cursorOf({ file, document }: Opened, position: Parameters<typeof offsetAt>[1]): Cursor {
  return { file, offset: offsetAt(toText(document.getText()), position) };
}

/** Ends as a cancelled request as soon as the editor says so. */
function cancellable<T>(work: Promise<T>, token: CancellationToken): Promise<T> {
  const cancelled = new Promise<never>((_, reject) => {
    const end = (): void => reject(new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled"));
    // A token that came cancelled does not say so a second time.
    if (token.isCancellationRequested) end();
    else token.onCancellationRequested(end);
  });
  return Promise.race([cancelled, work]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** For those who look into the log. */
function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
