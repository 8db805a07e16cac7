import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { covers, type Permission, parsePermission } from "../../permissions/permission.ts";
import type { Derived } from "../adversary/derive.ts";

/** One plugin of the corpus. */
export interface Sample {
  readonly name: string;
  readonly declared: readonly string[];
  /** It needs no more than it declares, and is refused all the same; the README says why. */
  readonly isRefused: boolean;
  /** Texts by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** The samples of a folder of this one, in the order of its files. */
export function readSamples(kind: "harmless" | "malicious"): readonly Sample[] {
  const folder = join(import.meta.dirname, kind);
  return readdirSync(folder)
    .sort()
    .flatMap((file) => split(readFileSync(join(folder, file), "utf8")));
}

function split(text: string): readonly Sample[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [head = "", ...lines] = part.split("\n");
      const [name = "", ...words] = head.trim().split(/\s+/);
      const [main = "", ...others] = lines.join("\n").split(/^@file /m);
      const files = Object.fromEntries(
        others.map((other) => {
          const end = other.indexOf("\n");
          return [other.slice(0, end).trim(), other.slice(end + 1)];
        }),
      );
      return {
        name,
        declared: words.filter((word) => word !== "refused"),
        isRefused: words.includes("refused"),
        files: { "src/index.ts": whole(main), "package.json": `{ "type": "module" }`, ...files },
      };
    });
}

/** What is not a whole plugin is the top of the file, and after `@call` the body of `call`. */
function whole(main: string): string {
  if (main.includes("class DemoPlugin")) return main;
  const [top, body] = main.startsWith("@call\n") ? ["", main.slice(6)] : main.split("\n@call\n");
  return `import { Node, Plugin } from "noxus/plugins";
interface Input { text: string; key: string; items: string[]; count: number }
${top}
export class DemoNode extends Node {
  async call(input: Input): Promise<{ result: string }> {
${body}
  }
}
export class DemoPlugin extends Plugin { nodes() { return [new DemoNode()]; } }
`;
}

/** Why `noxus validate` would not accept the sample; null where it would. */
export function refusalOf({ declared }: Sample, derived: Derived): string | null {
  const allowed = declared.map(permissionOf);
  const [missing] = derived.permissions.filter(
    (needed) => !allowed.some((one) => covers(one, permissionOf(needed))),
  );
  return derived.messages[0] ?? (missing === undefined ? null : `needs ${missing}`);
}

export function permissionOf(text: string): Permission {
  const parsed = parsePermission(text);
  if (!("permission" in parsed)) throw new Error(`\`${text}\`: ${parsed.reason}`);
  return parsed.permission;
}
