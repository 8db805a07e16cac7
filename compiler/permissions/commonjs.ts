import type { Variable } from "eslint-scope";
import type { AssignmentExpression, CallExpression, Expression, Identifier, Node } from "estree";
import { constantInit } from "./constant.ts";
import { findHelpers, wrappedModule } from "./helpers.ts";
import type { Program } from "./program.ts";

/** `module.exports = value`, where a CommonJS module does nothing with `module` and `exports` but such assignments. */
export interface WholeExport {
  /** The function that loads the module: esbuild's `require_name`. */
  readonly wrapper: Variable;
  /** Whether it is the only one, so that the module is this value. */
  readonly isSole: boolean;
}

interface Index {
  /** The parameters that hold what the modules export. */
  readonly exports: ReadonlySet<Variable>;
  /** Those, and the ones called `module`; nobody writes to any of them. */
  readonly given: ReadonlySet<Variable>;
  readonly soleValues: ReadonlyMap<Variable, Expression>;
  readonly byAssignment: ReadonlyMap<Node, WholeExport>;
}

const indexes = new WeakMap<Program, Index>();

/** The one value that a CommonJS module has, by the call that loads it: `require_name()`. Null where it has others. */
export function soleExport(program: Program, call: Node): Expression | null {
  if (call.type !== "CallExpression" || call.callee.type !== "Identifier") return null;
  const variable = program.variableOf(call.callee);
  return variable === null ? null : (indexOf(program).soleValues.get(variable) ?? null);
}

/** The module that this assignment gives its value. */
export function exportBy(program: Program, assignment: Node): WholeExport | null {
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

/** Whether the variable is the `exports` of a CommonJS module. */
export function isExportsObject(program: Program, variable: Variable): boolean {
  return indexOf(program).exports.has(variable);
}

/** Whether the name is `exports` or `module` of a CommonJS module, as the loader in the bundle gives them. */
export function isGivenByLoader(program: Program, node: Identifier): boolean {
  const variable = program.variableOf(node);
  return variable !== null && indexOf(program).given.has(variable);
}

function indexOf(program: Program): Index {
  const known = indexes.get(program);
  if (known !== undefined) return known;
  const helpers = findHelpers(program);
  const soleValues = new Map<Variable, Expression>();
  const byAssignment = new Map<Node, WholeExport>();
  const exports = new Set<Variable>();
  const given = new Set<Variable>();
  for (const wrapper of program.moduleScope.variables) {
    const init = constantInit(wrapper);
    const wrapped = init === null ? null : wrappedModule(init, helpers);
    if (wrapped === null) continue;
    const [exported, module] = wrapped.params;
    const body = program.parents.get(wrapped.body);
    if (body !== undefined && program.takesArguments.has(body)) continue;
    const object = exported === undefined ? undefined : program.declaredBy.get(exported);
    if (object?.references.every((reference) => !reference.isWrite())) exports.add(object);
    const params = wrapped.params.flatMap((param) => program.declaredBy.get(param) ?? []);
    // A function or a `var` of the same name would take its place.
    for (const each of params) {
      const isWritten = each.references.some((reference) => reference.isWrite());
      if (wrapped.isCommonJs && each.defs.length === 1 && !isWritten) given.add(each);
    }
    const used = params.flatMap(({ references }) => references);
    const own = module === undefined ? undefined : program.declaredBy.get(module);
    const assignments = used.map(({ resolved, identifier }) =>
      resolved === own ? exportsAssignment(program, identifier as Node) : null,
    );
    const [first] = assignments;
    if (first === null || first === undefined) continue;
    const isSole = assignments.length === 1;
    if (isSole) soleValues.set(wrapper, first.right);
    const all = assignments.filter((assignment) => assignment !== null);
    if (all.length < assignments.length) continue;
    for (const assignment of all) byAssignment.set(assignment, { wrapper, isSole });
  }
  const index = { exports, given, soleValues, byAssignment };
  indexes.set(program, index);
  return index;
}

/** `module.exports = ...`, for the name `module`. */
function exportsAssignment(program: Program, name: Node): AssignmentExpression | null {
  const member = program.parents.get(name);
  if (member?.type !== "MemberExpression" || member.computed || member.object !== name) return null;
  if (member.property.type !== "Identifier" || member.property.name !== "exports") return null;
  const assignment = program.parents.get(member);
  return assignment?.type === "AssignmentExpression" &&
    assignment.left === member &&
    assignment.operator === "="
    ? assignment
    : null;
}
