import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { spanAt, toText } from "../text.ts";

/** What a lockfile asks for, by package name; null where it does not say, such as for a workspace. */
type Locked = ReadonlyMap<string, string>;

const readers: readonly { readonly file: string; readonly read: (text: string) => Locked | null }[] = [
  { file: "package-lock.json", read: readNpm },
  { file: "npm-shrinkwrap.json", read: readNpm },
  { file: "pnpm-lock.yaml", read: readPnpm },
  { file: "yarn.lock", read: readYarn },
];

/**
 * NX6006 for each dependency that package.json and the lockfile beside it disagree about: what is installed and shipped
 * would not be what was written down. npm, pnpm and yarn (1 and later). Without a lockfile beside package.json, as in a
 * workspace, nothing is compared.
 */
export function checkLockfile(root: string): readonly Diagnostic[] {
  const manifestFile = "package.json";
  if (!existsSync(join(root, manifestFile))) return [];
  const text = toText(readFileSync(join(root, manifestFile), "utf8"));
  const wanted = dependenciesIn(text.value);
  if (wanted === null) return [];
  for (const { file, read } of readers) {
    if (!existsSync(join(root, file))) continue;
    const locked = read(readFileSync(join(root, file), "utf8"));
    if (locked === null) {
      const place = { file, span: null };
      return [diagnostic("NX6006", place, { lockfile: file, reason: "cannot be read" })];
    }
    const faults: Diagnostic[] = [];
    for (const [name, range] of wanted) {
      const found = locked.get(name);
      if (found === range) continue;
      // Yarn's file has one entry for all that ask for a package: the range is among them or it is not.
      if (file === "yarn.lock" && locked.has(`${name}@${range}`)) continue;
      const reason =
        found === undefined && file !== "yarn.lock"
          ? `does not name \`${name}\``
          : `has \`${name}\` at another range than \`${range}\``;
      const at = text.value.indexOf(`"${name}"`, Math.max(0, text.value.indexOf('"dependencies"')));
      const span = at === -1 ? null : spanAt(text, at, at + name.length + 2);
      faults.push(diagnostic("NX6006", { file: manifestFile, span }, { lockfile: file, reason }));
    }
    return faults;
  }
  return [];
}

function dependenciesIn(text: string): ReadonlyMap<string, string> | null {
  const parsed = readJson(text);
  if (parsed === null) return null;
  return new Map([parsed.dependencies, parsed.optionalDependencies].flatMap((group) => stringEntries(group)));
}

function readNpm(text: string): Locked | null {
  const parsed = readJson(text);
  const packages = parsed?.packages;
  if (!isRecord(packages)) return null;
  const own = packages[""];
  if (!isRecord(own)) return null;
  return new Map([...stringEntries(own.dependencies), ...stringEntries(own.optionalDependencies)]);
}

function readPnpm(text: string): Locked | null {
  let parsed: unknown;
  try {
    parsed = parse(text, { logLevel: "silent" });
  } catch {
    return null;
  }
  if (!isRecord(parsed)) return null;
  const importers = parsed.importers;
  const own = isRecord(importers) && isRecord(importers["."]) ? importers["."] : parsed;
  const groups = [own.dependencies, own.optionalDependencies];
  return new Map(
    groups.flatMap((group) =>
      isRecord(group)
        ? Object.entries(group).flatMap(([name, entry]): readonly (readonly [string, string])[] =>
            isRecord(entry) && typeof entry.specifier === "string" ? [[name, entry.specifier]] : [],
          )
        : [],
    ),
  );
}

/** Yarn writes `name@range, name@other:` before each entry; from version 2 on in quotes and with `npm:` before ranges. */
function readYarn(text: string): Locked | null {
  if (!/^(# yarn lockfile v1|__metadata:)/m.test(text)) return null;
  const asked = new Map<string, string>();
  for (const [, line = ""] of text.matchAll(/^("?(?:@[^/\s]+\/)?[^@\s"]+@.*):$/gm))
    for (const part of line.replaceAll('"', "").split(/,\s*/)) {
      const at = part.indexOf("@", 1);
      const range = part.slice(at + 1).replace(/^npm:/, "");
      asked.set(`${part.slice(0, at)}@${range}`, range);
    }
  return asked;
}

type JsonRecord = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const stringEntries = (value: unknown): readonly (readonly [string, string])[] =>
  isRecord(value)
    ? Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string")
    : [];

function readJson(text: string): JsonRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
