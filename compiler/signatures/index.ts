import { Node, type ts } from "ts-morph";
import type { JsonSchema, Revival } from "../../runtime/manifest/types.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Place, Related } from "../diagnostics/types.ts";
import type { CallSignature } from "../extract/call.ts";
import { placeOf } from "../extract/classes.ts";
import { relativePath } from "../paths.ts";
import { nearest } from "../suggest.ts";
import { spanAt, toText } from "../text.ts";
import type { CheckerReader } from "./checker.ts";
import { commentsOn } from "./comments.ts";
import { annotate, type Sample, withKeyword } from "./constraints.ts";
import { defaultValue } from "./defaults.ts";
import { createDefinitions } from "./definitions.ts";
import { objectHelp, resultOf } from "./result.ts";
import { faultOfSample } from "./samples.ts";
import type { Comment, Site, Tag, TypeReader } from "./shapes.ts";
import { createWalk, type Finding, type Walk } from "./walk.ts";

export interface NodeSchemas {
  readonly inputs: JsonSchema;
  readonly inputOrder: readonly string[];
  readonly revive: readonly Revival[];
  readonly outputs: JsonSchema;
  /** False when a part was reported and is missing here. */
  readonly isComplete: boolean;
}

/** JSON Schemas of a node's inputs and result. Reports NX2011 to NX2014 and NX2019 to NX2021 at the types. */
export function schemasOf(
  call: CallSignature,
  checker: ts.TypeChecker,
  reader: CheckerReader,
  root: string,
  report: (found: Diagnostic) => void,
): NodeSchemas {
  const inputs = describe(root, reader, report, (part) =>
    inputsOf(call, checker, reader, part, root, report),
  );
  const outputs = describe(root, reader, report, (part) =>
    outputsOf(call, checker, reader, part, root, report),
  );
  return {
    inputs: inputs.schema,
    inputOrder: call.parameters.map((parameter) => parameter.name),
    revive: inputs.revive,
    outputs: outputs.schema,
    isComplete: inputs.isComplete && outputs.isComplete,
  };
}

/** One of the two halves while it is made. */
interface Part {
  readonly walk: Walk;
  /** Where findings without a place of their own are reported: at the parameter's or the result's type. */
  at(place: Place): void;
  annotate(schema: JsonSchema, comments: readonly Comment[], name: string): JsonSchema;
}

function describe(
  root: string,
  reader: TypeReader,
  report: (found: Diagnostic) => void,
  make: (part: Part) => { readonly schema: JsonSchema; readonly isComplete: boolean },
): { readonly schema: JsonSchema; readonly revive: readonly Revival[]; readonly isComplete: boolean } {
  const definitions = createDefinitions();
  const samples: Sample[] = [];
  let place: Place = { file: "", span: null };
  const sink = {
    find: (finding: Finding) => report(toDiagnostic(finding, place, root)),
    isOwn: (tag: Tag) => placeIn(tag.site, root) !== null,
    // What a package writes into its comments is prose to us.
    fault: (tag: Tag, reason: string) => {
      const at = placeIn(tag.site, root);
      if (at !== null) report(diagnostic("NX2019", at, { tag: tag.name, reason }));
    },
    unread: (tag: Tag, help: string) => {
      const at = placeIn(tag.site, root);
      if (at !== null) report(diagnostic("NX2021", at, { tag: tag.name, help }));
    },
    sample: (sample: Sample) => {
      samples.push(sample);
    },
  };
  const made = make({
    walk: createWalk(reader, definitions, sink),
    at: (next) => {
      place = next;
    },
    annotate: (schema, comments, name) => annotate(schema, comments, name, sink),
  });
  if (made.isComplete)
    for (const sample of samples) {
      const reason = faultOfSample(definitions.settle(sample.schema).schema, sample.value);
      if (reason !== null) sink.fault(sample.tag, reason);
    }
  const settled = definitions.settle(made.schema);
  return { ...settled, isComplete: made.isComplete };
}

function inputsOf(
  call: CallSignature,
  checker: ts.TypeChecker,
  reader: CheckerReader,
  part: Part,
  root: string,
  report: (found: Diagnostic) => void,
): { readonly schema: JsonSchema; readonly isComplete: boolean } {
  const properties: Record<string, JsonSchema> = {};
  const onCall = parameterTexts(call, root, report);
  let isComplete = true;
  for (const parameter of call.parameters) {
    const typeNode = parameter.declaration.getTypeNode();
    part.at(ownPlace(typeNode ?? parameter.declaration.getNameNode(), call, root));
    const schema = part.walk(
      reader.useOf(parameter.type, typeNode?.compilerNode, call.owner),
      parameter.name,
    );
    if (schema === null) {
      isComplete = false;
      continue;
    }
    const comments = commentsOn(parameter.declaration.compilerNode);
    const texts = [onCall.get(parameter.name) ?? "", ...comments.map((comment) => comment.text)];
    const comment = {
      text: texts.filter((text) => text !== "").join("\n"),
      tags: comments.flatMap(({ tags }) => tags),
    };
    const described = part.annotate(schema, [comment], parameter.name);
    const initial = defaultValue(parameter.declaration.getInitializer()?.compilerNode, checker);
    properties[parameter.name] =
      initial === undefined ? described : withKeyword(described, "default", initial.value);
  }
  const required = call.parameters.filter((parameter) => !parameter.isOptional).map(({ name }) => name);
  return {
    isComplete,
    schema: {
      type: "object",
      properties,
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    },
  };
}

