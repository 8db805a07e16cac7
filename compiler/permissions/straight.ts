import type { Variable } from "eslint-scope";
import type { MemberExpression, Node, Statement } from "estree";
import { isExportsObject } from "./commonjs.ts";
import { constantInit } from "./constant.ts";
import type { Program } from "./program.ts";

/** Calls of one constant object that run nothing of the program, if it is Node's module of that name. */
const quiet: ReadonlySet<string> = new Set(["channel", "tracingChannel"]);

/**
 * What `exports.NAME` was set to a few statements before, in the code of a CommonJS module that runs once from top to
 * bottom, where nothing runs in between that could change it. Other code may have hold of the exports, but none of it
 * runs there. Null where that is not plain.
 */
export function justSet(program: Program, member: MemberExpression): Node | null {
  const { object, property } = member;
  if (object.type !== "Identifier" || member.computed || property.type !== "Identifier") return null;
  const variable = program.variableOf(object);
  if (variable === null || !isExportsObject(program, variable)) return null;
  let statement: Node = member;
  let body = program.parents.get(member);
  while (body !== undefined && body.type !== "BlockStatement") {
    if (/Function|Class|Program/.test(body.type)) return null;
    statement = body;
    body = program.parents.get(body);
  }
  const above = body === undefined ? undefined : program.parents.get(body);
  if (body?.type !== "BlockStatement" || above !== variable.scope.block) return null;
  const receivers = new Set<Variable>();
  const isQuiet = createQuiet(program, variable, property.name, receivers);
  const last = body.body.indexOf(statement as Statement);
  for (let i = last; i >= 0; i--) {
    const each = body.body[i];
    const set = each?.type === "ExpressionStatement" ? each.expression : null;
    if (
      i < last &&
      set?.type === "AssignmentExpression" &&
      isMember(program, set.left, variable, property.name)
    ) {
      return set.operator === "=" && set.right.type === "ObjectExpression" && receivers.size <= 1
        ? set.right
        : null;
    }
    if (each === undefined || !isQuiet(each)) return null;
  }
  return null;
}

function isMember(program: Program, node: Node, variable: Variable, name: string): boolean {
  return (
    node.type === "MemberExpression" &&
    !node.computed &&
    node.object.type === "Identifier" &&
    program.variableOf(node.object) === variable &&
    node.property.type === "Identifier" &&
    node.property.name === name
  );
}

/** Whether evaluating a statement runs no code but the quiet calls, and sets nothing but names and other exports. */
function createQuiet(program: Program, exports: Variable, name: string, receivers: Set<Variable>) {
  const isQuiet = (node: Node | null | undefined): boolean => {
    switch (node?.type) {
      case undefined:
      case "Literal":
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "EmptyStatement":
        return true;
      case "Identifier":
        return node.name === "undefined" || program.variableOf(node) !== null;
      case "VariableDeclaration":
        return node.declarations.every(({ id, init }) => id.type === "Identifier" && isQuiet(init));
      case "ExpressionStatement":
        return isQuiet(node.expression);
      case "ChainExpression":
        return isQuiet(node.expression);
      case "ConditionalExpression":
        return isQuiet(node.test) && isQuiet(node.consequent) && isQuiet(node.alternate);
      case "LogicalExpression":
        return isQuiet(node.left) && isQuiet(node.right);
      case "UnaryExpression":
        return (
          (node.argument.type === "Literal" || ["typeof", "!", "void"].includes(node.operator)) &&
          isQuiet(node.argument)
        );
      case "ArrayExpression":
        return node.elements.every((element) => element?.type !== "SpreadElement" && isQuiet(element));
      case "ObjectExpression":
        return node.properties.every(
          (property) =>
            property.type === "Property" &&
            property.kind === "init" &&
            (!property.computed || isQuiet(property.key)) &&
            isQuiet(property.value),
        );
      case "AssignmentExpression": {
        const isOther =
          node.left.type === "Identifier" ||
          (node.left.type === "MemberExpression" &&
            isOwn(node.left) &&
            !isMember(program, node.left, exports, name));
        return node.operator === "=" && isOther && isQuiet(node.right);
      }
      case "MemberExpression":
        return isOwn(node) || isChannel(node) || (node.object.type === "MemberExpression" && isPlain(node));
      case "CallExpression":
        return (
          node.callee.type === "MemberExpression" &&
          isChannel(node.callee) &&
          node.arguments.every((each) => isQuiet(each))
        );
      default:
        return false;
    }
  };

  /** `exports.name` */
  const isOwn = (member: MemberExpression): boolean =>
    !member.computed && member.object.type === "Identifier" && program.variableOf(member.object) === exports;

  /** `exports.name.key` */
  const isPlain = (member: MemberExpression): boolean =>
    !member.computed &&
    member.object.type === "MemberExpression" &&
    isMember(program, member.object, exports, name);

  /** `module.channel`, of one module at most. */
  const isChannel = (member: MemberExpression): boolean => {
    const { object, property } = member;
    const variable = object.type === "Identifier" ? program.variableOf(object) : null;
    if (variable === null || constantInit(variable) === null || member.computed) return false;
    receivers.add(variable);
    return property.type === "Identifier" && quiet.has(property.name);
  };

  return isQuiet;
}
