import type { Fault } from "../errors.ts";
import { join, typeName } from "../manifest/check.ts";
import { nearest } from "../nearest.ts";
import { findDoubtful } from "./json.ts";
import { Refusal } from "./refusal.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The `inputs` object of a request body. A body without `inputs` means no inputs.
 * Throws {@link Refusal} `invalid_json` for what is not JSON in UTF-8, `input_invalid` for JSON of another shape.
 */
export function readInputs(body: Buffer): Record<string, unknown> {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    throw new Refusal("invalid_json", "the body is not valid UTF-8");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Refusal(
      "invalid_json",
      `the body is not JSON: ${error instanceof Error ? error.message : "unreadable"}`,
    );
  }
  if (!isObject(value)) {
    refuse([{ path: "", message: `must be an object with the key "inputs", got ${typeName(value)}` }]);
  }
  const faults = findDoubtful(text, value);
  for (const key of Object.keys(value)) {
    if (key === "inputs" || key === "__proto__") continue;
    const near = nearest(key, ["inputs"]);
    const hint = near === null ? '; the inputs go under "inputs"' : ', did you mean "inputs"?';
    faults.push({ path: join("", key), message: `is not a known key${hint}` });
  }
  const inputs = Object.hasOwn(value, "inputs") ? value.inputs : {};
  if (!isObject(inputs)) faults.push({ path: "/inputs", message: `must be object, got ${typeName(inputs)}` });
  if (faults.length > 0 || !isObject(inputs)) refuse(faults);
  return inputs;
}

function refuse(faults: readonly Fault[]): never {
  throw new Refusal("input_invalid", "the request does not fit", faults);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
