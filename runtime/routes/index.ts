import { health, live, ready, startup } from "./health.ts";
import { home } from "./home.ts";
import { manifest } from "./manifest.ts";
import { metrics } from "./metrics.ts";
import { nodeManifest } from "./node-manifest.ts";
import { nodes } from "./nodes.ts";
import type { Route } from "./route.ts";
import { run } from "./run.ts";
import { status } from "./status.ts";

/**
 * Every endpoint. Nodes are found in a map behind the two paths with a parameter, never by a path of their own; since
 * those end in a word of theirs, a node may be called `health` or `manifest` all the same.
 */
export const routes: readonly Route[] = [
  home,
  nodes,
  manifest,
  status,
  metrics,
  health,
  live,
  ready,
  startup,
  nodeManifest,
  run,
];
