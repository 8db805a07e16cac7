import { pathToFileURL } from "node:url";
import type { JsonSchema } from "../manifest/types.ts";
import type { StartMessage } from "./protocol.ts";
import { createReviver, type Reviver } from "./revive.ts";
import type { Validator } from "./validate.ts";

export interface RunningPlugin {
  readonly nodes: ReadonlyMap<string, RunningNode>;
  deactivate(): Promise<void>;
}

export interface RunningNode {
  readonly inputOrder: readonly string[];
  /** The last input is the array of `call`'s rest parameter. */
  readonly spreadsLast: boolean;
  /** Null where no input is to become an instance of a class. */
  readonly revive: Reviver | null;
  readonly takesContext: boolean;
  readonly schemas: { readonly inputs: JsonSchema; readonly outputs: JsonSchema };
  readonly validators: { readonly inputs: Validator; readonly outputs: Validator };
  call(values: readonly unknown[]): unknown;
}

type Callable = (...values: readonly unknown[]) => unknown;

/**
 * Imports the bundle, makes the plugin and runs `setData` and `activate`, in this order, then asks it for its nodes.
 * The classes are known by their methods only: the bundle brings its own copy of `noxus/plugins`.
 */
export async function activatePlugin(message: StartMessage): Promise<RunningPlugin> {
  const validators = await importFile(message.validatorsPath);
  const bundle = await importFile(message.bundlePath);
  const pluginClass = ownValue(bundle, message.export);
  if (typeof pluginClass !== "function")
    throw new Error(`the bundle does not export the class ${message.export}`);
  const plugin: unknown = Reflect.construct(pluginClass, []);
  await callMethod(plugin, "setData", [{ ...message.config }]);
  await callMethod(plugin, "activate", []);
  const instances = await callMethod(plugin, "nodes", []);
  if (!Array.isArray(instances)) throw new Error(`${message.export}.nodes() did not return an array`);
  if (instances.length !== message.nodes.length) {
    const counts = `${instances.length} nodes, the manifest lists ${message.nodes.length}`;
    throw new Error(`${message.export}.nodes() returned ${counts}`);
  }
  const nodes = new Map<string, RunningNode>();
  // By position: the compiler read the list in this order, and a bundler may rename classes that share a name.
  for (const [index, node] of message.nodes.entries()) {
    const instance: unknown = instances[index];
    const call = methodOf(instance, "call");
    if (call === null)
      throw new Error(`nodes()[${index}] has no \`call\`; the manifest lists ${node.class} there`);
    nodes.set(node.name, {
      inputOrder: node.input_order,
      spreadsLast: node.spreads_last ?? false,
      revive: createReviver(node.inputs, node.revive),
      takesContext: node.takes_context,
      schemas: { inputs: node.inputs, outputs: node.outputs },
      validators: {
        inputs: validatorOf(validators.default, node.name, "inputs"),
        outputs: validatorOf(validators.default, node.name, "outputs"),
      },
      call: (values) => call.apply(instance, [...values]),
    });
  }
  return {
    nodes,
    deactivate: async () => {
      await callMethod(plugin, "deactivate", []);
    },
  };
}

async function importFile(path: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(path).href)) as Record<string, unknown>; // a module namespace
}

function validatorOf(table: unknown, node: string, side: "inputs" | "outputs"): Validator {
  const validator = ownValue(ownValue(table, node), side);
  if (typeof validator !== "function") throw new Error(`there is no validator for the ${side} of ${node}`);
  return validator as Validator; // built by the compiler, with the digest just checked
}

function ownValue(table: unknown, key: string): unknown {
  if (typeof table !== "object" || table === null || !Object.hasOwn(table, key)) return undefined;
  return (table as Record<string, unknown>)[key]; // own key, just checked
}

function methodOf(target: unknown, name: string): Callable | null {
  if (typeof target !== "object" || target === null) return null;
  const method: unknown = Reflect.get(target, name);
  return typeof method === "function" ? (method as Callable) : null;
}

async function callMethod(target: unknown, name: string, values: readonly unknown[]): Promise<unknown> {
  return methodOf(target, name)?.apply(target, [...values]);
}
