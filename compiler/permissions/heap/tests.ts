import type { Node } from "estree";
import { everyGlobal } from "../conditions.ts";
import { isGlobal } from "../constant.ts";
import type { Program } from "../program.ts";
import { isReplaced } from "../replaced.ts";
import { isNothing, type Store } from "./store.ts";

/** Calls back, perhaps more than once, when the condition may hold. */
export function createTests({ cellOf, each, program, whenEntered }: Store) {
  const whenTrue = (test: Node, then: () => void): void => {
    switch (test.type) {
      case "Identifier":
      case "MemberExpression":
      case "ChainExpression":
      case "Literal":
        each(cellOf(test), (value) => {
          if (!isFalse(program, value)) then();
        });
        return;
      case "LogicalExpression":
        if (test.operator === "&&")
          whenTrue(test.left, () => whenEntered(test.right, () => whenTrue(test.right, then)));
        else {
          whenTrue(test.left, then);
          whenTrue(test.right, then);
        }
        return;
      case "BinaryExpression": {
        const compared = comparedWithNothing(test);
        if (compared === null) then();
        else
          each(cellOf(compared.value), (value) => {
            const isOther = compared.isNullToo ? !isNothing(value) : !isUndefined(value);
            if (isOther) then();
          });
        return;
      }
      default:
        then();
    }
  };
  return whenTrue;
}

function isUndefined(value: Node): boolean {
  return isNothing(value) && value.type !== "Literal";
}

/** `value !== undefined`, `value != null`, `typeof value !== "undefined"` */
function comparedWithNothing(
  test: Node & { readonly type: "BinaryExpression" },
): { readonly value: Node; readonly isNullToo: boolean } | null {
  if (!/^!==?$/.test(test.operator)) return null;
  for (const [value, other] of [
    [test.left, test.right],
    [test.right, test.left],
  ] as const) {
    const isTypeof =
      value.type === "UnaryExpression" &&
      value.operator === "typeof" &&
      other.type === "Literal" &&
      other.value === "undefined";
    if (isTypeof) return { value: value.argument, isNullToo: false };
    const isVoid = other.type === "UnaryExpression" && other.operator === "void";
    const isNull = other.type === "Literal" && other.value === null && !("regex" in other);
    if (isVoid || (isNull && test.operator === "!=")) return { value, isNullToo: test.operator === "!=" };
  }
  return null;
}

/** Whether the value is one of those that are no for certain. */
function isFalse(program: Program, value: Node): boolean {
  if (isNothing(value)) return true;
  if (value.type === "Literal") return !("regex" in value) && !("bigint" in value) && !value.value;
  // `typeof navigator === "undefined"`
  if (value.type !== "BinaryExpression" || !/^===?$/.test(value.operator)) return false;
  const { left, right } = value;
  if (left.type !== "UnaryExpression" || left.operator !== "typeof" || left.argument.type !== "Identifier")
    return false;
  const { name } = left.argument;
  return (
    right.type === "Literal" &&
    right.value === "undefined" &&
    isGlobal(program, left.argument, name) &&
    everyGlobal.has(name) &&
    !isReplaced(program, name) &&
    !program.references.some(
      (reference) => reference.resolved === null && reference.identifier.name === name && reference.isWrite(),
    )
  );
}
