import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Place } from "../diagnostics/types.ts";
import { spanAt, toText } from "../text.ts";
import { findLockfiles, type Locked } from "./lockfile.ts";
import type { PackageId } from "./packages.ts";

const manifestFile = "package.json";

/**
 * NX6006 for each dependency that package.json and the lockfiles disagree about, and for each of the `shipped` packages
 * that is installed in a version that they do not have: what ships would not be what was written down. npm, pnpm and
 * yarn, also in a workspace. Where several lockfiles lie beside package.json, each must agree. Without any, nothing is
 * compared.
 */
export function checkLockfile(root: string, shipped: readonly PackageId[] = []): readonly Diagnostic[] {
  if (!existsSync(join(root, manifestFile))) return [];
  const text = readFileSync(join(root, manifestFile), "utf8");
  const parsed = readJson(text);
  if (parsed === null) return [];
  const wanted = new Map(
    [parsed.dependencies, parsed.optionalDependencies].flatMap((group) => stringEntries(group)),
  );
  const known = new Set([
    ...wanted.keys(),
    ...[parsed.devDependencies, parsed.peerDependencies].flatMap((group) =>
      stringEntries(group).map(([name]) => name),
    ),
  ]);
  return findLockfiles(root).flatMap(({ file, locked }): readonly Diagnostic[] => {
    if (locked === null)
      return [diagnostic("NX6006", { file, span: null }, { lockfile: file, reason: "cannot be read" })];
    return [
      ...[...wanted].flatMap(([name, range]) => differing(locked, name, range)),
      ...(locked.asked ?? [])
        .filter((name) => !known.has(name))
        .map((name) => ({ name, reason: `has \`${name}\`, which package.json does not ask for` })),
      ...shipped.flatMap((each) => otherVersion(locked, each)),
    ].map(({ name, reason }) => diagnostic("NX6006", placeOf(text, name), { lockfile: file, reason }));
  });
}

interface Difference {
  /** The dependency that it is about. */
  readonly name: string;
  readonly reason: string;
}

function differing(locked: Locked, name: string, range: string): readonly Difference[] {
  const asks = locked.asks(name, range);
  if (asks === "so") return [];
  const reason =
    asks === "not" ? `does not name \`${name}\`` : `has \`${name}\` at another range than \`${range}\``;
  return [{ name, reason }];
}

function otherVersion(locked: Locked, { name, version }: PackageId): readonly Difference[] {
  const versions = locked.packages.get(name);
  // A package that was linked or put there by hand is in no lockfile; who asks for it is told above.
  if (versions === undefined || versions.has(version)) return [];
  return [
    { name, reason: `has \`${name}\` ${[...versions.keys()].join(", ")}, but ${version} is installed` },
  ];
}

/** Where package.json names a dependency; the file alone for one that it does not name. */
function placeOf(source: string, name: string): Place {
  const text = toText(source);
  const at = text.value.indexOf(`"${name}"`, Math.max(0, text.value.search(/"(optionalD|d)ependencies"/)));
  return { file: manifestFile, span: at === -1 ? null : spanAt(text, at, at + name.length + 2) };
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
    // Other parts of noxus tell a damaged package.json where it matters to them.
    return null;
  }
}
