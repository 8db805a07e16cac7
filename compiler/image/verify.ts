import { canonicalJson, manifestDigest, sha256 } from "../../runtime/manifest/canonical.ts";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { bundleServer } from "../emit/server.ts";
import { bundleMapFile } from "../manifest/build.ts";
import { findPermissions } from "../permissions/index.ts";
import { parsePermission } from "../permissions/permission.ts";
import type { BaseImage } from "./base.ts";
import type { ImageContents } from "./contents.ts";
import { imageEnvironment, imageFolder, imageLabels, imageUser } from "./labels.ts";

/** One thing that is not as it should be, and what it is about. */
export interface Mismatch {
  /** A file, a label, a permission, a layer, or `configuration`. */
  readonly about: string;
  readonly message: string;
}

export interface Verified {
  readonly manifest: Manifest | null;
  readonly mismatches: readonly Mismatch[];
  /** What was not compared, and why. */
  readonly notes: readonly string[];
}

const known = ["manifest.json", "bundle.mjs", "validators.mjs", bundleMapFile, "server.mjs", "runner.mjs"];

/**
 * Whether an image is what its manifest says. The bundle inside is analysed again: what it reaches has to be what the
 * manifest claims, so nobody has to trust who built it. `version` is that of this noxus.
 */
export async function verifyImage(
  image: BaseImage,
  annotations: Readonly<Record<string, string>>,
  contents: ImageContents,
  version: string,
): Promise<Verified> {
  const mismatches: Mismatch[] = [];
  const notes: string[] = [];
  const differ = (about: string, message: string): void => {
    mismatches.push({ about, message });
  };
  for (const digest of contents.swapped)
    differ(`layer ${digest.slice(7, 19)}`, "holds something other than the configuration says");
  for (const path of contents.elsewhere)
    differ(path, `a layer of the plugin puts a file outside of ${imageFolder}`);
  for (const name of contents.files.keys())
    if (!known.includes(name)) differ(name, "a file that no plugin has");

  const manifest = readManifest(contents.files.get("manifest.json"));
  if (manifest === null) {
    differ("manifest.json", "is missing, or no manifest");
    return { manifest, mismatches, notes };
  }
  if (manifestDigest(manifest) !== manifest.digest)
    differ("manifest.json", "was changed after it was built: its digest is not its own");
  else if (contents.files.get("manifest.json")?.toString("utf8") !== canonicalJson(manifest))
    differ("manifest.json", "is not written as noxus writes it");
  for (const file of [manifest.bundle, manifest.validators]) {
    const bytes = contents.files.get(file.path);
    if (bytes === undefined) differ(file.path, "is missing");
    else if (sha256(bytes) !== file.sha256)
      differ(file.path, "is not the file that the manifest was built with");
  }

  checkConfiguration(image, annotations, manifest, differ);
  await checkServer(contents, manifest, version, differ, notes);
  checkPermissions(contents, manifest, differ);
  return { manifest, mismatches, notes };
}

type Differ = (about: string, message: string) => void;

function readManifest(bytes: Buffer | undefined): Manifest | null {
  try {
    const value: unknown = JSON.parse(bytes?.toString("utf8") ?? "");
    // What is used of it is compared with something below.
    return typeof value === "object" && value !== null && "bundle" in value && "permissions" in value
      ? (value as Manifest)
      : null;
  } catch {
    return null;
  }
}

function checkConfiguration(
  image: BaseImage,
  annotations: Readonly<Record<string, string>>,
  manifest: Manifest,
  differ: Differ,
): void {
  const config = image.config.config ?? {};
  const labels = config.Labels ?? {};
  for (const [name, value] of Object.entries(imageLabels(manifest))) {
    if (labels[name] !== value)
      differ(`label ${name}`, `is \`${labels[name] ?? ""}\`, the manifest says \`${value}\``);
    if (annotations[name] !== value)
      differ(`annotation ${name}`, `is \`${annotations[name] ?? ""}\`, the manifest says \`${value}\``);
  }
  for (const name of Object.keys(annotations))
    if (labels[name] !== annotations[name]) differ(`annotation ${name}`, "is not the same as the label");
  if (config.User !== imageUser)
    differ("configuration", `the user is \`${config.User ?? "root"}\`, not ${imageUser}`);
  const [node = "", server, ...more] = config.Entrypoint ?? [];
  if (
    !/(^|\/)node$/.test(node) ||
    server !== `${imageFolder}/server.mjs` ||
    more.length > 0 ||
    (config.Cmd ?? []).length > 0
  )
    differ("configuration", `starts \`${[...(config.Entrypoint ?? []), ...(config.Cmd ?? [])].join(" ")}\``);
  for (const entry of config.Env ?? []) {
    const [name = "", value] = [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)];
    // These make Node load other code.
    if (/^(NODE_OPTIONS|NODE_PATH|LD_PRELOAD|LD_LIBRARY_PATH)$/.test(name))
      differ("configuration", `sets ${name}`);
    if (name in imageEnvironment && imageEnvironment[name] !== value)
      differ("configuration", `sets ${name} to \`${value}\``);
  }
}

/** The server and the runner are ours: made again here where the version is the same, and compared. */
async function checkServer(
  contents: ImageContents,
  manifest: Manifest,
  version: string,
  differ: Differ,
  notes: string[],
): Promise<void> {
  if (manifest.compiler.version !== version) {
    notes.push(
      `made by noxus ${manifest.compiler.version}, this is ${version}: server.mjs and runner.mjs were not compared`,
    );
    return;
  }
  for (const { path, text } of await bundleServer())
    if (contents.files.get(path)?.toString("utf8") !== text)
      differ(path, `is not the one of noxus ${version}`);
}

function checkPermissions(contents: ImageContents, manifest: Manifest, differ: Differ): void {
  const bundle = contents.files.get(manifest.bundle.path)?.toString("utf8");
  const map = contents.files.get(bundleMapFile)?.toString("utf8");
  if (bundle === undefined) return;
  if (map === undefined) {
    differ(bundleMapFile, "is missing: the bundle's places are not known");
    return;
  }
  const found = findPermissions({
    bundle,
    map,
    files: manifest.sources.map(({ path }) => path),
    sourceText: () => null,
    pluginFile: "plugin.yaml",
    pluginExport: manifest.entrypoint.export,
    nodes: manifest.nodes.map(({ name, class: className, source }) => ({
      name,
      class: className,
      ...source,
    })),
    declared: manifest.permissions.declared.flatMap((text) => {
      const parsed = parsePermission(text);
      return "permission" in parsed ? [{ permission: parsed.permission, span: null }] : [];
    }),
    permissionsSpan: null,
    packageOf: () => null,
    waysTo: () => [],
    dependencies: [],
    below: [],
  });
  const waived = new Set(
    manifest.permissions.unresolved.map(({ code, file, line }) => `${code} ${file}:${line}`),
  );
  for (const each of found.diagnostics) {
    if (each.severity !== "error") continue;
    const place = each.span === null ? each.file : `${each.file}:${each.span.start.line}`;
    if (!waived.has(`${each.code} ${place}`))
      differ("bundle.mjs", `${each.message} (${each.code} at ${place})`);
  }
  for (const node of manifest.nodes) {
    const is = found.byNode.get(node.name) ?? [];
    for (const permission of is)
      if (!node.permissions.includes(permission))
        differ(`permission ${permission}`, `node \`${node.name}\` reaches it, the manifest does not say so`);
    for (const permission of node.permissions)
      if (!is.includes(permission))
        differ(
          `permission ${permission}`,
          `the manifest gives it to node \`${node.name}\`, which does not reach it`,
        );
  }
}
