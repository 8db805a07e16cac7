/**
 * What `JSON.parse` takes without a word although readers of JSON do not agree on it: keys that occur twice, nesting
 * without end, numbers beyond all numbers, and keys that reach a prototype.
 */
import type { Fault } from "../errors.ts";
import { join } from "../manifest/check.ts";
import { Refusal } from "./refusal.ts";

/** Deepest nesting read. Validators and nodes walk it recursively. */
const MAX_DEPTH = 500;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Faults of `value`, which `text` was parsed into: `__proto__` keys and infinite numbers.
 * Throws {@link Refusal} `invalid_json` for keys that occur twice and for too deep a nesting.
 */
export function findDoubtful(text: string, value: unknown): Fault[] {
  // First, since it bounds the depth of what follows.
  const written = countMembers(text);
  const kept: Kept = { keys: 0, hasInfinite: false };
  look(value, kept);
  if (kept.keys !== written) {
    throw new Refusal("invalid_json", `the key ${repeatedKey(text)} occurs twice`);
  }
  // An escape may spell the key too, and searching the text is much cheaper than the walk.
  const isWalked = text.includes("__proto__") || text.includes("\\u") || kept.hasInfinite;
  const faults: Fault[] = [];
  if (isWalked) findFaults(value, "", faults);
  return faults;
}

/** Members of all objects in JSON text that is known to be valid. */
function countMembers(text: string): number {
  let count = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === colon) count += 1;
    else if (code === openObject || code === openList) {
      depth += 1;
      if (depth > MAX_DEPTH)
        throw new Refusal("invalid_json", `the body is nested more than ${MAX_DEPTH} levels deep`);
    } else if (code === closeObject || code === closeList) depth -= 1;
  }
  return count;
}

/** Index of the closing quote. Searched for, which is many times faster in a long string than looking at each character. */
function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at;
}

/** An odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === backslash) first -= 1;
  return (at - first) % 2 === 1;
}

/** What came out of the parser. */
interface Kept {
  keys: number;
  hasInfinite: boolean;
}

function look(value: unknown, kept: Kept): void {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) kept.hasInfinite = true;
  } else if (Array.isArray(value)) {
    for (const item of value) if (typeof item !== "string") look(item, kept);
  } else if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) {
      kept.keys += 1;
      const item: unknown = (value as Record<string, unknown>)[key]; // its own key
      if (typeof item !== "string") look(item, kept);
    }
  }
}

function findFaults(value: unknown, path: string, faults: Fault[]): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    faults.push({ path, message: "is too large for a number" });
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    const inside = join(path, key);
    if (key === "__proto__") faults.push({ path: inside, message: "is not allowed as a key" });
    findFaults(item, inside, faults);
  }
}

/** The first key that its object has already had, as it is written. */
function repeatedKey(text: string): string {
  const objects: Set<string>[] = [];
  let last = "";
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = endOfString(text, at);
      last = text.slice(at, end + 1);
      at = end;
    } else if (code === colon) {
      const keys = objects.at(-1);
      const key: string = JSON.parse(last);
      if (keys?.has(key)) return last.slice(0, 100);
      keys?.add(key);
    } else if (code === openObject || code === openList) objects.push(new Set());
    else if (code === closeObject || code === closeList) objects.pop();
  }
  return "of an object";
}
