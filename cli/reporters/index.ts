import { github } from "./github.ts";
import { json } from "./json.ts";
import { pretty } from "./pretty.ts";
import type { Reporter } from "./report.ts";
import { sarif } from "./sarif.ts";
import { unix } from "./unix.ts";

/** Every value of `--format`. */
export const reporters = { pretty, json, sarif, github, unix } as const satisfies Record<string, Reporter>;

export type Format = keyof typeof reporters;

export function isFormat(name: string): name is Format {
  return Object.hasOwn(reporters, name);
}
