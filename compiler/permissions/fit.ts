/** What would make the declaration fit the code, read from an analysis. */
import type { Diagnostic } from "../diagnostics/types.ts";
import type { Analysis } from "../types.ts";
import { broad, covers, formatPermission, type Permission, parsePermission } from "./permission.ts";

type Facts = Pick<Analysis, "diagnostics" | "permissions">;

/**
 * The least set of permissions that would allow every known use that is not allowed: narrow ones, and a broad one only
 * where the resource is not known. Sorted; `code` is the finding that asks for it.
 */
export function missingPermissions(
  analysis: Facts,
): readonly { readonly permission: string; readonly code: "NX3001" | "NX3005" }[] {
  const missing = analysis.permissions.used.flatMap(({ permission }) => {
    for (const found of analysis.diagnostics) {
      if (found.permission !== permission) continue;
      if (found.code === "NX3001" || found.code === "NX3005") return [{ permission, code: found.code }];
    }
    return [];
  });
  return missing
    .filter((one) => !missing.some((other) => other !== one && isCovered(one.permission, [other.permission])))
    .sort((a, b) => (a.permission < b.permission ? -1 : 1));
}

/** Declared permissions for which NX3013 is reported, each with the narrow ones that would do. */
export function broadPermissions(analysis: Facts): readonly {
  readonly permission: string;
  readonly narrow: readonly string[];
  readonly found: Diagnostic;
}[] {
  return analysis.permissions.declared.flatMap((permission) => {
    const { kind } = readPermission(permission);
    const narrow = analysis.permissions.used
      .map((used) => used.permission)
      .filter((name) => covers(broad(kind), readPermission(name)));
    const found = analysis.diagnostics.find(
      (entry) => entry.code === "NX3013" && entry.permission === permission,
    );
    return found === undefined ? [] : [{ permission, narrow, found }];
  });
}

/** Whether one of `declared` allows all of `needed`; both in canonical form. */
export function isCovered(needed: string, declared: Iterable<string>): boolean {
  return [...declared].some((name) => covers(readPermission(name), readPermission(needed)));
}

/** Reads a permission in canonical form; throws for anything else. */
export function readPermission(name: string): Permission {
  const parsed = parsePermission(name);
  if (!("permission" in parsed) || formatPermission(parsed.permission) !== name)
    throw new Error(`\`${name}\` is not a permission in canonical form`);
  return parsed.permission;
}
