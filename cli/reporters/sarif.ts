import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { explainPage } from "../../compiler/diagnostics/page.ts";
import type { Diagnostic, Fix, Place, Severity, Span } from "../../compiler/diagnostics/types.ts";
import { checksum } from "../cache/store.ts";
import { shortPath } from "../paths.ts";
import { toJson } from "./json.ts";
import type { Reporter } from "./report.ts";

const levels = { error: "error", warning: "warning", info: "note" } as const satisfies Record<
  Severity,
  string
>;

/** What relative addresses are relative to; whoever reads the log says where that is. */
const sourceRoot = "SRCROOT";

/**
 * For services that collect findings: SARIF 2.1.0 (OASIS standard), one run for all plugins. There is no time and no
 * absolute path in it, except of a file outside of the base folder.
 */
export const sarif: Reporter = ({ tool, base, plugins }) => {
  const findings = plugins.flatMap(({ analysis }) =>
    analysis.diagnostics.map((diagnostic) => ({ root: analysis.root, diagnostic })),
  );
  const rules = [...new Map(findings.map(({ diagnostic }) => [diagnostic.code, diagnostic])).values()].sort(
    (a, b) => (a.code < b.code ? -1 : 1),
  );
  const codes = rules.map(({ code }) => code);
  const seen = new Map<string, number>();
  return toJson({
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: tool.name, semanticVersion: tool.version, rules: rules.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: {
          [sourceRoot]: { description: { text: "the folder that all paths are relative to" } },
        },
        results: findings.map(({ root, diagnostic }) => {
          const artifact = (file: string) => artifactOf(base, join(root, file));
          const key = fingerprint(diagnostic, shortPath(base, join(root, diagnostic.file)));
          const earlier = seen.get(key) ?? 0;
          seen.set(key, earlier + 1);
          return {
            ruleId: diagnostic.code,
            ruleIndex: codes.indexOf(diagnostic.code),
            level: levels[diagnostic.severity],
            message: { text: messageOf(diagnostic) },
            locations: [locationOf(diagnostic, artifact)],
            // Equal findings are told apart by their order, which an edit elsewhere does not change.
            partialFingerprints: { "noxusFinding/v1": `${key}:${earlier + 1}` },
            ...pathOf(diagnostic, artifact),
            ...relatedOf(diagnostic, artifact),
            ...fixOf(diagnostic.fix, artifact),
          };
        }),
      },
    ],
  });
};

type Artifact = (file: string) => { readonly uri: string; readonly uriBaseId?: string };

/** One rule for each code that occurs, explained by its own page. */
function ruleOf({ code, name, severity }: Diagnostic) {
  const page = explainPage(code);
  if (page === null) throw new Error(`${code} has no page`);
  const [heading = "", ...paragraphs] = page.trim().split(/\r?\n\r?\n/);
  const [summary = heading] = paragraphs;
  const body = paragraphs.join("\n\n");
  return {
    id: code,
    name,
    shortDescription: { text: name.replaceAll("-", " ") },
    fullDescription: { text: summary.replace(/\s*\n\s*/g, " ") },
    help: { text: body, markdown: body },
    defaultConfiguration: { level: levels[severity] },
  };
}

/** Services show little else than this text, so it has all that the frame in a terminal says. */
function messageOf({ message, note, help }: Diagnostic): string {
  return [message, note === null ? "" : `note: ${note}`, help === null ? "" : `help: ${help}`]
    .filter(Boolean)
    .join("\n");
}

function locationOf(place: Place, artifact: Artifact) {
  return {
    physicalLocation: {
      artifactLocation: artifact(place.file),
      ...(place.span === null ? {} : { region: regionOf(place.span) }),
    },
  };
}

function regionOf({ start, end }: Span) {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

function pathOf({ callPath }: Diagnostic, artifact: Artifact) {
  if (callPath.length === 0) return {};
  const locations = callPath.map((step) => ({
    location: { ...locationOf(step, artifact), message: { text: step.name } },
  }));
  return { codeFlows: [{ threadFlows: [{ locations }] }] };
}

function relatedOf({ related }: Diagnostic, artifact: Artifact) {
  if (related.length === 0) return {};
  return {
    relatedLocations: related.map((place, id) => ({
      id,
      ...locationOf(place, artifact),
      message: { text: place.message },
    })),
  };
}

/** Only what repairs: a reader of the log may apply these unasked, and granting is a human act. */
function fixOf(fix: Fix | null, artifact: Artifact) {
  if (fix === null || fix.kind !== "safe") return {};
  const files = [...new Set(fix.edits.map(({ file }) => file))];
  return {
    fixes: [
      {
        description: { text: fix.title },
        artifactChanges: files.map((file) => ({
          artifactLocation: artifact(file),
          replacements: fix.edits
            .filter((edit) => edit.file === file)
            .map(({ start, end, text }) => ({
              deletedRegion: { charOffset: start, charLength: end - start },
              insertedContent: { text },
            })),
        })),
      },
    ],
  };
}

/** A relative address may not leave its base (SARIF 2.1.0, 3.4.4): a file elsewhere has an absolute one. */
function artifactOf(base: string, path: string): ReturnType<Artifact> {
  const short = shortPath(base, path);
  if (short === ".." || short.startsWith("../")) return { uri: pathToFileURL(path).href };
  // Half of a pair cannot be written in UTF-8.
  const uri = short
    .replace(/\p{Cs}/gu, "\ufffd")
    .split("/")
    .map(encodeURIComponent)
    .join("/");
  return { uri, uriBaseId: sourceRoot };
}

/** The same while the marked line is the same but for its blanks, wherever in the file it is. */
function fingerprint({ code, span, frame, permission }: Diagnostic, file: string): string {
  const line = frame.find((each) => each.line === span?.start.line)?.text ?? "";
  const bytes = Buffer.from([code, file, permission, line.trim().replace(/\s+/g, " ")].join("\0"));
  return checksum(bytes, 0, bytes.length);
}
