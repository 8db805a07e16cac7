import { Node, ts } from "ts-morph";
import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Place } from "../diagnostics/types.ts";
import type { CallSignature } from "../extract/call.ts";
import { placeOf } from "../extract/classes.ts";
import { relativePath } from "../paths.ts";
import { spanAt, toText } from "../text.ts";
import { describe, describeResult } from "./describe.ts";
import { documentationOf } from "./documentation.ts";
import { checkSchema, type Finding, findNotJson } from "./guard.ts";
import type { GeneratedSchema, GenerateSchema } from "./schema.ts";
import { tidy } from "./tidy.ts";

export interface NodeSchemas {
  readonly inputs: JsonSchema;
  readonly inputOrder: readonly string[];
  readonly outputs: JsonSchema;
  /** False when a part was reported and is missing here. */
  readonly isComplete: boolean;
}

/** JSON Schemas of a node's inputs and result. Reports NX2011 to NX2014 and NX2019 at the types. */
export function schemasOf(
  call: CallSignature,
  checker: ts.TypeChecker,
  generate: GenerateSchema,
  root: string,
  report: (found: Diagnostic) => void,
): NodeSchemas {
  const enclosing = call.declaration.compilerNode;
  const definitions: Record<string, JsonSchema> = {};
  const properties: Record<string, JsonSchema> = {};
  let isComplete = true;

  const schemaOf = (
    type: ts.Type,
    written: ts.TypeNode | undefined,
    name: string,
    place: Place,
  ): JsonSchema | null => {
    const found = findNotJson(type, name, enclosing, checker);
    for (const finding of found) report(toDiagnostic(finding, place, root));
    if (found.some((finding) => finding.kind !== "unchecked")) return null;
    const node = describe(type, written, enclosing, checker);
    const generated = node === null ? "the type cannot be written out" : attempt(() => generate(node));
    if (typeof generated === "string") {
      report(diagnostic("NX2013", place, { path: name, reason: generated }));
      return null;
    }
    const tidied = tidy(generated, name);
    const mistakes = checkSchema(tidied, type, name, found.length > 0, enclosing, checker);
    for (const finding of mistakes) report(toDiagnostic(finding, place, root));
    Object.assign(definitions, tidied.definitions);
    return mistakes.length === 0 ? tidied.schema : null;
  };

  const required: string[] = [];
  for (const parameter of call.parameters) {
    const typeNode = parameter.declaration.getTypeNode();
    const place = placeOf(typeNode ?? parameter.declaration.getNameNode(), root);
    const schema = schemaOf(parameter.type, typeNode?.compilerNode, parameter.name, place);
    if (!parameter.isOptional) required.push(parameter.name);
    if (schema === null) {
      isComplete = false;
      continue;
    }
    const documentation = documentationOf(parameter.declaration, schema);
    for (const fault of documentation.faults)
      report(diagnostic("NX2019", placeOf(parameter.declaration.getNameNode(), root), fault));
    properties[parameter.name] = {
      ...schema,
      ...documentation.keywords,
      ...(documentation.description === "" ? {} : { description: documentation.description }),
    };
  }
  const inputs: JsonSchema = {
    type: "object",
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
    ...(Object.keys(definitions).length === 0 ? {} : { definitions: { ...definitions } }),
  };

  for (const key of Object.keys(definitions)) delete definitions[key];
  const outputs = resultSchema(call, checker, schemaOf, root, report);
  return {
    inputs,
    inputOrder: call.parameters.map((parameter) => parameter.name),
    outputs: Object.keys(definitions).length === 0 ? (outputs ?? {}) : { ...outputs, definitions },
    isComplete: isComplete && outputs !== null,
  };
}

function resultSchema(
  call: CallSignature,
  checker: ts.TypeChecker,
  schemaOf: (
    type: ts.Type,
    written: ts.TypeNode | undefined,
    name: string,
    place: Place,
  ) => JsonSchema | null,
  root: string,
  report: (found: Diagnostic) => void,
): JsonSchema | null {
  const { type, written } = describeResult(call.signature, checker);
  const place = resultPlace(call, root);
  const help = objectHelp(type, checker);
  if (help !== null) {
    report(diagnostic("NX2012", place, { type: checker.typeToString(type), help }));
    return null;
  }
  return schemaOf(type, written, "result", place);
}

/** The written return type, else the name `call`. */
function resultPlace(call: CallSignature, root: string): Place {
  const { declaration } = call;
  const named = Node.isMethodDeclaration(declaration) || Node.isPropertyDeclaration(declaration);
  const written = Node.isMethodDeclaration(declaration) ? declaration.getReturnTypeNode() : undefined;
  return placeOf(written ?? (named ? declaration.getNameNode() : declaration), root);
}

/** What to return instead; null when the result is an object. */
function objectHelp(type: ts.Type, checker: ts.TypeChecker): string | null {
  const wrap = "return an object, such as `{ value: ... }`";
  if (type.isUnion()) {
    for (const part of type.types) {
      const help = objectHelp(part, checker);
      if (help !== null) return help;
    }
    return null;
  }
  if (type.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined))
    return "return an object; `{}` when there is nothing to say";
  if (type.flags & ts.TypeFlags.Null) return "return an object with a property that may be `null`";
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown))
    return "write the result's type after `call(...)`";
  if (type.flags & ts.TypeFlags.Never) return "return an object";
  if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return wrap;
  if (checker.isArrayType(type) || checker.isTupleType(type))
    return "return an object, such as `{ items: [...] }`";
  const name = type.getSymbol()?.name ?? "";
  if (/^(Async)?(Generator|Iterator|Iterable|IterableIterator)$/.test(name))
    return "collect the values and return `{ items: [...] }`";
  return null;
}

function toDiagnostic(finding: Finding, place: Place, root: string): Diagnostic {
  if (finding.kind === "schema") return diagnostic("NX2013", place, finding);
  const related = [];
  if (finding.at !== null) {
    const source = finding.at.getSourceFile();
    const span = spanAt(toText(source.text), finding.at.getStart(), finding.at.getEnd());
    const file = relativePath(root, source.fileName);
    if (!file.startsWith("../") && !(file === place.file && span.start.offset === place.span?.start.offset))
      related.push({ message: `\`${finding.path}\` is declared here`, file, span });
  }
  if (finding.kind === "unchecked") return diagnostic("NX2014", place, finding, { related });
  return diagnostic("NX2011", place, finding, { related });
}

/** The generator throws for what it does not know; its message, without the part about files, is the reason. */
function attempt(generate: () => GeneratedSchema): GeneratedSchema | string {
  try {
    return generate();
  } catch (error) {
    if (error instanceof RangeError) return "the type expands without end";
    const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return message.replace(/\s+in\s+\/.*$/, "").replace(/\.$/, "");
  }
}
