/**
 * State values as Terraform sends them (MessagePack), and what a provider does to them: plan what is computed as
 * unknown, make it up when applying, and never keep what is write-only.
 */
import { createHash } from "node:crypto";
import { decode, ExtData, encode } from "@msgpack/msgpack";
import type { Attribute, Block, ValueType } from "./bindings.ts";

export type Value =
  | null
  | string
  | number
  | boolean
  | ExtData
  | readonly Value[]
  | { readonly [key: string]: Value };
export type ObjectValue = { readonly [key: string]: Value };

const unknown = new ExtData(0, new Uint8Array([0]));

/** Null for the absent value. */
export function unpack(bytes: Uint8Array | undefined): Value {
  // MessagePack holds nothing but these.
  return bytes === undefined || bytes.length === 0 ? null : (decode(bytes) as Value);
}

export const pack = (value: Value): Buffer => Buffer.from(encode(value));

/** The planned state: computed values that nothing gives yet are unknown, write-only ones are gone. */
export function plan(block: Block, proposed: ObjectValue): ObjectValue {
  return walk(block, proposed, (attribute, value) =>
    attribute.writeOnly ? null : attribute.computed && value === null ? unknown : value,
  );
}

/** The applied state: unknown values get one that depends on nothing but their place and the names given. */
export function apply(block: Block, planned: ObjectValue, type: string): ObjectValue {
  const seed = JSON.stringify([
    type,
    planned.name ?? planned.scope ?? null,
    planned.role_definition_name ?? null,
  ]);
  return walk(block, planned, (attribute, value) =>
    value instanceof ExtData
      ? madeUp(attribute.type, `${seed}.${attribute.name}`, type, attribute.name)
      : value,
  );
}

/** A data source's state: what was asked, and a value for all that is computed. */
export function read(block: Block, config: ObjectValue, type: string): ObjectValue {
  return apply(block, plan(block, config), type);
}

function walk(
  block: Block,
  value: ObjectValue,
  change: (attribute: Attribute, value: Value) => Value,
): ObjectValue {
  const result: Record<string, Value> = {};
  for (const attribute of block.attributes)
    result[attribute.name] = change(attribute, value[attribute.name] ?? null);
  for (const { name, nesting, block: inner } of block.blocks) {
    const nested = value[name] ?? null;
    // A block's value is one object or a list of them.
    const one = (item: Value): Value =>
      item === null || item instanceof ExtData ? item : walk(inner, item as ObjectValue, change);
    result[name] = nesting === "SINGLE" ? one(nested) : Array.isArray(nested) ? nested.map(one) : nested;
  }
  return result;
}

function madeUp(type: ValueType, seed: string, resource: string, name: string): Value {
  if (type === "number") return 1;
  if (type === "bool") return false;
  if (type !== "string") {
    const [kind, element] = type;
    if (kind === "object")
      return Object.fromEntries(
        Object.entries(element).map(([key, inner]) => [key, madeUp(inner, `${seed}.${key}`, resource, key)]),
      );
    return kind === "map" ? {} : [];
  }
  const hash = createHash("sha256").update(seed).digest("hex");
  const uuid = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
  if (/(principal|client|tenant|object|subscription|workspace)_id$/.test(name)) return uuid;
  if (name === "id") return `/stub/${resource}/${hash.slice(0, 12)}`;
  if (/fqdn|host_name|login_server/.test(name)) return `${hash.slice(0, 12)}.example.com`;
  if (/versionless_id$/.test(name)) return `https://vault.example.com/secrets/${hash.slice(0, 12)}`;
  return `stub-${hash.slice(0, 12)}`;
}
