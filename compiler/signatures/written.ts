import { ts } from "ts-morph";
import { isLibraryFile } from "../extract/syntax.ts";
import { commentsOn } from "./comments.ts";

/**
 * A type as the author wrote it, with what stands for the type parameters in it. A checker forgets aliases of texts and
 * numbers, and with them their comments: `Page<Name>` is a `Page<string>` to it.
 */
export interface Written {
  readonly node: ts.TypeNode;
  readonly scope: Scope;
  /** Properties that it was reached by, as in `T["key"]`. */
  readonly through?: readonly ts.Declaration[];
}

/** By the symbols of type parameters. */
export type Scope = ReadonlyMap<ts.Symbol, Written>;

export const noScope: Scope = new Map();

/** How types are written in one program. */
export interface WrittenReader {
  /** Without parentheses and `readonly`; what a type parameter, `T["key"]`, `T[number]` or `NonNullable<T>` stands for. */
  resolve(written: Written): Written;
  /** The alias that a type reference names, behind imports, with the scope of its type. */
  aliasOf(
    written: Written,
  ): { readonly declaration: ts.TypeAliasDeclaration; readonly target: Written } | null;
  /** Declarations on the way to a type, nearest first: the property of `T["key"]`, aliases. */
  namesOf(written: Written): readonly ts.Declaration[];
  /** What type parameters stand for in the members of the type. */
  scopeOf(written: Written): Scope;
  /** What they stand for in inherited members. */
  heritageOf(declaration: ts.Declaration, scope: Scope): Scope;
  /** Stands for what comments say of the members by way of type arguments; "" where they say nothing. */
  flavourOf(written: Written): string;
  /** How the items of an array are written, through aliases of the array. */
  itemOf(written: Written): Written | undefined;
}

/** Aliases of aliases, arguments in arguments: no author writes as many. */
const deepest = 40;

/** Parts of type arguments that are looked at for one type. */
const mostSteps = 200;

/** Library types that are their first argument, or a part of it. */
const transparent: ReadonlySet<string> = new Set([
  "NonNullable",
  "NoInfer",
  "Exclude",
  "Extract",
  "Awaited",
  "Promise",
  "PromiseLike",
  "Readonly",
]);

