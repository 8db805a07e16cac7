import { Ajv, type Plugin as AjvPlugin, type Options } from "ajv";
import formatsModule, { type FormatsPluginOptions } from "ajv-formats";
import { interop } from "./interop.ts";

const addFormats = interop(formatsModule) as unknown as AjvPlugin<FormatsPluginOptions>;

/** An ajv that knows the formats and takes nothing it would not apply. */
export function createAjv(options: Options): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    // A constraint on a value of another type would be kept and never apply.
    strictTypes: true,
    allowUnionTypes: true,
    strictTuples: false,
    ...options,
  });
  addFormats(ajv);
  return ajv;
}
