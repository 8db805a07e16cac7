import { canonicalJson } from "../../runtime/manifest/canonical.ts";
import { configurationSchema } from "../../runtime/manifest/configuration-schema.ts";
import { nodeNames } from "../../runtime/manifest/names.ts";
import type { JsonSchema, Manifest, ManifestNode } from "../../runtime/manifest/types.ts";
import { type Code, type CodeArgs, codes } from "../diagnostics/codes.ts";
import type { Severity } from "../diagnostics/types.ts";
import { diffPowers } from "../manifest/diff.ts";
import { type Bump, bumpAt, isEnough, largest, leastVersion, parseVersion } from "./semver.ts";
import { type Comparison, compareSchemas, type Finding } from "./witness.ts";

/** Which version's values a part carries to the other: callers send inputs, nodes send outputs. */
export type Part = "inputs" | "outputs" | "configuration";

/** One change that somebody outside can notice. */
export interface Change {
  readonly code: Code;
  readonly name: string;
  readonly severity: Severity;
  /** What it asks of a version from 1.0.0 on. */
  readonly bump: Bump;
  readonly node: string | null;
  readonly part: Part | null;
  /** Keys down to the value, `*` for any item or key; empty where the whole is meant. */
  readonly path: readonly string[];
  readonly message: string;
  readonly help: string | null;
  /** A value that ajv accepts with one version's schema and refuses with the other's; null where there is none. */
  readonly witness: Witness | null;
}

export interface Witness {
  readonly value: unknown;
  /** Which version's schema accepts it; the other one refuses it. */
  readonly acceptedBy: "old" | "new";
}

export interface Compatibility {
  readonly old: { readonly name: string; readonly version: string };
  readonly new: { readonly name: string; readonly version: string };
  /** Largest bump first, then by node and place. */
  readonly changes: readonly Change[];
  /** What the changes ask for from 1.0.0 on, and what that comes to at the old version. */
  readonly needed: Bump;
  readonly neededHere: Bump;
  /** The least version that announces as much. */
  readonly least: string;
  readonly isEnough: boolean;
}

/** Null where a version is none that can be compared; `version` is that one. */
export type CompatibilityResult = Compatibility | { readonly badVersion: string };

/** Compares two versions of a plugin as those see them who call it, configure it and grant it permissions. */
export function compareManifests(old: Manifest, now: Manifest): CompatibilityResult {
  const [before, after] = [parseVersion(old.version), parseVersion(now.version)];
  if (before === null || after === null) return { badVersion: before === null ? old.version : now.version };
  const changes = [
    ...identityChanges(old, now),
    ...nodeChanges(old, now),
    ...configurationChanges(old, now),
    ...permissionChanges(old, now),
  ];
  const isSame = canonicalJson(withoutVersion(old)) === canonicalJson(withoutVersion(now));
  const needed = largest([isSame ? "none" : "patch", ...changes.map(({ bump }) => bump)]);
  const neededHere = bumpAt(before, needed);
  const enough = isEnough(before, after, needed);
  const least = leastVersion(before, needed);
  const tooLow = { old: old.version, new: now.version, needed: neededWords(neededHere), least };
  return {
    old: { name: old.name, version: old.version },
    new: { name: now.name, version: now.version },
    changes: [...(enough ? [] : [change("NX5011", neededHere, tooLow)]), ...changes.toSorted(inOrder)],
    needed,
    neededHere,
    least,
    isEnough: enough,
  };
}

/** The version is what is judged, and the digests follow from it. */
function withoutVersion(manifest: Manifest): object {
  const { version: _version, digest: _digest, compiler: _compiler, sources, ...rest } = manifest;
  return { ...rest, sources: sources.filter(({ path }) => !/^plugin\.ya?ml$/.test(path)) };
}

function neededWords(bump: Bump): string {
  return bump === "none"
    ? "a version that was published before"
    : `these changes: they need a ${bump} version`;
}

function change<C extends Code>(
  code: C,
  bump: Bump,
  args: CodeArgs<C>,
  at: Partial<Pick<Change, "node" | "part" | "path" | "witness">> = {},
): Change {
  // The compiler cannot relate `codes[C]` to `CodeArgs<C>` for an open `C`; both come from the same entry.
  const definition = codes[code] as unknown as {
    readonly name: string;
    readonly severity: Severity;
    readonly message: (args: CodeArgs<C>) => string;
    readonly help: (args: CodeArgs<C>) => string | null;
  };
  return {
    code,
    name: definition.name,
    severity: definition.severity,
    bump,
    node: at.node ?? null,
    part: at.part ?? null,
    path: at.path ?? [],
    message: definition.message(args),
    help: definition.help(args),
    witness: at.witness ?? null,
  };
}

