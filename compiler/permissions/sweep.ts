import type { MemberExpression, Node } from "estree";
import type { Conditions } from "./conditions.ts";
import { constantInit, fieldName } from "./constant.ts";
import { isFunctionValue, isPrototype, maybeMakesCode } from "./constructors.ts";
import type { Folder } from "./fold.ts";
import type { Follower } from "./follow.ts";
import { broad } from "./permission.ts";
import { type Program, startOf } from "./program.ts";
import { isGlobalGetter } from "./replaced.ts";
import { both, type Mention, type Reporter } from "./report.ts";
import { type Api, constructorApi, functionApi, nameOf, possibleConstructor } from "./table.ts";

/** Options with which Node loads a shared library by its path. */
const libraryOptions = ["clientCertEngine", "privateKeyEngine", "allowExtension"];

/** What no name leads to: members of values that were not followed. */
export function sweep(
  program: Program,
  fold: Folder,
  conditions: Conditions,
  follower: Follower,
  report: Reporter,
): void {
  const stream = report.looseStream();
  for (const node of program.members) {
    if (conditions.isDead(node)) continue;
    if (node.type === "MemberExpression") sweepAccessor(program, fold, node, report);
    if (follower.visited.has(node)) continue;
    if (node.type === "MemberExpression") {
      const at = (api: Api): Mention => ({
        api,
        node,
        start: startOf(node.property),
        last: startOf(node.property),
      });
      const isFunction = (): boolean => isFunctionValue(program, node.object);
      const keys = fold.keys(node);
      if (keys === null) {
        if (isFunction() || isUnknownMember(program, fold, node.object))
          follower.add(at(possibleConstructor));
      } else if (keys.includes("constructor")) {
        if (!isPrototype(node.object, fold.key))
          follower.add(at(isFunction() ? functionApi : constructorApi));
      } else if (stream !== null && keys.some((key) => key === "connect" || key === "_handle")) {
        report.need(stream, nameOf(stream.api), [both(broad("network"))], "where it is connected to");
      }
    } else if (node.type === "ObjectPattern") {
      for (const property of node.properties) {
        if (property.type !== "Property" || follower.patternKeys(property)?.includes("constructor") !== true)
          continue;
        const above = program.parents.get(node);
        const value =
          above?.type === "VariableDeclarator"
            ? above.init
            : above?.type === "AssignmentExpression"
              ? above.right
              : null;
        const isFunction = value ? isFunctionValue(program, value) : false;
        follower.bind(property.value, {
          api: isFunction ? functionApi : constructorApi,
          node: property.key,
          start: startOf(property.key),
          last: startOf(property.key),
        });
      }
    }
  }
  sweepOptions(program, report);
  for (const node of program.parents.keys()) {
    if (node.type !== "CallExpression" || conditions.isDead(node) || !maybeMakesCode(program, node, fold))
      continue;
    const at: Mention = { api: functionApi, node, start: startOf(node), last: startOf(node) };
    report.refuse("NX3004", at, { sink: nameOf(functionApi) });
  }
}

/** `value[key]` with a key that is neither constant nor a number, perhaps by a constant name. */
function isUnknownMember(program: Program, fold: Folder, node: Node): boolean {
  const variable = node.type === "Identifier" ? program.variableOf(node) : null;
  const value = variable === null ? node : constantInit(variable);
  return (
    value?.type === "MemberExpression" &&
    value.computed &&
    fold.keys(value) === null &&
    !isIndex(program, value.property)
  );
}

function isIndex(program: Program, node: Node): boolean {
  if (node.type === "UpdateExpression") return true;
  if (node.type === "BinaryExpression") return node.operator !== "+";
  const variable = node.type === "Identifier" ? program.variableOf(node) : null;
  return (
    variable?.references.some(
      ({ identifier }) => program.parents.get(identifier as Node)?.type === "UpdateExpression",
    ) === true
  );
}

/** `object.__defineGetter__(...)`: a getter of what every object inherits is asked with the global object as its `this`. */
function sweepAccessor(program: Program, fold: Folder, node: MemberExpression, report: Reporter): void {
  const name = fold.key(node) ?? "";
  // First, because what follows looks at more than this one place.
  if (!/^__define[GS]etter__$/.test(name)) return;
  const parent = program.parents.get(node);
  const isCalled = parent?.type === "CallExpression" && parent.callee === node;
  const [first] = isCalled ? parent.arguments : [];
  const isHarmless = isCalled
    ? !isGlobalGetter(
        program,
        node.object,
        first === undefined || first.type === "SpreadElement" ? null : fold.string(first),
      )
    : parent?.type !== "MemberExpression" || parent.object !== node;
  if (isHarmless) return;
  const start = startOf(node.property);
  report.refuse(
    "NX3003",
    { api: { base: "global", path: ["Object", "prototype", name] }, node, start, last: start },
    { what: `\`${name}\``, reason: "changes every object, the global one too" },
  );
}

/** An option that is `false` or not given loads nothing. */
function sweepOptions(program: Program, report: Reporter): void {
  if (!libraryOptions.some((name) => program.text.includes(name))) return;
  for (const node of program.parents.keys()) {
    const name =
      node.type === "Property" && program.parents.get(node)?.type === "ObjectExpression"
        ? fieldName(node.key)
        : node.type === "AssignmentExpression" && node.left.type === "MemberExpression"
          ? fieldName(node.left.property)
          : null;
    if (name === null || !libraryOptions.includes(name)) continue;
    const value =
      node.type === "Property" ? node.value : node.type === "AssignmentExpression" ? node.right : null;
    if (value?.type === "Literal" && value.value === false) continue;
    const mention = {
      api: { base: "option", path: [name] },
      node,
      start: startOf(node),
      last: startOf(node),
    };
    report.refuse("NX3007", mention, { what: `what the option \`${name}\` loads` });
  }
}
