/** Plugin folders for the tests: written by hand as the compiler would write them, and served. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { buildSync } from "esbuild";
import type { JsonSchema, Manifest, ManifestNode } from "../index.ts";
import { loadPlugin, type RunningServer, type ServerOptions, startServer } from "../index.ts";
import { canonicalJson, manifestDigest, sha256 } from "../manifest/canonical.ts";
import { temporaryFolder } from "./folders.ts";
import { programPath } from "./programs.ts";

export interface NodeSource {
  /** Body of `call(values of the inputs in order, ctx)`, as JavaScript. */
  readonly call: string;
  readonly inputs?: Readonly<Record<string, JsonSchema>>;
  /** Default: all of them. */
  readonly required?: readonly string[];
  readonly outputs?: JsonSchema;
  readonly timeoutMs?: number;
  readonly takesContext?: boolean;
  readonly name?: string;
  /** Further keys of the manifest's node. */
  readonly manifest?: Partial<ManifestNode>;
}

export interface PluginSource {
  /** By class name. */
  readonly nodes: Readonly<Record<string, NodeSource>>;
  /** Further members of the plugin class, as JavaScript. */
  readonly members?: string;
  /** Statements before the classes, as JavaScript. */
  readonly top?: string;
  readonly permissions?: readonly string[];
  readonly configuration?: Manifest["configuration"];
  readonly version?: string;
  /** Further keys of the manifest, or others in place of the usual ones. */
  readonly manifest?: Partial<Manifest>;
}

/** Writes manifest, bundle and validators; returns the manifest's path. */
export function writePlugin(source: PluginSource, folder = temporaryFolder()): string {
  const nodes = Object.entries(source.nodes).map(([name, node]) => describe(name, node));
  const bundle = bundleOf(source);
  const validators = validatorsOf(nodes);
  const manifest: Omit<Manifest, "digest"> = {
    schema_version: 1,
    name: "sample",
    version: source.version ?? "1.2.3",
    description: "A sample",
    type: "service",
    compiler: { name: "noxus", version: "0.0.0", esbuild: "0.0.0", typescript: "0.0.0" },
    entrypoint: { file: "src/index.ts", export: "SamplePlugin" },
    bundle: { path: "bundle.mjs", sha256: sha256(bundle) },
    validators: { path: "validators.mjs", sha256: sha256(validators) },
    sources: [],
    nodes,
    permissions: { declared: source.permissions ?? [], used: [], unused: [], unresolved: [] },
    configuration: source.configuration ?? {},
    oauth: [],
    timeout_ms: 30_000,
    image: { base: "node:24-slim" },
    resources: { cpu: 0.5, memory_mib: 512 },
    ...source.manifest,
  };
  writeFileSync(join(folder, "bundle.mjs"), bundle);
  writeFileSync(join(folder, "validators.mjs"), validators);
  const path = join(folder, "manifest.json");
  writeFileSync(path, canonicalJson({ ...manifest, digest: manifestDigest(manifest) }));
  return path;
}

function describe(className: string, node: NodeSource): ManifestNode {
  const properties = node.inputs ?? {};
  return {
    name: node.name ?? className.toLowerCase(),
    class: className,
    title: className,
    description: "",
    source: { file: "src/index.ts", line: 1, column: 1 },
    inputs: {
      type: "object",
      properties,
      required: [...(node.required ?? Object.keys(properties))],
      additionalProperties: false,
    },
    input_order: Object.keys(properties),
    takes_context: node.takesContext ?? false,
    // ajv writes the function of a schema object anew for each node that shares it, under one name.
    outputs: structuredClone(node.outputs ?? { type: "object" }),
    timeout_ms: node.timeoutMs ?? 30_000,
    permissions: [],
    ...node.manifest,
  };
}

function bundleOf(source: PluginSource): string {
  const classes = Object.entries(source.nodes).map(([className, node]) => {
    const names = Object.keys(node.inputs ?? {});
    const last = node.manifest?.spreads_last === true ? `...${names.pop()}` : null;
    const parameters = [
      ...names,
      ...(last === null ? [] : [last]),
      ...(node.takesContext ? ["ctx"] : []),
    ].join(", ");
    const name = node.name === undefined ? "" : `name = ${JSON.stringify(node.name)};`;
    return `class ${className} { ${name} async call(${parameters}) { ${node.call} } }`;
  });
  const list = Object.keys(source.nodes).map((className) => `new ${className}()`);
  const plugin = `export class SamplePlugin { nodes() { return [${list.join(", ")}]; } ${source.members ?? ""} }`;
  return [source.top ?? "", ...classes, plugin, ""].join("\n");
}

function validatorsOf(nodes: readonly ManifestNode[]): string {
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    strict: false,
    code: { source: true, esm: true, lines: true },
  });
  const exports: Record<string, string> = {};
  nodes.forEach((node, index) => {
    ajv.addSchema(node.inputs, `inputs${index}`);
    ajv.addSchema(node.outputs, `outputs${index}`);
    exports[`i${index}`] = `inputs${index}`;
    exports[`o${index}`] = `outputs${index}`;
  });
  const code = standalone.default(ajv, exports);
  const table = nodes.map(
    (node, index) => `${JSON.stringify(node.name)}: {inputs: i${index}, outputs: o${index}}`,
  );
  const contents = `${code}\nexport default {${table.join(", ")}};\n`;
  // ajv's own helpers come by `require` from a standalone module, and a runner may read no module but its own.
  if (!code.includes("require(")) return contents;
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

export interface LogLine {
  readonly [key: string]: unknown;
}

/** Collects log lines; each line must be JSON. */
export function collectLog(): { stream: Writable; lines: () => LogLine[] } {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return {
    stream,
    lines: () =>
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as LogLine),
  };
}

export interface TestServer extends RunningServer {
  readonly logLines: () => LogLine[];
  post(node: string, inputs: unknown, headers?: Record<string, string>): Promise<Reply>;
  get(path: string, init?: RequestInit): Promise<Reply>;
  send(
    path: string,
    body: string | Uint8Array<ArrayBuffer> | ReadableStream | null,
    init?: RequestInit,
  ): Promise<Reply>;
}

export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details: readonly { readonly path: string; readonly message: string }[];
  readonly request_id: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown> & {
    readonly error?: ErrorBody;
    readonly outputs?: Record<string, unknown>;
  };
}

export type ServeOptions = Omit<Partial<ServerOptions>, "plugin">;

const servers: RunningServer[] = [];

/** For `test.after`: a failed assertion must not leave a server behind that keeps the test from ending. */
export async function closeServers(): Promise<void> {
  await Promise.all(servers.map((server) => server.close()));
}

/** Serves a plugin on a free port, with its log collected; its runners have the form of those in an image. */
export async function serve(source: PluginSource, options: ServeOptions = {}): Promise<TestServer> {
  const log = collectLog();
  const plugin = await loadPlugin(writePlugin(source));
  const runnerEntry = await programPath("runner");
  const server = await startServer({ env: {}, log: log.stream, runnerEntry, ...options, plugin });
  servers.push(server);
  const send = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(`${server.url}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text !== "" ? JSON.parse(text) : {},
    };
  };
  return {
    ...server,
    logLines: log.lines,
    post: (node, inputs, headers = {}) =>
      send(`/${node}/run`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ inputs }),
      }),
    get: (path, init) => send(path, { ...init }),
    send: (path, body, init = {}) =>
      send(path, { method: "POST", headers: { "content-type": "application/json" }, ...init, body }),
  };
}

/** Waits until `isTrue`, at most 10 s. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error("waited 10 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
