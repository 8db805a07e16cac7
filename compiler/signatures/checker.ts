import { ts } from "ts-morph";
import { allowsUndefined } from "../extract/call.ts";
import { commentsOn } from "./comments.ts";
import type {
  Comment,
  Index,
  ObjectShape,
  Property,
  Shape,
  Site,
  TupleElement,
  TypeHandle,
  TypeReader,
  TypeUse,
  WrittenHandle,
} from "./shapes.ts";
import { joinedPattern, mappingPattern, numericKey, type TextPart, templatePattern } from "./strings.ts";
import { isWireName, refusedHelp } from "./wire.ts";

// The only file that asks a checker. Handles are its own objects.
const typeOf = (handle: TypeHandle): ts.Type => handle as unknown as ts.Type;
const nodeOf = (handle: WrittenHandle): ts.TypeNode => handle as unknown as ts.TypeNode;

export function typeUse(type: ts.Type, written: ts.TypeNode | undefined): TypeUse {
  return {
    type: type as unknown as TypeHandle,
    written: (written ?? null) as unknown as WrittenHandle | null,
  };
}

/** Reads the types of one program. Shapes of objects are kept: many nodes share a type. */
export function typeReader(checker: ts.TypeChecker): TypeReader {
  const objects = new Map<ts.Type, Shape>();

  function shapeOf(use: TypeUse): Shape {
    const type = typeOf(use.type);
    const written = use.written === null ? undefined : nodeOf(use.written);
    const { flags } = type;
    if (flags & ts.TypeFlags.Any) return { kind: "unchecked", name: "any" };
    if (flags & ts.TypeFlags.Unknown) return { kind: "unchecked", name: "unknown" };
    if (flags & ts.TypeFlags.NonPrimitive) return { kind: "unchecked", name: "object" };
    if (flags & ts.TypeFlags.Never) return neverShape;
    if (type.isStringLiteral() || type.isNumberLiteral()) return { kind: "literal", value: type.value };
    if (flags & ts.TypeFlags.BooleanLiteral)
      return { kind: "literal", value: checker.typeToString(type) === "true" };
    if (flags & ts.TypeFlags.Boolean) return { kind: "primitive", name: "boolean" };
    if (type.isUnion()) {
      const parts = partsOf(type, written);
      if (parts.length === 0) return neverShape;
      const isAbsent = parts.every((part) => shapeOf(part).kind === "undefined");
      return isAbsent ? { kind: "undefined" } : { kind: "union", parts };
    }
    if (flags & ts.TypeFlags.String) return { kind: "primitive", name: "string" };
    // A member of an enum whose value is computed may be any number.
    if (flags & (ts.TypeFlags.Number | ts.TypeFlags.Enum)) return { kind: "primitive", name: "number" };
    if (flags & ts.TypeFlags.Null) return { kind: "primitive", name: "null" };
    if (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return { kind: "undefined" };
    if (flags & ts.TypeFlags.BigIntLike)
      return { kind: "refused", help: "use a number, or a string of digits" };
    if (flags & ts.TypeFlags.ESSymbolLike) return { kind: "refused", help: "use a string" };
    if (flags & (ts.TypeFlags.TemplateLiteral | ts.TypeFlags.StringMapping)) return textShape(type);
    if (flags & ts.TypeFlags.Intersection) return intersectionShape(type as ts.IntersectionType, written);
    if (flags & ts.TypeFlags.Object) return objectShape(type, written);
    // `NoInfer<string[]>` in a declaration.
    if (flags & ts.TypeFlags.Substitution)
      return shapeOf(typeUse((type as ts.SubstitutionType).baseType, written));
    // Type parameters, and what depends on one.
    return { kind: "refused", help: "name the type: it must be known before it runs" };
  }

  function partsOf(type: ts.UnionType, written: ts.TypeNode | undefined): readonly TypeUse[] {
    const order = writtenOrder(type, written);
    const possible = type.types.filter((part) => !isNeverIntersection(part));
    // Keys of `keyof` that are symbols: what is left are those that JSON has.
    const named = possible.filter((part) => !(part.flags & ts.TypeFlags.UniqueESSymbol));
    const ranked = (named.length > 0 ? named : possible).map((part) => ({ part, rank: order.get(part) }));
    ranked.sort((a, b) => {
      const [first, second] = [a.rank?.index ?? Infinity, b.rank?.index ?? Infinity];
      if (first !== second) return first < second ? -1 : 1;
      return compareKeys(sortKey(a.part), sortKey(b.part));
    });
    return ranked.map(({ part, rank }) => typeUse(part, rank?.node));
  }

  /** Rank of each part in the author's text. A checker orders parts by when it first saw them, which is chance. */
  function writtenOrder(
    type: ts.UnionType,
    written: ts.TypeNode | undefined,
  ): ReadonlyMap<ts.Type, { index: number; node: ts.TypeNode }> {
    const order = new Map<ts.Type, { index: number; node: ts.TypeNode }>();
    const visiting = new Set<ts.Node>();
    let index = 0;
    const visit = (node: ts.TypeNode): void => {
      if (visiting.has(node)) return;
      visiting.add(node);
      if (ts.isParenthesizedTypeNode(node)) return visit(node.type);
      if (ts.isUnionTypeNode(node)) {
        for (const part of node.types) visit(part);
        return;
      }
      const denoted = checker.getTypeFromTypeNode(node);
      const parts = denoted.isUnion() ? denoted.types : [denoted];
      const target = ts.isTypeReferenceNode(node) ? aliasOf(node)?.type : undefined;
      if (denoted.isUnion() && target !== undefined) visit(target);
      index += 1;
      // Parts behind one word, such as those of `keyof T`, keep no order of the author's.
      for (const part of parts) if (!order.has(part)) order.set(part, { index, node });
    };
    if (written !== undefined) visit(written);
    for (const declaration of type.aliasSymbol?.declarations ?? [])
      if (ts.isTypeAliasDeclaration(declaration)) visit(declaration.type);
    return order;
  }

  /** An order that depends on nothing but the text of the sources. */
  function sortKey(type: ts.Type): readonly (string | number)[] {
    const declaration = type.symbol?.declarations?.[0];
    const isNamed = declaration !== undefined;
    const value = type.isStringLiteral() || type.isNumberLiteral() ? type.value : "";
    const file = isNamed ? declaration.getSourceFile().fileName : "";
    const rank =
      type.flags & ts.TypeFlags.Null ? 2 : type.flags & ts.TypeFlags.Undefined ? 3 : isNamed ? 1 : 0;
    return [rank, file, isNamed ? declaration.pos : 0, value, checker.typeToString(type)];
  }

  function textShape(type: ts.Type): Shape {
    if (type.flags & ts.TypeFlags.TemplateLiteral) {
      const { texts, types } = type as ts.TemplateLiteralType;
      const parts = types.map(textPart);
      return parts.every((part) => part !== null)
        ? { kind: "text", pattern: templatePattern(texts, parts) }
        : { kind: "refused", help: "name the type: it must be known before it runs" };
    }
    const part = textPart(type);
    if (part === null || typeof part === "string")
      return { kind: "refused", help: "name the type: it must be known before it runs" };
    return { kind: "text", pattern: mappingPattern(part) };
  }

  function textPart(type: ts.Type): TextPart | null {
    if (type.flags & (ts.TypeFlags.String | ts.TypeFlags.Any)) return "string";
    if (type.flags & ts.TypeFlags.Number) return "number";
    if (type.flags & ts.TypeFlags.BigInt) return "bigint";
    if (type.isIntersection()) {
      const [only, ...others] = carriersOf(type);
      return only === undefined || others.length > 0 ? null : textPart(only);
    }
    if (!(type.flags & ts.TypeFlags.StringMapping)) return null;
    const inner = textPart((type as ts.StringMappingType).type);
    if (inner === "string") return { mappings: [type.symbol.name] };
    return inner === null || typeof inner === "string"
      ? null
      : { mappings: [type.symbol.name, ...inner.mappings] };
  }

  function intersectionShape(type: ts.IntersectionType, written: ts.TypeNode | undefined): Shape {
    if (isNeverIntersection(type)) return neverShape;
    const carriers = withoutAnyLists(carriersOf(type));
    const [only] = carriers;
    if (only === undefined) return objectShape(type, written);
    if (carriers.length === 1) return shapeOf(typeUse(only, undefined));
    const shapes = carriers.map((part) => shapeOf(typeUse(part, undefined)));
    const texts = shapes.filter((shape) => shape.kind === "text");
    if (texts.length === shapes.length)
      return { kind: "text", pattern: joinedPattern(texts.map(({ pattern }) => pattern)) };
    const isListed = shapes.every(({ kind }) => kind === "array" || kind === "tuple");
    const reason = isListed
      ? "joins lists: write one list of what they have in common"
      : "joins what a value cannot be at once";
    return { kind: "failed", reason: `\`${checker.typeToString(type)}\` ${reason}` };
  }

  /** `{ kind: "a" } & { kind: "b" }`: the checker knows, but keeps the intersection. */
  function isNeverIntersection(type: ts.Type): boolean {
    return type.isIntersection() && checker.typeToString(type) === "never";
  }

  /** What an intersection is at run time: `string & { readonly brand: "Id" }` is a string, and so is `string & {}`. */
  function carriersOf(type: ts.IntersectionType): readonly ts.Type[] {
    return type.types.filter(
      (part) =>
        !(part.flags & (ts.TypeFlags.Object | ts.TypeFlags.NonPrimitive)) ||
        checker.isArrayType(part) ||
        checker.isTupleType(part) ||
        wireNameOf(part) !== null,
    );
  }

  /** `string[] & any[]` is a `string[]`. */
  function withoutAnyLists(carriers: readonly ts.Type[]): readonly ts.Type[] {
    const isAnyList = (part: ts.Type): boolean =>
      checker.isArrayType(part) &&
      checker.getTypeArguments(part as ts.TypeReference).every((item) => item.flags & ts.TypeFlags.Any);
    const lists = carriers.filter((part) => checker.isArrayType(part) || checker.isTupleType(part));
    const known = carriers.filter((part) => !isAnyList(part));
    return lists.length === carriers.length && known.length > 0 ? known : carriers;
  }

  function objectShape(type: ts.Type, written: ts.TypeNode | undefined): Shape {
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type as ts.TypeReference);
      return { kind: "array", item: typeUse(item ?? checker.getAnyType(), itemNode(written)) };
    }
    if (extendsArray(type)) {
      const item = type.getNumberIndexType();
      if (item !== undefined) return { kind: "array", item: typeUse(item, undefined) };
    }
    if (checker.isTupleType(type)) return tupleShape(type as ts.TupleTypeReference, written);
    const known = objects.get(type);
    if (known !== undefined) return known;
    const shape = plainShape(type);
    objects.set(type, shape);
    return shape;
  }

  /** `interface List extends Array<string> {}` is an array; one that has more than an array is none. */
  function extendsArray(type: ts.Type): boolean {
    const { target = type } = type as Partial<ts.TypeReference>;
    if (!target.isClassOrInterface()) return false;
    const isArray = checker
      .getBaseTypes(target)
      .some((base) => checker.isArrayType(base) || extendsArray(base));
    const own = isArray
      ? checker.getPropertiesOfType(type).filter((property) => !isFromLibrary(property))
      : [];
    return isArray && own.every((property) => property.flags & ts.SymbolFlags.Optional);
  }

  function tupleShape(type: ts.TupleTypeReference, written: ts.TypeNode | undefined): Shape {
    const { elementFlags, labeledElementDeclarations } = type.target;
    const plain = written === undefined ? undefined : unwrapNode(written);
    const nodes = plain !== undefined && ts.isTupleTypeNode(plain) ? plain.elements : [];
    const elements = checker.getTypeArguments(type).map((element, index): TupleElement => {
      const flags = elementFlags[index] ?? ts.ElementFlags.Required;
      const label = labeledElementDeclarations?.[index]?.name;
      return {
        use: typeUse(element, nodes.length === elementFlags.length ? elementNode(nodes[index]) : undefined),
        kind:
          flags & ts.ElementFlags.Optional
            ? "optional"
            : flags & ts.ElementFlags.Required
              ? "required"
              : "rest",
        label: label !== undefined && ts.isIdentifier(label) ? label.text : null,
      };
    });
    return { kind: "tuple", elements };
  }

  function plainShape(type: ts.Type): Shape {
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0)
      return { kind: "refused", help: "data holds no functions" };
    const symbol = type.getSymbol();
    if (symbol !== undefined && isFromLibrary(symbol)) {
      const wire = wireNameOf(type);
      if (wire !== null) return { kind: "wire", name: wire };
      const help = refusedHelp(symbol.name);
      if (help !== null) return { kind: "refused", help };
      if (symbol.name === "Object") return { kind: "unchecked", name: "{}" };
    }
    const properties = inOrder(checker.getPropertiesOfType(type), type);
    const indexes = checker.getIndexInfosOfType(type);
    const methods = properties.filter((property) => isMethod(property));
    const [method] = methods;
    // One finding for a class such as the library's, not one for each of its methods.
    if (method !== undefined && methods.length > 3)
      return {
        kind: "refused",
        help: `it has methods, such as \`${method.name}\`: use an interface with the data alone`,
      };
    const isLiteral = (((type as ts.ObjectType).objectFlags ?? 0) & ts.ObjectFlags.ObjectLiteral) !== 0;
    if (properties.length === 0 && indexes.length === 0 && !isLiteral)
      return { kind: "unchecked", name: "{}" };
    return {
      kind: "object",
      properties: [...properties.flatMap((property) => propertyOf(property, type) ?? []), ...hiddenOf(type)],
      indexes: indexes.flatMap((info) => indexOf(info, type)),
      declaration: symbol?.declarations?.[0] ?? null,
      isLiteral,
    } satisfies ObjectShape;
  }

  /** The keys of a mapped type come in the order that the checker first saw them: theirs is that of the sources. */
  function inOrder(properties: readonly ts.Symbol[], type: ts.Type): readonly ts.Symbol[] {
    const parts = type.isIntersection() ? type.types : [type];
    if (!parts.some((part) => ((part as ts.ObjectType).objectFlags ?? 0) & ts.ObjectFlags.Mapped))
      return properties;
    const key = (property: ts.Symbol): readonly (string | number)[] => {
      const declaration = property.declarations?.[0];
      return [declaration?.getSourceFile().fileName ?? "", declaration?.pos ?? 0, property.name];
    };
    return properties.toSorted((a, b) => compareKeys(key(a), key(b)));
  }

  /** Members such as `#count`, which the checker does not list. No literal has them. */
  function hiddenOf(type: ts.Type): readonly Property[] {
    const own = (type.getSymbol()?.declarations ?? [])
      .filter(ts.isClassLike)
      .flatMap((declaration) =>
        declaration.members.flatMap((member) =>
          member.name !== undefined && ts.isPrivateIdentifier(member.name)
            ? [{ name: member.name.text, declaration: member }]
            : [],
        ),
      );
    const bases = type.isClass() ? checker.getBaseTypes(type) : [];
    return [
      ...own.map(
        ({ name, declaration }): Property => ({
          name,
          use: typeUse(checker.getTypeAtLocation(declaration), undefined),
          isOptional: false,
          fault: privateFault,
          comments: [],
          site: siteOf(declaration),
          also: [],
        }),
      ),
      ...bases.flatMap(hiddenOf),
    ];
  }

  function isMethod(property: ts.Symbol): boolean {
    return (
      !property.name.startsWith("__@") && checker.getTypeOfSymbol(property).getCallSignatures().length > 0
    );
  }

  function propertyOf(property: ts.Symbol, owner: ts.Type): Property | null {
    const declarations = property.declarations ?? [];
    const declaration = property.valueDeclaration ?? declarations[0];
    const type = checker.getTypeOfSymbol(property);
    const isSymbol = property.escapedName.toString().startsWith("__@");
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0 || allowsUndefined(type);
    // A key that is a symbol marks a type: a brand. JSON has no place for it.
    if (isSymbol && (isOptional || owner.isIntersection())) return null;
    const use = typeUse(type, declaration === undefined ? undefined : writtenTypeOf(declaration));
    return {
      name: isSymbol ? "[symbol]" : property.name,
      use,
      isOptional,
      fault: faultOf(declaration, isSymbol),
      comments: commentsOf(declarations, property.name, owner),
      site: declaration === undefined ? null : siteOf(declaration),
      also: owner.isIntersection() ? alsoOf(owner, property, type) : [],
    };
  }

  /** Index signatures of an intersection that do not come with the property: its value has to satisfy them too. */
  function alsoOf(owner: ts.IntersectionType, property: ts.Symbol, type: ts.Type): readonly TypeUse[] {
    return owner.types.flatMap((part) => {
      if (part.getProperty(property.name) !== undefined) return [];
      const index = part.getStringIndexType();
      if (index === undefined || checker.isTypeAssignableTo(type, index)) return [];
      return [typeUse(index, undefined)];
    });
  }

  function indexOf(info: ts.IndexInfo, owner: ts.Type): readonly Index[] {
    const use = typeUse(info.type, info.declaration?.type);
    // Symbols are no keys of JSON.
    if (info.keyType.flags & ts.TypeFlags.ESSymbol) return [];
    const key = shapeOf(typeUse(info.keyType, undefined));
    const isNumeric = key.kind === "primitive" && key.name === "number";
    const pattern = key.kind === "text" ? key.pattern : isNumeric ? numericKey : null;
    // In a computed type the values of all keys may have nothing in common with those of some.
    const all = owner.getStringIndexType();
    const isMeant = pattern === null || all === undefined || checker.isTypeAssignableTo(info.type, all);
    return [{ pattern, use, also: isMeant ? [] : [typeUse(all, undefined)] }];
  }

  function commentsOf(
    declarations: readonly ts.Declaration[],
    name: string,
    owner: ts.Type,
  ): readonly Comment[] {
    const own = declarations.flatMap(commentsOn);
    if (own.length > 0) return own;
    // A property declared again without a comment keeps its base's; samples are of the base's type.
    for (const base of owner.isClassOrInterface() ? checker.getBaseTypes(owner) : []) {
      const property = base.getProperty(name);
      const found = property === undefined ? [] : commentsOf(property.declarations ?? [], name, base);
      if (found.length > 0) return found.map(withoutSamples);
    }
    return own;
  }

  /** The alias that a type reference names, behind imports. */
  function aliasOf(node: ts.TypeReferenceNode): ts.TypeAliasDeclaration | undefined {
    const symbol = checker.getSymbolAtLocation(node.typeName);
    const target =
      symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return target?.declarations?.find(ts.isTypeAliasDeclaration);
  }

  /** The node of an array's items, through aliases of the array. */
  function itemNode(written: ts.TypeNode | undefined): ts.TypeNode | undefined {
    if (written === undefined) return undefined;
    const node = unwrapNode(written);
    if (ts.isArrayTypeNode(node)) return node.elementType;
    if (!ts.isTypeReferenceNode(node)) return undefined;
    if (ts.isIdentifier(node.typeName) && /^(Readonly)?Array$/.test(node.typeName.text))
      return node.typeArguments?.[0];
    const alias = aliasOf(node);
    return alias === undefined || alias.typeParameters !== undefined ? undefined : itemNode(alias.type);
  }

  return {
    shapeOf,
    textOf: (handle) => checker.typeToString(typeOf(handle)),
    nameOf: (handle) => {
      const type = typeOf(handle);
      const name = type.aliasSymbol?.name ?? type.symbol?.name;
      return name === undefined || !/^[A-Za-z_$][\w$]*$/.test(name) || name.startsWith("__") ? null : name;
    },
    commentsOf: (use) => {
      const type = typeOf(use.type);
      const found: Comment[] = [];
      const seen = new Set<ts.Node>();
      const add = (declaration: ts.Declaration): void => {
        if (seen.has(declaration)) return;
        seen.add(declaration);
        found.push(...commentsOn(declaration));
      };
      const follow = (node: ts.TypeNode | undefined): void => {
        const plain = node === undefined ? undefined : unwrapNode(node);
        if (plain === undefined || !ts.isTypeReferenceNode(plain)) return;
        const alias = aliasOf(plain);
        if (alias === undefined || seen.has(alias)) return;
        add(alias);
        follow(alias.type);
      };
      follow(use.written === null ? undefined : nodeOf(use.written));
      for (const declaration of type.aliasSymbol?.declarations ?? []) {
        add(declaration);
        if (ts.isTypeAliasDeclaration(declaration)) follow(declaration.type);
      }
      if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.EnumLike) && !isParameterised(type))
        for (const declaration of type.symbol?.declarations ?? [])
          if (isNamedDeclaration(declaration)) add(declaration);
      return found;
    },
  };

  function isParameterised(type: ts.Type): boolean {
    return checker.isArrayType(type) || checker.isTupleType(type) || isFromLibrary(type.symbol);
  }

  function wireNameOf(type: ts.Type): "Date" | "URL" | null {
    const symbol = type.getSymbol();
    return symbol !== undefined && isWireName(symbol.name) && isFromLibrary(symbol) ? symbol.name : null;
  }
}

