import type { Variable } from "eslint-scope";
import type { Class, Expression, Node, Statement, VariableDeclarator } from "estree";
import { type Helpers, wrappedModule } from "./helpers.ts";
import { type Program, startOf } from "./program.ts";

/**
 * A piece of the bundle that is reached as a whole: a function, a class, a member of a class, a binding, a CommonJS
 * module, or a statement that runs when the bundle is imported. Functions inside a unit belong to it, so a callback
 * counts where it is written.
 */
export interface Unit {
  readonly kind: "function" | "class" | "member" | "binding" | "module" | "statement";
  /** As in the bundle. */
  readonly name: string;
  /** Bundle offset of the name, or of the code where there is none. */
  readonly at: number;
  /** Whether it runs when the bundle is imported. */
  readonly isImportTime: boolean;
  /** The class, for a member. */
  readonly owner: Unit | null;
  /** Field initialisers and the constructor: what `new` alone runs. */
  readonly isConstruction: boolean;
  readonly members: readonly Unit[];
  /** Units mentioned here. `isNew`: only ever as `new Unit(...)`. */
  readonly mentions: ReadonlyMap<Unit, { readonly isNew: boolean }>;
}

export interface CallGraph {
  /** In source order. */
  readonly units: readonly Unit[];
  readonly unitOf: (node: Node) => Unit;
  /** Null where the name is not declared at the top of the bundle. */
  readonly unitOfVariable: (variable: Variable) => Unit | null;
}

interface OpenUnit extends Unit {
  readonly members: OpenUnit[];
  readonly mentions: Map<Unit, { isNew: boolean }>;
}

/** Divides the bundle into units and finds which mentions which. Linear in the size of the bundle. */
export function buildCallGraph(program: Program, helpers: Helpers): CallGraph {
  const units: OpenUnit[] = [];
  const unitOfNode = new Map<Node, OpenUnit>();
  const unitOfName = new Map<Variable, OpenUnit>();
  const superOf = new Map<Unit, Node>();
  const declared = new Map<Node, Variable[]>();
  for (const variable of program.moduleScope.variables) {
    for (const { node } of variable.defs) declared.set(node, [...(declared.get(node) ?? []), variable]);
  }

  const open = (
    kind: Unit["kind"],
    name: string,
    named: Node,
    node: Node,
    more: Partial<Pick<Unit, "isImportTime" | "owner" | "isConstruction">> = {},
  ): OpenUnit => {
    const unit: OpenUnit = {
      kind,
      name,
      at: startOf(named),
      isImportTime: more.isImportTime ?? false,
      owner: more.owner ?? null,
      isConstruction: more.isConstruction ?? false,
      members: [],
      mentions: new Map(),
    };
    units.push(unit);
    unitOfNode.set(node, unit);
    return unit;
  };

  const openClass = (node: Class, name: string, named: Node, whole: Node): OpenUnit => {
    const unit = open("class", name, named, whole);
    if (node.superClass) superOf.set(unit, node.superClass);
    if (node.superClass && !isInert(node.superClass, helpers)) {
      unit.members.push(
        open("member", "extends", node.superClass, node.superClass, { owner: unit, isImportTime: true }),
      );
    }
    for (const element of node.body.body) {
      const isStatic = element.type === "StaticBlock" || element.static;
      const key = element.type === "StaticBlock" ? null : element.key;
      const runs =
        element.type === "StaticBlock" ||
        (element.type === "PropertyDefinition" && isStatic && !isInert(element.value ?? null, helpers)) ||
        (key !== null && "computed" in element && element.computed && !isInert(key, helpers));
      const member = open(
        "member",
        key === null ? "static" : (keyName(key) ?? "[computed]"),
        key ?? element,
        element,
        {
          owner: unit,
          isImportTime: runs,
          isConstruction:
            !isStatic &&
            (element.type === "PropertyDefinition" ||
              (element.type === "MethodDefinition" && element.kind === "constructor")),
        },
      );
      unit.members.push(member);
    }
    for (const variable of declared.get(node) ?? []) unitOfName.set(variable, unit);
    return unit;
  };

  const openDeclarator = (declarator: VariableDeclarator): void => {
    const init = declarator.init ?? null;
    const names = declared.get(declarator) ?? [];
    const name = names[0]?.name ?? "";
    const named = declarator.id;
    const wrapped = wrappedModule(init, helpers);
    const unit =
      init?.type === "ClassExpression" && declarator.id.type === "Identifier"
        ? openClass(init, name, named, declarator)
        : wrapped !== null
          ? open("module", wrapped.name, wrapped.body, declarator)
          : open("binding", name, named, declarator, {
              isImportTime: declarator.id.type !== "Identifier" || !isInert(init, helpers),
            });
    for (const variable of names) unitOfName.set(variable, unit);
  };

  const openStatement = (statement: Node): void => {
    switch (statement.type) {
      case "ImportDeclaration":
        break;
      case "FunctionDeclaration": {
        const unit = open("function", statement.id?.name ?? "default", statement.id ?? statement, statement);
        for (const variable of declared.get(statement) ?? []) unitOfName.set(variable, unit);
        break;
      }
      case "ClassDeclaration":
        openClass(statement, statement.id?.name ?? "default", statement.id ?? statement, statement);
        break;
      case "VariableDeclaration":
        for (const declarator of statement.declarations) openDeclarator(declarator);
        break;
      case "ExportNamedDeclaration":
      case "ExportDefaultDeclaration":
        if (statement.declaration) openStatement(statement.declaration as Statement | Expression);
        break;
      default:
        open("statement", "", statement, statement, { isImportTime: true });
    }
  };

  const outside = open("statement", "", program.tree, program.tree, { isImportTime: true });
  for (const statement of program.tree.body) {
    if (exportedNamespace(statement, helpers) === null) openStatement(statement);
  }
  // `__export(lib_exports, { f: () => f })` belongs to the namespace object: f is reached by who holds that.
  for (const statement of program.tree.body) {
    const namespace = exportedNamespace(statement, helpers);
    if (namespace === null) continue;
    const variable = namespace.type === "Identifier" ? program.variableOf(namespace) : null;
    const unit = variable === null ? undefined : unitOfName.get(variable);
    if (unit === undefined) openStatement(statement);
    else unitOfNode.set(statement, unit);
  }

  const unitOf = (node: Node): OpenUnit => {
    for (let at: Node | undefined = node; at !== undefined; at = program.parents.get(at)) {
      const unit = unitOfNode.get(at);
      if (unit !== undefined) return unit;
    }
    return outside;
  };

  const unitOfVariable = (variable: Variable): OpenUnit | null => {
    const own = unitOfName.get(variable);
    if (own !== undefined) return own;
    // A class knows itself by a second variable, inside its own scope.
    const [definition] = variable.defs;
    if (definition?.type !== "ClassName") return null;
    return (
      unitOfNode.get(definition.node) ??
      unitOfNode.get(program.parents.get(definition.node) ?? definition.node) ??
      null
    );
  };

  const mention = (from: OpenUnit, to: Unit, isNew: boolean): void => {
    if (from === to) return;
    const known = from.mentions.get(to);
    if (known === undefined) from.mentions.set(to, { isNew });
    else if (!isNew) known.isNew = false;
  };

  for (const reference of program.references) {
    if (reference.resolved === null) continue;
    const to = unitOfVariable(reference.resolved);
    if (to === null) continue;
    const identifier = reference.identifier as Node;
    const from = unitOf(identifier);
    const parent = program.parents.get(identifier);
    if (parent?.type === "ExportSpecifier") continue;
    mention(from, to, parent?.type === "NewExpression" && parent.callee === identifier);
    // What is put into a variable, or into a member of its value, is reached by who mentions it.
    if ((reference.isWrite() && reference.init !== true) || isMemberWrite(program, identifier)) {
      mention(to as OpenUnit, from, false);
    }
  }

  for (const node of program.members) {
    if (
      node.type !== "MemberExpression" ||
      (node.object.type !== "ThisExpression" && node.object.type !== "Super")
    ) {
      continue;
    }
    const name = node.computed ? null : keyName(node.property);
    if (name === null) continue;
    const from = unitOf(node);
    const seen = new Set<Unit>();
    for (let owner = from.owner; owner !== null && !seen.has(owner); ) {
      seen.add(owner);
      for (const member of owner.members) if (member.name === name) mention(from, member, false);
      const parent: Node | undefined = superOf.get(owner);
      const variable = parent?.type === "Identifier" ? program.variableOf(parent) : null;
      owner = variable === null ? null : unitOfVariable(variable);
    }
  }

  return { units, unitOf, unitOfVariable };
}

