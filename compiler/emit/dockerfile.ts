import type { Manifest } from "../../runtime/manifest/types.ts";
import { imageEnvironment, imageFolder, imageLabels, imagePort, imageUser } from "../image/labels.ts";

/** What a Dockerfile starts from. */
export interface DockerfileBase {
  /** A reference, by digest where it is known; null for a folder or a file, which a Dockerfile cannot name. */
  readonly from: string | null;
  /** What people have to know about it: why it is not by digest, or how to give it; null where there is nothing. */
  readonly note: string | null;
}

/** Files of the output folder that the image holds. The source map stays out: it carries the sources. */
const imageFiles = ["manifest.json", "bundle.mjs", "validators.mjs", "server.mjs", "runner.mjs"] as const;

/** A Dockerfile that only copies: it needs no network but for the base image, and builds alike on every platform. */
export function dockerfile(
  manifest: Manifest,
  { from, note }: DockerfileBase = { from: manifest.image.base, note: null },
): string {
  const check = `fetch("http://127.0.0.1:" + process.env.PORT + "/health/live").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  return `# ${manifest.name} ${manifest.version}, written by noxus ${manifest.compiler.version}. In this folder:
#   docker build -t ${manifest.image.name ?? manifest.name}:${manifest.version.replace("+", "_")} .
${note === null ? "" : `# ${oneLine(note)}\n`}${from === null ? "ARG BASE\nFROM ${BASE}" : `FROM ${from}`}
WORKDIR ${imageFolder}
COPY --chown=0:0 ${imageFiles.join(" ")} ./
ENV ${Object.entries(imageEnvironment)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")}
${Object.entries(imageLabels(manifest))
  .map(([name, value]) => `LABEL ${name}=${quoted(value)}`)
  .join("\n")}
USER ${imageUser}
EXPOSE ${imagePort}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ${JSON.stringify(["node", "-e", check])}
ENTRYPOINT ["node", "${imageFolder}/server.mjs"]
`;
}

/** An allow-list: nothing else of the folder reaches the builder. */
export function dockerignore(): string {
  return `*\n${imageFiles.map((file) => `!${file}`).join("\n")}\n`;
}

/** A Dockerfile string: one line, with nothing the builder would expand. */
function quoted(text: string): string {
  return `"${oneLine(text).replace(/[\\"$]/g, "\\$&")}"`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ").trim();
}
