import { nearest } from "../compiler/suggest.ts";
import { UsageError } from "./exit.ts";

/** The reporter that `--format` and `--json` ask for together; `otherwise` without either. Throws a `UsageError`. */
export function chooseFormat<Name extends string>(
  reporters: Readonly<Record<Name, unknown>>,
  format: string | undefined,
  isJson: boolean,
  otherwise: Name,
): Name {
  // The table's own keys.
  const names = Object.keys(reporters) as Name[];
  const asked = format ?? (isJson ? "json" : otherwise);
  const name = names.find((known) => known === asked);
  if (name === undefined) {
    const near = nearest(asked, names);
    throw new UsageError(
      `unknown format \`${asked}\``,
      near === null ? `formats: ${names.join(", ")}` : `did you mean \`${near}\`?`,
    );
  }
  if (isJson && name !== "json")
    throw new UsageError(`\`--json\` and \`--format ${name}\` exclude each other`);
  return name;
}
