import type { Variable } from "eslint-scope";
import type { CallExpression, Expression, Identifier, Node } from "estree";
import { isGlobal, isParameterDefault, isTarget } from "./constant.ts";
import { functionOf, isFunctionNode } from "./functions.ts";
import { endOf, type Program, startOf } from "./program.ts";
import { isIterationChanged, isReplaced, isReplacedInNode } from "./replaced.ts";
import { apiOf } from "./resolve.ts";
import { hasSameText } from "./stable.ts";
import { keyOf } from "./table.ts";
import { dotted, parts, plainOnly, type Text, unknownPart, whole } from "./text.ts";

/** What conditions say about a name that is given its value once: they hold wherever the code behind them runs. */
export interface Narrowed {
  /** What the value may be, which is a text for certain; null where no condition says so. */
  readonly texts: (node: Identifier) => readonly Text[] | null;
  /** The same where it is a text by what is done with it there: `path.join` throws on everything else. */
  readonly textsOfText: (node: Identifier) => readonly Text[] | null;
}

/** What narrowing asks about expressions. */
export interface Constants {
  readonly strings: (node: Node) => readonly string[] | null;
  /** The strings of a list that nobody changes. */
  readonly elements: (node: Node) => readonly string[] | null;
}

/**
 * `is`: one of these, and a text. `made`: made so where it is a text. `begins`: begins with one of these. `below`: a
 * path in one of these folders.
 */
interface Fact {
  readonly kind: "is" | "made" | "begins" | "below";
  readonly texts: readonly Text[];
  /** The call that asked the value for its text. */
  readonly asked?: CallExpression;
}

/** Nodes inside of which a condition may ask for a variable, by what stands around them. */
type Conditions = ReadonlyMap<Node, ReadonlySet<Node>>;

/** Parts of conditions. */
const asking = /^(?:Unary|Binary|Logical|Member|Call)Expression$/;

/** Functions that tell about what they are given are followed this deep. */
const deepest = 3;

