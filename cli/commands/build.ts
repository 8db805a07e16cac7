import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import type { DockerfileBase, EmittedFile } from "../../compiler/index.ts";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { analyzeAll, withCompiler } from "../analyze.ts";
import type { Base } from "../base-image.ts";
import { NoxusCommand } from "../command.ts";
import type { Compiled, Compiler } from "../compiler.ts";
import { type ExitCode, exit, fileReason, isFileError, OutsideError, UsageError } from "../exit.ts";
import type { Engine, ImageWishes, MadeImage } from "../image.ts";
import { pluginRoot, shortPath } from "../paths.ts";
import { startProgress } from "../progress.ts";
import { jsonVersion, pluginJson, toJson } from "../reporters/json.ts";
import { pretty } from "../reporters/pretty.ts";
import { exitCodeOf } from "../reporters/report.ts";
import { takeSignals } from "../signals.ts";
import { glyphsFor, paintFor, readTerminal } from "../terminal.ts";
import { duration, shorten, size, table, visible } from "../text.ts";
import { signatureText } from "../type-text.ts";
import { tool } from "../version.ts";

interface Chosen {
  readonly base: Base | null;
  readonly from: DockerfileBase;
  readonly fault: OutsideError | null;
}

export class Build extends NoxusCommand {
  static override paths = [["build"]];
  static override usage = Command.Usage({
    description: "write a plugin's manifest, bundle, validators and Dockerfile, and make its image",
    examples: [
      ["the plugin of this folder, into its dist/", "noxus build"],
      ["another plugin, into a folder of your choice", "noxus build plugins/ocr --output out/ocr"],
      ["its image, sent to a registry; needs no docker", "noxus build --push registry.example.com/ocr:1.2.0"],
      [
        "for two platforms, as a folder in OCI layout",
        "noxus build --layout image --platform linux/amd64,linux/arm64",
      ],
      ["into the docker or podman of this machine", "noxus build --load"],
      ["by docker itself, from the Dockerfile", "noxus build --engine docker"],
    ],
  });

  output = Option.String("--output", {
    description: "<folder> where to write (default: dist in the plugin)",
  });
  push = Option.String("--push", {
    description: "<reference> send the image: registry/name:tag (default tag: the plugin's version)",
  });
  layout = Option.String("--layout", { description: "<folder> write the image as a folder in OCI layout" });
  tar = Option.String("--tar", {
    description: "<file> write the image as an archive that docker and podman load",
  });
  sign = Option.String("--sign", {
    description: "<file> sign what is pushed with this private key (PEM, EC P-256 or Ed25519)",
  });
  load = Option.Boolean("--load", false, { description: "load the image into docker or podman" });
  engine = Option.String("--engine", {
    description: "<tool> build the Dockerfile with docker, podman or buildah instead",
  });
  platform = Option.String("--platform", "linux/amd64", {
    description: "<list> linux/amd64, linux/arm64 or both with a comma (default: linux/amd64)",
  });
  base = Option.String("--base", {
    description: "<image> build on this reference, OCI layout or tar file (default: image in plugin.yaml)",
  });
  plainHttp = Option.Boolean("--plain-http", false, {
    description: "speak HTTP with the registry, without TLS",
  });
  json = Option.Boolean("--json", false, { description: "answer in JSON" });
  target = Option.String({ name: "path", required: false });

  async run(): Promise<ExitCode> {
    const { cwd } = this.context;
    const root = pluginRoot(cwd, this.target ?? ".");
    if (root === null) throw new UsageError(`\`${this.target}\` is in no plugin`);
    const output = this.output === undefined ? join(root, "dist") : resolve(cwd, this.output);
    const wishes = await this.wishes();
    const engine = await this.chosenEngine();
    return withCompiler(this.context, async (compiler) => {
      const begin = performance.now();
      const { plugins, ms } = await analyzeAll([root], compiler, this.context);
      const [compiled] = plugins;
      if (compiled === undefined) throw new Error("one plugin, but no analysis");
      const { manifest } = compiled.analysis;
      if (manifest === null) {
        if (this.json) this.printJson(compiled, null, [], ms, null);
        else this.printFindings(compiled, ms);
        return exitCodeOf(plugins);
      }
      const chosen = await this.chosenBase(manifest, wishes !== null);
      const written = await this.write(compiler, root, output, chosen.from);
      if (written === "interrupted") return exit.interrupted;
      const faults =
        wishes === null && engine === null
          ? []
          : (await import("../image.ts")).imageFaults(root, output, manifest);
      if (faults.length > 0) {
        const refused = { ...compiled, analysis: { ...compiled.analysis, diagnostics: faults } };
        if (this.json) this.printJson(refused, output, written, ms, null);
        else this.printFindings(refused, ms);
        return exit.findings;
      }
      if (chosen.fault !== null) throw chosen.fault;
      const image =
        wishes === null ? null : await this.makeImage(root, output, manifest, wishes, chosen.base);
      const built =
        engine === null ? null : await this.buildWithEngine(engine, output, manifest, chosen.from);
      const total = performance.now() - begin;
      if (this.json) this.printJson(compiled, output, written, total, image, chosen.from);
      else {
        if (compiled.analysis.diagnostics.length > 0) this.printFindings(compiled, ms);
        if (chosen.from.note !== null) this.note(`the Dockerfile starts from ${chosen.from.note}`);
        this.printTable(compiled, manifest, output, written, total, image);
        if (built !== null) this.print(`${labelled("image")}  ${visible(built)}, by ${engine}`);
      }
      return exit.ok;
    });
  }

