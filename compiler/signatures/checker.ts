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
import { isProse } from "./tags.ts";
import { isWireName, refusedHelp } from "./wire.ts";
import {
  elementNode,
  isFromLibrary,
  noScope,
  type Scope,
  unwrapNode,
  type Written,
  writtenReader,
  writtenTypeOf,
} from "./written.ts";

// Handles are the checker's types, or stand for a type whose type arguments have comments.
const writtenIn = (handle: WrittenHandle | null): Written | undefined =>
  (handle ?? undefined) as unknown as Written | undefined;

/** Reads shapes from a program's types, given with the text that the author wrote for them. */
export interface CheckerReader extends TypeReader {
  /** `owner` is the class that the type stands in or is inherited by. */
  useOf(type: ts.Type, written: ts.TypeNode | undefined, owner?: ts.ClassLikeDeclaration): TypeUse;
}

/** Reads the types of one program. Shapes of objects are kept: many nodes share a type. */
export function typeReader(checker: ts.TypeChecker): CheckerReader {
  const objects = new Map<TypeHandle, Shape>();
  const shapes = new Map<TypeUse, Shape>();
  const owners = new Map<ts.Node, Scope>();
  const writing = writtenReader(checker);
  const flavours = new WeakMap<TypeHandle, { readonly type: ts.Type; readonly scope: Scope }>();
  const handles = new Map<ts.Type, Map<string, TypeHandle>>();

  const typeOf = (handle: TypeHandle): ts.Type =>
    flavours.get(handle)?.type ?? (handle as unknown as ts.Type);

  function useOf(type: ts.Type, written: Written | undefined): TypeUse {
    if (written === undefined) return { type: type as unknown as TypeHandle, written: null };
    const resolved = partOf(type, writing.resolve(written));
    return { type: handleOf(type, resolved), written: resolved as unknown as WrittenHandle };
  }

  /** Where a type is a part of the union that was written. */
  function partOf(type: ts.Type, written: Written): Written {
    const { node, scope } = written;
    if (!ts.isUnionTypeNode(node) || type.isUnion()) return written;
    const parts = node.types.map((part) => writing.resolve({ node: part, scope }));
    return parts.find((part) => checker.getTypeFromTypeNode(part.node) === type) ?? written;
  }

  /** A handle of its own for a type whose members have comments by way of type arguments: to a checker it is the same. */
  function handleOf(type: ts.Type, written: Written): TypeHandle {
    const plain = type as unknown as TypeHandle;
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return plain;
    if (checker.isArrayType(type) || checker.isTupleType(type)) return plain;
    const flavour = writing.flavourOf(written);
    if (flavour === "") return plain;
    const known = handles.get(type) ?? new Map<string, TypeHandle>();
    handles.set(type, known);
    const handle = known.get(flavour) ?? {};
    if (!known.has(flavour)) flavours.set(handle, { type, scope: writing.scopeOf(written) });
    known.set(flavour, handle);
    return handle;
  }

  function shapeOf(use: TypeUse): Shape {
    const known = shapes.get(use) ?? makeShape(use);
    shapes.set(use, known);
    return known;
  }

  function makeShape(use: TypeUse): Shape {
    const type = typeOf(use.type);
    const written = writtenIn(use.written);
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
    if (flags & ts.TypeFlags.Intersection) return intersectionShape(type as ts.IntersectionType, use);
    if (flags & ts.TypeFlags.Object) return objectShape(type, use);
    // `NoInfer<string[]>` in a declaration.
    if (flags & ts.TypeFlags.Substitution)
      return shapeOf(useOf((type as ts.SubstitutionType).baseType, written));
    // Type parameters, and what depends on one.
    return { kind: "refused", help: "name the type: it must be known before it runs" };
  }

  function partsOf(type: ts.UnionType, written: Written | undefined): readonly TypeUse[] {
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
    return ranked.map(({ part, rank }) => useOf(part, rank?.written));
  }

  /** Rank of each part in the author's text. A checker orders parts by when it first saw them, which is chance. */
  function writtenOrder(
    type: ts.UnionType,
    written: Written | undefined,
  ): ReadonlyMap<ts.Type, { index: number; written: Written }> {
    const order = new Map<ts.Type, { index: number; written: Written }>();
    let index = 0;
    const visit = (unresolved: Written, depth: number): void => {
      const place = writing.resolve(unresolved);
      const { node, scope } = place;
      if (depth > deepestAlias) return;
      if (ts.isUnionTypeNode(node)) {
        for (const part of node.types) visit({ node: part, scope }, depth);
        return;
      }
      const denoted = checker.getTypeFromTypeNode(node);
      const parts = denoted.isUnion() ? denoted.types : [denoted];
      const alias = writing.aliasOf(place);
      if (denoted.isUnion() && alias !== null) visit(alias.target, depth + 1);
      index += 1;
      // Parts behind one word, such as those of `keyof T`, keep no order of the author's.
      for (const part of parts) if (!order.has(part)) order.set(part, { index, written: place });
      // In a generic alias the text is of the type before its arguments.
      const meant =
        scope.size === 0 ? undefined : type.types.find((part) => isInstance(part, denoted, order));
      if (meant !== undefined) order.set(meant, { index, written: place });
    };
    if (written !== undefined) visit(written, 0);
    for (const declaration of type.aliasSymbol?.declarations ?? [])
      if (ts.isTypeAliasDeclaration(declaration)) visit({ node: declaration.type, scope: noScope }, 0);
    return order;
  }

  function isInstance(part: ts.Type, generic: ts.Type, taken: ReadonlyMap<ts.Type, unknown>): boolean {
    return !taken.has(part) && part.symbol !== undefined && part.symbol === generic.symbol;
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

  function intersectionShape(type: ts.IntersectionType, use: TypeUse): Shape {
    if (isNeverIntersection(type)) return neverShape;
    const carriers = withoutAnyLists(carriersOf(type));
    const [only] = carriers;
    if (only === undefined) return objectShape(type, use);
    if (carriers.length === 1) return shapeOf(useOf(only, undefined));
    const shapes = carriers.map((part) => shapeOf(useOf(part, undefined)));
    const texts = shapes.filter((shape) => shape.kind === "text");
    if (texts.length === shapes.length)
      return { kind: "text", pattern: joinedPattern(texts.map(({ pattern }) => pattern)) };
    const isListed = shapes.every(({ kind }) => kind === "array" || kind === "tuple");
    const isFlat = shapes.every((shape) => shape.kind === "array" && isScalar(shape.item));
    if (isFlat) return { kind: "lists", parts: carriers.map((part) => useOf(part, undefined)) };
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

  function isScalar(use: TypeUse): boolean {
    const shape = shapeOf(use);
    if (shape.kind === "union") return shape.parts.every(isScalar);
    return ["primitive", "literal", "text"].includes(shape.kind);
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

  function objectShape(type: ts.Type, use: TypeUse): Shape {
    const written = writtenIn(use.written);
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type as ts.TypeReference);
      const place = written === undefined ? undefined : writing.itemOf(written);
      return { kind: "array", item: useOf(item ?? checker.getAnyType(), place) };
    }
    if (extendsArray(type)) {
      const item = type.getNumberIndexType();
      if (item !== undefined) return { kind: "array", item: useOf(item, undefined) };
    }
    if (checker.isTupleType(type)) return tupleShape(type as ts.TupleTypeReference, written);
    const known = objects.get(use.type);
    if (known !== undefined) return known;
    const shape = plainShape(type, flavours.get(use.type)?.scope ?? noScope);
    objects.set(use.type, shape);
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

  function tupleShape(type: ts.TupleTypeReference, written: Written | undefined): Shape {
    const { elementFlags, labeledElementDeclarations } = type.target;
    const place = written === undefined ? undefined : tupleNode(written);
    const nodes = place !== undefined && ts.isTupleTypeNode(place.node) ? place.node.elements : [];
    const writtenAt = (index: number): Written | undefined => {
      const node = nodes.length === elementFlags.length ? elementNode(nodes[index]) : undefined;
      return node === undefined || place === undefined ? undefined : { node, scope: place.scope };
    };
    const elements = checker.getTypeArguments(type).map((element, index): TupleElement => {
      const flags = elementFlags[index] ?? ts.ElementFlags.Required;
      const label = labeledElementDeclarations?.[index]?.name;
      return {
        use: useOf(element, writtenAt(index)),
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

  /** Behind aliases. */
  function tupleNode(written: Written): Written {
    const alias = writing.aliasOf(written);
    return alias === null ? written : tupleNode(writing.resolve(alias.target));
  }

  function plainShape(type: ts.Type, given: Scope): Shape {
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
    const scope = memberScope(type, given);
    const isLiteral = (((type as ts.ObjectType).objectFlags ?? 0) & ts.ObjectFlags.ObjectLiteral) !== 0;
    if (properties.length === 0 && indexes.length === 0 && !isLiteral)
      return { kind: "unchecked", name: "{}" };
    return {
      kind: "object",
      properties: [
        ...properties.flatMap((property) => propertyOf(property, type, scope) ?? []),
        ...hiddenOf(type),
      ],
      indexes: indexes.flatMap((info) => indexOf(info, type, scope)),
      declaration: symbol?.declarations?.[0] ?? null,
      isLiteral,
    } satisfies ObjectShape;
  }

  /** What type parameters stand for in the members, inherited ones too. */
  function memberScope(type: ts.Type, given: Scope): Scope {
    const parts = type.isIntersection() ? type.types : [type];
    return parts
      .flatMap((part) => part.symbol?.declarations ?? [])
      .reduce((scope, declaration) => writing.heritageOf(declaration, scope), given);
  }

  /** What a mapped type writes for its values; what it takes them from where it writes nothing of its own. */
  function mappedValue(owner: ts.Type, scope: Scope): { own?: Written; taken?: Written } {
    const mapped = owner.symbol?.declarations?.find(ts.isMappedTypeNode);
    return mapped === undefined ? {} : mappedIn({ node: mapped, scope });
  }

  function mappedIn(written: Written): { own?: Written; taken?: Written } {
    const { node, scope } = writing.resolve(written);
    const alias = writing.aliasOf({ node, scope });
    if (alias !== null) return mappedIn(alias.target);
    if (!ts.isMappedTypeNode(node) || node.type === undefined) return {};
    const value = unwrapNode(node.type);
    const isTaken =
      ts.isIndexedAccessTypeNode(value) && value.indexType.getText() === node.typeParameter.name.text;
    if (!isTaken) return { own: { node: value, scope } };
    const { own, taken = own } = mappedIn({ node: value.objectType, scope });
    return taken === undefined ? {} : { taken };
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
          use: useOf(checker.getTypeAtLocation(declaration), undefined),
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

  function propertyOf(property: ts.Symbol, owner: ts.Type, scope: Scope): Property | null {
    const declarations = property.declarations ?? [];
    const declaration = property.valueDeclaration ?? declarations[0];
    const type = checker.getTypeOfSymbol(property);
    const isSymbol = property.escapedName.toString().startsWith("__@");
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0 || allowsUndefined(type);
    // A key that is a symbol marks a type: a brand. JSON has no place for it.
    if (isSymbol && (isOptional || owner.isIntersection())) return null;
    const node = declaration === undefined ? undefined : writtenTypeOf(declaration);
    const { own, taken } = mappedValue(owner, scope);
    // `{ [K in keyof T]: boolean }` takes the comments of `T` along, whose limits are not meant for it.
    const isOther = own !== undefined && declaration !== undefined && !isDeclaredAs(declaration, type);
    const use = useOf(type, isOther || node === undefined ? (own ?? taken) : { node, scope });
    const comments = commentsOf(declarations, property.name, owner);
    return {
      name: isSymbol ? "[symbol]" : property.name,
      use,
      isOptional,
      fault: faultOf(declaration, isSymbol),
      comments: isOther ? comments.map(proseOf) : comments,
      site: declaration === undefined ? null : siteOf(declaration),
      also: owner.isIntersection() ? alsoOf(owner, property, type) : [],
    };
  }

  /** Whether a property is what its declaration says, `null` and `undefined` aside. */
  function isDeclaredAs(declaration: ts.Declaration, type: ts.Type): boolean {
    const declared = checker.getTypeAtLocation(declaration);
    return checker.getNonNullableType(declared) === checker.getNonNullableType(type);
  }

  /** Index signatures of an intersection that do not come with the property: its value has to satisfy them too. */
  function alsoOf(owner: ts.IntersectionType, property: ts.Symbol, type: ts.Type): readonly TypeUse[] {
    return owner.types.flatMap((part) => {
      if (part.getProperty(property.name) !== undefined) return [];
      const index = part.getStringIndexType();
      if (index === undefined || checker.isTypeAssignableTo(type, index)) return [];
      return [useOf(index, undefined)];
    });
  }

  function indexOf(info: ts.IndexInfo, owner: ts.Type, scope: Scope): readonly Index[] {
    const node = info.declaration?.type;
    const { own, taken } = mappedValue(owner, scope);
    const use = useOf(info.type, own ?? (node === undefined ? taken : { node, scope }));
    // Symbols are no keys of JSON.
    if (info.keyType.flags & ts.TypeFlags.ESSymbol) return [];
    const key = shapeOf(useOf(info.keyType, undefined));
    const isNumeric = key.kind === "primitive" && key.name === "number";
    const pattern = key.kind === "text" ? key.pattern : isNumeric ? numericKey : null;
    // In a computed type the values of all keys may have nothing in common with those of some.
    const all = owner.getStringIndexType();
    const isMeant = pattern === null || all === undefined || checker.isTypeAssignableTo(info.type, all);
    return [{ pattern, use, also: isMeant ? [] : [useOf(all, undefined)] }];
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
      if (found.length > 0) return found.map(inherited);
    }
    return own;
  }

  return {
    useOf: (type, node, owner) => {
      if (node === undefined || owner === undefined)
        return useOf(type, node === undefined ? undefined : { node, scope: noScope });
      const scope = owners.get(owner) ?? writing.heritageOf(owner, noScope);
      owners.set(owner, scope);
      return useOf(type, { node, scope });
    },
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
      const follow = (written: Written): void => {
        for (const declaration of writing.namesOf(written)) add(declaration);
      };
      const place = writtenIn(use.written);
      if (place !== undefined) follow(place);
      for (const declaration of type.aliasSymbol?.declarations ?? []) {
        add(declaration);
        if (ts.isTypeAliasDeclaration(declaration)) follow({ node: declaration.type, scope: noScope });
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

function inherited(comment: Comment): Comment {
  const tags = comment.tags.filter((tag) => tag.name !== "example" && tag.name !== "default");
  return { ...comment, tags: tags.map((tag) => ({ ...tag, isInherited: true })) };
}

function proseOf(comment: Comment): Comment {
  return { ...comment, tags: comment.tags.filter((tag) => isProse(tag.name)) };
}

function isNamedDeclaration(declaration: ts.Declaration): boolean {
  return (
    ts.isInterfaceDeclaration(declaration) ||
    ts.isClassDeclaration(declaration) ||
    ts.isEnumDeclaration(declaration)
  );
}

/** Unions in aliases of unions; no author writes as many. */
const deepestAlias = 40;

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

function siteOf(node: ts.Node): Site {
  const file = node.getSourceFile();
  return { fileName: file.fileName, text: file.text, start: node.getStart(file), end: node.getEnd() };
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
