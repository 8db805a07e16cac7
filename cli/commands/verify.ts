import { resolve } from "node:path";
import { Command, Option } from "clipanion";
import type { ImageIndex, ImageManifest, Mismatch } from "../../compiler/image/index.ts";
import { cacheFolder } from "../cache/folder.ts";
import { NoxusCommand } from "../command.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { startProgress } from "../progress.ts";
import { jsonVersion, toJson } from "../reporters/json.ts";
import { glyphsFor, paintFor, readTerminal } from "../terminal.ts";
import { count, visible } from "../text.ts";
import { tool } from "../version.ts";

interface Report {
  readonly digest: string;
  readonly platforms: readonly string[];
  readonly signature: string | null;
  readonly mismatches: readonly (Mismatch & { readonly platform: string })[];
  readonly notes: readonly string[];
  readonly plugin: string | null;
  readonly permissions: readonly string[];
}

export class Verify extends NoxusCommand {
  static override paths = [["verify"]];
  static override usage = Command.Usage({
    description: "check that an image is what its manifest says, by analysing the bundle inside again",
    examples: [
      ["an image in a registry", "noxus verify registry.example.com/ocr:1.2.0"],
      ["and that it was signed with a key", "noxus verify registry.example.com/ocr:1.2.0 --key key.pub"],
      ["a folder in OCI layout, or an archive", "noxus verify image.tar"],
    ],
  });

  key = Option.String("--key", { description: "<file> public key (PEM) that must have signed the image" });
  plainHttp = Option.Boolean("--plain-http", false, {
    description: "speak HTTP with the registry, without TLS",
  });
  json = Option.Boolean("--json", false, { description: "answer in JSON" });
  image = Option.String({ name: "image" });

  async run(): Promise<ExitCode> {
    const progress = startProgress(this.context);
    progress.show(`reading ${this.image}`);
    let report: Report;
    try {
      report = await this.verify();
    } catch (error) {
      throw (await import("../image.ts")).toldImageError(error);
    } finally {
      progress.end();
    }
    if (this.json)
      this.print(toJson({ version: jsonVersion, tool, ok: report.mismatches.length === 0, ...report }));
    else this.printText(report);
    return report.mismatches.length === 0 ? exit.ok : exit.findings;
  }

  private async verify(): Promise<Report> {
    const { cwd, env } = this.context;
    const {
      checkSignature,
      isIndex,
      openBlobCache,
      openImage,
      parse,
      pickPlatform,
      platformText,
      readContents,
      readKey,
      verifyImage,
    } = await import("../../compiler/image/index.ts");
    const key = this.key === undefined ? null : readKey(resolve(cwd, this.key), "public");
    const source = openImage(this.image, cwd, openBlobCache(cacheFolder(env)), {
      env,
      isPlain: this.plainHttp,
    });
    const root = await source.root();
    const mismatches: (Mismatch & { readonly platform: string })[] = [];
    const notes = new Set<string>();
    let plugin: string | null = null;
    let permissions: readonly string[] = [];

    const entries = isIndex(root.descriptor.mediaType)
      ? parse<ImageIndex>(root.bytes, this.image).manifests
      : [root.descriptor];
    const platforms: string[] = [];
    for (const entry of entries) {
      const bytes = entry === root.descriptor ? root.bytes : await source.manifest(entry);
      const manifest = parse<ImageManifest>(bytes, this.image);
      const config = parse<{ os: string; architecture: string }>(
        await source.blob(manifest.config),
        this.image,
      );
      const platform = platformText({ os: config.os, architecture: config.architecture });
      platforms.push(platform);
      const image = await pickPlatform(
        source,
        { os: config.os, architecture: config.architecture },
        this.image,
      );
      const contents = await readContents(image, this.image);
      const verified = await verifyImage(image, manifest.annotations ?? {}, contents, tool.version);
      mismatches.push(...verified.mismatches.map((each) => ({ ...each, platform })));
      for (const note of verified.notes) notes.add(note);
      plugin ??= verified.manifest === null ? null : `${verified.manifest.name} ${verified.manifest.version}`;
      permissions = verified.manifest?.permissions.declared ?? permissions;
    }

    let signature: string | null = null;
    if (key !== null) {
      if (source.registry === null)
        throw new UsageError("signatures are kept in a registry", "name the image there, or leave out --key");
      signature = await checkSignature(source.registry, root.descriptor.digest, key);
      if (signature !== "valid")
        mismatches.push({ about: "signature", message: signature, platform: platforms.join(", ") });
    } else notes.add("no signature was checked: add --key");
    return {
      digest: root.descriptor.digest,
      platforms,
      signature,
      mismatches,
      notes: [...notes],
      plugin,
      permissions,
    };
  }

  private printText(report: Report): void {
    const terminal = readTerminal(this.context.stdout, this.context.env);
    const paint = paintFor(terminal);
    const glyphs = glyphsFor(terminal);
    const isFine = report.mismatches.length === 0;
    const lines = report.mismatches.map(
      ({ about, message, platform }) =>
        `${paint.error("error")}: ${visible(about)}: ${visible(message)}${report.platforms.length > 1 ? ` (${platform})` : ""}`,
    );
    const subject = `${visible(report.plugin ?? this.image)}, ${report.digest.slice(0, 19)}`;
    if (isFine) {
      lines.push(
        `${paint.good(glyphs.good)} ${subject}: the bundle reaches what the manifest says, and nothing else`,
      );
      lines.push(
        `permissions  ${report.permissions.length === 0 ? "none" : visible(report.permissions.join(", "))}`,
      );
      if (report.signature !== null) lines.push("signature    valid");
    } else
      lines.push(`${paint.error(glyphs.bad)} ${subject}: ${count(report.mismatches.length, "difference")}`);
    this.print(lines.join("\n"));
    for (const note of report.notes) this.note(note);
  }
}