export function writtenReader(checker: ts.TypeChecker): WrittenReader {
  let steps = 0;

  const symbols = new Map<ts.Node, ts.Symbol | undefined>();

  function symbolOf(name: ts.Node): ts.Symbol | undefined {
    const known = symbols.get(name);
    if (known !== undefined) return known;
    const symbol = checker.getSymbolAtLocation(name);
    const target =
      symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    symbols.set(name, target);
    return target;
  }

  function resolve(written: Written, depth = 0): Written {
    if (!leadsOn(written.node)) return written;
    const node = unwrapNode(written.node);
    const { scope } = written;
    const same = node === written.node ? written : { node, scope };
    if (depth > deepest) return same;
    if (ts.isTypeReferenceNode(node)) {
      const bound = scope.size === 0 ? undefined : scope.get(symbolOf(node.typeName) as ts.Symbol);
      if (bound !== undefined) return resolve(bound, depth + 1);
      const [argument] = node.typeArguments ?? [];
      if (argument !== undefined && isTransparent(node.typeName))
        return resolve({ node: argument, scope }, depth + 1);
    }
    if (ts.isIndexedAccessTypeNode(node)) {
      const part = accessed({ node, scope }, depth);
      if (part?.written !== undefined) {
        const { through = [], ...found } = resolve(part.written, depth + 1);
        return {
          ...found,
          through: part.declaration === undefined ? through : [part.declaration, ...through],
        };
      }
    }
    return same;
  }

  function isTransparent(name: ts.EntityName): boolean {
    if (!ts.isIdentifier(name) || !transparent.has(name.text)) return false;
    const symbol = symbolOf(name);
    return symbol !== undefined && isFromLibrary(symbol);
  }

  /** What `T["key"]` and `T[number]` lead to. */
  function accessed(
    { node, scope }: Written,
    depth: number,
  ): { readonly written: Written | undefined; readonly declaration: ts.Declaration | undefined } | null {
    if (!ts.isIndexedAccessTypeNode(node)) return null;
    const holder = { node: node.objectType, scope };
    const { indexType } = node;
    if (indexType.kind === ts.SyntaxKind.NumberKeyword)
      return { written: itemOf(holder, depth + 1), declaration: undefined };
    if (!ts.isLiteralTypeNode(indexType) || !ts.isStringLiteral(indexType.literal)) return null;
    const { node: object } = resolve(holder, depth + 1);
    const property = checker.getTypeFromTypeNode(object).getProperty(indexType.literal.text);
    const declaration = property?.valueDeclaration;
    const type = declaration === undefined ? undefined : writtenTypeOf(declaration);
    return {
      written: type === undefined ? undefined : { node: type, scope: scopeOf(holder, depth + 1) },
      declaration,
    };
  }

  function declarationOf(node: ts.TypeReferenceNode | ts.ExpressionWithTypeArguments): Generic | undefined {
    const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
    return symbolOf(name)?.declarations?.find(isGeneric);
  }

  /** The scope inside a generic declaration for the arguments of a reference to it. */
  function argumentsOf(
    node: ts.TypeReferenceNode | ts.ExpressionWithTypeArguments,
    declaration: Generic,
    scope: Scope,
  ): Scope {
    // Merged declarations have type parameters of one symbol.
    const parameters = declaration.typeParameters ?? [];
    if (parameters.length === 0) return noScope;
    const inner = new Map<ts.Symbol, Written>();
    for (const [index, parameter] of parameters.entries()) {
      const symbol = checker.getSymbolAtLocation(parameter.name);
      const argument = node.typeArguments?.[index];
      if (symbol === undefined) continue;
      if (argument !== undefined) inner.set(symbol, { node: argument, scope });
      else if (parameter.default !== undefined) inner.set(symbol, { node: parameter.default, scope: inner });
    }
    return inner;
  }

  function aliasOf(written: Written): ReturnType<WrittenReader["aliasOf"]> {
    const { node, scope } = written;
    if (!ts.isTypeReferenceNode(node)) return null;
    const declaration = symbolOf(node.typeName)?.declarations?.find(ts.isTypeAliasDeclaration);
    if (declaration === undefined) return null;
    return { declaration, target: { node: declaration.type, scope: argumentsOf(node, declaration, scope) } };
  }

  function scopeOf(written: Written, depth = 0): Scope {
    const resolved = resolve(written, depth);
    const { node, scope } = resolved;
    if (depth > deepest) return noScope;
    if (ts.isIntersectionTypeNode(node))
      return merged(node.types.map((part) => scopeOf({ node: part, scope }, depth + 1)));
    if (ts.isTypeLiteralNode(node)) return scope;
    if (ts.isMappedTypeNode(node)) {
      // The members of `Partial<Page<Name>>` are declared in `Page`.
      const source = node.type === undefined ? undefined : unwrapNode(node.type);
      return source !== undefined && ts.isIndexedAccessTypeNode(source)
        ? merged([scope, scopeOf({ node: source.objectType, scope }, depth + 1)])
        : scope;
    }
    if (!ts.isTypeReferenceNode(node)) return noScope;
    const alias = aliasOf(resolved);
    if (alias !== null) return scopeOf(alias.target, depth + 1);
    const declaration = declarationOf(node);
    return declaration === undefined ? noScope : argumentsOf(node, declaration, scope);
  }

  function heritageOf(declaration: ts.Declaration, scope: Scope, depth = 0): Scope {
    if (!(ts.isInterfaceDeclaration(declaration) || ts.isClassLike(declaration)) || depth > deepest)
      return scope;
    const bases = (declaration.heritageClauses ?? []).flatMap((clause) => clause.types);
    if (bases.length === 0) return scope;
    return merged([
      scope,
      ...bases.flatMap((base): readonly Scope[] => {
        const target = declarationOf(base);
        return target === undefined ? [] : [heritageOf(target, argumentsOf(base, target, scope), depth + 1)];
      }),
    ]);
  }

  function namesOf(written: Written, depth = 0): readonly ts.Declaration[] {
    if (depth > deepest) return [];
    if (!leadsOn(written.node)) return written.through ?? [];
    const { through = [], ...resolved } = resolve(written, depth);
    const passed = [...(written.through ?? []), ...through];
    const alias = aliasOf(resolved);
    if (alias === null) return passed;
    return [...passed, alias.declaration, ...namesOf(alias.target, depth + 1)];
  }

  /** What comments say of a type; "" where they say nothing, or too much is written to tell. */
  function saidOf(written: Written, depth: number): string {
    steps += 1;
    if (depth > deepest || steps > mostSteps) return "";
    const resolved = resolve(written, depth);
    const { node, scope } = resolved;
    const said = namesOf(resolved)
      .filter((declaration) => commentsOn(declaration).length > 0)
      .map((declaration) => `${declaration.getSourceFile().fileName}:${declaration.pos}`);
    return joined([...said, ...partsOf(node, scope).map((part) => saidOf(part, depth + 1))]);
  }

  /** What a type is written of: items, alternatives, type arguments. */
  function partsOf(node: ts.TypeNode, scope: Scope): readonly Written[] {
    if (ts.isTypeReferenceNode(node)) {
      const declaration = declarationOf(node);
      return declaration === undefined ? [] : [...argumentsOf(node, declaration, scope).values()];
    }
    const nodes = ts.isArrayTypeNode(node)
      ? [node.elementType]
      : ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node)
        ? node.types
        : ts.isTupleTypeNode(node)
          ? node.elements.map((element) => elementNode(element) ?? element)
          : [];
    return nodes.map((part) => ({ node: part, scope }));
  }

  function flavourOf(written: Written, depth = 0): string {
    if (depth > deepest) return "";
    const { node, scope } = resolve(written, depth);
    if (scope.size === 0 && !ts.isTypeReferenceNode(node) && !ts.isIntersectionTypeNode(node)) return "";
    if (ts.isIntersectionTypeNode(node))
      return joined(node.types.map((part) => flavourOf({ node: part, scope }, depth + 1)));
    const said = (parts: Iterable<Written>): string =>
      joined([...parts].map((part) => saidOf(part, depth + 1)));
    if (!ts.isTypeReferenceNode(node)) return said(scope.values());
    const declaration = declarationOf(node);
    // Most types are an interface without parameters.
    if (declaration === undefined || (isPlain(declaration) && !ts.isTypeAliasDeclaration(declaration)))
      return "";
    const inside = argumentsOf(node, declaration, scope);
    const own = said(inside.values());
    if (own !== "" || !ts.isTypeAliasDeclaration(declaration)) return own;
    return flavourOf({ node: declaration.type, scope: inside }, depth + 1);
  }

  function itemOf(written: Written, depth = 0): Written | undefined {
    const resolved = resolve(written, depth);
    const { node, scope } = resolved;
    if (depth > deepest) return undefined;
    if (ts.isArrayTypeNode(node)) return { node: node.elementType, scope };
    if (!ts.isTypeReferenceNode(node)) return undefined;
    const [argument] = node.typeArguments ?? [];
    if (ts.isIdentifier(node.typeName) && /^(Readonly)?Array$/.test(node.typeName.text))
      return argument === undefined ? undefined : { node: argument, scope };
    const alias = aliasOf(resolved);
    return alias === null ? undefined : itemOf(alias.target, depth + 1);
  }

  return {
    resolve: (written) => resolve(written),
    aliasOf,
    namesOf: (written) => namesOf(written),
    scopeOf: (written) => scopeOf(written),
    heritageOf: (declaration, scope) => heritageOf(declaration, scope),
    flavourOf: (written) => {
      steps = 0;
      return flavourOf(written);
    },
    itemOf: (written) => itemOf(written),
  };
}

