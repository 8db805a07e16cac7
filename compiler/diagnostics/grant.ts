import { loadConfig } from "../load/config.ts";
import { addPermission, applyEdits } from "../load/edit.ts";
import { readPermission } from "../permissions/fit.ts";
import { formatPermission } from "../permissions/permission.ts";
import { toText } from "../text.ts";
import type { Diagnostic, Fix } from "./types.ts";

/**
 * The findings with the edit of plugin.yaml that each missing permission needs, for editors to offer: kind `grant`, so
 * that nothing applies it by itself. Edits are read back: where the file would not declare exactly the one permission
 * more, there is none. Not for broad permissions, for which a constant is the better answer.
 */
export function withGrants(
  diagnostics: readonly Diagnostic[],
  pluginFile: string,
  text: string,
): readonly Diagnostic[] {
  const fixes = new Map<string, Fix | null>();
  return diagnostics.map((entry) => {
    if (entry.code !== "NX3001" || entry.permission === null) return entry;
    const known = fixes.get(entry.permission);
    const fix = known === undefined ? grantOf(entry.permission, pluginFile, text) : known;
    fixes.set(entry.permission, fix);
    return { ...entry, fix };
  });
}

function grantOf(permission: string, file: string, text: string): Fix | null {
  const edits = addPermission(text, readPermission(permission));
  if (edits === null) return null;
  const before = declaredIn(file, text);
  const after = declaredIn(file, applyEdits(text, edits));
  const isMeant = after.size === before.size + 1 && [...before, permission].every((name) => after.has(name));
  if (!isMeant) return null;
  return {
    title: `declare \`${permission}\``,
    kind: "grant",
    edits: edits.map((edit) => ({ file, ...edit })),
  };
}

function declaredIn(file: string, text: string): ReadonlySet<string> {
  const { config } = loadConfig(file, toText(text));
  return new Set((config?.permissions ?? []).map((entry) => formatPermission(entry.permission)));
}