/** Whether evaluating the expression runs no code: functions, literals, names, and literals made of these. */
function isInert(node: Node | null, helpers: Helpers): boolean {
  switch (node?.type) {
    case undefined:
    case "Literal":
    case "Identifier":
    case "ThisExpression":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return true;
    case "TemplateLiteral":
      return node.expressions.every((expression) => expression.type === "Literal");
    case "UnaryExpression":
      return node.argument.type === "Literal";
    case "ArrayExpression":
      return node.elements.every((element) => element?.type !== "SpreadElement" && isInert(element, helpers));
    case "ObjectExpression":
      return node.properties.every(
        (property) => property.type === "Property" && !property.computed && isInert(property.value, helpers),
      );
    case "CallExpression":
      // The module's code waits until somebody mentions it.
      return wrappedModule(node, helpers) !== null;
    default:
      return false;
  }
}

function keyName(key: Node): string | null {
  if (key.type === "Identifier") return key.name;
  if (key.type === "PrivateIdentifier") return `#${key.name}`;
  return key.type === "Literal" ? String(key.value) : null;
}

/** The namespace object that esbuild fills with getters of a module's exports. */
function exportedNamespace(statement: Node, helpers: Helpers): Node | null {
  if (statement.type !== "ExpressionStatement" || statement.expression.type !== "CallExpression") return null;
  const { callee, arguments: args } = statement.expression;
  return helpers.nameOf(callee) === "__export" ? (args[0] ?? null) : null;
}

/** Whether the name is the root of an assigned member: `name.a.b = ...`. */
function isMemberWrite(program: Program, identifier: Node): boolean {
  let node = identifier;
  let parent = program.parents.get(node);
  while (parent?.type === "MemberExpression" && parent.object === node) {
    node = parent;
    parent = program.parents.get(node);
  }
  return node !== identifier && parent?.type === "AssignmentExpression" && parent.left === node;
}
