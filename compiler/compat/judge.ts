import { Ajv, type AnySchema, type ErrorObject, type Plugin, type ValidateFunction } from "ajv";
import formatsModule, { type FormatsPluginOptions } from "ajv-formats";
import { canonicalJson } from "../../runtime/manifest/canonical.ts";
import type { JsonSchema } from "../../runtime/manifest/types.ts";
import type { Schema } from "./shapes.ts";

// CommonJS with a `default` export: Node gives the module, a bundler the function.
const addFormats = ("default" in formatsModule
  ? formatsModule.default
  : formatsModule) as unknown as Plugin<FormatsPluginOptions>;

/** A schema and its parts, as ajv decides about values. */
export interface Judge {
  readonly root: JsonSchema;
  accepts(schema: Schema, value: unknown): boolean;
  /** Places of all faults of a whole value; empty where it is accepted. */
  faults(value: unknown): readonly Fault[];
}

export interface Fault {
  /** Keys and indexes down to the value at fault; a missing or unknown key counts as one. */
  readonly path: readonly string[];
  readonly keyword: string;
}

/** Validates as the built validators do: defaults are filled in first. Values are left as they are. */
export function createJudge(root: JsonSchema): Judge {
  const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false, logger: false });
  addFormats(ajv);
  const compiled = new Map<string, ValidateFunction>();
  const validator = (schema: Schema): ValidateFunction => {
    const key = canonicalJson(schema);
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const isPart = typeof schema === "object" && schema !== root && root.definitions !== undefined;
    const { $id: _, ...whole } = isPart
      ? { allOf: [schema], definitions: root.definitions }
      : typeof schema === "boolean"
        ? { allOf: [schema] }
        : schema;
    const made = ajv.compile(whole as AnySchema);
    compiled.set(key, made);
    return made;
  };
  return {
    root,
    accepts: (schema, value) => validator(schema)(structuredClone(value)),
    faults(value) {
      const validate = validator(root);
      return validate(structuredClone(value)) ? [] : (validate.errors ?? []).map(faultOf);
    },
  };
}

function faultOf({ instancePath, keyword, params }: ErrorObject): Fault {
  const path = instancePath
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key: unknown = params.missingProperty ?? params.additionalProperty ?? params.propertyName;
  return { path: typeof key === "string" ? [...path, key] : path, keyword };
}
