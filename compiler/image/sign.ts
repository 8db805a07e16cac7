import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { ImageError } from "./errors.ts";
import { blobOf, type Descriptor, type ImageManifest, jsonBlob, mediaTypes } from "./oci.ts";
import type { Registry } from "./registry.ts";

/** Signatures as cosign writes and reads them: a payload that names the digest, signed, under a tag of the digest. */
const payloadType = "application/vnd.dev.cosign.simplesigning.v1+json";
const annotation = "dev.cosignproject.cosign/signature";

const signatureTag = (digest: string): string => `${digest.replace(":", "-")}.sig`;

/** An EC P-256 or Ed25519 key in PEM. Throws an {@link ImageError} for anything else; never repeats the file. */
export function readKey(file: string, kind: "private" | "public"): KeyObject {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ImageError("input", `cannot read the key \`${file}\``, null, { cause: error });
  }
  let key: KeyObject;
  try {
    key = kind === "private" ? createPrivateKey(text) : createPublicKey(text);
  } catch (error) {
    const hint =
      kind === "private"
        ? "make one: openssl ecparam -genkey -name prime256v1 -noout -out key.pem"
        : "take it from the private key: openssl pkey -in key.pem -pubout -out key.pub";
    throw new ImageError("input", `\`${file}\` is no unencrypted ${kind} key in PEM`, hint, { cause: error });
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType !== "ed25519" && !(key.asymmetricKeyType === "ec" && curve === "prime256v1"))
    throw new ImageError("input", `\`${file}\` is a key of another kind`, "use EC P-256 or Ed25519");
  return key;
}

/** Signs an image in its registry; a signature by another key stays beside it. `name` is the reference without tag. */
export async function signImage(
  registry: Registry,
  digest: string,
  name: string,
  key: KeyObject,
): Promise<void> {
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        identity: { "docker-reference": name },
        image: { "docker-manifest-digest": digest },
        type: "cosign container image signature",
      },
      optional: null,
    }),
  );
  const blob = blobOf(payload, payloadType);
  const before = await readSignatures(registry, digest);
  const publicKey = createPublicKey(key);
  const isByKey = ({ payload: text, signature }: Signature): boolean => isValid(text, signature, publicKey);
  if (before.some((each) => isByKey(each) && each.payload.equals(payload))) return;
  // What this key said of it before, it now says anew.
  const others = before.filter((each) => !isByKey(each));
  const layers: Descriptor[] = [
    ...others.map(({ descriptor }) => descriptor),
    {
      ...blob.descriptor,
      annotations: { [annotation]: sign(algorithm(key), payload, key).toString("base64") },
    },
  ];
  const config = jsonBlob(
    {
      architecture: "",
      os: "",
      config: {},
      rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.digest) },
    },
    mediaTypes.config,
  );
  for (const part of [blob, config])
    if (!(await registry.hasBlob(part.descriptor.digest))) await registry.putBlob(part);
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: config.descriptor,
    layers,
  };
  await registry.putManifest(jsonBlob(manifest, mediaTypes.manifest), signatureTag(digest));
}

export type SignatureVerdict = "valid" | "missing" | "by another key" | "for another image";

/** What the signatures of an image say about `key`. */
export async function checkSignature(
  registry: Registry,
  digest: string,
  key: KeyObject,
): Promise<SignatureVerdict> {
  const signatures = await readSignatures(registry, digest);
  if (signatures.length === 0) return "missing";
  const byKey = signatures.filter(({ payload, signature }) => isValid(payload, signature, key));
  if (byKey.length === 0) return "by another key";
  return byKey.some(({ payload }) => digestIn(payload) === digest) ? "valid" : "for another image";
}

interface Signature {
  readonly descriptor: Descriptor;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

async function readSignatures(registry: Registry, digest: string): Promise<readonly Signature[]> {
  const found = await registry.manifest(signatureTag(digest));
  if (found === null) return [];
  const { layers } = JSON.parse(found.bytes.toString("utf8")) as ImageManifest;
  const signatures: Signature[] = [];
  for (const descriptor of layers) {
    const signature = descriptor.annotations?.[annotation];
    if (descriptor.mediaType !== payloadType || signature === undefined) continue;
    signatures.push({
      descriptor,
      payload: await registry.blob(descriptor),
      signature: Buffer.from(signature, "base64"),
    });
  }
  return signatures;
}

const algorithm = (key: KeyObject): string | null => (key.asymmetricKeyType === "ed25519" ? null : "sha256");

function isValid(payload: Buffer, signature: Buffer, key: KeyObject): boolean {
  try {
    return verify(algorithm(key), payload, key, signature);
  } catch {
    // A signature of another kind of key.
    return false;
  }
}

function digestIn(payload: Buffer): string | null {
  try {
    const value = JSON.parse(payload.toString("utf8")) as { critical?: { image?: Record<string, string> } };
    return value.critical?.image?.["docker-manifest-digest"] ?? null;
  } catch {
    return null;
  }
}
