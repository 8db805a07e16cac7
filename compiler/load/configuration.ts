import type { ConfigurationField } from "../../runtime/manifest/types.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import type { Locate } from "./locate.ts";

/** Fields of one group as plugin.yaml has them. */
export type RawFields = Readonly<Record<string, Omit<ConfigurationField, "required">>>;

/** The two groups of `configuration` as one record, with the faults that the schema cannot see (NX4). */
export function checkConfiguration(
  raw: { readonly required?: RawFields; readonly optional?: RawFields },
  file: string,
  locate: Locate,
): { fields: Readonly<Record<string, ConfigurationField>>; diagnostics: readonly Diagnostic[] } {
  const fields: Record<string, ConfigurationField> = {};
  const diagnostics: Diagnostic[] = [];
  for (const group of ["required", "optional"] as const) {
    for (const [name, field] of Object.entries(raw[group] ?? {})) {
      const pointer = ["configuration", group, name];
      if (Object.hasOwn(fields, name)) {
        const related = [
          {
            message: "the other one",
            file,
            span: locate(["configuration", "required", name], "key"),
          },
        ];
        diagnostics.push(diagnostic("NX4002", { file, span: locate(pointer, "key") }, { name }, { related }));
        continue;
      }
      if (field.pattern !== undefined && toPattern(field.pattern) === null) {
        const place = { file, span: locate([...pointer, "pattern"], "value") };
        const got = `\`${field.pattern}\``;
        diagnostics.push(
          diagnostic("NX1009", place, {
            key: [...pointer, "pattern"].join("."),
            expected: "a regular expression",
            got,
          }),
        );
      }
      const reason = field.default === undefined ? null : faultOf(field.default, field);
      if (reason !== null) {
        const span = locate([...pointer, "default"], "value");
        diagnostics.push(diagnostic("NX4001", { file, span }, { name, reason }));
      }
      fields[name] = { ...field, required: group === "required" };
    }
  }
  return { fields, diagnostics };
}

function faultOf(
  value: string | number | boolean,
  field: Omit<ConfigurationField, "required">,
): string | null {
  const isType = field.type === "integer" ? Number.isInteger(value) : typeof value === field.type;
  if (!isType) return `is ${JSON.stringify(value)}, not of type ${field.type}`;
  if (field.enum && !field.enum.includes(value)) return `is not one of ${field.enum.join(", ")}`;
  if (typeof value === "number" && field.minimum !== undefined && value < field.minimum)
    return `is below ${field.minimum}`;
  if (typeof value === "number" && field.maximum !== undefined && value > field.maximum)
    return `is above ${field.maximum}`;
  if (typeof value === "string" && field.pattern !== undefined) {
    // One that is no regular expression is a finding of its own.
    if (toPattern(field.pattern)?.test(value) === false) return `does not match \`${field.pattern}\``;
  }
  return null;
}

function toPattern(source: string): RegExp | null {
  try {
    return new RegExp(source, "u");
  } catch {
    return null;
  }
}
