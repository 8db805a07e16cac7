import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { bundleFile, bundleMapFile } from "../manifest/build.ts";
import type { Artifact } from "../types.ts";

/**
 * Forms that are secrets and hardly anything else: their issuers gave them a mark of their own. What merely looks random
 * is not here, because a build that stops without a cause gets its scan turned off.
 */
const forms: readonly { readonly kind: string; readonly form: RegExp }[] = [
  {
    kind: "a private key",
    form: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*(?:\\n|\n)?[A-Za-z0-9+/=\s\\]{40}/,
  },
  { kind: "an AWS access key", form: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/ },
  {
    kind: "a GitHub token",
    form: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b/,
  },
  { kind: "a GitLab token", form: /\bglpat-[A-Za-z0-9_-]{20}\b/ },
  { kind: "a Slack token", form: /\bxox[abprs]-\d{8,}-[A-Za-z0-9-]{20,}/ },
  {
    kind: "a Slack webhook",
    form: /https:\/\/hooks\.slack\.com\/services\/T[A-Z0-9]{8,}\/B[A-Z0-9]{8,}\/[A-Za-z0-9]{24}/,
  },
  {
    kind: "an OpenAI key",
    form: /\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,74}T3BlbkFJ[A-Za-z0-9_-]{20,74}/,
  },
  { kind: "an Anthropic key", form: /\bsk-ant-(?:api|admin)\d{2}-[A-Za-z0-9_-]{80,}/ },
  { kind: "a Google API key", form: /\bAIza[A-Za-z0-9_-]{35}\b/ },
  { kind: "a Stripe key", form: /\b[rs]k_live_[A-Za-z0-9]{24,}\b/ },
  { kind: "an npm token", form: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { kind: "an Azure storage key", form: /AccountKey=[A-Za-z0-9+/]{86}==/ },
  { kind: "a SendGrid key", form: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b/ },
];

/**
 * NX6005 for each secret in what an image would hold, at its line in the source. Never repeats the secret. A secret in
 * the bundle is found in what ships: what tree shaking left out is not.
 */
export function findSecrets(artifacts: readonly Artifact[]): readonly Diagnostic[] {
  const map = artifacts.find(({ path }) => path === bundleMapFile);
  const trace = map === undefined ? null : new TraceMap(map.text);
  const found: Diagnostic[] = [];
  for (const { path, text } of artifacts) {
    // The map repeats the sources, of which only the bundle's part ships.
    if (path === bundleMapFile) continue;
    for (const { kind, form } of forms)
      for (const match of text.matchAll(new RegExp(form, "g"))) {
        const place = path === bundleFile && trace !== null ? sourceOf(text, match.index, trace) : null;
        found.push(
          diagnostic(
            "NX6005",
            { file: place?.file ?? path, span: place?.span ?? null },
            { kind, file: path },
          ),
        );
      }
  }
  return found;
}

function sourceOf(text: string, offset: number, trace: TraceMap) {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const {
    source,
    line: sourceLine,
    column,
  } = originalPositionFor(trace, {
    line,
    column: offset - (before.lastIndexOf("\n") + 1),
  });
  if (source === null || sourceLine === null || column === null) return null;
  const start = { line: sourceLine, column: column + 1, offset: 0 };
  return { file: source, span: { start, end: start } };
}
