import type { Variable } from "eslint-scope";
import type { CallExpression, Expression, Identifier, MemberExpression, NewExpression, Node } from "estree";
import { bare, type Program } from "./program.ts";
import { classify, globalApi, moduleApi } from "./table.ts";

/** The constant beginning of a string; `isWhole` when nothing unknown follows. */
export interface Text {
  readonly known: string;
  readonly isWhole: boolean;
}

/** What can be computed about values without running anything. Every answer holds whenever the code runs. */
export interface Folder {
  readonly text: (node: Node) => Text;
  /** The whole string; null when a part of it is not constant. Numbers fold to their decimal text. */
  readonly string: (node: Node) => string | null;
  /** Properties of an object literal, or of a constant bound to one that nobody can have changed. */
  readonly object: (node: Node) => ReadonlyMap<string, Expression> | null;
  /** Name of the member; null when it is computed and not constant. */
  readonly key: (node: MemberExpression) => string | null;
}

/** Longer strings are none of the resources this is for; the limit keeps doubling constants harmless. */
const longest = 4096;
const deepest = 200;

const nothing: Text = { known: "", isWhole: false };

/** Setters of `URL` that leave scheme, host and port as they are. */
const harmlessUrlSetters: ReadonlySet<string> = new Set([
  "pathname",
  "search",
  "hash",
  "username",
  "password",
]);

