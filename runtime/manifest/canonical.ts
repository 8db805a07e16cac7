import { createHash } from "node:crypto";
import type { Manifest } from "./types.ts";

/**
 * JSON text whose bytes depend on the value alone: keys in UTF-16 code unit order, two-space indent, final newline.
 * Properties that are undefined are left out, as `JSON.stringify` does. Throws a TypeError for what JSON cannot say
 * (NaN, Infinity, functions, symbols, bigints, undefined in an array, instances other than plain objects).
 */
export function canonicalJson(value: unknown): string {
  return `${write(value, "")}\n`;
}

/** SHA-256, hex, of the canonical manifest without its `digest` key. */
export function manifestDigest(manifest: Omit<Manifest, "digest">): string {
  const { digest: _digest, ...rest } = manifest as Partial<Manifest>;
  return sha256(canonicalJson(rest));
}

/** Lower-case hex; text is taken as UTF-8. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

// Written out by hand: an object rebuilt in sorted order would still list integer-like keys first and drop `__proto__`.
function write(value: unknown, indent: string): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const items = Array.from(value, (item) => `${inner}${write(item, inner)}`);
    return `[\n${items.join(",\n")}\n${indent}]`;
  }
  if (isPlainObject(value)) {
    const keys = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort();
    if (keys.length === 0) return "{}";
    const lines = keys.map((key) => `${inner}${JSON.stringify(key)}: ${write(value[key], inner)}`);
    return `{\n${lines.join(",\n")}\n${indent}}`;
  }
  throw new TypeError(
    `canonical JSON cannot hold ${typeof value === "object" ? "an instance" : String(value)}`,
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
