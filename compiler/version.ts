import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version as esbuildVersion } from "esbuild";
import { ts } from "ts-morph";
import type { Manifest } from "../runtime/manifest/types.ts";
import { packageRoot } from "./package-root.ts";

/** What made a manifest: other versions may read the same sources another way. */
export const compilerVersions: Manifest["compiler"] = {
  name: "noxus",
  version: readVersion(),
  esbuild: esbuildVersion,
  // Major and minor: patch releases of the 6.0 line agree in everything that noxus reads.
  typescript: ts.versionMajorMinor,
};

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  return typeof parsed === "object" && parsed !== null && "version" in parsed
    ? String(parsed.version)
    : "0.0.0";
}