  /** Null when no image is asked for. */
  private async wishes(): Promise<Omit<ImageWishes, "base"> | null> {
    const { cwd } = this.context;
    const { push, layout, tar, load, sign } = this;
    if (push === undefined && layout === undefined && tar === undefined && !load) {
      return null;
    }
    if (sign !== undefined && push === undefined)
      throw new UsageError("only what is pushed can be signed", "add --push registry/name:tag");
    const { parsePlatforms, parseTarget } = await import("../image.ts");
    return {
      platforms: parsePlatforms(this.platform),
      layout: layout === undefined ? null : resolve(cwd, layout),
      tar: tar === undefined ? null : resolve(cwd, tar),
      push: push === undefined ? null : parseTarget(push),
      sign: sign === undefined ? null : resolve(cwd, sign),
      isLoading: load,
      isPlain: this.plainHttp,
    };
  }

  private async chosenEngine(): Promise<Engine | null> {
    if (this.engine === undefined) return null;
    const { engines } = await import("../image.ts");
    if (Object.hasOwn(engines, this.engine)) return this.engine as Engine; // a key of the table
    throw new UsageError(`\`${this.engine}\` is no engine`, "write docker, podman or buildah");
  }

  /**
   * What the image is built upon, and what the Dockerfile starts from. Only an image that is made needs to read it: a
   * registry that kept it from that is told when there is nothing nearer to tell.
   */
  private async chosenBase(manifest: Manifest, isNeeded: boolean): Promise<Chosen> {
    const { namedBase, openBase, pinnedBase } = await import("../base-image.ts");
    const { cwd, env } = this.context;
    const text = this.base ?? manifest.image.base;
    try {
      if (!isNeeded)
        return { base: null, from: await namedBase(text, this.plainHttp, { cwd, env }), fault: null };
      const base = openBase(text, this.plainHttp, { cwd, env });
      return { base, from: await pinnedBase(base), fault: null };
    } catch (error) {
      const fault = (await import("../image.ts")).toldImageError(error);
      if (!(fault instanceof OutsideError)) throw fault;
      return { base: null, from: { from: text, note: `${text} by its tag: ${fault.message}` }, fault };
    }
  }

  private async buildWithEngine(
    engine: Engine,
    output: string,
    manifest: Manifest,
    { from }: DockerfileBase,
  ): Promise<string> {
    const { buildWithEngine } = await import("../image.ts");
    const { transportOf } = await import("../base-image.ts");
    const { cwd, env, stderr } = this.context;
    const text = this.base ?? manifest.image.base;
    const base = from === null ? transportOf(text, cwd) : null;
    return buildWithEngine(engine, output, manifest, { base, env, stderr });
  }

  private async makeImage(
    root: string,
    output: string,
    manifest: Manifest,
    wishes: Omit<ImageWishes, "base">,
    base: Base | null,
  ): Promise<MadeImage> {
    if (base === null) throw new Error("an image is made of a base");
    const { env } = this.context;
    const { makeImage, toldImageError } = await import("../image.ts");
    const progress = startProgress(this.context);
    try {
      const made = await makeImage(
        root,
        output,
        manifest,
        { ...wishes, base },
        { env, tell: (line) => progress.show(line) },
      );
      // What Terraform loads by itself when it stands beside its files.
      if (made.reference !== null)
        writeFileSync(
          join(output, "image.auto.tfvars.json"),
          `${JSON.stringify({ image: made.reference }, null, 2)}\n`,
        );
      return made;
    } catch (error) {
      throw toldImageError(error);
    } finally {
      progress.end();
    }
  }