function withoutSamples(comment: Comment): Comment {
  return { ...comment, tags: comment.tags.filter((tag) => tag.name !== "example" && tag.name !== "default") };
}

function isNamedDeclaration(declaration: ts.Declaration): boolean {
  return (
    ts.isInterfaceDeclaration(declaration) ||
    ts.isClassDeclaration(declaration) ||
    ts.isEnumDeclaration(declaration)
  );
}

const neverShape: Shape = { kind: "refused", help: "no value has this type" };

const privateFault = { type: "private", help: "use an interface: data has no private members" };

function faultOf(declaration: ts.Declaration | undefined, isSymbol: boolean): Property["fault"] {
  if (isSymbol) return { type: "symbol", help: "use a key that is a string" };
  const modifiers = declaration === undefined ? 0 : ts.getCombinedModifierFlags(declaration);
  if (modifiers & ts.ModifierFlags.Private) return privateFault;
  if (modifiers & ts.ModifierFlags.Protected)
    return { type: "protected", help: "use an interface: data has no protected members" };
  return null;
}

/** Declared by TypeScript's libraries or by Node's types, not by the plugin or its packages. */
function isFromLibrary(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some((declaration) =>
    /(^|\/)(lib\.[a-z0-9.]+\.d\.ts|node_modules\/@types\/node\/.*)$/.test(
      declaration.getSourceFile().fileName,
    ),
  );
}

