import { resolve } from "node:path";
import { Command, Option } from "clipanion";
import { nearest } from "../../compiler/suggest.ts";
import type { NodeAnswer, RunningServer } from "../../runtime/index.ts";
import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { parseDuration } from "../../runtime/manifest/units.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit, OutsideError, UsageError } from "../exit.ts";
import { inputsOf, readWords, type Words } from "../inputs.ts";
import { jsonVersion, toJson } from "../reporters/json.ts";
import { requestLog } from "../request-log.ts";
import { compileInto, readConfig, startPlugin } from "../serving.ts";
import { takeSignals } from "../signals.ts";
import { temporaryFolder } from "../temporary.ts";
import { paintFor, readTerminal } from "../terminal.ts";
import { table, visible } from "../text.ts";
import { tool } from "../version.ts";

export class Call extends NoxusCommand {
  static override paths = [["call"]];
  static override usage = Command.Usage({
    description: "call a node once, on a running server or on one made for it, and print what it returns",
    examples: [
      ["a node of this folder's plugin", "noxus call text-stats text='Hello there.'"],
      ["inputs from a file, one of them replaced", "noxus call text-stats --input inputs.json text=Hi"],
      ["inputs from a pipe", 'echo \'{"text": "Hi"}\' | noxus call text-stats --input -'],
      ["on a server that runs already", "noxus call text-stats text=Hi --url http://127.0.0.1:8080"],
    ],
  });

  input = Option.Array("--input", [], {
    description: "<file|-|key=value> inputs as a JSON object, - for stdin, or one input; may be repeated",
  });
  url = Option.String("--url", { description: "<address> a running server, instead of a plugin" });
  plugin = Option.String("--plugin", {
    description: "<path> plugin.yaml or plugin folder (default: this folder)",
  });
  manifest = Option.String("--manifest", {
    description: "<file> use this built manifest, without compiling",
  });
  config = Option.String("--config", { description: "<file> the plugin's configuration, YAML or JSON" });
  timeout = Option.String("--timeout", {
    description: "<duration> upper limit of the call, such as 30s or 500ms (default: what the node says)",
  });
  json = Option.Boolean("--json", false, { description: "print the whole answer, problems too, as JSON" });
  node = Option.String({ name: "node" });
  words = Option.Rest({ name: "key=value" });

  async run(): Promise<ExitCode> {
    const timeoutMs = this.timeout === undefined ? null : parseDuration(this.timeout);
    if (this.timeout !== undefined && timeoutMs === null)
      throw new UsageError(`\`${this.timeout}\` is not a duration`, "write 500ms, 30s or 5m");
    const own = [this.plugin, this.manifest, this.config].filter((option) => option !== undefined);
    if (this.url !== undefined && own.length > 0)
      throw new UsageError("`--url` excludes `--plugin`, `--manifest` and `--config`");
    if (this.plugin !== undefined && this.manifest !== undefined)
      throw new UsageError("`--plugin` and `--manifest` exclude each other");
    if (this.url !== undefined && !/^https?:\/\/[^/]/.test(this.url))
      throw new UsageError(`\`${this.url}\` is not an address`, "write http://127.0.0.1:8080");

    const words = await readWords([...this.input, ...this.words], this.context);
    const hangUp = new AbortController();
    let server: Pick<RunningServer, "url" | "close"> | null = null;
    // Before there is a server nothing has to be ended; a second signal waits for nothing.
    const release = takeSignals(() => {
      if (server === null || hangUp.signal.aborted) process.exit(exit.interrupted);
      hangUp.abort();
    });
    const folder = temporaryFolder();
    try {
      const started =
        this.url === undefined
          ? await this.startServer(folder.path, timeoutMs)
          : { url: this.url, async close() {} };
      if (typeof started === "number") return started;
      server = started;
      return this.show(await this.ask(server.url, words, timeoutMs, hangUp.signal));
    } catch (error) {
      if (hangUp.signal.aborted) return exit.interrupted;
      throw error;
    } finally {
      await server?.close();
      release();
      folder.remove();
    }
  }