function inOrder(a: Change, b: Change): number {
  const rank = (one: Change): number => ["major", "minor", "patch", "none"].indexOf(one.bump);
  const key = (one: Change): string =>
    JSON.stringify([one.node ?? "", one.part ?? "", one.path, one.code, one.message]);
  return rank(a) - rank(b) || (key(a) < key(b) ? -1 : 1);
}

function identityChanges(old: Manifest, now: Manifest): readonly Change[] {
  return (["name", "type"] as const).flatMap((key) =>
    old[key] === now[key] ? [] : [change("NX5007", "major", { key, old: old[key], new: now[key] })],
  );
}

function nodeChanges(old: Manifest, now: Manifest): readonly Change[] {
  const names = nodeNames(now);
  const known = new Set(old.nodes.map(({ name }) => name));
  const added = now.nodes.filter(({ name }) => !known.has(name));
  return [
    ...old.nodes.flatMap((node) => {
      const next = names.get(node.name);
      // The class name answers too, as long as there is one node behind both.
      const isAliasGone = next !== undefined && names.get(node.class)?.name !== next.name;
      const nearest = next === undefined ? renamed(node, added) : null;
      return [
        ...(next === undefined
          ? [change("NX5001", "major", { name: node.name, nearest }, { node: node.name })]
          : []),
        ...(isAliasGone
          ? [change("NX5001", "major", { name: node.class, nearest: null }, { node: node.name })]
          : []),
        ...(next === undefined ? [] : sameNodeChanges(node, next)),
      ];
    }),
    ...added.map(({ name }) =>
      change("NX5010", "minor", { what: `\`${name}\` is a new node` }, { node: name }),
    ),
  ];
}

/** The one new node that takes and returns the same. */
function renamed(node: ManifestNode, added: readonly ManifestNode[]): string | null {
  const signature = ({ inputs, outputs }: ManifestNode): string => canonicalJson({ inputs, outputs });
  const [first, second] = added.filter((other) => signature(other) === signature(node));
  return first === undefined || second !== undefined ? null : first.name;
}

function sameNodeChanges(old: ManifestNode, now: ManifestNode): readonly Change[] {
  const node = old.name;
  const isShorter = now.timeout_ms < old.timeout_ms;
  const limits = { old: `${old.timeout_ms} ms`, new: `${now.timeout_ms} ms` };
  return [
    ...partChanges(node, "inputs", old.inputs, now.inputs),
    ...partChanges(node, "outputs", old.outputs, now.outputs),
    ...defaultChanges(node, old.inputs, now.inputs),
    ...(isShorter ? [change("NX5006", "major", limits, { node })] : []),
  ];
}

/** Inputs and configuration may come to accept more; results may come to be less. */
function partChanges(node: string | null, part: Part, old: JsonSchema, now: JsonSchema): readonly Change[] {
  const isSent = part !== "outputs";
  const breaking = isSent ? compareSchemas(old, now) : compareSchemas(now, old);
  const compatible = isSent ? compareSchemas(now, old) : compareSchemas(old, now);
  const [breakingSide, otherSide] = isSent ? (["old", "new"] as const) : (["new", "old"] as const);
  const first = changesOf(breaking, node, part, breakingSide, (finding) => breakingChange(finding, part));
  // What could not be compared is told once, and so is what changed both ways at one place.
  if (compatible.kind === "given-up") return first;
  const told = new Set(first.map(({ path }) => path.join("/")));
  const second = changesOf(compatible, node, part, otherSide, (finding) => {
    const words = compatibleWords(finding, part);
    const what = finding.witness === null ? `${words} (this could not be proven)` : words;
    return { code: "NX5010", bump: "minor", what };
  });
  return [...first, ...second.filter(({ path }) => !told.has(path.join("/")))];
}

interface Told {
  readonly code: "NX5002" | "NX5003" | "NX5004" | "NX5005" | "NX5008" | "NX5010";
  readonly bump: Bump;
  readonly what: string;
}

function changesOf(
  comparison: Comparison,
  node: string | null,
  part: Part,
  acceptedBy: Witness["acceptedBy"],
  tell: (finding: Finding) => Told,
): readonly Change[] {
  if (comparison.kind === "given-up")
    return [
      change("NX5005", "major", { what: `the schema of ${part}: ${comparison.reason}` }, { node, part }),
    ];
  return comparison.findings.map((finding) => {
    const { code, bump, what } = tell(finding);
    const witness = finding.witness === null ? null : { value: finding.witness.value, acceptedBy };
    return change(code, bump, { what }, { node, part, path: finding.path, witness });
  });
}

function breakingChange(finding: Finding, part: Part): Told {
  const what = breakingWords(finding, part);
  // A caller who ignores what it does not know is not broken by one property more.
  if (part === "outputs" && finding.rule === "unknown-key" && finding.witness !== null)
    return { code: "NX5010", bump: "minor", what };
  if (finding.witness === null) return { code: "NX5005", bump: "major", what };
  if (part === "outputs") return { code: "NX5004", bump: "major", what };
  if (part === "configuration") return { code: "NX5008", bump: "major", what };
  return { code: finding.rule === "required" ? "NX5003" : "NX5002", bump: "major", what };
}

