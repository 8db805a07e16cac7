import { type Expression, Node } from "ts-morph";
import { parseDuration } from "../../runtime/manifest/units.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { type Class, isInSdk, placeOf } from "./classes.ts";
import type { ListedNode } from "./nodes.ts";
import { memberDeclaration, resolve, unwrap } from "./syntax.ts";

/** What a node says of itself beside `call`. */
export interface NodeMembers {
  /** Name in the URL. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly timeoutMs: number;
}

/** Reads `name`, `title`, `description` and `timeout`, of members or JSDoc, without running the class. Reports NX2015, NX2017 and NX2018. */
export function readMembers(
  node: ListedNode,
  pluginTimeoutMs: number,
  root: string,
  report: (found: Diagnostic) => void,
): NodeMembers {
  const read = (member: string): { value: string; at: Node } | null => {
    const declaration = memberDeclaration(node.declaration, member);
    if (declaration === null || isInSdk(declaration)) return readTag(node.declaration, member);
    const initializer = Node.isPropertyDeclaration(declaration) ? declaration.getInitializer() : undefined;
    if (initializer === undefined) {
      report(diagnostic("NX2017", placeOf(declaration, root), { member, what: "it has no literal value" }));
      return null;
    }
    const value = constantString(initializer);
    if (value === null) {
      const what = `\`${initializer.getText().slice(0, 40)}\` is not a constant string`;
      report(diagnostic("NX2017", placeOf(initializer, root), { member, what }));
      return null;
    }
    return { value, at: initializer };
  };

  const given = read("name");
  const name = given?.value ?? urlName(node.className);
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
    const at =
      given?.at ?? (Node.isClassDeclaration(node.declaration) ? node.declaration.getNameNode() : undefined);
    report(diagnostic("NX2015", placeOf(at ?? node.declaration, root), { name }));
  }

  let timeoutMs = pluginTimeoutMs;
  const timeout = read("timeout");
  if (timeout !== null) {
    const parsed = parseDuration(timeout.value);
    if (parsed === null || parsed > pluginTimeoutMs) {
      const reason =
        parsed === null ? "is not a duration" : `is above the plugin's own ${pluginTimeoutMs} ms`;
      report(diagnostic("NX2018", placeOf(timeout.at, root), { got: timeout.value, reason }));
    } else timeoutMs = parsed;
  }

  return {
    name,
    title: read("title")?.value ?? titleOf(node.className),
    description: read("description")?.value ?? documentation(node.declaration),
    timeoutMs,
  };
}

/** `@title`, `@name`, `@timeout` or `@description` in the class's own JSDoc. */
function readTag(declaration: Class, member: string): { value: string; at: Node } | null {
  if (!Node.isClassDeclaration(declaration)) return null;
  const at = declaration
    .getJsDocs()
    .flatMap((doc) => doc.getTags())
    .find((tag) => tag.getTagName() === member);
  const value = at?.getCommentText()?.trim() ?? "";
  return at === undefined || value === "" ? null : { value, at };
}

/** The string that an expression is in any run: literals, constants, concatenations of these; null otherwise. */
function constantString(expression: Expression): string | null {
  const value = unwrap(expression);
  if (Node.isStringLiteral(value) || Node.isNoSubstitutionTemplateLiteral(value))
    return value.getLiteralText();
  if (Node.isBinaryExpression(value) && value.getOperatorToken().getText() === "+") {
    const left = constantString(value.getLeft());
    const right = constantString(value.getRight());
    return left === null || right === null ? null : left + right;
  }
  if (Node.isIdentifier(value)) {
    const variable = resolve(value.getSymbol())?.getValueDeclaration();
    if (!Node.isVariableDeclaration(variable)) return null;
    if (variable.getVariableStatement()?.getDeclarationKind() !== "const") return null;
    const initializer = variable.getInitializer();
    // A constant that refers to itself does not compile, so this ends.
    return initializer === undefined || initializer === value ? null : constantString(initializer);
  }
  return null;
}

/** `SentimentNode` -> `sentiment`, `HTTPServerNode` -> `http-server`. */
export function urlName(className: string): string {
  return words(className).join("-").toLowerCase();
}

/** `HTTPServerNode` -> `HTTP Server`. */
function titleOf(className: string): string {
  const [first = "", ...rest] = words(className);
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(" ");
}

function words(className: string): readonly string[] {
  const stem = className.replace(/(?<=.)Node$/, "");
  return stem
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[\s_$]+/)
    .filter((word) => word !== "");
}

/** The class's JSDoc without its tags. */
function documentation(declaration: Class): string {
  if (!Node.isClassDeclaration(declaration)) return "";
  return declaration
    .getJsDocs()
    .map((doc) => doc.getDescription().trim())
    .filter((text) => text !== "")
    .join("\n");
}
