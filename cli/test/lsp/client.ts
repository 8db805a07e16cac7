/** An editor for tests: starts the language server as a process of its own and talks to it over its streams. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type LogMessageParams,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

/** How long a test waits for the server, in ms: generous, since it only matters when a test fails. */
const patience = 60_000;

export interface Editor {
  readonly connection: ProtocolConnection;
  readonly pid: number;
  readonly server: InitializeResult;
  /** Everything that was published, in order. */
  readonly published: readonly PublishDiagnosticsParams[];
  uri(file: string): string;
  open(file: string, text: string): void;
  /** Replaces the whole text. */
  edit(file: string, text: string): void;
  /** Replaces a part of the text, as an editor sends keystrokes. */
  replace(file: string, start: number, end: number, text: string): void;
  close(file: string): void;
  text(file: string): string;
  /** Waits until findings for the texts as they are were published for every open file; gives them by file. */
  settled(): Promise<ReadonlyMap<string, readonly Diagnostic[]>>;
  /** Waits for what is published to be so. */
  until(isDone: () => boolean): Promise<void>;
  /** What was published last for a file; undefined for nothing. */
  latest(file: string): readonly Diagnostic[] | undefined;
  request<T>(method: string, parameters: object): Promise<T>;
  /** Ends the server as an editor does; gives its exit code. */
  quit(): Promise<number | null>;
}

interface Held {
  version: number;
  text: string;
}

const fromSources = [join(import.meta.dirname, "..", "noxus.ts"), "lsp"];

/** `command` is what Node runs: the sources, what is built, or another server. */
export async function startEditor(root: string, command: readonly string[] = fromSources): Promise<Editor> {
  const child = spawn(process.execPath, [...command], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const held = new Map<string, Held>();
  const published: PublishDiagnosticsParams[] = [];
  const latest = new Map<string, PublishDiagnosticsParams>();
  const listeners = new Set<() => void>();
  connection.onNotification("textDocument/publishDiagnostics", (found: PublishDiagnosticsParams) => {
    published.push(found);
    latest.set(found.uri, found);
    for (const listener of listeners) listener();
  });
  const logged: string[] = [];
  connection.onNotification(
    "window/logMessage",
    ({ message }: LogMessageParams) => void logged.push(message),
  );
  connection.listen();
  const uri = (file: string) => pathToFileURL(join(root, file)).href;
  const server: InitializeResult = await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(root).href,
    capabilities: {},
  });
  await connection.sendNotification("initialized", {});

  const heldText = (file: string): Held => {
    const entry = held.get(file);
    if (entry === undefined) throw new Error(`${file} is not open`);
    return entry;
  };
  const change = (file: string, text: string, part: object): void => {
    const entry = heldText(file);
    entry.version += 1;
    entry.text = text;
    void connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: uri(file), version: entry.version },
      contentChanges: [part],
    });
  };
  const isSettled = () =>
    [...held].every(([file, { version }]) => latest.get(uri(file))?.version === version);

  const until = (isDone: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (!isDone()) return;
        clearTimeout(timer);
        listeners.delete(look);
        resolve();
      };
      const timer = setTimeout(
        () => reject(new Error(["no findings came in time", ...logged].join("\n"))),
        patience,
      );
      listeners.add(look);
      look();
    });

  return {
    connection,
    pid: child.pid ?? 0,
    server,
    published,
    uri,
    open(file, text) {
      held.set(file, { version: 1, text });
      void connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri: uri(file), languageId: "any", version: 1, text },
      });
    },
    edit: (file, text) => change(file, text, { text }),
    replace(file, start, end, text) {
      const before = heldText(file).text;
      const range = { start: positionIn(before, start), end: positionIn(before, end) };
      change(file, before.slice(0, start) + text + before.slice(end), { range, text });
    },
    close(file) {
      held.delete(file);
      latest.delete(uri(file));
      void connection.sendNotification("textDocument/didClose", { textDocument: { uri: uri(file) } });
    },
    text: (file) => heldText(file).text,
    async settled() {
      await until(isSettled);
      // What else was published with it comes before the answer to a later request.
      const [file = ""] = held.keys();
      await connection.sendRequest("textDocument/codeLens", { textDocument: { uri: uri(file) } });
      return new Map([...latest].map(([at, found]) => [at.slice(uri("").length + 1), found.diagnostics]));
    },
    until,
    latest: (file) => latest.get(uri(file))?.diagnostics,
    request: (method, parameters) => connection.sendRequest(method, parameters),
    async quit() {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      const [code] = await ended;
      connection.dispose();
      return code;
    },
  };
}

export function positionIn(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
