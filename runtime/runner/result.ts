import type { Fault } from "../errors.ts";
import { join } from "../manifest/check.ts";
import { MAX_FAULTS } from "./limits.ts";
import { Refusal } from "./refusal.ts";

// Kept before plugin code runs, which may replace them.
const toText = Object.prototype.toString;
const stringify = JSON.stringify;
const setPrototype = Object.setPrototypeOf;
const toIso = Date.prototype.toISOString;
const hrefOf = Object.getOwnPropertyDescriptor(URL.prototype, "href")?.get;

/**
 * A copy of what a node returned that holds JSON values only, made before it is checked and written: a getter or a
 * proxy could otherwise show the check one value and the writer another. Undefined properties are left out, as in
 * JSON, and a Date or URL is its text; everything else that JSON would change silently is a fault.
 * Throws {@link Refusal} `output_invalid`.
 */
export function copyResult(result: unknown): Record<string, unknown> {
  const faults: Fault[] = [];
  const parents = new Set<object>();

  function copy(value: unknown, path: string): unknown {
    if (faults.length >= MAX_FAULTS) return null;
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number") return Number.isFinite(value) ? value : fault(path, `is ${value}`);
    if (typeof value !== "object")
      return fault(path, value === undefined ? "is undefined" : `is a ${typeof value}`);
    if (parents.has(value)) return fault(path, "refers back to an object that contains it");
    const text = textOf(value, path);
    if (text !== undefined) return text;
    if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
      return fault(path, "has a toJSON method; return plain values");
    }
    parents.add(value);
    const copied = Array.isArray(value) ? copyArray(value, path) : copyObject(value, path);
    parents.delete(value);
    return copied;
  }

  /** The text that a Date or URL travels as; undefined for any other value. */
  function textOf(value: object, path: string): string | null | undefined {
    const kind = toText.call(value);
    try {
      if (kind === "[object Date]") return toIso.call(value);
      if (kind === "[object URL]") return hrefOf?.call(value);
    } catch (error) {
      // Date.prototype.toISOString refuses a date that does not exist; a false tag makes a value neither.
      if (error instanceof RangeError) return fault(path, "is a Date that does not exist");
    }
    return undefined;
  }

  function copyArray(value: readonly unknown[], path: string): unknown[] {
    const copied: unknown[] = [];
    for (let index = 0; index < value.length && faults.length < MAX_FAULTS; index += 1) {
      copied.push(copy(value[index], `${path}/${index}`));
    }
    return copied;
  }

  function copyObject(value: object, path: string): unknown {
    const kind = toText.call(value).slice("[object ".length, -1);
    if (kind !== "Object") {
      const hint = { Map: "; use Object.fromEntries", Set: "; return an array" };
      return fault(path, `is a ${kind}${hint[kind as keyof typeof hint] ?? ""}`);
    }
    // No prototype, so that whatever the plugin put on Object.prototype stays out of the check and the answer.
    const copied: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(value)) {
      const item: unknown = (value as Record<string, unknown>)[key]; // own key
      if (item !== undefined) copied[key] = copy(item, join(path, key));
    }
    return copied;
  }

  function fault(path: string, message: string): null {
    faults.push({ path: `/outputs${path}`, message });
    return null;
  }

  let copied: unknown;
  try {
    copied = copy(result, "");
  } catch (error) {
    if (error instanceof RangeError) return refuse([{ path: "/outputs", message: "is nested too deeply" }]);
    throw error;
  }
  if (faults.length > 0) return refuse(faults);
  if (typeof copied !== "object" || copied === null || Array.isArray(copied)) {
    const got = copied === null ? "null" : Array.isArray(copied) ? "an array" : `a ${typeof copied}`;
    return refuse([{ path: "/outputs", message: `must be an object, got ${got}` }]);
  }
  return copied as Record<string, unknown>; // neither null nor an array
}

function refuse(faults: readonly Fault[]): never {
  throw new Refusal("output_invalid", "the node returned what its output schema does not allow", faults);
}

/** JSON text of a result from {@link copyResult}, in UTF-8. Throws {@link Refusal} past `limit` bytes. */
export function writeResult(copied: Record<string, unknown>, limit: number): Buffer {
  const bytes = Buffer.from(writeJson(copied));
  if (bytes.length > limit)
    refuse([{ path: "/outputs", message: `has ${bytes.length} bytes, more than ${limit}` }]);
  return bytes;
}

/** True when plugin code has changed how JSON is written in this process. */
export function isJsonChanged(): boolean {
  return "toJSON" in Array.prototype; // and so also what Object.prototype has
}

/** JSON text of plain data, also where the plugin has put a `toJSON` on a prototype: it would forge every frame. */
export function writeJson(value: unknown): string {
  return stringify(isJsonChanged() ? withoutPrototypes(value) : value);
}

function withoutPrototypes(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return setPrototype(value.map(withoutPrototypes), null);
  const copied: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copied[key] = withoutPrototypes(item);
  return copied;
}
