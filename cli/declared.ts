import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Span } from "../compiler/diagnostics/types.ts";
import type { Analysis } from "../compiler/types.ts";

/** Where plugin.yaml declares each permission, by canonical name; the first place where one is given twice. */
export async function declaredSpans(
  analysis: Pick<Analysis, "root" | "pluginFile">,
): Promise<ReadonlyMap<string, Span | null>> {
  // Loaded here, since they bring the compiler's YAML and JSON Schema readers with them.
  const [{ loadConfig }, { formatPermission }, { toText }] = await Promise.all([
    import("../compiler/load/config.ts"),
    import("../compiler/permissions/permission.ts"),
    import("../compiler/text.ts"),
  ]);
  const text = await readFile(join(analysis.root, analysis.pluginFile), "utf8").catch(() => "");
  const { config } = loadConfig(analysis.pluginFile, toText(text.replace(/^\uFEFF/, "")));
  const spans = new Map<string, Span | null>();
  for (const { permission, span } of config?.permissions ?? []) {
    const name = formatPermission(permission);
    if (!spans.has(name)) spans.set(name, span);
  }
  return spans;
}