export function createNarrowed(program: Program, { strings, elements }: Constants): Narrowed {
  const known = new Map<Node, readonly Fact[]>();
  const conditions = new Map<Variable, Conditions | null>();

  /** Facts about the variable that hold where the node is reached. */
  const factsAt = (node: Identifier): readonly Fact[] => {
    const before = known.get(node);
    if (before !== undefined) return before;
    // While it is being looked at nothing is known.
    known.set(node, []);
    const variable = program.variableOf(node);
    if (variable !== null && !conditions.has(variable)) conditions.set(variable, conditionsOf(variable));
    const asked = variable === null ? null : (conditions.get(variable) ?? null);
    const found = variable === null || asked === null ? [] : collect(node, variable, asked);
    known.set(node, found);
    return found;
  };

  /** What stands around the places where a condition may ask for the variable; null where there are none. */
  const conditionsOf = (variable: Variable): Conditions | null => {
    if (!isGivenOnce(variable)) return null;
    const found = new Map<Node, Set<Node>>();
    const asked = variable.references.flatMap(({ identifier }) =>
      isAsked(identifier as Node) ? [identifier as Node, ...relationsOf(identifier as Node)] : [],
    );
    for (const node of asked) {
      for (let below = node; below !== variable.scope.block; ) {
        const at = program.parents.get(below);
        if (at === undefined) break;
        const list = found.get(at) ?? new Set();
        found.set(at, list.add(below));
        below = at;
      }
    }
    return found.size === 0 ? null : found;
  };

  /** Mentions of `way` in `const way = relative(folder, path)`. */
  const relationsOf = (path: Node): readonly Node[] => {
    const call = program.parents.get(path);
    const declarator = call === undefined ? undefined : program.parents.get(call);
    if (call?.type !== "CallExpression" || declarator?.type !== "VariableDeclarator") return [];
    if (declarator.id.type !== "Identifier" || !isPathCall(call, /^relative$/)) return [];
    const way = program.declaredBy.get(declarator.id);
    return way?.references.map(({ identifier }) => identifier as Node) ?? [];
  };

  /** Whether what stands around the mention is a condition, or a call that may be one. */
  const isAsked = (identifier: Node): boolean => {
    let node = identifier;
    let above = program.parents.get(node);
    while (above !== undefined && asking.test(above.type)) {
      if (above.type === "LogicalExpression") return true;
      node = above;
      above = program.parents.get(node);
    }
    if (node === identifier) return false;
    switch (above?.type) {
      case "IfStatement":
      case "ConditionalExpression":
        return above.test === node;
      default:
        return /^(?:ReturnStatement|ArrowFunctionExpression|ExpressionStatement|VariableDeclarator)$/.test(
          above?.type ?? "",
        );
    }
  };

  /** A parameter or a `const`, which nothing but its declaration writes; before that it cannot be read. */
  const isGivenOnce = (variable: Variable): boolean => {
    const [definition, ...others] = variable.defs;
    if (definition === undefined || others.length > 0) return false;
    if (definition.type === "Variable" ? definition.parent.kind === "var" : definition.type !== "Parameter")
      return false;
    return variable.references.every(
      (reference) =>
        !reference.isWrite() ||
        reference.init === true ||
        isParameterDefault(program, program.parents.get(reference.identifier as Node)),
    );
  };

  const collect = (node: Node, variable: Variable, asked: Conditions): readonly Fact[] => {
    const facts: Fact[] = [];
    for (
      let at = program.parents.get(node), below = node;
      at !== undefined;
      below = at, at = program.parents.get(at)
    ) {
      const inside = asked.get(at);
      if (inside !== undefined) facts.push(...factsAround(at, below, inside, variable));
      // A function that is declared may be called before what stands above it.
      if (at === variable.scope.block || at.type === "FunctionDeclaration") break;
    }
    return facts;
  };

  const factsAround = (
    at: Node,
    below: Node,
    inside: ReadonlySet<Node>,
    variable: Variable,
  ): readonly Fact[] => {
    switch (at.type) {
      case "IfStatement":
      case "ConditionalExpression":
        return at.test === below ? [] : implied(at.test, at.consequent === below, variable);
      case "LogicalExpression":
        return at.right === below && at.operator !== "??"
          ? implied(at.left, at.operator === "&&", variable)
          : [];
      case "BlockStatement":
      case "SwitchCase":
        return [...inside]
          .filter((one) => one !== below && startOf(one) < startOf(below))
          .flatMap((one) => after(one, variable));
      default:
        return [];
    }
  };

  /** What holds after a statement. */
  const after = (statement: Node, variable: Variable): readonly Fact[] => {
    if (statement.type === "IfStatement")
      return isLeft(statement.consequent) && !statement.alternate
        ? implied(statement.test, false, variable)
        : [];
    const call = statement.type === "ExpressionStatement" ? statement.expression : null;
    return call?.type === "CallExpression" ? afterCall(call, variable, 0) : [];
  };

  /** `assertName(name)`: what holds where it did not throw. */
  const afterCall = (call: CallExpression, variable: Variable, depth: number): readonly Fact[] => {
    const asked = askedOf(call, variable, depth);
    if (asked === null || asked.body.type !== "BlockStatement") return [];
    const facts: Fact[] = [];
    for (const statement of asked.body.body) {
      if (statement.type === "IfStatement" && throws(statement.consequent) && !statement.alternate)
        facts.push(...implied(statement.test, false, asked.parameter, depth + 1));
      // Others may return before the conditions that follow.
      else if (statement.type !== "VariableDeclaration" && statement.type !== "ExpressionStatement") break;
    }
    return facts;
  };

  const throws = (node: Node): boolean =>
    node.type === "ThrowStatement" ||
    (node.type === "BlockStatement" && node.body.length === 1 && node.body[0]?.type === "ThrowStatement");

  /** Whether what follows is not reached from there. */
  const isLeft = (node: Node): boolean => {
    const last = node.type === "BlockStatement" ? node.body.at(-1) : node;
    return (
      last !== undefined &&
      /^(?:ThrowStatement|ReturnStatement|ContinueStatement|BreakStatement)$/.test(last.type)
    );
  };

  /** A function in view that is given the variable: its body, and the parameter that is the variable there. */
  const askedOf = (
    call: CallExpression,
    variable: Variable,
    depth: number,
  ): { readonly body: Node; readonly parameter: Variable } | null => {
    const index = call.arguments.findIndex((each) => isOf(each, variable));
    if (index < 0 || depth >= deepest || call.arguments.some(({ type }) => type === "SpreadElement"))
      return null;
    const target = functionOf(program, call.callee);
    const parameter = target?.params[index];
    if (target === null || !isFunctionNode(target) || target.async === true || target.generator === true)
      return null;
    const own = parameter?.type === "Identifier" ? program.declaredBy.get(parameter) : undefined;
    return own === undefined || !isGivenOnce(own) ? null : { body: target.body, parameter: own };
  };

  const isOf = (node: Node, variable: Variable): boolean =>
    node.type === "Identifier" && program.variableOf(node) === variable;

  /** What is known about the variable where the condition is true, or false. */
  const implied = (test: Node, isTrue: boolean, variable: Variable, depth = 0): readonly Fact[] => {
    switch (test.type) {
      case "UnaryExpression":
        return test.operator === "!" ? implied(test.argument, !isTrue, variable, depth) : [];
      case "LogicalExpression": {
        if (test.operator === "??") return [];
        const left = implied(test.left, isTrue, variable, depth);
        const right = implied(test.right, isTrue, variable, depth);
        return (test.operator === "&&") === isTrue ? [...left, ...right] : either(left, right);
      }
      case "BinaryExpression":
        if (isNumberTest(test, isTrue, variable)) return [{ kind: "is", texts: dotted }];
        if (test.operator !== (isTrue ? "===" : "!==")) return [];
        for (const [one, other] of [
          [test.left, test.right],
          [test.right, test.left],
        ] as const) {
          const equal = isOf(one as Node, variable) ? strings(other as Node) : null;
          if (equal !== null) return [{ kind: "is", texts: equal.map(whole) }];
        }
        return [];
      case "CallExpression":
        return impliedByCall(test, isTrue, variable, depth);
      default:
        return [];
    }
  };

  /** `typeof name === "number"` */
  const isNumberTest = (
    { operator, left, right }: Node & { readonly type: "BinaryExpression" },
    isTrue: boolean,
    variable: Variable,
  ): boolean =>
    operator === (isTrue ? "===" : "!==") &&
    left.type === "UnaryExpression" &&
    left.operator === "typeof" &&
    isOf(left.argument, variable) &&
    right.type === "Literal" &&
    right.value === "number";

  /** One of two holds. */
  const either = (left: readonly Fact[], right: readonly Fact[]): readonly Fact[] =>
    left.flatMap((one) =>
      right.flatMap((other): readonly Fact[] => {
        const texts = [...one.texts, ...other.texts];
        if (one.kind === other.kind) return [{ kind: one.kind, texts }];
        const kinds = [one.kind, other.kind];
        // What is one of some texts begins with one of them.
        return kinds.includes("is") && kinds.includes("begins") ? [{ kind: "begins", texts }] : [];
      }),
    );

  const impliedByCall = (
    call: CallExpression,
    isTrue: boolean,
    variable: Variable,
    depth: number,
  ): readonly Fact[] => {
    const { callee } = call;
    const [first, ...others] = call.arguments;
    if (first === undefined || first.type === "SpreadElement") return [];
    if (callee.type === "MemberExpression" && callee.object.type !== "Super" && !callee.computed) {
      const name = callee.property.type === "Identifier" ? callee.property.name : "";
      if (others.length > 0 || isReplacedInNode(program, name, "exec")) return [];
      const { object } = callee;
      if (name === "startsWith")
        return isTrue ? begins(object, first, variable) : below(object, first, variable);
      const isNumber = isTrue && isOf(first, variable) && isGlobal(program, object, "Number");
      if (isNumber && /^is(?:Integer|SafeInteger|Finite)$/.test(name) && !isReplaced(program, "Number", name))
        return [{ kind: "is", texts: name === "isFinite" ? dotted : plainOnly }];
      if (name === "includes" && !isTrue && isOf(object, variable)) return without(first);
      if (isTrue && isOf(first, variable)) {
        const list = name === "includes" ? elements(object) : name === "has" ? elementsOfSet(object) : null;
        if (list !== null) return [{ kind: "is", texts: list.map(whole) }];
        const made = name === "test" ? madeOf(object) : null;
        if (made !== null) return [{ kind: "made", texts: [made], ...(depth === 0 && { asked: call }) }];
      }
    }
    const asked = askedOf(call, variable, depth);
    const result = asked === null ? null : soleResult(asked.body);
    return asked === null || result === null ? [] : implied(result, isTrue, asked.parameter, depth + 1);
  };

  const soleResult = (body: Node): Node | null => {
    if (body.type !== "BlockStatement") return body;
    const [only, ...others] = body.body;
    return only?.type === "ReturnStatement" && others.length === 0 ? (only.argument ?? null) : null;
  };

  /** Not `path.includes("..")` */
  const without = (piece: Node): readonly Fact[] => {
    const [text, ...others] = strings(piece) ?? [];
    if (others.length > 0 || (text !== ".." && text !== "/")) return [];
    return [{ kind: "made", texts: [unknownPart(text === "/" ? parts.name : parts.inner)] }];
  };

  /** `path.startsWith(folder)` */
  const begins = (object: Expression, prefix: Node, variable: Variable): readonly Fact[] => {
    const found = isOf(object, variable) ? strings(prefix) : null;
    return found === null
      ? []
      : [{ kind: "begins", texts: found.map((text) => ({ ...unknownPart(parts.entry), known: text })) }];
  };

  /** Not `relative(folder, path).startsWith("..")` */
  const below = (object: Expression, prefix: Node, variable: Variable): readonly Fact[] => {
    const found = strings(prefix);
    const relation = object.type === "Identifier" ? program.variableOf(object) : null;
    const made = relation !== null && isGivenOnce(relation) ? initOf(relation) : null;
    if (found?.length !== 1 || found[0] !== ".." || made?.type !== "CallExpression") return [];
    const [folder, path, ...others] = made.arguments;
    if (!isPathCall(made, /^relative$/) || others.length > 0) return [];
    if (folder === undefined || path === undefined || !isOf(path, variable)) return [];
    const folders = strings(folder);
    return folders === null
      ? []
      : [
          {
            kind: "below",
            texts: folders.map((text) => ({
              ...unknownPart(parts.entry),
              known: `${text.replace(/\/+$/, "")}/`,
            })),
          },
        ];
  };

  /** Strings of a set that nobody adds to. */
  const elementsOfSet = (node: Node): readonly string[] | null => {
    const variable = node.type === "Identifier" ? program.variableOf(node) : null;
    const made = variable === null ? null : initOf(variable);
    if (variable === null || made?.type !== "NewExpression" || !isGlobal(program, made.callee, "Set"))
      return null;
    const isKept = variable.references.every((reference) => {
      if (reference.init === true) return true;
      const parent = program.parents.get(reference.identifier as Node);
      if (reference.isWrite()) return false;
      if (parent?.type === "SpreadElement" || parent?.type === "ForOfStatement") return true;
      return isMemberRead(reference.identifier as Node, /^(?:has|size)$/);
    });
    const [list] = made.arguments;
    if (!isKept || list === undefined || list.type === "SpreadElement" || isIterationChanged(program))
      return null;
    return isReplaced(program, "Set") || isReplacedInNode(program, "add") ? null : elements(list);
  };

  const isMemberRead = (node: Node, names: RegExp): boolean => {
    const parent = program.parents.get(node);
    return (
      parent?.type === "MemberExpression" &&
      parent.object === node &&
      !parent.computed &&
      parent.property.type === "Identifier" &&
      names.test(parent.property.name) &&
      !isTarget(program, parent)
    );
  };

  /** What a text is made of that the regular expression matches. */
  const madeOf = (node: Node): Text | null => {
    const variable = node.type === "Identifier" ? program.variableOf(node) : null;
    const literal = variable === null ? node : initOf(variable);
    const isKept = variable?.references.every(
      (reference) =>
        reference.init === true || isMemberRead(reference.identifier as Node, /^(?:test|exec|source)$/),
    );
    if (literal?.type !== "Literal" || !("regex" in literal) || isKept === false) return null;
    return textOfPattern(literal.regex.pattern, literal.regex.flags);
  };

  /** What the one declaration of the variable gives it. */
  const initOf = (variable: Variable): Expression | null => {
    const [definition, ...others] = variable.defs;
    return definition?.type === "Variable" && others.length === 0 && definition.node.id === definition.name
      ? (definition.node.init ?? null)
      : null;
  };

  const isPathCall = (node: Node, names: RegExp): boolean => {
    const api = node.type === "CallExpression" ? apiOf(program, node.callee) : null;
    const [, name] = api === null ? [] : (/^module:path(?:\/posix)? (\w+)$/.exec(keyOf(api)) ?? []);
    return name !== undefined && names.test(name) && !isReplacedInNode(program, name, "posix");
  };

  /** Whether the variable is given a path without `..` in it, which is a text. */
  const isNormalised = (variable: Variable | null): boolean => {
    const made = variable === null ? null : initOf(variable);
    return made !== null && isPathCall(made, /^(?:join|resolve|normalize)$/);
  };

  const first = (node: Identifier, kinds: readonly Fact["kind"][]): readonly Text[] | null => {
    const facts = factsAt(node);
    for (const kind of kinds) {
      const fact = facts.find((one) => one.kind === kind);
      if (fact === undefined) continue;
      if (kind !== "begins" || isNormalised(program.variableOf(node))) return fact.texts;
    }
    return null;
  };

  /** In a template, where the value has the text that a condition has just looked at. */
  const inTemplate = (node: Identifier): readonly Text[] | null => {
    const template = program.parents.get(node);
    if (template?.type !== "TemplateLiteral") return null;
    if (program.parents.get(template)?.type === "TaggedTemplateExpression") return null;
    const fact = factsAt(node).find(
      ({ asked }) => asked !== undefined && hasSameText(program, asked, node, leftFrom(asked, node)),
    );
    return fact?.texts ?? null;
  };

  /** What is done where the condition around the call does not hold, if that leads away. */
  const leftFrom = (call: Node, node: Node): Node | null => {
    for (
      let at = program.parents.get(call), below = call;
      at !== undefined;
      below = at, at = program.parents.get(at)
    ) {
      if (at.type === "IfStatement")
        return at.test === below && isLeft(at.consequent) && endOf(at) <= startOf(node)
          ? at.consequent
          : null;
      if (at.type === "BlockStatement") return null;
    }
    return null;
  };

  return {
    texts: (node) => first(node, ["is", "begins", "below"]) ?? inTemplate(node),
    textsOfText: (node) => first(node, ["is", "begins", "below", "made"]),
  };
}

