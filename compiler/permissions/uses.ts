import type { CallStep } from "../diagnostics/types.ts";
import type { PermissionUse } from "../types.ts";
import type { Comparison } from "./compare.ts";
import type { Capability } from "./find.ts";
import { covers, formatPermission } from "./permission.ts";

/** Every use of every permission, one for each place and permission; sorted by permission, file and place. */
export function listUses(
  input: Pick<Comparison, "findings" | "declared" | "placeOf" | "pathsOf">,
): readonly PermissionUse[] {
  const uses = new Map<
    string,
    { use: Omit<PermissionUse, "paths">; paths: Map<string, readonly CallStep[]> }
  >();
  /** A path ends at its unit, which may hold many uses. */
  const known = new Map<Capability["unit"], ReturnType<typeof input.pathsOf>>();
  for (const found of input.findings.capabilities) {
    const ways = known.get(found.unit) ?? input.pathsOf(found);
    known.set(found.unit, ways);
    const permission = formatPermission(found.permission);
    const place = input.placeOf(found);
    const id = `${permission} ${formatPermission(found.exact)} ${found.sink} ${place.file} ${place.span?.start.offset}`;
    const allowing = input.declared.filter(({ permission }) => covers(permission, found.exact));
    const grantedBy = [...new Set(allowing.map(({ permission }) => formatPermission(permission)))].sort();
    const entry = uses.get(id) ?? {
      use: { permission, sink: found.sink, grantedBy, ...place },
      paths: new Map(),
    };
    uses.set(id, entry);
    for (const [node, path] of ways) {
      const other = entry.paths.get(node);
      const whole = [...path, { name: found.sink, ...place }];
      if (other === undefined || whole.length < other.length) entry.paths.set(node, whole);
    }
  }
  return [...uses.values()]
    .map(({ use, paths }) => ({
      ...use,
      paths: [...paths].map(([node, steps]) => ({ node, steps })).sort((a, b) => (a.node < b.node ? -1 : 1)),
    }))
    .sort(compareUses);
}

function compareUses(a: PermissionUse, b: PermissionUse): number {
  if (a.permission !== b.permission) return a.permission < b.permission ? -1 : 1;
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (a.span?.start.offset ?? -1) - (b.span?.start.offset ?? -1);
}
