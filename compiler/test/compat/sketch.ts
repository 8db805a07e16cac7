import type { Manifest } from "../../../runtime/manifest/types.ts";
import type { Sketch } from "./table.ts";

const nothing = { type: "object", additionalProperties: false, properties: {}, required: [] };

/** A whole manifest around what a row is about. */
export function manifest(sketch: Sketch, version: string): Manifest {
  const file = (path: string) => ({ path, sha256: "0".repeat(64) });
  const { nodes = [{}], ...rest } = sketch;
  return {
    schema_version: 1,
    name: "demo",
    type: "service",
    compiler: { name: "noxus", version: "0.0.0", esbuild: "0.0.0", typescript: "0.0.0" },
    entrypoint: { file: "src/index.ts", export: "DemoPlugin" },
    bundle: file("bundle.mjs"),
    validators: file("validators.mjs"),
    sources: [],
    permissions: { declared: [], used: [], unused: [], unresolved: [] },
    configuration: {},
    oauth: [],
    timeout_ms: 30_000,
    image: { base: "node:24-slim" },
    resources: { cpu: 0.5, memory_mib: 512 },
    digest: "0".repeat(64),
    ...rest,
    version,
    nodes: nodes.map((node) => ({
      name: "echo",
      class: "EchoNode",
      title: "Echo",
      description: "",
      source: { file: "src/index.ts", line: 1, column: 1 },
      inputs: nothing,
      input_order: [],
      takes_context: false,
      outputs: nothing,
      timeout_ms: 30_000,
      permissions: [],
      ...node,
    })),
  };
}