/** The `@param` texts on `call` by parameter. Reports NX2020 for one that names no parameter. */
function parameterTexts(
  call: CallSignature,
  root: string,
  report: (found: Diagnostic) => void,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const known = [
    ...call.parameters.map(({ name }) => name),
    ...(call.contextName === null ? [] : [call.contextName]),
  ];
  const comments = call.documented.flatMap((node) => commentsOn(node.compilerNode));
  // The nearest last, so that its texts are the ones that stay.
  for (const tag of comments.toReversed().flatMap((comment) => comment.tags)) {
    if (tag.name !== "param") continue;
    // `{type} name - text`, `[name=default] text`, `name.property text`.
    const match = /^(?:\{[^}]*\}\s*)?\[?\s*([^\s=.[\]]+)([^\s]*?)(?:=[^\]]*)?\]?(?:\s+-?\s*([\s\S]*))?$/.exec(
      tag.text,
    );
    const name = match?.[1] ?? "";
    const place = placeIn(tag.site, root);
    if (!known.includes(name)) {
      if (place !== null) report(diagnostic("NX2020", place, { name, nearest: nearest(name, known) }));
    } else if (match?.[2] === "") texts.set(name, (match[3] ?? "").trim());
  }
  return texts;
}

function outputsOf(
  call: CallSignature,
  checker: ts.TypeChecker,
  reader: CheckerReader,
  part: Part,
  root: string,
  report: (found: Diagnostic) => void,
): { readonly schema: JsonSchema; readonly isComplete: boolean } {
  const result = resultOf(call, checker, reader);
  const place = resultPlace(call, root);
  part.at(place);
  const help = objectHelp(result, reader);
  if (help !== null) {
    report(diagnostic("NX2012", place, { type: reader.textOf(result.type), help }));
    return { schema: {}, isComplete: false };
  }
  const schema = part.walk(result, "result");
  if (schema === null) return { schema: {}, isComplete: false };
  const returns = call.documented
    .flatMap((node) => commentsOn(node.compilerNode))
    .flatMap((comment) => comment.tags)
    .find((tag) => (tag.name === "returns" || tag.name === "return") && tag.text !== "");
  // A value of type `{}` may be anything but null; a result is an object. MCP clients want that said at the top.
  const whole = withKeyword(schema, "type", "object");
  return {
    schema:
      returns === undefined ? whole : withKeyword(whole, "description", returns.text.replace(/^-\s+/, "")),
    isComplete: true,
  };
}

/** At `call` for what a package declares. */
function ownPlace(node: Node, call: CallSignature, root: string): Place {
  const place = placeOf(node, root);
  return isOwnFile(place.file) ? place : resultPlace(call, root);
}

function isOwnFile(file: string): boolean {
  return !file.startsWith("../") && !file.split("/").includes("node_modules");
}

/** The written return type, else the name `call`. */
function resultPlace(call: CallSignature, root: string): Place {
  const { declaration } = call;
  const named = Node.isMethodDeclaration(declaration) || Node.isPropertyDeclaration(declaration);
  const written = Node.isMethodDeclaration(declaration) ? declaration.getReturnTypeNode() : undefined;
  return placeOf(written ?? (named ? declaration.getNameNode() : declaration), root);
}

/** Null outside of the plugin's own sources. */
function placeIn(site: Site, root: string): Place | null {
  const file = relativePath(root, site.fileName);
  if (!isOwnFile(file)) return null;
  return { file, span: spanAt(toText(site.text), site.start, site.end) };
}

function toDiagnostic(finding: Finding, place: Place, root: string): Diagnostic {
  const related: Related[] = [];
  const declared = finding.site === null ? null : placeIn(finding.site, root);
  if (
    declared !== null &&
    !(declared.file === place.file && declared.span?.start.offset === place.span?.start.offset)
  )
    related.push({ message: `\`${finding.path}\` is declared here`, ...declared });
  switch (finding.kind) {
    case "schema":
      return diagnostic("NX2013", place, finding, { related });
    case "unchecked":
      return diagnostic("NX2014", place, finding, { related });
    case "not-json":
      return diagnostic("NX2011", place, finding, { related });
  }
}
