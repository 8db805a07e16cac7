import { Problem } from "../errors.ts";
import { shown } from "../manifest/check.ts";
import type { ManifestNode } from "../manifest/types.ts";
import type { RequestContext } from "../middleware/context.ts";
import type { Service } from "../service.ts";

/** The node that the path names, by URL name or class name. Throws `node_not_found` with the nearest name. */
export function findNode(ctx: RequestContext, { nodes }: Service): ManifestNode {
  const name = ctx.params.node ?? "";
  const node = nodes.get(name);
  if (node === undefined) {
    const near = nodes.nearest(name);
    const hint = near === null ? "GET /nodes lists them" : `did you mean "${near}"?`;
    throw new Problem("node_not_found", `there is no node ${shown(name)}; ${hint}`);
  }
  ctx.state.node = node.name;
  return node;
}
