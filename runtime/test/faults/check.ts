import type { ServerOptions } from "../../index.ts";
import type { PluginSource } from "../plugin.ts";
import type { Target } from "./target.ts";

/**
 * How the control server is spoiled. `naive` is plain node:http with the nodes in its own process and no care taken;
 * the others break what even that one does right: `mute` answers `{}` with 200 to everything, `upset` 500 to
 * everything, `lenient` reads HTTP that is none.
 */
export type Variant = "naive" | "mute" | "upset" | "lenient";

/** One thing a user depends on. */
export interface Check {
  /** Unique, and a sentence about the server. */
  readonly name: string;
  /** Throws when it does not hold. */
  run(target: Target): Promise<void>;
  /**
   * The control server that the check is seen failing against; default `naive`. A check with another one holds for
   * `naive` too, and is seen to.
   */
  readonly control?: Exclude<Variant, "naive">;
}

export type TargetOptions = Pick<
  ServerOptions,
  "bodyLimit" | "drainMs" | "maxRunners" | "queueLimit" | "spareRunners" | "timeoutMs"
>;

/** Checks that share a plugin, and where they do no lasting harm also a server. */
export interface Group {
  readonly name: string;
  readonly plugin: PluginSource;
  readonly options?: TargetOptions;
  /** `main` is the image's own program, with its signals and exit codes; default the server alone. */
  readonly program?: "main" | "server";
  /** True where a check may spoil a server without care for the next one. */
  readonly isHarmful?: boolean;
  /** True where each check ends or spoils its server, so that the next needs one of its own. */
  readonly isLast?: boolean;
  /** True where checks begin as soon as the server listens, before its plugin is ready. */
  readonly isEarly?: boolean;
  /** Variables of the server's process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
}
