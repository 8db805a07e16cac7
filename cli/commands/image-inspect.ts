import { Command, Option } from "clipanion";
import type { ImageIndex } from "../../compiler/image/index.ts";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { cacheFolder } from "../cache/folder.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit } from "../exit.ts";
import { jsonVersion, toJson } from "../reporters/json.ts";
import { readTerminal } from "../terminal.ts";
import { shorten, size, table, visible } from "../text.ts";
import { signatureText } from "../type-text.ts";
import { tool } from "../version.ts";

export class ImageInspect extends NoxusCommand {
  static override paths = [["image", "inspect"]];
  static override usage = Command.Usage({
    description: "show what an image holds: nodes, permissions, base, layers",
    examples: [
      ["an image in a registry", "noxus image inspect registry.example.com/ocr:1.2.0"],
      ["a folder in OCI layout, or an archive", "noxus image inspect ./image"],
    ],
  });

  platform = Option.String("--platform", {
    description: "<platform> which one of several, such as linux/arm64 (default: the first)",
  });
  plainHttp = Option.Boolean("--plain-http", false, {
    description: "speak HTTP with the registry, without TLS",
  });
  json = Option.Boolean("--json", false, { description: "answer in JSON" });
  image = Option.String({ name: "image" });

  async run(): Promise<ExitCode> {
    try {
      await this.inspect();
    } catch (error) {
      throw (await import("../image.ts")).toldImageError(error);
    }
    return exit.ok;
  }

  private async inspect(): Promise<void> {
    const { cwd, env, stdout } = this.context;
    const {
      attachmentsOf,
      isIndex,
      openBlobCache,
      openImage,
      parse,
      pickPlatform,
      platformText,
      readContents,
    } = await import("../../compiler/image/index.ts");
    const { parsePlatforms } = await import("../image.ts");
    const source = openImage(this.image, cwd, openBlobCache(cacheFolder(env)), {
      env,
      isPlain: this.plainHttp,
    });
    const root = await source.root();
    const listed = isIndex(root.descriptor.mediaType)
      ? parse<ImageIndex>(root.bytes, this.image).manifests.flatMap(({ platform }) => platform ?? [])
      : [];
    const [asked] = this.platform === undefined ? listed : parsePlatforms(this.platform);
    const image = await pickPlatform(source, asked ?? { os: "linux", architecture: "amd64" }, this.image);
    const contents = await readContents(image, this.image);
    const manifest = parse<Manifest>(contents.files.get("manifest.json") ?? Buffer.alloc(0), this.image);
    const labels = image.config.config?.Labels ?? {};
    const own = (image.config.history ?? []).filter((entry) => entry.empty_layer !== true);
    const layers = image.layers.map((layer, index) => ({
      title: index < contents.baseLayers ? "base" : (own[index]?.comment ?? ""),
      digest: layer.digest,
      bytes: layer.size,
    }));
    const attached =
      source.registry === null ? [] : await attachmentsOf(source.registry, root.descriptor.digest);
    const answer = {
      plugin: `${manifest.name} ${manifest.version}`,
      digest: root.descriptor.digest,
      platform: platformText({ os: image.config.os, architecture: image.config.architecture }),
      platforms: listed.map(platformText),
      manifest: `sha256:${manifest.digest}`,
      base: labels["org.opencontainers.image.base.name"] ?? null,
      created: image.config.created ?? null,
      nodes: manifest.nodes,
      permissions: manifest.permissions,
      layers,
      attached: attached.map(({ digest, artifactType }) => ({ type: artifactType ?? null, digest })),
    };
    if (this.json) {
      this.print(toJson({ version: jsonVersion, tool, ...answer }));
      return;
    }
    const terminal = readTerminal(stdout, env);
    const total = layers.reduce((sum, { bytes }) => sum + bytes, 0);
    this.print(
      [
        ...table([
          ["plugin", visible(answer.plugin)],
          ["digest", answer.digest],
          ["manifest", answer.manifest],
          ["platform", answer.platforms.length > 1 ? answer.platforms.join(", ") : answer.platform],
          ["base", visible(answer.base ?? "unknown")],
          ["size", size(total)],
        ]),
        "nodes",
        ...manifest.nodes.map((node) =>
          shorten(
            visible(`  ${node.name} ${signatureText(node.inputs, node.input_order, node.outputs)}`),
            terminal.width,
            "...",
          ),
        ),
        `permissions  ${manifest.permissions.declared.length === 0 ? "none" : visible(manifest.permissions.declared.join(", "))}`,
        "layers",
        ...table(layers.map(({ title, digest, bytes }) => [`  ${title}`, digest.slice(0, 19), size(bytes)])),
        ...(answer.attached.length === 0
          ? []
          : [`attached  ${answer.attached.map(({ type }) => type).join(", ")}`]),
      ].join("\n"),
    );
  }
}