function subject({ path }: Finding, part: Part): string {
  if (path.length > 0) return `\`${path.join(".")}\``;
  return { inputs: "the input", outputs: "the result", configuration: "the configuration" }[part];
}

/** What was accepted and is not any more; or what may be returned and was not. */
function breakingWords(finding: Finding, part: Part): string {
  const { rule, wide, narrow } = finding;
  const name = subject(finding, part);
  if (rule === "keyword") return `${name} has another \`${narrow}\` now`;
  if (part === "outputs") {
    if (rule === "required") return `${name} may be missing now`;
    if (rule === "unknown-key") return `${name} is new in the result`;
    return rule === "value" && narrow === ""
      ? `${name} may be ${wide} now`
      : `${name} may be ${wide} now; it was ${narrow}`;
  }
  if (rule === "required") return `${name} is required now`;
  if (rule === "unknown-key") return `${name} is not known any more`;
  if (rule === "type") return `${name} takes ${wide} no longer, only ${narrow}`;
  return narrow === "" ? `${name} takes ${wide} no longer` : `${name} takes ${narrow} now; it took ${wide}`;
}

function compatibleWords(finding: Finding, part: Part): string {
  const { rule, wide, narrow } = finding;
  const name = subject(finding, part);
  if (rule === "keyword") return `${name} had another \`${narrow}\``;
  if (part === "outputs") {
    if (rule === "required") return `${name} is always there now`;
    if (rule === "unknown-key") return `${name} is never in the result any more`;
    if (rule === "type" || narrow === "") return `${name} is never ${wide} any more`;
    return `${name} is ${narrow} now; it could be ${wide}`;
  }
  if (rule === "required") return `${name} may be left out now`;
  if (rule === "unknown-key") return `${name} is new and optional`;
  if (rule === "type" || narrow === "") return `${name} takes ${wide} too`;
  return `${name} takes ${wide} now; it took ${narrow}`;
}

/** The same request means something else; every schema accepts it as before. */
function defaultChanges(node: string, old: JsonSchema, now: JsonSchema): readonly Change[] {
  const [before, after] = [defaultsOf(old), defaultsOf(now)];
  return [...before].flatMap(([name, value]) => {
    const next = after.get(name);
    if (next === undefined || next === value) return [];
    const what = `\`${name}\` is ${next} now where it is left out; it was ${value}`;
    return [change("NX5010", "minor", { what }, { node, part: "inputs", path: [name] })];
  });
}

function defaultsOf({ properties }: JsonSchema): ReadonlyMap<string, string> {
  const all = typeof properties === "object" && properties !== null ? Object.entries(properties) : [];
  return new Map(
    all.flatMap(([name, schema]: [string, unknown]) =>
      typeof schema === "object" && schema !== null && "default" in schema
        ? [[name, JSON.stringify(schema.default)] as const]
        : [],
    ),
  );
}

function configurationChanges(old: Manifest, now: Manifest): readonly Change[] {
  const [before, after] = [old, now].map(({ configuration }) => configurationSchema(configuration));
  const variables = ({ dependencies }: Manifest): readonly string[] => dependencies?.env_vars?.required ?? [];
  const known = new Set(variables(old));
  return [
    ...partChanges(null, "configuration", before ?? {}, after ?? {}),
    ...variables(now)
      .filter((name) => !known.has(name))
      .map((name) =>
        change(
          "NX5008",
          "major",
          { what: `the variable \`${name}\` is required now` },
          { part: "configuration" },
        ),
      ),
  ];
}

function permissionChanges(old: Manifest, now: Manifest): readonly Change[] {
  const side = (powers: Manifest) => ({ powers, packageOf: () => null });
  const { nodes, declared } = diffPowers(side(old), side(now));
  const scopes = (manifest: Manifest): readonly string[] =>
    manifest.oauth.flatMap(({ provider, scopes }) => scopes.map((scope) => `oauth ${provider} ${scope}`));
  const known = new Set(scopes(old));
  const ofNodes = nodes.flatMap(({ name, gained }) =>
    gained.map(({ permission }) => ({ permission, node: name })),
  );
  // Declared for a node that uses it already is one gain, not two.
  const used = new Set(ofNodes.map(({ permission }) => permission));
  const ofPlugin = [...declared.gained, ...scopes(now).filter((scope) => !known.has(scope))]
    .filter((permission) => !used.has(permission))
    .map((permission) => ({ permission, node: null }));
  return [...ofNodes, ...ofPlugin].map(({ permission, node }) =>
    change("NX5009", "minor", { permission }, { node }),
  );
}
