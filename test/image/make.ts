/** Making an image of files that were written before, without the command line around it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openBase } from "../../cli/base-image.ts";
import { isTold, type ToldError } from "../../cli/exit.ts";
import {
  type ImageWishes,
  type MadeImage,
  makeImage,
  parsePlatforms,
  toldImageError,
} from "../../cli/image.ts";
import type { Manifest } from "../../runtime/manifest/types.ts";

/** The base as its text. */
type Wishes = Partial<Omit<ImageWishes, "base">> & { readonly base?: string };

export interface Maker {
  readonly make: (wishes: Wishes, env?: NodeJS.ProcessEnv) => Promise<MadeImage>;
  /** What kept an image from being made, as the command line tells it. */
  readonly refusal: (wishes: Wishes, env?: NodeJS.ProcessEnv) => Promise<ToldError>;
}

/** `root` is the plugin, `out` where its files were written, `base` what is built upon unless a wish says otherwise. */
export function makerOf(root: string, out: string, base: string, usual: NodeJS.ProcessEnv): Maker {
  async function make({ base: text = base, ...wishes }: Wishes, env = usual): Promise<MadeImage> {
    const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as Manifest;
    const all: ImageWishes = {
      base: openBase(text, false, { cwd: out, env }),
      platforms: parsePlatforms("linux/amd64"),
      layout: null,
      tar: null,
      push: null,
      sign: null,
      isLoading: false,
      isPlain: false,
      ...wishes,
    };
    return makeImage(root, out, manifest, all, { env, tell: () => {} });
  }
  return {
    make,
    async refusal(wishes, env) {
      try {
        await make(wishes, env);
      } catch (error) {
        const told = toldImageError(error);
        if (isTold(told)) return told;
        throw error;
      }
      throw new Error("the image was made");
    },
  };
}
