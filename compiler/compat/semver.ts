/** What a change asks of the version, smallest first. */
export const bumps = ["none", "patch", "minor", "major"] as const;
export type Bump = (typeof bumps)[number];

interface Version {
  readonly numbers: readonly [major: number, minor: number, patch: number];
  /** Identifiers of a pre-release; empty for a release. */
  readonly pre: readonly string[];
}

/** Null for what is no semantic version. Build metadata counts for nothing (semver.org, item 10). */
export function parseVersion(text: string): Version | null {
  const [, major, minor, patch, pre] =
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text) ?? [];
  if (major === undefined) return null;
  return { numbers: [Number(major), Number(minor), Number(patch)], pre: pre?.split(".") ?? [] };
}

export function largest(all: readonly Bump[]): Bump {
  return bumps[Math.max(0, ...all.map((bump) => bumps.indexOf(bump)))] ?? "none";
}

/**
 * What the rules for a stable version come to at `old`. Below 1.0.0 the numbers move one place to the right, as
 * package managers read `^0.2.3` and `^0.0.3`; a pre-release promises nothing (semver.org, items 4 and 9).
 */
export function bumpAt(old: Version, needed: Bump): Bump {
  const [major, minor] = old.numbers;
  if (needed === "none") return "none";
  if (old.pre.length > 0 || (major === 0 && minor === 0)) return "patch";
  if (major === 0) return needed === "major" ? "minor" : "patch";
  return needed;
}

/** Whether going from `old` to `now` announces as much as needed. */
export function isEnough(old: Version, now: Version, needed: Bump): boolean {
  const order = compareVersions(now, old);
  if (order < 0) return false;
  const bump = bumpAt(old, needed);
  if (bump === "none") return true;
  if (order === 0) return false;
  if (old.pre.length > 0) return true;
  return bumps.indexOf(bumpBetween(old, now)) >= bumps.indexOf(bump);
}

/** The least release that announces as much as needed. */
export function leastVersion(old: Version, needed: Bump): string {
  const [major, minor, patch] = old.numbers;
  const bump = bumpAt(old, needed);
  if (bump === "none" || old.pre.length > 0) return `${major}.${minor}.${patch}`;
  if (bump === "major") return `${major + 1}.0.0`;
  return bump === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function bumpBetween(old: Version, now: Version): Bump {
  const [major, minor] = [now.numbers[0] > old.numbers[0], now.numbers[1] > old.numbers[1]];
  return major ? "major" : minor ? "minor" : "patch";
}

/** Negative, zero or positive, as semver.org, item 11, orders them. */
function compareVersions(a: Version, b: Version): number {
  const [major, minor, patch] = a.numbers.map((number, index) => number - (b.numbers[index] ?? 0));
  const release = major || minor || patch || 0;
  if (release !== 0) return release;
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
  for (const [index, one] of a.pre.entries()) {
    const other = b.pre[index];
    if (other === undefined) return 1;
    const order = compareIdentifiers(one, other);
    if (order !== 0) return order;
  }
  return a.pre.length - b.pre.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Number(a) - Number(b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