  /** A server for this one call; what the plugin logs goes to stderr. */
  private async startServer(
    folder: string,
    timeoutMs: number | null,
  ): Promise<{ readonly url: string; close(): Promise<void> } | ExitCode> {
    const { cwd, env, stderr } = this.context;
    const config = this.config === undefined ? null : await readConfig(this.config, cwd);
    const manifestPath =
      this.manifest === undefined
        ? await compileInto(folder, this.plugin ?? ".", this.context)
        : resolve(cwd, this.manifest);
    if (typeof manifestPath === "number") return manifestPath;
    const paint = paintFor(readTerminal(stderr, env));
    const { server } = await startPlugin(manifestPath, {
      env,
      log: requestLog((line) => stderr.write(`${line}\n`), paint, "plugin"),
      maxRunners: 1,
      spareRunners: 0,
      drainMs: 0,
      ...(timeoutMs === null ? {} : { timeoutMs }),
      ...(config === null ? {} : { config }),
    });
    return server;
  }

  private async ask(
    url: string,
    words: Words,
    timeoutMs: number | null,
    signal: AbortSignal,
  ): Promise<NodeAnswer> {
    const { callNode, fetchManifest, NoServer } = await import("../../runtime/index.ts");
    try {
      const { name, inputs: schema } = findNode(await fetchManifest(url, signal), this.node);
      const inputs = inputsOf(words, schema);
      const limit = timeoutMs === null ? {} : { timeoutMs };
      return await callNode({ url, node: name, inputs, signal, ...limit });
    } catch (error) {
      if (error instanceof NoServer) throw new OutsideError(error.message, "start one: noxus serve");
      throw error;
    }
  }

  private show(answer: NodeAnswer): ExitCode {
    const { stderr, env } = this.context;
    const code = answer.status === "success" ? exit.ok : exit.findings;
    if (this.json) {
      this.print(toJson({ version: jsonVersion, tool, node: this.node, ...answerJson(answer) }));
      return code;
    }
    if (answer.status === "success") {
      this.print(toJson(answer.outputs));
      return code;
    }
    const paint = paintFor(readTerminal(stderr, env));
    const faults = table(answer.details.map(({ path, message }) => [`  ${visible(path)}`, visible(message)]));
    const lines = [`${paint.error(`error[${visible(answer.code)}]`)}: ${visible(answer.message)}`, ...faults];
    stderr.write(`${lines.join("\n")}\n`);
    return code;
  }
}

interface FoundNode {
  readonly name: string;
  readonly inputs: JsonSchema;
}

/** By URL name or class name. Throws a `UsageError` that names the nearest. */
function findNode(manifest: Readonly<Record<string, unknown>>, name: string): FoundNode {
  const list: readonly unknown[] = Array.isArray(manifest.nodes) ? manifest.nodes : [];
  const nodes = list.filter(isNode);
  const found = nodes.find((node) => node.name === name) ?? nodes.find((node) => node.class === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    nodes.flatMap((node) => [node.name, node.class]),
  );
  throw new UsageError(
    `${String(manifest.name)} has no node \`${name}\``,
    near === null ? `nodes: ${nodes.map((node) => node.name).join(", ")}` : `did you mean \`${near}\`?`,
  );
}

function isNode(value: unknown): value is FoundNode & { readonly class: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "class" in value &&
    typeof value.class === "string" &&
    "inputs" in value &&
    typeof value.inputs === "object" &&
    value.inputs !== null
  );
}

function answerJson(answer: NodeAnswer): object {
  if (answer.status === "success")
    return { status: answer.status, outputs: answer.outputs, execution_time: answer.executionTime };
  const { http, code, message, details, requestId } = answer;
  return { status: answer.status, error: { http, code, message, details, request_id: requestId } };
}
