import type { Variable } from "eslint-scope";
import type {
  ArrayExpression,
  CallExpression,
  ClassBody,
  Expression,
  MemberExpression,
  NewExpression,
  Node,
} from "estree";
import { fieldName, isGlobal, isMemberWritten, isParameterDefault, isTarget } from "./constant.ts";
import { callsOf, type FunctionNode, functionOf, isFunctionNode } from "./functions.ts";
import type { Heap } from "./heap/heap.ts";
import { createNarrowed, type Narrowed } from "./narrowed.ts";
import type { Program } from "./program.ts";
import { isInheritanceChanged, isIterationChanged, isReplaced, isReplacedInNode } from "./replaced.ts";
import { apiOf, isUrlClass } from "./resolve.ts";
import { justSet } from "./straight.ts";
import { classify, globalApi, keyOf, moduleApi, reachOf } from "./table.ts";

/** Which expressions give a value, and what objects hold, as far as that is in view and cannot have changed. */
export interface Values {
  /**
   * The expressions of which one gives the value of this one, following names, choices, members, parameters and
   * results; null where another one may. `undefined` is left out: a variable is read after it is set.
   */
  readonly of: (node: Node) => readonly Node[] | null;
  /** Properties of the one object that it is. */
  readonly object: (node: Node) => ReadonlyMap<string, Expression> | null;
  /** Elements of the one list that it is. */
  readonly elements: (node: Node) => readonly Expression[] | null;
  readonly key: (node: MemberExpression) => string | null;
  readonly keys: (node: MemberExpression) => readonly string[] | null;
  /** What conditions say about names. */
  readonly narrowed: Narrowed;
}

const deepest = 100;
const most = 64;

/** Setters of `URL` that leave scheme, host and port as they are. */
const harmlessUrlSetters: ReadonlySet<string> = new Set([
  "pathname",
  "search",
  "hash",
  "username",
  "password",
]);

/** Methods of lists and strings that change nothing; those in `callbacks` give each element to a function. */
const callbacks: ReadonlySet<string> = new Set(
  "map forEach filter some every find findIndex findLast flatMap".split(" "),
);
const readers: ReadonlySet<string> = new Set(
  "join includes indexOf slice concat at entries keys values toString startsWith endsWith split trim replace".split(
    " ",
  ),
);

