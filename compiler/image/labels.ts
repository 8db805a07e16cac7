import type { Manifest } from "../../runtime/manifest/types.ts";

/** Port that the image listens on. */
export const imagePort = 8080;

/** Neither root nor a user of the base image; owns no file. */
export const imageUser = "65532:65532";

/** Folder of the image that holds everything of ours. */
export const imageFolder = "/app";

/** Environment of the server in the image. */
export const imageEnvironment: Readonly<Record<string, string>> = {
  NODE_ENV: "production",
  HOST: "0.0.0.0",
  PORT: String(imagePort),
};

/** What an image says of itself; as labels in its configuration and as annotations of its manifest, always the same. */
export function imageLabels(manifest: Manifest): Readonly<Record<string, string>> {
  return {
    "org.opencontainers.image.title": manifest.name,
    "org.opencontainers.image.version": manifest.version,
    ...(manifest.description === undefined
      ? {}
      : { "org.opencontainers.image.description": manifest.description }),
    ...(manifest.license === undefined ? {} : { "org.opencontainers.image.licenses": manifest.license }),
    ...(manifest.author === undefined ? {} : { "org.opencontainers.image.authors": manifest.author }),
    ...(manifest.repository === undefined ? {} : { "org.opencontainers.image.source": manifest.repository }),
    ...(manifest.homepage === undefined ? {} : { "org.opencontainers.image.url": manifest.homepage }),
    "dev.noxus.manifest.digest": `sha256:${manifest.digest}`,
    "dev.noxus.permissions": manifest.permissions.declared.join(" "),
  };
}
