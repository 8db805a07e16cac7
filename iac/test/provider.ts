/**
 * A stand-in for the providers that Terraform cannot download here: it serves their published schemas over the plugin
 * protocol, plans and applies without any cloud, and so lets the real Terraform run `validate`, `plan`, `apply` and
 * `test`. What a provider checks beyond its schema (allowed values, conflicts) it does not know.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { type Block, readBinding, type ValueType } from "./bindings.ts";
import { apply, type ObjectValue, pack, plan, read, unpack, type Value } from "./values.ts";

const bindings = join(import.meta.dirname, "node_modules", "@cdktf");

export interface ProviderSchema {
  readonly provider: Block;
  readonly resources: ReadonlyMap<string, Block>;
  readonly data: ReadonlyMap<string, Block>;
}

/** Schemas of the resources and data sources named, such as `azurerm_key_vault` and `data.azurerm_client_config`. */
export function providerSchema(provider: string, types: readonly string[]): ProviderSchema {
  const lib = join(bindings, `provider-${provider}`, "lib");
  if (!existsSync(lib)) throw new Error(`the bindings of ${provider} are not installed`);
  const folderOf = (type: string): string => type.slice(provider.length + 1).replaceAll("_", "-");
  const resources = new Map<string, Block>();
  const data = new Map<string, Block>();
  for (const name of types) {
    const isData = name.startsWith("data.");
    const type = isData ? name.slice("data.".length) : name;
    if (!type.startsWith(`${provider}_`)) continue;
    const folder = join(lib, isData ? `data-${provider}-${folderOf(type)}` : folderOf(type));
    if (!existsSync(folder)) throw new Error(`${provider} has no ${name}`);
    (isData ? data : resources).set(type, readBinding(folder, type));
  }
  return { provider: readBinding(join(lib, "provider"), provider), resources, data };
}

interface Running {
  readonly port: number;
  readonly close: () => void;
}

/** Serves one provider on a free port of the loopback. */
export async function serveProvider(schema: ProviderSchema): Promise<Running> {
  const definition = loadSync(join(import.meta.dirname, "protocol.proto"), {
    keepCase: true,
    enums: String,
    defaults: true,
  });
  const protocol = loadPackageDefinition(definition) as unknown as {
    tfplugin5: { Provider: { service: Parameters<Server["addService"]>[0] } };
  };
  const blockOf = (type: string, kind: "resources" | "data"): Block => {
    const block = schema[kind].get(type);
    if (block === undefined) throw new Error(`no schema of ${type}`);
    return block;
  };
  const answers: Record<string, (request: Request) => object> = {
    GetSchema: () => ({
      provider: toSchema(schema.provider),
      resource_schemas: Object.fromEntries(
        [...schema.resources].map(([name, block]) => [name, toSchema(block)]),
      ),
      data_source_schemas: Object.fromEntries(
        [...schema.data].map(([name, block]) => [name, toSchema(block)]),
      ),
    }),
    PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
    ValidateResourceTypeConfig: () => ({}),
    ValidateDataSourceConfig: () => ({}),
    UpgradeResourceState: ({ raw_state }) => ({ upgraded_state: { json: raw_state?.json } }),
    Configure: () => ({}),
    ReadResource: ({ current_state }) => ({ new_state: current_state }),
    PlanResourceChange: ({ type_name, proposed_new_state }) => {
      const proposed = unpack(proposed_new_state?.msgpack);
      const block = blockOf(type_name, "resources");
      return { planned_state: state(isObject(proposed) ? plan(block, proposed) : null) };
    },
    ApplyResourceChange: ({ type_name, planned_state }) => {
      const planned = unpack(planned_state?.msgpack);
      const block = blockOf(type_name, "resources");
      return { new_state: state(isObject(planned) ? apply(block, planned, type_name) : null) };
    },
    ReadDataSource: ({ type_name, config }) => {
      const asked = unpack(config?.msgpack);
      return { state: state(isObject(asked) ? read(blockOf(type_name, "data"), asked, type_name) : null) };
    },
    GetFunctions: () => ({}),
    Stop: () => ({}),
  };
  const implementation: UntypedServiceImplementation = {};
  for (const [name, answer] of Object.entries(answers))
    implementation[name] = (
      call: { request: Request },
      done: (error: Error | null, reply?: object) => void,
    ) => {
      try {
        done(null, answer(call.request));
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    };
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(protocol.tfplugin5.Provider.service, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return { port, close: () => server.forceShutdown() };
}

/** What TF_REATTACH_PROVIDERS holds, by provider source. */
export function reattach(running: Readonly<Record<string, Running>>): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(running).map(([name, { port }]) => [
        `registry.terraform.io/hashicorp/${name}`,
        {
          Protocol: "grpc",
          ProtocolVersion: 5,
          Pid: process.pid,
          Test: true,
          Addr: { Network: "tcp", String: `127.0.0.1:${port}` },
        },
      ]),
    ),
  );
}

/** Names of the resources and data sources that the `.tf` files of a folder write. */
export function typesUsed(folder: string, files: readonly string[]): string[] {
  const found = new Set<string>();
  for (const file of files)
    for (const [, kind, type] of readFileSync(join(folder, file), "utf8").matchAll(
      /^(resource|data) "(\w+)"/gm,
    ))
      found.add(kind === "data" ? `data.${type}` : String(type));
  return [...found].sort();
}

interface Request {
  readonly type_name: string;
  readonly config?: Dynamic;
  readonly raw_state?: { readonly json?: Uint8Array };
  readonly current_state?: Dynamic;
  readonly proposed_new_state?: Dynamic;
  readonly planned_state?: Dynamic;
}
type Dynamic = { readonly msgpack?: Uint8Array };

const state = (value: Value): Dynamic => ({ msgpack: pack(value) });

const isObject = (value: Value): value is ObjectValue =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function toSchema(block: Block): object {
  return { version: 0, block: toBlock(block) };
}

function toBlock(block: Block): object {
  return {
    attributes: block.attributes.map(
      ({ name, type, required, optional, computed, sensitive, writeOnly }) => ({
        name,
        type: Buffer.from(JSON.stringify(type satisfies ValueType)),
        required,
        optional,
        computed,
        sensitive,
        write_only: writeOnly,
      }),
    ),
    block_types: block.blocks.map(({ name, nesting, minItems, maxItems, block: inner }) => ({
      type_name: name,
      nesting,
      min_items: minItems,
      max_items: maxItems,
      block: toBlock(inner),
    })),
  };
}
