import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { NamedSchemas } from "./sources.ts";

/** The parts of `@modelcontextprotocol/sdk` in use; its types are installed only with it. */
interface Sdk {
  readonly client: {
    Client: new (
      info: object,
    ) => {
      connect(transport: unknown): Promise<void>;
      listTools(): Promise<{ tools: readonly { name: string }[] }>;
      close(): Promise<void>;
    };
  };
  readonly server: {
    Server: new (
      info: object,
      options: object,
    ) => {
      connect(transport: unknown): Promise<void>;
      setRequestHandler(schema: unknown, handler: () => object): void;
    };
  };
  readonly memory: { InMemoryTransport: { createLinkedPair(): [unknown, unknown] } };
  readonly types: { ListToolsRequestSchema: unknown };
  readonly ajv: {
    AjvJsonSchemaValidator: new () => {
      getValidator(schema: object): (value: unknown) => { valid: boolean };
    };
  };
}

async function loadSdk(): Promise<Sdk> {
  const own = createRequire(join(import.meta.dirname, "package.json"));
  const load = (path: string): Promise<unknown> =>
    import(pathToFileURL(own.resolve(`@modelcontextprotocol/sdk/${path}`)).href);
  const [client, server, memory, types, ajv] = await Promise.all(
    ["client/index.js", "server/index.js", "inMemory.js", "types.js", "validation/ajv"].map(load),
  );
  return { client, server, memory, types, ajv } as Sdk;
}

/**
 * What the SDK has against tools with these schemas: a server lists them, and a client reads the list, which checks its
 * shape and compiles the schemas of results; the inputs are compiled by the SDK's validator and tried.
 */
export async function listAsTools(nodes: readonly NamedSchemas[]): Promise<readonly string[]> {
  const sdk = await loadSdk();
  const tools = nodes.map(({ inputs, outputs }, i) => ({
    name: `n${i}`,
    inputSchema: inputs,
    outputSchema: outputs,
  }));
  const server = new sdk.server.Server({ name: "noxus", version: "1" }, { capabilities: { tools: {} } });
  server.setRequestHandler(sdk.types.ListToolsRequestSchema, () => ({ tools }));
  const client = new sdk.client.Client({ name: "reader", version: "1" });
  const [near, far] = sdk.memory.InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(far), client.connect(near)]);
  const faults: string[] = [];
  try {
    const listed = await client.listTools();
    if (listed.tools.length !== tools.length)
      faults.push(`${listed.tools.length} of ${tools.length} are listed`);
  } catch (error) {
    faults.push(...issuesOf(error, nodes));
  }
  await client.close();
  const validator = new sdk.ajv.AjvJsonSchemaValidator();
  for (const { name, inputs, accepts } of nodes) {
    const validate = validator.getValidator(inputs);
    for (const value of accepts)
      if (!validate(value).valid) faults.push(`${name}: refuses ${JSON.stringify(value)}`);
  }
  return faults;
}

/** The SDK names a tool by its place in the list. */
function issuesOf(error: unknown, nodes: readonly NamedSchemas[]): readonly string[] {
  const issues = (error as { issues?: readonly { path: readonly unknown[]; message: string }[] }).issues;
  if (issues === undefined) return [error instanceof Error ? error.message : String(error)];
  return issues.map(({ path, message }) => {
    const node = nodes[Number(path[1])];
    return `${node?.name}: ${path.slice(2).join(".")}: ${message} in ${JSON.stringify(node?.outputs)}`;
  });
}
