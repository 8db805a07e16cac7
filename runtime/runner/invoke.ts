import { MAX_RESULT_BYTES } from "./frames.ts";
import { readInputs } from "./inputs.ts";
import { MAX_COUNTED } from "./limits.ts";
import type { RunningNode } from "./plugin.ts";
import type { CallMessage, LogMessage, StartMessage } from "./protocol.ts";
import { Refusal } from "./refusal.ts";
import { copyResult, writeResult } from "./result.ts";
import { validate } from "./validate.ts";

/** What a call gets besides its inputs. */
export interface Surroundings {
  readonly config: StartMessage["config"];
  readonly plugin: StartMessage["plugin"];
  readonly signal: () => AbortSignal;
  readonly log: (level: LogMessage["level"], text: unknown, fields: unknown) => void;
}

/**
 * One call from the request's body to the JSON text of its result. `enter` runs the node's own code.
 * Throws a {@link Refusal} for what is wrong with inputs or result, and whatever the node throws.
 */
export async function invoke(
  node: RunningNode,
  message: CallMessage,
  body: Buffer,
  surroundings: Surroundings,
  enter: (run: () => Promise<unknown>) => Promise<unknown>,
): Promise<Buffer> {
  const inputs = readInputs(body);
  const faults = validate(node.validators.inputs, node.schemas.inputs, inputs, "/inputs");
  if (faults.length === 0 && node.revive !== null) faults.push(...node.revive(inputs));
  if (faults.length > 0) throw new Refusal("input_invalid", faultCount(faults.length, "inputs"), faults);
  const values = node.inputOrder.map((name) => (Object.hasOwn(inputs, name) ? inputs[name] : undefined));
  if (node.spreadsLast) values.push(...((values.pop() as readonly unknown[] | undefined) ?? []));
  if (node.takesContext) values.push(contextOf(message, surroundings));
  const result = await enter(async () => node.call(values));
  const outputs = copyResult(result);
  const wrong = validate(node.validators.outputs, node.schemas.outputs, outputs, "/outputs");
  if (wrong.length > 0) throw new Refusal("output_invalid", faultCount(wrong.length, "outputs"), wrong);
  return writeResult(outputs, MAX_RESULT_BYTES);
}

function contextOf(message: CallMessage, { config, plugin, signal, log }: Surroundings): object {
  const line = (level: LogMessage["level"]) => (text: unknown, fields?: unknown) => log(level, text, fields);
  return {
    requestId: message.requestId,
    traceparent: message.traceparent,
    node: message.node,
    plugin,
    config,
    get signal() {
      return signal();
    },
    log: { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") },
  };
}

function faultCount(count: number, what: string): string {
  const faults =
    count === 1 ? "1 fault" : count > MAX_COUNTED ? `more than ${MAX_COUNTED} faults` : `${count} faults`;
  return `${what} do not fit the schema: ${faults}`;
}