export function createValues(
  program: Program,
  folder: { readonly strings: (node: Node) => readonly string[] | null },
  heap: Heap | null,
): Values {
  const ofVariable = new Map<Variable, readonly Node[] | null>();
  const objects = new Map<Node, ReadonlyMap<string, Expression> | null>();
  const keeping = new Map<Variable, boolean>();
  let depth = 0;

  const of = (node: Node): readonly Node[] | null => {
    if (depth >= deepest) return null;
    depth++;
    const near = find(node);
    depth--;
    const result = near !== null && near.length > most ? null : near;
    if (heap === null || result?.some(isOpen) === false) return result;
    const far = heap.of(node);
    return far === null || far.length > most ? result : far;
  };

  /** Whether the program as a whole may say more about it. */
  const isOpen = ({ type }: Node): boolean => type === "MemberExpression" || type === "CallExpression";

  const find = (node: Node): readonly Node[] | null => {
    switch (node.type) {
      case "ChainExpression":
        return of(node.expression);
      case "Identifier": {
        const variable = program.variableOf(node);
        if (variable === null) return null;
        return narrowed.texts(node) === null ? variableValues(variable) : [node];
      }
      case "ConditionalExpression":
        return union([node.consequent, node.alternate]);
      case "LogicalExpression":
        return node.operator === "&&" ? null : union([node.left, node.right]);
      case "SequenceExpression": {
        const last = node.expressions.at(-1);
        return last === undefined ? null : of(last);
      }
      case "MemberExpression":
        return memberValues(node);
      case "CallExpression":
        return results(node);
      default:
        return [node];
    }
  };

  const union = (nodes: readonly Node[]): readonly Node[] | null => {
    const all: Node[] = [];
    for (const node of nodes) {
      const found = of(node);
      if (found === null || all.length > most) return null;
      all.push(...found);
    }
    return all;
  };

  const variableValues = (variable: Variable): readonly Node[] | null => {
    const known = ofVariable.get(variable);
    if (known !== undefined) return known;
    // While it is being looked at it is not known: a value may be made from itself.
    ofVariable.set(variable, null);
    const sources = sourcesOf(variable);
    const found = sources === null ? null : union(sources);
    const result = found?.every((value) => isSafe(variable, value)) === true ? found : null;
    ofVariable.set(variable, result);
    return result;
  };

  /** Whether an object that the variable holds is as it was when it was made. */
  const isSafe = (variable: Variable, value: Node): boolean => {
    switch (value.type) {
      case "ObjectExpression":
      case "ArrayExpression":
        return isKept(variable);
      case "CallExpression":
        return (enumOf(value) === null && frozen(value) === null) || isKept(variable);
      case "NewExpression":
        return !isUrlClass(program, value.callee) || isUrlKept(variable);
      default:
        return true;
    }
  };

  /** Every expression that is put into the variable; null where something else may be. */
  const sourcesOf = (variable: Variable): readonly Node[] | null => {
    const sources: Node[] = [];
    for (const definition of variable.defs) {
      const found =
        definition.type === "Variable"
          ? declared(definition.node, definition.name)
          : definition.type === "Parameter"
            ? passed(definition.node as Node, definition.index ?? -1)
            : null;
      if (found === null) return null;
      sources.push(...found);
    }
    if (variable.defs.length === 0) return null;
    for (const reference of variable.references) {
      if (!reference.isWrite() || reference.init === true) continue;
      const parent = program.parents.get(reference.identifier as Node);
      if (parent?.type === "UpdateExpression") sources.push(parent);
      else if (parent?.type === "AssignmentExpression" && parent.left === reference.identifier) {
        if (parent.operator !== "=" && parent.operator !== "??=" && parent.operator !== "||=") return null;
        sources.push(parent.right);
      } else if (!isParameterDefault(program, parent) && parent?.type !== "VariableDeclarator") return null;
    }
    return sources.length > most ? null : sources;
  };

  const declared = (declarator: Node, name: Node): readonly Node[] | null => {
    if (declarator.type !== "VariableDeclarator" || declarator.id !== name) return null;
    if (declarator.init) return [declarator.init];
    const declaration = program.parents.get(declarator);
    const loop = declaration === undefined ? undefined : program.parents.get(declaration);
    if (loop?.type === "ForOfStatement" && loop.left === declaration)
      return isIterationChanged(program) ? null : texts(elements(loop.right));
    return loop?.type === "ForInStatement" ? null : [];
  };

  /** Elements stand for the list only where they are text: an object could be changed through another of its names. */
  const texts = (list: readonly Expression[] | null): readonly Node[] | null => {
    if (list === null) return null;
    return list.every(
      (each) => each.type === "Literal" || each.type === "TemplateLiteral" || isConstantName(each),
    )
      ? list
      : null;
  };

  const isConstantName = (node: Node): boolean => folder.strings(node) !== null;

  /** What callers pass for a parameter. */
  const passed = (target: Node, index: number): readonly Node[] | null => {
    if (!isFunctionNode(target) || program.takesArguments.has(target)) return null;
    const parameter = target.params[index];
    if (parameter?.type !== "Identifier" && parameter?.type !== "AssignmentPattern") return null;
    const fallback = parameter.type === "AssignmentPattern" ? parameter.right : null;
    if (parameter.type === "AssignmentPattern" && parameter.left.type !== "Identifier") return null;
    const list = listOfCallback(target);
    if (list !== null) return index === 0 ? texts(elements(list)) : null;
    const calls = callsOf(program, target);
    if (calls === null) return null;
    const sources: Node[] = fallback === null ? [] : [fallback];
    for (const { arguments: args } of calls) {
      if (args.slice(0, index + 1).some((argument) => argument.type === "SpreadElement")) return null;
      const argument = args[index];
      if (argument !== undefined) sources.push(argument);
      else if (fallback === null) return null;
    }
    return sources;
  };

  /** `list.map(callback)`: the list. */
  const listOfCallback = (target: FunctionNode): Node | null => {
    const call = program.parents.get(target);
    if (call?.type !== "CallExpression" || call.arguments[0] !== target) return null;
    const { callee } = call;
    const name = callee.type === "MemberExpression" ? (key(callee) ?? "") : "";
    return callee.type === "MemberExpression" && callbacks.has(name) && !isReplacedInNode(program, name)
      ? callee.object
      : null;
  };

  const results = (node: CallExpression): readonly Node[] | null => {
    const target = functionOf(program, node.callee);
    if (target === null || enumOf(node) !== null) return [node];
    if (target.async === true || target.generator === true) return [node];
    return union(target.body.type === "BlockStatement" ? (program.returns.get(target) ?? []) : [target.body]);
  };

  const memberValues = (node: MemberExpression): readonly Node[] | null => {
    if (node.object.type === "Super") return null;
    if (node.property.type === "PrivateIdentifier") return fieldValues(node, `#${node.property.name}`);
    const names = keys(node);
    const set = node.object.type === "MemberExpression" ? justSet(program, node.object) : null;
    const owners = (set === null ? (of(node.object) ?? []) : [set]).map(propertiesOf);
    const maps = owners.filter((own) => own !== null);
    if (maps.length > 0 && maps.length === owners.length) {
      // A key that is not there gives `undefined`, or what every object has, which is no text.
      const wanted = maps.flatMap((own) =>
        names === null ? [...own.values()] : names.flatMap((name) => own.get(name) ?? []),
      );
      // What lists, texts and objects inherit may have been added to.
      const isThere = names?.every((name) => maps.every((own) => own.has(name))) === true;
      if (!isThere && isInheritanceChanged(program)) return null;
      return wanted.length === 0 || !wanted.every(isPlain) ? null : union(wanted);
    }
    const list = elements(node.object);
    if (list !== null) {
      const isInside = names?.every((name) => list[Number(name)] !== undefined) === true;
      if (!isInside && isInheritanceChanged(program)) return null;
      const at = names === null ? list : names.flatMap((name) => list[Number(name)] ?? []);
      const found = texts(at);
      return found === null || found.length === 0 ? [node] : union(found);
    }
    const [name, ...others] = names ?? [];
    if (name === undefined || others.length > 0) return names === null ? null : [node];
    return fieldValues(node, name) ?? [node];
  };

  /** A URL inside an object may be changed through the object. */
  const isPlain = (node: Node): boolean =>
    !(node.type === "NewExpression" && isUrlClass(program, node.callee));

  /** `this.name` and `Class.name`, where the class sets it once and nobody else can. */
  const fieldValues = (node: MemberExpression, name: string): readonly Node[] | null => {
    const isStatic = node.object.type !== "ThisExpression" && !name.startsWith("#");
    const body = isStatic ? classOf(node.object) : bodyAround(node, name);
    const field = body?.body.find(
      (element) =>
        element.type === "PropertyDefinition" &&
        !element.computed &&
        fieldName(element.key) === name &&
        (name.startsWith("#") || element.static === isStatic),
    );
    if (body === undefined || field?.type !== "PropertyDefinition" || !field.value) return null;
    if (!isPlain(field.value) || isMemberWritten(program, name) || isReplaced(program, name)) return null;
    if (!name.startsWith("#") && !(isStatic ? isClassKept(body) : isInstanceKept(body))) return null;
    return field.value.type === "ObjectExpression" || field.value.type === "ArrayExpression"
      ? null
      : of(field.value);
  };

  const classOf = (node: Node): ClassBody | undefined => {
    const variable = node.type === "Identifier" ? program.variableOf(node) : null;
    const [definition, ...others] = variable?.defs ?? [];
    if (definition === undefined || others.length > 0) return undefined;
    if (definition.type === "ClassName") return definition.node.body;
    const init = definition.type === "Variable" ? definition.node.init : null;
    const isOnce = variable?.references.filter((reference) => reference.isWrite()).length === 1;
    return init?.type === "ClassExpression" && isOnce ? init.body : undefined;
  };

  const bodyAround = (node: Node, name: string): ClassBody | undefined => {
    for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
      if (at.type === "ClassBody") {
        const has = at.body.some(
          (element) => element.type === "PropertyDefinition" && fieldName(element.key) === name,
        );
        if (has || !name.startsWith("#")) return at;
      }
      // `this` of a function is whatever it is called on.
      const isMethod = program.parents.get(at)?.type === "MethodDefinition";
      if (!name.startsWith("#") && at.type === "FunctionDeclaration") return undefined;
      if (!name.startsWith("#") && at.type === "FunctionExpression" && !isMethod) return undefined;
    }
    return undefined;
  };

  /** Whether the class is only made, extended, exported and asked for members, none of which is written. */
  const isClassKept = (body: ClassBody): boolean => {
    const owner = program.parents.get(body);
    if (owner === undefined || program.thises.get(body)?.every(isStaticKept) === false) return false;
    return namesOfClass(owner).every((variable) =>
      variable.references.every((reference) => {
        if (reference.init === true) return true;
        const identifier = reference.identifier as Node;
        const parent = program.parents.get(identifier);
        switch (parent?.type) {
          case "NewExpression":
            return parent.callee === identifier && constructorOf(parent) === null;
          case "ClassDeclaration":
          case "ClassExpression":
          case "ExportSpecifier":
            return true;
          case "BinaryExpression":
            return parent.operator === "instanceof";
          case "MemberExpression":
            return parent.object === identifier && key(parent) !== null && !isTarget(program, parent);
          default:
            return false;
        }
      }),
    );
  };

  /**
   * Whether nobody but the class itself has hold of its instances: `this` is only asked for members, and what `new`
   * gives is asked for members, or listed by `nodes()` for the runner.
   */
  const isInstanceKept = (body: ClassBody): boolean => {
    const owner = program.parents.get(body);
    if (owner === undefined || (owner.type !== "ClassDeclaration" && owner.type !== "ClassExpression"))
      return false;
    if (!isThisKept(body)) return false;
    const bases = new Set<ClassBody>();
    for (let parent = owner.superClass; parent; ) {
      const base = classOf(parent);
      if (base === undefined || bases.has(base) || !isThisKept(base)) return false;
      bases.add(base);
      const above = program.parents.get(base);
      parent =
        above?.type === "ClassDeclaration" || above?.type === "ClassExpression" ? above.superClass : null;
    }
    return namesOfClass(owner).every((variable) =>
      variable.references.every((reference) => {
        if (reference.init === true) return true;
        const identifier = reference.identifier as Node;
        const parent = program.parents.get(identifier);
        if (parent?.type === "ExportSpecifier") return true;
        return (
          parent?.type === "NewExpression" && parent.callee === identifier && isInstanceUseKept(body, parent)
        );
      }),
    );
  };

  /** `this[name] = value`, which no list of written names has. */
  const isComputedWrite = (node: Node | undefined): boolean =>
    node?.type === "MemberExpression" && node.computed && isTarget(program, node);

  /** Whether `this` of a static member, and `this.constructor`, are only asked for other members. */
  const isStaticKept = (self: Node): boolean => {
    const parent = program.parents.get(self);
    const name = parent?.type === "MemberExpression" && parent.object === self ? key(parent) : null;
    if (isComputedWrite(parent)) return false;
    if (name !== null) return name !== "constructor" && name !== "__proto__";
    for (let at = program.parents.get(self); at !== undefined; at = program.parents.get(at)) {
      if (at.type === "StaticBlock") return false;
      if (at.type === "MethodDefinition" || at.type === "PropertyDefinition") return !at.static;
    }
    return true;
  };

  /** `new Class().constructor` */
  const constructorOf = (made: Node): Node | null => {
    const parent = program.parents.get(made);
    const isMember = parent?.type === "MemberExpression" && parent.object === made;
    return isMember && ["constructor", null].includes(key(parent)) ? parent : null;
  };

  /** Whether a method stays on its object: elsewhere its `this` would be another one. */
  const isMethodKept = (body: ClassBody, member: MemberExpression): boolean => {
    const name = key(member);
    const isMethod = body.body.some(
      (element) => element.type === "MethodDefinition" && fieldName(element.key) === name,
    );
    const above = program.parents.get(member);
    if (!isMethod || (above?.type === "CallExpression" && above.callee === member)) return true;
    // `this.method.bind(this)`
    const call = above === undefined ? undefined : program.parents.get(above);
    return (
      above?.type === "MemberExpression" &&
      key(above) === "bind" &&
      call?.type === "CallExpression" &&
      call.callee === above &&
      call.arguments[0]?.type === "ThisExpression"
    );
  };

  const isInstanceUseKept = (body: ClassBody, made: Node): boolean => {
    const parent = program.parents.get(made);
    switch (parent?.type) {
      case "MemberExpression":
        return parent.object === made && !isTarget(program, parent) && isMethodKept(body, parent);
      case "VariableDeclarator": {
        const variable = parent.id.type === "Identifier" ? program.declaredBy.get(parent.id) : undefined;
        return (
          variable?.references.every(
            (reference) => reference.init === true || isInstanceUseKept(body, reference.identifier as Node),
          ) === true
        );
      }
      case "ArrayExpression": {
        for (let at: Node | undefined = parent; at !== undefined; at = program.parents.get(at)) {
          if (at.type === "MethodDefinition") return fieldName(at.key) === "nodes";
          if (isFunctionNode(at) && at.type !== "FunctionExpression") return false;
          if (at.type === "CallExpression") return false;
        }
        return false;
      }
      default:
        return false;
    }
  };

  const isThisKept = (body: ClassBody): boolean =>
    program.thises.get(body)?.every((node) => {
      const parent = program.parents.get(node);
      return (
        parent?.type === "MemberExpression" &&
        parent.object === node &&
        key(parent) !== null &&
        !isComputedWrite(parent) &&
        isMethodKept(body, parent)
      );
    }) !== false;

  const namesOfClass = (owner: Node): readonly Variable[] => {
    const names: Variable[] = [];
    if ((owner.type === "ClassDeclaration" || owner.type === "ClassExpression") && owner.id) {
      names.push(...program.variablesOf(owner.id));
    }
    const parent = program.parents.get(owner);
    if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier") {
      names.push(...program.variablesOf(parent.id));
    }
    return names;
  };

  const object = (node: Node): ReadonlyMap<string, Expression> | null => {
    const [target, ...others] = of(node) ?? [];
    const near = target === undefined || others.length > 0 ? null : propertiesOf(target);
    return near ?? heap?.object(node) ?? null;
  };

  const propertiesOf = (target: Node): ReadonlyMap<string, Expression> | null => {
    const known = objects.get(target);
    if (known !== undefined) return known;
    objects.set(target, null);
    const literal = target.type === "CallExpression" ? frozen(target) : target;
    const result =
      target.type === "CallExpression" && literal === null
        ? enumOf(target)
        : literal?.type === "ObjectExpression"
          ? properties(literal.properties)
          : null;
    objects.set(target, result);
    return result;
  };

  const properties = (list: readonly Node[]): ReadonlyMap<string, Expression> | null => {
    const result = new Map<string, Expression>();
    for (const property of list) {
      if (property.type === "SpreadElement") {
        const spread = object(property.argument);
        if (spread === null) return null;
        for (const [name, value] of spread) result.set(name, value);
        continue;
      }
      if (property.type !== "Property" || property.kind !== "init") return null;
      const name = propertyKey(property.key, property.computed);
      // `__proto__: x` sets the prototype, which may answer for every key that is absent here.
      if (name === null || name === "__proto__") return null;
      result.set(name, property.value as Expression);
    }
    return result;
  };

  const frozen = (node: CallExpression): Node | null => {
    const { callee } = node;
    const [first] = node.arguments;
    return callee.type === "MemberExpression" &&
      callee.object.type !== "Super" &&
      isGlobal(program, callee.object, "Object") &&
      key(callee) === "freeze" &&
      !isReplaced(program, "Object", "freeze") &&
      first !== undefined
      ? first
      : null;
  };

  /** An enum as esbuild writes it: `((E2) => { E2["A"] = "a"; return E2; })(E || {})`. */
  const enumOf = (node: CallExpression): ReadonlyMap<string, Expression> | null => {
    const { callee, arguments: args } = node;
    const [given] = args;
    if (callee.type !== "ArrowFunctionExpression" || callee.body.type !== "BlockStatement") return null;
    const [parameter] = callee.params;
    if (parameter?.type !== "Identifier" || given?.type !== "LogicalExpression" || given.operator !== "||")
      return null;
    if (given.left.type !== "Identifier" || given.right.type !== "ObjectExpression") return null;
    if (given.right.properties.length > 0) return null;
    // Of another object others may have hold.
    const declarator = program.parents.get(node);
    const id = declarator?.type === "VariableDeclarator" ? declarator.id : null;
    if (id?.type !== "Identifier" || program.declaredBy.get(id) !== program.variableOf(given.left))
      return null;
    const result = new Map<string, Expression>();
    for (const statement of callee.body.body) {
      if (statement.type === "ReturnStatement") {
        if (statement.argument?.type !== "Identifier" || statement.argument.name !== parameter.name)
          return null;
        continue;
      }
      const set = statement.type === "ExpressionStatement" ? statement.expression : null;
      if (
        set?.type !== "AssignmentExpression" ||
        set.operator !== "=" ||
        set.left.type !== "MemberExpression"
      )
        return null;
      const { left, right } = set;
      if (left.object.type !== "Identifier" || left.object.name !== parameter.name) return null;
      if (left.property.type !== "Literal" || right.type !== "Literal") return null;
      result.set(String(left.property.value), right);
    }
    return result;
  };

  const elements = (node: Node): readonly Expression[] | null => {
    const [target, ...others] = of(node) ?? [];
    if (target === undefined || others.length > 0) return null;
    const literal =
      target.type === "CallExpression"
        ? (frozen(target) ?? concatenated(target) ?? valuesOf(target))
        : target;
    if (Array.isArray(literal)) return literal as readonly Expression[];
    return (literal as Node).type === "ArrayExpression" ? elementsOf(literal as ArrayExpression) : null;
  };

  /** `["a"].concat("b")`, of texts */
  const concatenated = (node: CallExpression): readonly Expression[] | null => {
    const { callee } = node;
    if (callee.type !== "MemberExpression" || callee.object.type !== "ArrayExpression") return null;
    if (key(callee) !== "concat" || isReplacedInNode(program, "concat", "@@isConcatSpreadable")) return null;
    const own = elementsOf(callee.object);
    const added: Expression[] = [];
    for (const each of node.arguments) {
      if (each.type !== "Literal" || typeof each.value !== "string") return null;
      added.push(each);
    }
    return own === null ? null : [...own, ...added];
  };

  /** `Object.values(constants)` and `Object.keys(constants)` */
  const valuesOf = (node: CallExpression): readonly Expression[] | Node => {
    const { callee } = node;
    const [first] = node.arguments;
    if (
      callee.type !== "MemberExpression" ||
      first === undefined ||
      !isGlobal(program, callee.object, "Object")
    )
      return node;
    const name = key(callee) ?? "";
    if (!/^(?:keys|values)$/.test(name) || isReplaced(program, "Object", name)) return node;
    const own = name === "values" ? object(first) : writtenDown(first);
    if (own === null) return node;
    return name === "values"
      ? [...own.values()]
      : [...own.keys()].map((text) => ({ type: "Literal", value: text, raw: JSON.stringify(text) }));
  };

  /** The object where each of its keys stands in the program: one that holds `undefined` is a key too. */
  const writtenDown = (node: Node): ReadonlyMap<string, Expression> | null => {
    const [target, ...others] = of(node) ?? [];
    const literal = target?.type === "CallExpression" ? frozen(target) : target;
    const isPlain =
      literal?.type === "ObjectExpression" && literal.properties.every(({ type }) => type === "Property");
    return target === undefined || others.length > 0 || !isPlain ? null : propertiesOf(target);
  };

  const elementsOf = (list: ArrayExpression): readonly Expression[] | null => {
    const result: Expression[] = [];
    for (const element of list.elements) {
      if (element === null) return null;
      if (element.type !== "SpreadElement") {
        result.push(element);
        continue;
      }
      const spread = isIterationChanged(program) ? null : elements(element.argument);
      if (spread === null) return null;
      result.push(...spread);
    }
    return result;
  };

  const propertyKeys = (node: Node, computed: boolean): readonly string[] | null => {
    if (!computed && node.type === "Identifier") return [node.name];
    return node.type === "PrivateIdentifier" ? [`#${node.name}`] : folder.strings(node);
  };
  const propertyKey = (node: Node, computed: boolean): string | null => {
    const [name, ...others] = propertyKeys(node, computed) ?? [];
    return name === undefined || others.length > 0 ? null : name;
  };
  const key = (node: MemberExpression): string | null => propertyKey(node.property, node.computed);
  const keys = (node: MemberExpression): readonly string[] | null =>
    propertyKeys(node.property, node.computed);

  /** Whether every mention of the variable only reads from the object or list that it holds. */
  const isKept = (variable: Variable): boolean => {
    const known = keeping.get(variable);
    if (known !== undefined) return known;
    keeping.set(variable, true);
    const result = variable.references.every(
      (reference) =>
        reference.init === true ||
        (reference.isWrite() && !reference.isRead()) ||
        isReadOnly(reference.identifier as Node),
    );
    keeping.set(variable, result);
    return result;
  };

  const isReadOnly = (identifier: Node): boolean => {
    const parent = program.parents.get(identifier);
    switch (parent?.type) {
      case "SpreadElement":
        // A copy of an object shares the objects inside.
        return program.parents.get(parent)?.type !== "ObjectExpression" || areLeaves(identifier, [null]);
      case "ForOfStatement":
        return !isIterationChanged(program);
      case "LogicalExpression":
        // The enum's own `E || {}`, of which nothing but its own code has hold.
        return (
          parent.right.type === "ObjectExpression" && program.parents.get(parent)?.type === "CallExpression"
        );
      case "CallExpression":
      case "NewExpression":
        return (
          parent.callee !== identifier &&
          (isPlatformCall(program, parent) || isLookedAt(parent) || isPassedKept(parent, identifier))
        );
      case "BinaryExpression":
        // Whether a key is there.
        return parent.operator === "in" && parent.right === identifier;
      case "MemberExpression":
        return parent.object === identifier && isChainKept(parent);
      default:
        return false;
    }
  };

  /** `Object.hasOwn(object, name)` and `Object.keys(object)`, which hand nothing on. */
  const isLookedAt = ({ callee }: CallExpression | NewExpression): boolean => {
    const api = apiOf(program, callee);
    return (
      api !== null &&
      /^global Object\.(?:hasOwn|keys|prototype\.hasOwnProperty\.call)$/.test(keyOf(api)) &&
      !isReplaced(program, "Object", "hasOwn", "keys", "hasOwnProperty", "call")
    );
  };

  /** `object.a.b`, which is neither written nor called on something that could change itself. */
  const isChainKept = (member: MemberExpression): boolean => {
    let node: Node = member;
    let above = program.parents.get(node);
    while (
      above?.type === "ChainExpression" ||
      (above?.type === "MemberExpression" && above.object === node)
    ) {
      node = above;
      above = program.parents.get(node);
    }
    if (isTarget(program, node) || (above?.type === "TaggedTemplateExpression" && above.tag === node))
      return false;
    if (above?.type !== "CallExpression" || above.callee !== node) return isValueHarmless(node);
    const name = node.type === "MemberExpression" ? key(node) : null;
    if (name === null) return false;
    if (isReplacedInNode(program, name)) return false;
    if (readers.has(name)) return true;
    if (!callbacks.has(name)) return false;
    const [callback] = above.arguments;
    // The third parameter would be the list itself.
    return isFunctionNode(callback) && callback.params.length <= 2 && !program.takesArguments.has(callback);
  };

  /** A member handed on is harmless where it is text; an object inside could be changed by who gets it. */
  const isValueHarmless = (node: Node): boolean => {
    const parent = program.parents.get(node);
    switch (parent?.type) {
      case "TemplateLiteral":
      case "BinaryExpression":
      case "IfStatement":
      case "ForOfStatement":
        return true;
      default:
        return isLeaf(node);
    }
  };

  /** Whether the member is no object for certain, or not there at all. */
  const isLeaf = (node: Node): boolean => {
    const names: (string | null)[] = [];
    let root: Node = node;
    while (root.type === "MemberExpression" || root.type === "ChainExpression") {
      if (root.type === "MemberExpression") names.unshift(key(root));
      root = root.type === "MemberExpression" ? root.object : root.expression;
    }
    return areLeaves(root, names);
  };

  /** `names` are the keys from the variable to the values; null for any. */
  const areLeaves = (root: Node, names: readonly (string | null)[]): boolean => {
    const variable = root.type === "Identifier" ? program.variableOf(root) : null;
    const sources = variable === null ? null : sourcesOf(variable);
    let values = sources === null ? null : union(sources);
    for (const name of names) {
      values = values === null ? null : insideOf(values, name);
    }
    return (
      values?.every((value) => value.type !== "ObjectExpression" && value.type !== "ArrayExpression") === true
    );
  };

  /** What the member of that name may be, or any member where the name is null; null where it may be something else. */
  const insideOf = (owners: readonly Node[], name: string | null): readonly Node[] | null => {
    const inside: Node[] = [];
    for (const owner of owners) {
      const literal = owner.type === "CallExpression" ? (frozen(owner) ?? owner) : owner;
      if (literal.type === "ArrayExpression") {
        for (const element of literal.elements) {
          if (element?.type === "SpreadElement") return null;
          if (element !== null) inside.push(element);
        }
      } else if (literal.type === "ObjectExpression") {
        for (const property of literal.properties) {
          if (property.type !== "Property") return null;
          const own = propertyKey(property.key, property.computed);
          if (name === null || own === null || own === name) inside.push(property.value);
        }
      } else if (literal.type !== "Literal" && literal.type !== "TemplateLiteral") return null;
    }
    return union(inside);
  };

  /** An argument of a function in view whose parameter is only read from. */
  const isPassedKept = (call: CallExpression | NewExpression, identifier: Node): boolean => {
    const target = functionOf(program, call.callee);
    if (target === null || program.takesArguments.has(target)) return false;
    const index = (call.arguments as readonly Node[]).indexOf(identifier);
    if (call.arguments.slice(0, index).some((argument) => argument.type === "SpreadElement")) return false;
    const parameter = target.params[index];
    if (parameter?.type !== "Identifier") return false;
    const variable = program.declaredBy.get(parameter);
    return variable !== undefined && isKept(variable);
  };

  /** Whether no mention of the variable can change scheme, host or port of the URL it holds. */
  const isUrlKept = (found: Variable): boolean =>
    found.references.every((reference) => {
      if (reference.init === true) return true;
      const identifier = reference.identifier as Node;
      const parent = program.parents.get(identifier);
      if (parent?.type === "TemplateLiteral" || parent?.type === "BinaryExpression") return true;
      if (parent?.type === "CallExpression" || parent?.type === "NewExpression") {
        return parent.callee !== identifier && isPlatformCall(program, parent);
      }
      if (parent?.type !== "MemberExpression" || parent.object !== identifier) return false;
      const name = key(parent);
      return name !== null && (!isTarget(program, parent) || harmlessUrlSetters.has(name));
    });

  /** All that a text may be; an object that has a text is none. */
  const textsOf = (node: Node): readonly string[] | null =>
    of(node)?.some(({ type }) => type === "NewExpression") === true ? null : folder.strings(node);

  const narrowed = createNarrowed(program, {
    strings: textsOf,
    elements: (node) => {
      const list = elements(node)?.map(textsOf) ?? null;
      return list === null || list.includes(null) ? null : list.flatMap((each) => each ?? []);
    },
  });

  return { of, object, elements, key, keys, narrowed };
}

/** Whether Node's own network, file or process code is called: it neither keeps nor changes what it is given. */
function isPlatformCall(program: Program, node: CallExpression | NewExpression): boolean {
  let callee: Node = node.callee;
  while (callee.type === "MemberExpression" || callee.type === "ChainExpression") {
    if (callee.type === "MemberExpression" && isReplacedInNode(program, fieldName(callee.property) ?? ""))
      return false;
    callee = callee.type === "ChainExpression" ? callee.expression : callee.object;
  }
  if (callee.type !== "Identifier") return false;
  const variable = program.variableOf(callee);
  if (variable === null && isReplaced(program, callee.name)) return false;
  if (variable === null) return classify(globalApi(callee.name)).rows.some((row) => row.form === "url");
  return variable.defs.some((definition) => {
    if (definition.type !== "ImportBinding") return false;
    const source = definition.parent.source.value;
    const api = typeof source === "string" ? moduleApi(source) : null;
    return api !== null && [...reachOf(api)].some((reach) => /^(?:network|fs:|exec)/.test(reach));
  });
}
