import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonSchema, Manifest } from "../../../../runtime/manifest/types.ts";
import { packageRoot } from "../../../package-root.ts";
import { compile, openWorkspace } from "../subject.ts";
import { table } from "../table.ts";
import type { Json } from "../values.ts";

/** A node's schemas, and inputs that they accept. */
export interface NamedSchemas {
  readonly name: string;
  readonly inputs: JsonSchema;
  readonly outputs: JsonSchema;
  readonly accepts: readonly Json[];
}

/** Of every committed manifest: the examples' and the fixtures'. */
export function schemasOfManifests(): readonly NamedSchemas[] {
  const patterns = ["example-*/manifest.json", "compiler/test/fixtures/*/manifest.json"];
  const files = globSync(patterns, { cwd: packageRoot }).sort();
  return files.flatMap((file) => {
    const manifest = JSON.parse(readFileSync(join(packageRoot, file), "utf8")) as Manifest;
    return manifest.nodes.map(({ name, inputs, outputs }) => ({
      name: `${file} ${name}`,
      inputs,
      outputs,
      accepts: [],
    }));
  });
}

/** Of every `step`th signature in the table that has schemas. */
export async function schemasOfTable(step: number): Promise<readonly NamedSchemas[]> {
  const rows = table
    .flatMap((row) => ("code" in row.expects ? [] : [{ ...row, ...row.expects }]))
    .filter((_, i) => i % step === 0);
  const workspace = openWorkspace();
  try {
    const compiled = await compile(rows, workspace);
    return compiled.flatMap((result, i) => {
      const row = rows[i];
      if (row === undefined || result.kind !== "schema") return [];
      const { inputs, outputs } = result;
      const accepts = row.result === undefined ? row.accepts : [];
      return [{ name: `call(${row.parameters}) ${row.declarations}`, inputs, outputs, accepts }];
    });
  } finally {
    workspace.remove();
  }
}
