import { ImageError } from "./errors.ts";
import { isDigest } from "./oci.ts";

/** Where an image is kept: `registry.example.com:5000/team/name:tag@sha256:...`. */
export interface ImageReference {
  /** Host and port. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

const dockerHub = "registry-1.docker.io";

/** Reads a reference as docker does: without a host it is Docker Hub, there without a folder `library/`. Throws an {@link ImageError}. */
export function parseReference(text: string): ImageReference {
  const wrong = (reason: string): ImageError =>
    new ImageError(
      "input",
      `\`${text}\` is no image reference: ${reason}`,
      "write registry.example.com/name:tag",
    );
  const [name = "", digest = null, ...more] = text.split("@");
  if (more.length > 0 || (digest !== null && !isDigest(digest)))
    throw wrong("after `@` there must be sha256: and 64 hex digits");
  const [first = "", ...rest] = name.split("/");
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const registry = hasHost ? first : "docker.io";
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/.test(registry))
    throw wrong("the host is malformed");
  const path = hasHost ? rest.join("/") : name;
  const [repository = "", tag = null, ...others] = path.split(":");
  if (others.length > 0 || (tag !== null && !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)))
    throw wrong("a tag has at most 128 letters, digits, dots, dashes and underscores");
  if (!repository.split("/").every((part) => /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/.test(part)))
    throw wrong("names have lower-case letters and digits, with single dots, dashes or underscores between");
  // 255 characters with the host is what registries take.
  if (`${registry}/${repository}`.length > 255) throw wrong("it is longer than 255 characters");
  const isHub = registry === "docker.io" || registry === "index.docker.io";
  return {
    registry: isHub ? dockerHub : registry,
    repository: isHub && !repository.includes("/") ? `library/${repository}` : repository,
    tag: tag ?? (digest === null ? "latest" : null),
    digest,
  };
}

/** The reference as people write it. */
export function referenceText({ registry, repository, tag, digest }: ImageReference): string {
  const host = registry === dockerHub ? "docker.io" : registry;
  return `${host}/${repository}${tag === null ? "" : `:${tag}`}${digest === null ? "" : `@${digest}`}`;
}

/** The registry's name in docker's configuration, which knows Docker Hub by an older address. */
export function credentialKey(registry: string): string {
  return registry === dockerHub ? "https://index.docker.io/v1/" : registry;
}
