import { Ajv, type Plugin as AjvPlugin, type Options } from "ajv";
import formatsModule, { type FormatsPluginOptions } from "ajv-formats";
import { interop } from "./interop.ts";

const addFormats = interop(formatsModule) as unknown as AjvPlugin<FormatsPluginOptions>;

/** An ajv for the schemas that we make: it knows the formats and takes nothing it would not apply. */
export function createAjv(options: Options): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    // A constraint on a value of another type would be kept and never apply.
    strictTypes: true,
    allowUnionTypes: true,
    strictTuples: false,
    // Schemas are our own: a test holds them against their meta-schema, which takes longer to compile than most of them.
    meta: false,
    validateSchema: false,
    ...options,
  });
  addFormats(ajv);
  return ajv;
}