/** Whether a node may stand for another one. */
function leadsOn({ kind }: ts.TypeNode): boolean {
  return (
    kind === ts.SyntaxKind.TypeReference ||
    kind === ts.SyntaxKind.ParenthesizedType ||
    kind === ts.SyntaxKind.TypeOperator ||
    kind === ts.SyntaxKind.IndexedAccessType
  );
}

type Generic = ts.TypeAliasDeclaration | ts.InterfaceDeclaration | ts.ClassLikeDeclaration;

function isGeneric(node: ts.Node): node is Generic {
  return ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isClassLike(node);
}

function isPlain(declaration: Generic): boolean {
  return (declaration.typeParameters ?? []).length === 0;
}

/** "" where every part is. */
function joined(parts: readonly string[]): string {
  return parts.every((part) => part === "") ? "" : `(${parts.join(", ")})`;
}

function merged(scopes: readonly Scope[]): Scope {
  const [first = noScope, ...others] = scopes.filter((scope) => scope.size > 0);
  return others.length === 0 ? first : new Map([first, ...others].flatMap((scope) => [...scope]));
}

/** Declared by TypeScript's libraries or by Node's types, not by the plugin or its packages. */
export function isFromLibrary(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some((declaration) =>
    isLibraryFile(declaration.getSourceFile().fileName),
  );
}

export function writtenTypeOf(declaration: ts.Declaration): ts.TypeNode | undefined {
  if (
    ts.isPropertySignature(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
    ts.isParameter(declaration) ||
    ts.isVariableDeclaration(declaration) ||
    ts.isGetAccessorDeclaration(declaration)
  )
    return declaration.type;
  return undefined;
}

/** Without parentheses and `readonly`. */
export function unwrapNode(node: ts.TypeNode): ts.TypeNode {
  if (ts.isParenthesizedTypeNode(node)) return unwrapNode(node.type);
  if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.ReadonlyKeyword)
    return unwrapNode(node.type);
  return node;
}

/** The type of an element of a tuple. */
export function elementNode(node: ts.TypeNode | ts.NamedTupleMember | undefined): ts.TypeNode | undefined {
  if (node === undefined) return undefined;
  if (ts.isNamedTupleMember(node)) return node.type;
  if (ts.isOptionalTypeNode(node)) return node.type;
  if (!ts.isRestTypeNode(node)) return node;
  return ts.isArrayTypeNode(node.type) ? node.type.elementType : undefined;
}
