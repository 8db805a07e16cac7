/** docs/http-api.md, from the answers of real servers. */
import { type ProblemCode, problemStatus } from "../../errors.ts";
import { meanings, retryable } from "./codes.ts";
import { collectExamples, type Exchange } from "./examples.ts";

/** What is said about a route beside its example. */
const routeTexts: Readonly<Record<string, string>> = {
  "POST /{node}/run":
    'Calls a node. `{node}` is its URL name or its class name. The body is `{"inputs": {...}}` in JSON, UTF-8, not compressed; ' +
    "without `inputs` the node gets none. Defaults of the schema are filled in, nothing is converted. `execution_time` is in " +
    "seconds and does not count the wait for a runner.\n\n" +
    "Request headers that are read: `x-request-id` (1 to 128 of `A-Za-z0-9._:-`, else a new one is made), `traceparent` " +
    "(W3C Trace Context, version 00, else a new one) and `x-timeout-ms`, a whole number of milliseconds that shortens the " +
    "deadline and never lengthens it. The first two are returned on every answer and stand in the log.\n\n" +
    "A call is never repeated by the server. A caller that hangs up cancels its call.",
  "GET /{node}/manifest":
    "One node: its JSON Schemas, title, permissions and timeout, with the identity of its plugin. The `ETag` is the manifest's " +
    "digest; with `If-None-Match` the answer is 304.",
  "GET /": "What is served here, for whoever opens the address.",
  "GET /nodes": "Every node with its links.",
  "GET /manifest": "The whole manifest, with its digest as `ETag`.",
  "GET /health":
    "For people and dashboards: `healthy`, `degraded` or `unhealthy`, and each node. 503 only when no runner is there.",
  "GET /health/live": "Liveness: the server answers. Depends neither on load nor on the plugin.",
  "GET /health/ready":
    "Readiness: a call sent now is taken. 503 before the plugin is active and while the server drains.",
  "GET /health/startup": "Startup: the plugin has been activated once.",
  "GET /status":
    "For the operator: versions, runners, queue, breakers, counts, the last error without its message.",
  "GET /metrics":
    "Prometheus text. Labels come from the manifest only. Shortened here to one line of each kind.",
};

const fixed: readonly (readonly [RegExp, string])[] = [
  [/"execution_time":[\d.]+/g, '"execution_time":0.0021'],
  [/"request_id":"[0-9a-f]{32}"/g, '"request_id":"3f2a9c4e1b7d4f60a1c25d9e8b7f6a50"'],
  [/x-request-id: [0-9a-f]{32}/gi, "x-request-id: 3f2a9c4e1b7d4f60a1c25d9e8b7f6a50"],
  [
    /traceparent: 00-(?!0af7)[0-9a-f-]{52}/g,
    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
  ],
  [/(sha256:)?\b[0-9a-f]{64}\b/g, "$1e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [/"time":"[^"]+"/g, '"time":"2026-01-01T12:00:00.000Z"'],
  [/"node":"\d+\.\d+\.\d+"/g, '"node":"24.0.0"'],
  [/node="\d+\.\d+\.\d+"/g, 'node="24.0.0"'],
  [/"uptime_s":\d+/g, '"uptime_s":60'],
];

/** Answers of one run, with what differs between runs replaced by what is always the same. */
function normalise(answer: string): string {
  return fixed.reduce((text, [pattern, value]) => text.replace(pattern, value), answer);
}

/** Headers that say nothing about noxus. */
const silent = /^(date|connection|keep-alive|content-length|vary): /i;

function showAnswer(answer: string): string {
  const [head = "", ...rest] = normalise(answer).split("\r\n\r\n");
  const [status = "", ...headers] = head.split("\r\n");
  const body = rest.join("\r\n\r\n");
  return [status, ...headers.filter((line) => !silent.test(line)).sort(), "", showBody(body)]
    .join("\n")
    .trim();
}

function showBody(body: string): string {
  if (!body.startsWith("{")) return oneOfEach(body);
  // The manifest is long; what is in it is described elsewhere.
  const value = JSON.parse(body, (key, part: unknown) =>
    Array.isArray(part) && part.length > 2 && (key === "nodes" || key === "sources")
      ? [...part.slice(0, 1), "..."]
      : part,
  ) as { nodes?: unknown };
  return JSON.stringify(value, null, 2);
}

/** Of metrics, the first sample of each family, its value left out. */
function oneOfEach(text: string): string {
  const seen = new Set<string>();
  return text
    .split("\n")
    .filter((line) => !/\b(process|nodejs)_/.test(line))
    .filter((line) => {
      const name = /^(\w+)[ {]/.exec(line)?.[1];
      if (name === undefined || seen.has(name)) return name === undefined;
      seen.add(name);
      return true;
    })
    .map((line) => (line.startsWith("#") ? line : line.replace(/ \S+$/, " 1")))
    .join("\n");
}

function show({ request, answer }: Exchange): string {
  return `\`\`\`http\n${request}\n\`\`\`\n\n\`\`\`http\n${showAnswer(answer)}\n\`\`\``;
}

/** The page's text. Starts servers; they are closed by `closeServers` of `plugin.ts`. */
export async function httpApiPage(): Promise<string> {
  const { routes, codes } = await collectExamples();
  const names = Object.keys(problemStatus) as ProblemCode[]; // the table's own keys
  const rows = names.map(
    (name) =>
      `| [\`${name}\`](#${name}) | ${problemStatus[name]} | ${retryable.has(name) ? "yes" : "no"} | ${meanings[name]} |`,
  );
  return `${[
    "# HTTP API",
    "<!-- Written by scripts/http-api.ts from answers of real servers. Do not edit: `node scripts/http-api.ts` overwrites it. -->",
    "Every route and every error code of a served plugin. The exchanges below were recorded; ids, times and digests are " +
      "replaced by fixed ones, and headers that every HTTP server sends are left out.",
    "## Routes",
    ...Object.entries(routes).flatMap(([route, exchange]) => [
      `### ${route}`,
      routeTexts[route] ?? "",
      show(exchange),
    ]),
    "GET routes answer HEAD too; OPTIONS tells what a path takes, in `Allow`.",
    "## Errors",
    "Every error has this body: `status` is `error`, `error.code` one of the words below, `error.message` a sentence for " +
      "people, `error.details` the places at fault (JSON pointers into the request or into the outputs), `error.request_id` " +
      "what finds it in the log. Codes are stable; messages are not. Retry-After is sent with every code that may be sent again.",
    ["| Code | Status | Again | Meaning |", "|---|---|---|---|", ...rows].join("\n"),
    ...names.flatMap((name) => [`### ${name}`, meanings[name], show(codes[name])]),
  ].join("\n\n")}\n`;
}