export function createFolder(program: Program): Folder {
  const texts = new Map<Variable, Text>();
  const objects = new Map<Node, ReadonlyMap<string, Expression> | null>();
  let depth = 0;

  const text = (node: Node): Text => {
    if (depth >= deepest) return nothing;
    depth++;
    const result = fold(node);
    depth--;
    return result.known.length > longest ? { known: result.known.slice(0, longest), isWhole: false } : result;
  };

  const fold = (node: Node): Text => {
    switch (node.type) {
      case "Literal":
        return typeof node.value === "string" || typeof node.value === "number"
          ? { known: String(node.value), isWhole: true }
          : nothing;
      case "TemplateLiteral": {
        let result: Text = { known: "", isWhole: true };
        for (const [i, quasi] of node.quasis.entries()) {
          result = join(result, { known: quasi.value.cooked ?? "", isWhole: true });
          const expression = node.expressions[i];
          if (result.isWhole && expression !== undefined) result = join(result, text(expression));
        }
        return result;
      }
      case "BinaryExpression":
        // Two numbers would be added, and adding digits is not what joining them gives.
        if (node.operator !== "+" || !(isText(node.left) || isText(node.right))) return nothing;
        return join(text(node.left), text(node.right));
      case "ChainExpression":
        return text(node.expression);
      case "Identifier":
        return variable(node);
      case "MemberExpression":
        return member(node);
      case "NewExpression":
      case "CallExpression":
        return call(node);
      case "SequenceExpression": {
        const last = node.expressions.at(-1);
        return last === undefined ? nothing : text(last);
      }
      default:
        return nothing;
    }
  };

  /** Whether `+` with this operand joins strings. */
  const isText = (node: Node): boolean => {
    if (depth >= deepest) return false;
    depth++;
    const target =
      node.type === "Identifier"
        ? constantOf(node)
        : node.type === "MemberExpression"
          ? memberValue(node)
          : node;
    const result =
      target !== null &&
      (target.type === "TemplateLiteral" ||
        (target.type === "Literal" && typeof target.value === "string") ||
        (target.type === "BinaryExpression" &&
          target.operator === "+" &&
          (isText(target.left) || isText(target.right))) ||
        (target !== node && target.type === "Identifier" && isText(target)));
    depth--;
    return result;
  };

  const variable = (node: Identifier): Text => {
    const found = program.variableOf(node);
    const init = found === null ? null : constantInit(found);
    if (found === null || init === null) return nothing;
    let result = texts.get(found);
    if (result === undefined) {
      texts.set(found, nothing);
      result = isUrl(program, init) && !isUrlKept(found) ? nothing : text(init);
      texts.set(found, result);
    }
    return result;
  };

  const constantOf = (node: Identifier): Expression | null => {
    const found = program.variableOf(node);
    return found === null ? null : constantInit(found);
  };

  const memberValue = (node: MemberExpression): Expression | null => {
    const name = key(node);
    return name === null || node.object.type === "Super" ? null : (object(node.object)?.get(name) ?? null);
  };

  const member = (node: MemberExpression): Text => {
    if (node.property.type === "PrivateIdentifier") return privateField(node, node.property.name);
    const value = memberValue(node);
    if (value !== null) return text(value);
    if (key(node) === "href" && node.object.type !== "Super") return urlText(node.object);
    return nothing;
  };

  /** `this.#name`: only the class body can write it, so all of its writes are in view. */
  const privateField = (node: MemberExpression, name: string): Text => {
    let owner: Node | undefined = node;
    let init: Expression | null = null;
    while (owner !== undefined && init === null) {
      owner = program.parents.get(owner);
      if (owner?.type !== "ClassBody") continue;
      const field = owner.body.find(
        (element) =>
          element.type === "PropertyDefinition" &&
          element.key.type === "PrivateIdentifier" &&
          element.key.name === name,
      );
      if (field?.type === "PropertyDefinition") init = field.value ?? null;
    }
    if (init === null || owner === undefined || isUrl(program, init)) return nothing;
    const isWritten = program.members.some(
      (other) =>
        other.type === "MemberExpression" &&
        other.property.type === "PrivateIdentifier" &&
        other.property.name === name &&
        isTarget(program, other),
    );
    return isWritten ? nothing : text(init);
  };

  const call = (node: CallExpression | NewExpression): Text => {
    if (node.callee.type === "Super") return nothing;
    const callee = bare(node.callee);
    if (isUrl(program, node)) return newUrl(node);
    const [first] = node.arguments;
    if (node.type === "CallExpression" && isGlobal(program, callee, "String") && first !== undefined) {
      return first.type === "SpreadElement" ? nothing : text(first);
    }
    if (callee.type === "MemberExpression" && callee.object.type !== "Super" && first === undefined) {
      if (key(callee) === "toString") return text(callee.object);
    }
    return nothing;
  };

  /** The text of a URL object, and of nothing else. */
  const urlText = (node: Node): Text => {
    const target = node.type === "Identifier" ? constantOf(node) : node;
    return target !== null && isUrl(program, target) ? text(node) : nothing;
  };

  const newUrl = (node: NewExpression): Text => {
    const [first, second] = node.arguments;
    if (first === undefined || first.type === "SpreadElement" || second?.type === "SpreadElement")
      return nothing;
    const own = text(first);
    if (own.isWhole) {
      const base = second === undefined ? undefined : text(second);
      // A whole base is not needed: what follows its authority does not change the authority.
      const url = URL.parse(
        own.known,
        base === undefined ? undefined : base.isWhole ? base.known : (authority(base) ?? ""),
      );
      if (url === null) return nothing;
      const isExact = base === undefined || base.isWhole || URL.canParse(own.known);
      return { known: isExact ? url.href : `${url.protocol}//${url.host}/`, isWhole: isExact };
    }
    const known = authority(own);
    return known === null ? nothing : { known, isWhole: false };
  };

  const object = (node: Node): ReadonlyMap<string, Expression> | null => {
    let target: Node | null = node;
    if (node.type === "Identifier") {
      const found = program.variableOf(node);
      target = found === null || !isObjectKept(found) ? null : constantInit(found);
    }
    if (target?.type === "CallExpression") target = frozen(target);
    if (target?.type !== "ObjectExpression") return null;
    let result = objects.get(target);
    if (result === undefined) {
      result = properties(target.properties);
      objects.set(target, result);
    }
    return result;
  };

  const properties = (list: readonly Node[]): ReadonlyMap<string, Expression> | null => {
    const result = new Map<string, Expression>();
    for (const property of list) {
      if (property.type !== "Property" || property.kind !== "init") return null;
      const name = propertyKey(property.key, property.computed);
      // `__proto__: x` sets the prototype, which may answer for every key that is absent here.
      if (name === null || name === "__proto__") return null;
      result.set(name, property.value as Expression);
    }
    return result;
  };

  const frozen = (node: CallExpression): Node | null => {
    const callee = node.callee;
    const [first] = node.arguments;
    return callee.type === "MemberExpression" &&
      callee.object.type !== "Super" &&
      isGlobal(program, callee.object, "Object") &&
      key(callee) === "freeze" &&
      first !== undefined
      ? first
      : null;
  };

  const propertyKey = (node: Node, computed: boolean): string | null => {
    if (!computed && node.type === "Identifier") return node.name;
    if (node.type === "PrivateIdentifier") return null;
    const folded = text(node);
    return folded.isWhole ? folded.known : null;
  };

  const key = (node: MemberExpression): string | null => propertyKey(node.property, node.computed);

  /** Whether every mention of the variable only reads members of the object it holds. */
  const isObjectKept = (found: Variable): boolean =>
    found.references.every((reference) => {
      if (reference.init === true) return true;
      const identifier = reference.identifier as Node;
      const parent = program.parents.get(identifier);
      if (parent?.type === "SpreadElement") return true;
      if (parent?.type === "CallExpression" || parent?.type === "NewExpression") {
        return parent.callee !== identifier && isPlatformCall(program, parent);
      }
      if (parent?.type !== "MemberExpression" || parent.object !== identifier) return false;
      const above = program.parents.get(parent);
      return !isTarget(program, parent) && !(above?.type === "CallExpression" && above.callee === parent);
    });

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

  return {
    text,
    string: (node) => {
      const result = text(node);
      return result.isWhole ? result.known : null;
    },
    object,
    key,
  };
}

