import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import type { Comparison } from "./compare.ts";
import { broad, covers, formatPermission } from "./permission.ts";

/**
 * Reports NX3013: a declared `network`, `env`, `fs:read`, `fs:write` or `exec` where every use of that kind names what
 * it reaches. Silent while anything cannot be proven, waived or not: it might be what the broad one is for.
 */
export function findBroad(
  input: Pick<Comparison, "findings" | "declared" | "packages" | "pluginFile" | "permissionsSpan">,
): readonly Diagnostic[] {
  const { findings, declared } = input;
  if (
    findings.unresolved.length > 0 ||
    input.packages.some(({ diagnostic }) => diagnostic.severity === "error")
  )
    return [];
  return declared.flatMap(({ permission, span }) => {
    const { kind } = permission;
    const all = broad(kind);
    const uses = findings.capabilities.filter((found) => found.permission.kind === kind);
    const isNarrow = (use: (typeof uses)[number]): boolean =>
      use.unknown === null && !covers(use.permission, all);
    if (!covers(permission, all) || uses.length === 0 || !uses.every(isNarrow)) return [];
    const narrow = [...new Set(uses.map((use) => formatPermission(use.permission)))].sort();
    const place = { file: input.pluginFile, span: span ?? input.permissionsSpan };
    return [diagnostic("NX3013", place, { permission: formatPermission(permission), narrow })];
  });
}