function writtenTypeOf(declaration: ts.Declaration): ts.TypeNode | undefined {
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

function siteOf(node: ts.Node): Site {
  const file = node.getSourceFile();
  return { fileName: file.fileName, text: file.text, start: node.getStart(file), end: node.getEnd() };
}

/** Without parentheses and `readonly`. */
function unwrapNode(node: ts.TypeNode): ts.TypeNode {
  if (ts.isParenthesizedTypeNode(node)) return unwrapNode(node.type);
  if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.ReadonlyKeyword)
    return unwrapNode(node.type);
  return node;
}

function elementNode(node: ts.TypeNode | ts.NamedTupleMember | undefined): ts.TypeNode | undefined {
  if (node === undefined) return undefined;
  if (ts.isNamedTupleMember(node)) return node.type;
  if (ts.isOptionalTypeNode(node)) return node.type;
  return ts.isRestTypeNode(node) ? itemOf(node.type) : node;
}

function itemOf(node: ts.TypeNode): ts.TypeNode | undefined {
  return ts.isArrayTypeNode(node) ? node.elementType : undefined;
}

function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (left === right || right === undefined) continue;
    if (typeof left === "number" && typeof right === "number") return left - right;
    return String(left) < String(right) ? -1 : 1;
  }
  return 0;
}