/**
 * Scheme and authority of a URL that begins so, with a final slash; null unless the text closes the authority, so
 * that nothing after it can change the host.
 */
export function authority(text: Text): string | null {
  const match = /^(?:https?|wss?):\/\/[^\s/\\?#]+(?=[/\\?#])/i.exec(text.known);
  const end = match?.[0] ?? (text.isWhole ? text.known : null);
  const url = end === null ? null : URL.parse(end);
  return url === null || url.host === "" ? null : `${url.protocol}//${url.host}/`;
}

/** The value of a variable that has one, known where it is declared. */
export function constantInit(variable: Variable): Expression | null {
  const [definition, ...others] = variable.defs;
  if (definition?.type !== "Variable" || others.length > 0) return null;
  const { id, init } = definition.node;
  if (id.type !== "Identifier" || init === null || init === undefined) return null;
  const writes = variable.references.filter((reference) => reference.isWrite());
  return writes.length === 1 && writes[0]?.init === true ? init : null;
}

export function isGlobal(program: Program, node: Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name && program.variableOf(node) === null;
}

/** Whether the member is written: assigned, counted up, deleted, a destructuring or loop target. */
function isTarget(program: Program, node: Node): boolean {
  const parent = program.parents.get(node);
  switch (parent?.type) {
    case "AssignmentExpression":
    case "AssignmentPattern":
    case "ForInStatement":
    case "ForOfStatement":
      return parent.left === node;
    case "UpdateExpression":
    case "RestElement":
    case "ArrayPattern":
      return true;
    case "UnaryExpression":
      return parent.operator === "delete";
    case "Property":
      return parent.value === node && program.parents.get(parent)?.type === "ObjectPattern";
    default:
      return false;
  }
}

/** Whether Node's own network, file or process code is called: it neither keeps nor changes what it is given. */
function isPlatformCall(program: Program, node: CallExpression | NewExpression): boolean {
  let callee: Node = node.callee;
  while (callee.type === "MemberExpression" || callee.type === "ChainExpression") {
    callee = callee.type === "ChainExpression" ? callee.expression : callee.object;
  }
  if (callee.type !== "Identifier") return false;
  const variable = program.variableOf(callee);
  if (variable === null) return classify(globalApi(callee.name)).rows.some((row) => row.form === "url");
  return variable.defs.some((definition) => {
    if (definition.type !== "ImportBinding") return false;
    const source = definition.parent.source.value;
    const api = typeof source === "string" ? moduleApi(source) : null;
    return api !== null && classify(api).rows.some((row) => /^(?:network|fs:|exec)/.test(row.capability));
  });
}

function isUrl(program: Program, node: Node): node is NewExpression {
  return node.type === "NewExpression" && isGlobal(program, node.callee, "URL");
}

function join(left: Text, right: Text): Text {
  return left.isWhole ? { known: left.known + right.known, isWhole: right.isWhole } : left;
}
