import type { Node } from "estree";
import { soleExport } from "./commonjs.ts";
import { constantInit, onlyValue } from "./constant.ts";
import type { Program } from "./program.ts";
import { type Api, globalApi, keyOf, memberOf, moduleApi } from "./table.ts";

const deepest = 12;
const objectPrototype: Api = { base: "global", path: ["Object", "prototype"] };

/** The API that an expression is, whatever happens; null where it is something else or may be. */
export function apiOf(program: Program, node: Node, depth = 0): Api | null {
  if (depth > deepest) return null;
  switch (node.type) {
    case "Identifier": {
      const variable = program.variableOf(node);
      if (variable === null) return globalApi(node.name);
      const [definition, ...others] = variable.defs;
      if (definition === undefined || others.length > 0) return null;
      if (definition.type === "ImportBinding") {
        const source = definition.parent.source.value;
        const module = typeof source === "string" ? moduleApi(source) : null;
        const specifier = definition.node;
        if (module === null || specifier.type !== "ImportSpecifier") return module;
        const { imported } = specifier;
        return memberOf(module, imported.type === "Identifier" ? imported.name : String(imported.value));
      }
      const init = constantInit(variable);
      if (init !== null) return apiOf(program, init, depth + 1);
      if (definition.type !== "Variable" || definition.node.id.type !== "ObjectPattern") return null;
      // `const { toString } = Object.prototype`
      const isWritten = variable.references.some(
        (reference) => reference.isWrite() && reference.init !== true,
      );
      const property = definition.node.id.properties.find(
        (each) => each.type === "Property" && each.value === definition.name,
      );
      if (isWritten || property?.type !== "Property" || property.computed || !definition.node.init)
        return null;
      if (property.key.type !== "Identifier") return null;
      const owner = apiOf(program, definition.node.init, depth + 1);
      return owner === null ? null : memberOf(owner, property.key.name);
    }
    case "MemberExpression": {
      if (node.computed || node.property.type !== "Identifier" || node.object.type === "Super") return null;
      // `{}.toString`
      const isEmpty = node.object.type === "ObjectExpression" && node.object.properties.length === 0;
      const described = node.property.name === "value" ? describedBy(program, node.object, depth) : null;
      if (described !== null) return described;
      const owner = isEmpty ? objectPrototype : apiOf(program, node.object, depth + 1);
      return owner === null ? null : memberOf(owner, node.property.name);
    }
    case "ChainExpression":
      return apiOf(program, node.expression, depth + 1);
    case "LogicalExpression": {
      // `Function.prototype.bind || own`: every supported Node has it.
      const api = node.operator === "||" ? apiOf(program, node.left, depth + 1) : null;
      return api !== null && isAlwaysThere(api) ? api : null;
    }
    case "CallExpression": {
      const value = soleExport(program, node);
      return value === null ? null : apiOf(program, value, depth + 1);
    }
    default:
      return null;
  }
}

/** Whether it is the class `URL`, which is a global and a member of `node:url`. */
export function isUrlClass(program: Program, node: Node): boolean {
  const api = apiOf(program, node);
  return api !== null && /^(?:global|module:url) URL$/.test(keyOf(api));
}

/** The API that an expression is where it is anything: a variable may not have its value yet. */
export function apiOrNothing(program: Program, node: Node): Api | null {
  const variable = node.type === "Identifier" ? program.variableOf(node) : null;
  const value = variable === null ? null : onlyValue(program, variable);
  return apiOf(program, value ?? node);
}

/** Whether it is a method that every function has, so that what stands after `||` is for others. */
export function isAlwaysThere(api: Api): boolean {
  return /^global Function\.prototype\.(?:bind|call|apply)$/.test(keyOf(api));
}

/** `Object.getOwnPropertyDescriptor(process, "exit")`: the member that it describes. */
function describedBy(program: Program, node: Node, depth: number): Api | null {
  const variable = node.type === "Identifier" ? program.variableOf(node) : null;
  const made = variable === null ? node : constantInit(variable);
  if (made?.type !== "CallExpression") return null;
  const [owner, name] = made.arguments;
  const called = apiOf(program, made.callee, depth + 1);
  if (called === null || keyOf(called) !== "global Object.getOwnPropertyDescriptor") return null;
  const api = owner === undefined ? null : apiOf(program, owner, depth + 1);
  return api !== null && name?.type === "Literal" ? memberOf(api, String(name.value)) : null;
}