  /** An interruption while files are being replaced waits for the few milliseconds that it takes to finish. */
  private async write(compiler: Compiler, root: string, output: string, base: DockerfileBase) {
    let isInterrupted = false;
    const release = takeSignals(() => {
      isInterrupted = true;
    });
    try {
      const files = await compiler.emit(root, output, { image: true, base });
      return isInterrupted ? "interrupted" : files;
    } catch (error) {
      // Ctrl-C goes to every process of the terminal, and so ends the bundler in the middle of its work.
      if (isInterrupted) return "interrupted";
      if (!isFileError(error)) throw error;
      throw new UsageError(`cannot write \`${shortPath(this.context.cwd, output)}\`: ${fileReason(error)}`);
    } finally {
      release();
    }
  }

  private printFindings(compiled: Compiled, ms: number): void {
    const terminal = readTerminal(this.context.stdout, this.context.env);
    this.print(pretty({ tool, base: this.context.cwd, plugins: [compiled], ms }, terminal));
  }

  private printTable(
    compiled: Compiled,
    manifest: Manifest,
    output: string,
    files: readonly EmittedFile[],
    ms: number,
    image: MadeImage | null,
  ): void {
    const { cwd, stdout, env } = this.context;
    const terminal = readTerminal(stdout, env);
    const paint = paintFor(terminal);
    const { good, ellipsis } = glyphsFor(terminal);
    const folder = visible(shortPath(cwd, output));
    const fileRow = (label: string, name: string, digest: string) => {
      const file = files.find(({ path }) => path === name);
      if (file === undefined) throw new Error(`${name} was not written`);
      const path = visible(shortPath(cwd, join(output, name)));
      return [labelled(label), path, size(file.bytes), `sha256:${digest.slice(0, 12)}${ellipsis}`];
    };
    const used = new Set(manifest.permissions.used.map(({ permission }) => permission));
    const permissions = manifest.permissions.declared.map((name) =>
      used.has(name) ? name : `${name} (unused)`,
    );
    const lines = [
      ...table([
        fileRow("manifest", "manifest.json", manifest.digest),
        fileRow("bundle", manifest.bundle.path, manifest.bundle.sha256),
      ]),
      ...compiled.analysis.nodes.map((node, index) => {
        const signature = `${node.name} ${signatureText(node.inputs, node.inputOrder, node.outputs)}`;
        const label = labelled(index === 0 ? "nodes" : "");
        return `${label}  ${shorten(visible(signature), terminal.width - label.length - 2, ellipsis)}`;
      }),
      `${labelled("permissions")}  ${permissions.length === 0 ? "none" : visible(permissions.join(", "))}`,
      `${paint.good(good)} built ${manifest.name} ${manifest.version} in ${duration(ms)}`,
      ...(image === null && this.engine === undefined
        ? [
            `no image was made: add --push, --layout, --tar or --load, or \`docker build ${folder}\``,
            `next: noxus serve --manifest ${visible(shortPath(cwd, join(output, "manifest.json")))}`,
          ]
        : image === null
          ? []
          : imageLines(image, ellipsis)),
    ];
    this.print(lines.join("\n"));
  }

  /** `output` is null and `files` empty when an error kept the build from writing. */
  private printJson(
    compiled: Compiled,
    output: string | null,
    files: readonly EmittedFile[],
    ms: number,
    image: MadeImage | null,
    from: DockerfileBase | null = null,
  ): void {
    const { cwd } = this.context;
    this.print(
      toJson({
        version: jsonVersion,
        tool,
        ms: Math.round(ms),
        output: output === null ? null : shortPath(cwd, output),
        digest: compiled.analysis.manifest?.digest ?? null,
        files,
        dockerfile: from,
        image,
        plugin: pluginJson(compiled.analysis, cwd),
      }),
    );
  }
}

/** What stands before a line of the table. */
function labelled(label: string): string {
  return label.padEnd("permissions".length);
}

function imageLines(image: MadeImage, ellipsis: string): readonly string[] {
  return [
    `${labelled("image")}  ${visible(image.name)}:${image.tag}  ${image.digest.slice(0, 19)}${ellipsis}  on ${visible(image.base)}`,
    ...image.platforms.map(({ platform, layers }) => {
      const sizes = layers.map(({ title, bytes }) => `${title} ${size(bytes)}`);
      return `${labelled("")}  ${platform}: ${sizes.join(", ")}`;
    }),
    ...(image.reference === null
      ? []
      : [
          `${labelled("pushed")}  ${visible(image.reference)}  ${size(image.uploaded ?? 0)} sent${image.isSigned ? ", signed" : ""}`,
        ]),
    ...(image.loaded === null
      ? []
      : [`${labelled("loaded")}  into ${image.loaded} as ${visible(image.name)}:${image.tag}`]),
  ];
}
