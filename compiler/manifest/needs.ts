import type { Manifest } from "../../runtime/manifest/types.ts";

/**
 * What the runner's containment must leave open so that an accepted plugin runs unchanged. Read from the bundle's text
 * and on the safe side: a word too many keeps something open that could be closed, and never breaks a plugin.
 */
export function findNeeds(
  bundle: string,
  declared: readonly string[],
): Required<Pick<Manifest, "needs_proto" | "needs_unrestricted_fs">> {
  const hasFiles = declared.some((permission) => permission.startsWith("fs:"));
  return {
    needs_proto: bundle.includes("__proto__"),
    needs_unrestricted_fs: hasFiles && refusedByNode.test(bundle),
  };
}

/** Members of `node:fs` that Node's permission model refuses whatever paths are granted (Node 22 to 26, measured). */
const refusedByNode =
  /\b(?:fsync|fdatasync|fchmod|fchown|futimes)(?:Sync)?\b|\.(?:datasync|sync|chmod|chown|utimes|realpath|cp)\b|\bflush\s*:|\b(?:realpath|cp)\b\s*(?:,|\}|as\b)/;
