import type { Node } from "estree";
import type { Folder } from "./fold.ts";
import type { Program } from "./program.ts";
import { apiOf } from "./resolve.ts";
import { keyOf } from "./table.ts";

/** Members of modules that every supported Node has and that libraries ask for before they use another way. */
const everywhere: ReadonlySet<string> = new Set([
  "module:crypto webcrypto",
  "module:crypto randomBytes",
  "module:crypto getRandomValues",
  "module:fs promises",
]);

/** Whether a condition about a built-in module holds in every supported Node. */
export function isAlways(program: Program, fold: Folder, test: Node): boolean {
  const isModule = (node: Node): boolean => {
    const api = apiOf(program, node);
    return api?.base.startsWith("module:") === true && api.path.length === 0;
  };
  switch (test.type) {
    case "Identifier":
      return isModule(test);
    case "LogicalExpression":
      return (
        test.operator === "&&" && isAlways(program, fold, test.left) && isAlways(program, fold, test.right)
      );
    case "BinaryExpression": {
      const { left, right } = test;
      if (test.operator === "in" && isModule(right)) {
        const api = apiOf(program, right);
        return api !== null && everywhere.has(keyOf({ ...api, path: [fold.string(left) ?? ""] }));
      }
      return (
        (test.operator === "===" || test.operator === "==") &&
        left.type === "UnaryExpression" &&
        left.operator === "typeof" &&
        isModule(left.argument) &&
        fold.string(right) === "object"
      );
    }
    default:
      return false;
  }
}
