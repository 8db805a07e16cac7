import { nearest } from "../nearest.ts";
import type { Manifest, ManifestNode } from "./types.ts";

/** Finds nodes by URL name or class name. Maps, because `constructor` and `__proto__` are names a client may send. */
export interface NodeNames {
  get(name: string): ManifestNode | undefined;
  /** The URL name closest in spelling, or null. */
  nearest(name: string): string | null;
}

export function nodeNames(manifest: Manifest): NodeNames {
  const nodes = new Map<string, ManifestNode>();
  for (const node of manifest.nodes) nodes.set(node.class, node);
  // A URL name wins over another node's class name.
  for (const node of manifest.nodes) nodes.set(node.name, node);
  return {
    get: (name) => nodes.get(name),
    nearest: (name) => {
      const found = nearest(name, nodes.keys());
      return found === null ? null : (nodes.get(found)?.name ?? null);
    },
  };
}
