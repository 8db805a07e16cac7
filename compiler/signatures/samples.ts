import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { createAjv } from "./ajv.ts";

/** Why a default or an example does not fit its own schema; null when it does. */
export function faultOfSample(schema: JsonSchema, value: unknown): string | null {
  const ajv = createAjv({ allErrors: false });
  const validate = ajv.compile(schema);
  if (validate(value)) return null;
  const [error] = validate.errors ?? [];
  const path = error?.instancePath ?? "";
  return `does not fit the type: ${path === "" ? "it" : `\`${path}\``} ${error?.message ?? "is refused"}`;
}
