import type { Variable } from "eslint-scope";
import type { CallExpression, Expression, Node } from "estree";
import { constantInit } from "./constant.ts";
import { findHelpers, wrappedModule } from "./helpers.ts";
import type { Program } from "./program.ts";

/** `module.exports = value`, where that is all that a CommonJS module does with `module` and `exports`. */
export interface SoleExport {
  /** The function that loads the module: esbuild's `require_name`. */
  readonly wrapper: Variable;
  readonly value: Expression;
}

interface Index {
  readonly byWrapper: ReadonlyMap<Variable, SoleExport>;
  readonly byAssignment: ReadonlyMap<Node, SoleExport>;
}

const indexes = new WeakMap<Program, Index>();

/** The one value that a CommonJS module has, by the call that loads it: `require_name()`. Null where it has others. */
export function soleExport(program: Program, call: Node): Expression | null {
  if (call.type !== "CallExpression" || call.callee.type !== "Identifier") return null;
  const variable = program.variableOf(call.callee);
  return variable === null ? null : (indexOf(program).byWrapper.get(variable)?.value ?? null);
}

/** The module that this assignment is the one value of. */
export function soleExportBy(program: Program, assignment: Node): SoleExport | null {
  return indexOf(program).byAssignment.get(assignment) ?? null;
}

/** Every call that loads the module; null where its wrapper goes elsewhere. */
export function loadsOf(program: Program, wrapper: Variable): readonly CallExpression[] | null {
  const calls: CallExpression[] = [];
  for (const reference of wrapper.references) {
    if (reference.init === true) continue;
    const parent = program.parents.get(reference.identifier as Node);
    if (parent?.type !== "CallExpression" || parent.callee !== reference.identifier) return null;
    calls.push(parent);
  }
  return calls;
}

function indexOf(program: Program): Index {
  const known = indexes.get(program);
  if (known !== undefined) return known;
  const helpers = findHelpers(program);
  const byWrapper = new Map<Variable, SoleExport>();
  const byAssignment = new Map<Node, SoleExport>();
  for (const wrapper of program.moduleScope.variables) {
    const init = constantInit(wrapper);
    const wrapped = init === null ? null : wrappedModule(init, helpers);
    if (wrapped === null) continue;
    const [, module] = wrapped.params;
    const body = program.parents.get(wrapped.body);
    if (body !== undefined && program.takesArguments.has(body)) continue;
    const params = wrapped.params.flatMap((param) => program.declaredBy.get(param) ?? []);
    const used = params.flatMap(({ references }) => references);
    const [only, ...others] = used;
    if (only === undefined || others.length > 0 || module === undefined) continue;
    if (only.resolved !== program.declaredBy.get(module)) continue;
    const member = program.parents.get(only.identifier as Node);
    if (member?.type !== "MemberExpression" || member.computed || member.object !== only.identifier) continue;
    if (member.property.type !== "Identifier" || member.property.name !== "exports") continue;
    const assignment = program.parents.get(member);
    if (assignment?.type !== "AssignmentExpression" || assignment.left !== member) continue;
    if (assignment.operator !== "=") continue;
    const found = { wrapper, value: assignment.right };
    byWrapper.set(wrapper, found);
    byAssignment.set(assignment, found);
  }
  const index = { byWrapper, byAssignment };
  indexes.set(program, index);
  return index;
}