/**
 * What a text is made of that the whole pattern matches, where that is letters and digits, and perhaps dots; null
 * where it may be made of more.
 */
function textOfPattern(pattern: string, flags: string): Text | null {
  if (!/^[dius]*$/.test(flags)) return null;
  const [, inner] = /^\^(.*)\$$/s.exec(pattern) ?? [];
  if (inner === undefined) return null;
  let depth = 0;
  let hasDots = false;
  for (const [token] of inner.matchAll(/\[(?:\\.|[^\]\\])*\]|\\.|\(\?:|\{\d+(?:,\d*)?\}|./gsu)) {
    if (/^(?:\{.+|[+*?])$/.test(token)) continue;
    if (token === "(" || token === "(?:") depth++;
    else if (token === ")") depth--;
    else if (token === "|") {
      // At the top, each side would be held by one end only.
      if (depth === 0) return null;
    } else {
      const characters = matched(token, flags);
      if (characters === null || /[^\w.-]/.test(characters)) return null;
      hasDots ||= characters.includes(".");
    }
  }
  if (!hasDots) return unknownPart("");
  const whole_ = new RegExp(pattern, flags);
  return unknownPart(whole_.test(".") || whole_.test("..") ? parts.name : parts.entry);
}

const ascii = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code));

/** The ASCII characters that one token of a pattern matches; null where it is no set of characters. */
function matched(token: string, flags: string): string | null {
  if (!/^(?:\[.+\]|\\[wd.-]|[\w-])$/su.test(token)) return null;
  const one = new RegExp(`^${token}$`, flags);
  return [...ascii].filter((character) => one.test(character)).join("");
}
