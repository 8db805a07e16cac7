import type { CallExpression, Expression, MemberExpression, NewExpression, Node } from "estree";
import { createAlphabet } from "./alphabet.ts";
import { isGlobal } from "./constant.ts";
import { type Heap, heapOf } from "./heap/heap.ts";
import { entryName } from "./heap/listings.ts";
import { bare, type Program } from "./program.ts";
import { definesMember, isInheritanceChanged, isReplaced, isReplacedInNode } from "./replaced.ts";
import { apiOf, isUrlClass } from "./resolve.ts";
import { keyOf } from "./table.ts";
import {
  areDotted,
  arePlain,
  dirnames,
  distinct,
  dotted,
  isRelativeReference,
  joinedPaths,
  nothing,
  parts,
  plainOnly,
  product,
  short,
  type Text,
  unknown,
  unknownPart,
  whole,
  wholeStrings,
} from "./text.ts";
import { createValues } from "./values.ts";

/** What can be computed about values without running anything. Every answer holds whenever the code runs. */
export interface Folder {
  /** What the value may be, at least one; it is one of these. */
  readonly texts: (node: Node) => readonly Text[];
  /** What all that it may be begin with. */
  readonly text: (node: Node) => Text;
  /** The whole string; null when a part of it is not constant. Numbers fold to their decimal text. */
  readonly string: (node: Node) => string | null;
  /** All strings that it may be; null when one of them is not constant. */
  readonly strings: (node: Node) => readonly string[] | null;
  /** Properties of an object literal, or of a constant bound to one that nobody can have changed. */
  readonly object: (node: Node) => ReadonlyMap<string, Expression> | null;
  /** Name of the member; null when it is computed and not one constant. */
  readonly key: (node: MemberExpression) => string | null;
  /** All names that the member may have; null when one of them is not constant. */
  readonly keys: (node: MemberExpression) => readonly string[] | null;
  /** The expressions of which one gives the value; null where another one may. */
  readonly values: (node: Node) => readonly Node[] | null;
  /** Whether the text is never this one, though it is not constant. */
  readonly excludes: (node: Node, text: string) => boolean;
  /** Whether the value is a `URL` object for certain. */
  readonly isUrl: (node: Node) => boolean;
  /** Whether the value is `process.env`. */
  readonly isEnvironment: (node: Node) => boolean;
}

const deepest = 200;

const deep = new WeakMap<Program, Folder>();

/** A folder that looks at the whole program: dearer, and asked where the usual one has no answer. */
export function deepFolder(program: Program): Folder {
  const known = deep.get(program) ?? createFolder(program, heapOf(program));
  deep.set(program, known);
  return known;
}

export function createFolder(program: Program, heap: Heap | null = null): Folder {
  const cached = new Map<Node, readonly Text[]>();
  /** Whether `+` with the operand joins strings. */
  const joining = new Map<Node, boolean>();
  let depth = 0;

  const texts = (node: Node): readonly Text[] => {
    if (depth >= deepest) return unknown;
    depth++;
    const found = values.of(node);
    const result =
      found !== null
        ? distinct(found.flatMap(one))
        : node.type === "Identifier" && isSeparator(node)
          ? [whole("/")]
          : unknown;
    depth--;
    return result;
  };

  /** What one expression gives that is no name for others. */
  const one = (node: Node): readonly Text[] => {
    const known = cached.get(node);
    if (known !== undefined) return known;
    // While it is being computed it is not known: a value may be made from itself.
    cached.set(node, unknown);
    const result = distinct(fold(node).map(short));
    cached.set(node, result);
    return result;
  };

  const fold = (node: Node): readonly Text[] => {
    switch (node.type) {
      case "Literal":
        return typeof node.value === "string" || typeof node.value === "number"
          ? [whole(String(node.value))]
          : unknown;
      case "TemplateLiteral": {
        if (node === entryName) return [unknownPart(parts.entry)];
        let result: readonly Text[] = [whole("")];
        for (const [i, quasi] of node.quasis.entries()) {
          result = product(result, [whole(quasi.value.cooked ?? "")]);
          const expression = node.expressions[i];
          if (expression !== undefined && result.some(({ isWhole, tail }) => isWhole || tail !== undefined))
            result = product(result, texts(expression));
        }
        return result;
      }
      case "BinaryExpression":
        if (/^(?:[&|^]|<<|>>>?)$/.test(node.operator)) return plainOnly;
        if (/^(?:[-*/%]|\*\*)$/.test(node.operator)) return dotted;
        if (node.operator !== "+") return unknown;
        return added(node.left as Node, node.right);
      case "MemberExpression":
        // What names a value was followed before; these are the properties of objects that are text.
        if (isSeparator(node)) return [whole("/")];
        if (isProcessId(node) || isPieceOfPlain(node)) return plainOnly;
        return values.key(node) === "href" && node.object.type !== "Super" && isUrl(node.object)
          ? texts(node.object)
          : unknown;
      case "AwaitExpression":
        return temporaryFolder(node.argument, "module:fs/promises mkdtemp");
      case "UpdateExpression":
        return plainOnly;
      case "Identifier":
        return values.narrowed.texts(node) ?? unknown;
      case "NewExpression":
      case "CallExpression":
        return call(node);
      default:
        return unknown;
    }
  };

  /** Two numbers would be added, and adding digits is not what joining them gives; both give digits, though. */
  const added = (left: Node, right: Node): readonly Text[] => {
    const both = [texts(left), texts(right)] as const;
    if (isText(left) || isText(right)) return product(...both);
    if (both.every(arePlain)) return plainOnly;
    return both.every((texts) => arePlain(texts) || areDotted(texts)) ? [unknownPart("..")] : unknown;
  };

  /** Whether `+` with this operand joins strings. */
  const isText = (node: Node): boolean => {
    const known = joining.get(node);
    if (known !== undefined) return known;
    if (depth >= deepest) return false;
    // A text that is made from itself, by many pieces in turn, would be asked for each of them by each of them.
    joining.set(node, false);
    depth++;
    const found = values.of(node);
    const result =
      found !== null &&
      found.length > 0 &&
      found.every(
        (target) =>
          target.type === "TemplateLiteral" ||
          (target.type === "Literal" && typeof target.value === "string") ||
          (target.type === "BinaryExpression" &&
            target.operator === "+" &&
            (isText(target.left) || isText(target.right))) ||
          (target.type === "CallExpression" &&
            (isGlobal(program, target.callee, "String") ||
              (target.callee.type === "MemberExpression" &&
                ["join", "toString"].includes(values.key(target.callee) ?? "")))),
      );
    depth--;
    joining.set(node, result);
    return result;
  };

  const call = (node: CallExpression | NewExpression): readonly Text[] => {
    if (node.callee.type === "Super") return unknown;
    if (isNewUrl(program, node)) return newUrl(node);
    const args: Expression[] = [];
    for (const argument of node.arguments) {
      if (argument.type === "SpreadElement") return unknown;
      args.push(argument);
    }
    if (node.type !== "CallExpression") return unknown;
    const callee = bare(node.callee);
    const [first] = args;
    if (isGlobal(program, callee, "String") && first !== undefined)
      return isReplaced(program, "String") ? unknown : texts(first);
    const api = apiOf(program, callee);
    if (api !== null && keyOf(api) !== "global String") return ofApi(keyOf(api), args, node);
    if (callee.type !== "MemberExpression" || callee.object.type === "Super") return unknown;
    const { object } = callee;
    const name = values.key(callee);
    if (name === null || isReplacedInNode(program, name)) return unknown;
    switch (name) {
      case "toString":
        return first === undefined ? texts(object) : unknown;
      case "concat":
        return isText(object)
          ? args.reduce((all, next) => product(all, texts(next)), texts(object))
          : unknown;
      case "join":
        return joined(object, first);
      case "toLowerCase":
        return mapped(object, (text) => text.toLowerCase());
      case "toUpperCase":
        return mapped(object, (text) => text.toUpperCase());
      case "padStart":
      case "padEnd":
        return arePlain(texts(object)) && (args[1] === undefined || arePlain(texts(args[1])))
          ? plainOnly
          : unknown;
      case "digest":
        return isDigest(object) &&
          /^(?:hex|base64url)$/.test(first === undefined ? "" : (wholeStrings(texts(first))?.join() ?? ""))
          ? plainOnly
          : unknown;
      case "slice":
      case "substring":
        return isDate(object) ? dayOf(args) : isPlain(object) ? plainOnly : unknown;
      case "getFullYear":
      case "getMonth":
      case "getDate":
      case "getDay":
      case "getHours":
      case "getMinutes":
      case "getSeconds":
      case "getTime":
      case "getUTCFullYear":
      case "getUTCMonth":
      case "getUTCDate":
        return isAnyDate(object) && !definesMember(program, name) ? plainOnly : unknown;
      case "toISOString":
        return isDate(node) ? dotted : unknown;
      case "replace":
      case "replaceAll":
        return replaced(object, name, args);
      case "trim":
        if (arePlain(texts(object)) && texts(object).some(({ isWhole }) => !isWhole)) return plainOnly;
        return whollyMapped(object, (text) => text.trim());
      default:
        return unknown;
    }
  };

  /** For changes of letters alone. */
  const mapped = (node: Node, change: (text: string) => string): readonly Text[] =>
    texts(node).map((text) =>
      text.isWhole
        ? whole(change(text.known))
        : text.tail === undefined
          ? nothing
          : { known: change(text.known), isWhole: false, tail: change(text.tail) },
    );

  const whollyMapped = (node: Node, change: (text: string) => string): readonly Text[] =>
    texts(node).map((text) => (text.isWhole ? whole(change(text.known)) : nothing));

  /** `createHash("sha1").update(text)`, whose digest is made of letters and digits. */
  const isDigest = (node: Node): boolean => {
    let at = node;
    while (
      at.type === "CallExpression" &&
      at.callee.type === "MemberExpression" &&
      at.callee.object.type !== "Super" &&
      values.key(at.callee) === "update"
    )
      at = at.callee.object;
    const api = at.type === "CallExpression" ? apiOf(program, at.callee) : null;
    if (api === null || !/^module:crypto create(?:Hash|Hmac)$/.test(keyOf(api))) return false;
    return !isReplacedInNode(program, "update", "digest", "createHash", "createHmac");
  };

  const isPlain = (node: Node): boolean =>
    texts(node).every(({ known, isWhole, tail }) => !isWhole && known === "" && tail === "");

  const isAnyDate = (node: Node): boolean =>
    !isReplaced(program, "Date") &&
    values
      .of(node)
      ?.every((made) => made.type === "NewExpression" && isGlobal(program, made.callee, "Date")) === true;

  /** `new Date(...).toISOString()` */
  const isDate = (text: Node): boolean => {
    const [node, ...others] = values.of(text) ?? [];
    if (node?.type !== "CallExpression" || others.length > 0) return false;
    if (node.callee.type !== "MemberExpression") return false;
    const { object } = node.callee;
    return (
      values.key(node.callee) === "toISOString" &&
      object.type !== "Super" &&
      (object.type === "NewExpression" || !definesMember(program, "toISOString")) &&
      isAnyDate(object) &&
      !isReplacedInNode(program, "toISOString")
    );
  };

  /** A date and time up to the seconds, where no dot stands yet. */
  const dayOf = ([from, to]: readonly Expression[]): readonly Text[] => {
    const isStart = from?.type === "Literal" && from.value === 0;
    const end = to?.type === "Literal" && typeof to.value === "number" ? to.value : Number.NaN;
    return isStart && end > 0 && end <= 19 ? plainOnly : unknown;
  };

  /**
   * `text.replace(/[^a-z]/g, "_")`, which leaves plain letters, and what stands before the first place where anything
   * can be replaced in a constant.
   */
  const replaced = (object: Node, name: string, [pattern, by]: readonly Expression[]): readonly Text[] => {
    if (pattern === undefined || by === undefined || isReplacedInNode(program, "exec", "@@replace"))
      return unknown;
    const regex = pattern.type === "Literal" && "regex" in pattern ? (pattern.regex ?? null) : null;
    const filling = by.type === "Literal" && typeof by.value === "string" ? by.value : null;
    if (regex !== null && filling !== null && !definesMember(program, name)) {
      if (leavesPlain(regex, filling)) return plainOnly;
      const subject = texts(object);
      if (/^[\w-]*$/.test(filling) && areDotted(subject)) return subject;
      if (isQuick(regex) && subject.every(({ isWhole, known }) => isWhole && known.length < 1000))
        return subject.map(({ known }) =>
          whole(known.replace(new RegExp(regex.pattern, regex.flags), filling)),
        );
    }
    const first = regex === null ? wholeStrings(texts(pattern)) : firstOf(regex);
    if (first === null || first.includes("")) return unknown;
    return texts(object).map((text) => {
      const ends = first.map((each) => text.known.indexOf(each)).filter((at) => at >= 0);
      if (ends.length === 0) return text.isWhole ? text : nothing;
      return { known: text.known.slice(0, Math.min(...ends)), isWhole: false };
    });
  };

  /** `["a", "b"].join("/")` */
  const joined = (object: Node, separator: Node | undefined): readonly Text[] => {
    const elements = values.elements(object);
    if (elements === null) return unknown;
    const between = separator === undefined ? [whole(",")] : texts(separator);
    return elements.reduce<readonly Text[]>(
      (all, element, i) => product(i === 0 ? all : product(all, between), texts(element)),
      [whole("")],
    );
  };

  /** A call of a function of Node. */
  const ofApi = (api: string, args: readonly Expression[], node: CallExpression): readonly Text[] => {
    const name = /\w+$/.exec(api)?.[0] ?? "";
    const isOther = api.startsWith("global ")
      ? isReplaced(program, name)
      : isReplacedInNode(program, name, "posix");
    if (isOther) return unknown;
    if (plainResults.test(api)) return plainOnly;
    if (dottedResults.test(api)) return dotted;
    const [first] = args;
    if (first === undefined) return unknown;
    if (api === "global encodeURIComponent") {
      return [unknownPart(parts.encoded)];
    }
    if (api === "module:fs mkdtempSync") return temporaryFolder(node, api);
    switch (/^module:path(?:\/posix)? (\w+)$/.exec(api)?.[1]) {
      case "join":
      case "resolve":
      case "normalize":
        return joinedPaths(name as "join" | "resolve" | "normalize", args.map(textsOfText));
      case "dirname":
        return dirnames(texts(first));
      case "basename":
        return [unknownPart(parts.name)];
      case "extname":
        // A dot and what has none; nothing where there is no dot.
        return [unknownPart(".")];
      default:
        return unknown;
    }
  };

  /** `await mkdtemp(prefix)`: six letters and digits are added. */
  const temporaryFolder = (made: Node, api: string): readonly Text[] => {
    const [call, ...others] = values.of(made) ?? [];
    if (call?.type !== "CallExpression" || others.length > 0) return unknown;
    const callee = apiOf(program, call.callee);
    const [prefix, ...options] = call.arguments;
    if (callee === null || keyOf(callee) !== api || prefix === undefined || options.length > 0)
      return unknown;
    return prefix.type === "SpreadElement" || isReplacedInNode(program, "mkdtemp", "mkdtempSync")
      ? unknown
      : product(texts(prefix), plainOnly);
  };

  const isProcessId = (node: Node): boolean => {
    if (!isNamed(node, "pid")) return false;
    const api = apiOf(program, node);
    return api !== null && keyOf(api) === "global process.pid" && !isReplaced(program, "pid", "process");
  };

  /** `day.split("T")[0]` */
  const isPieceOfPlain = ({ object, property }: MemberExpression): boolean =>
    property.type === "Literal" &&
    typeof property.value === "number" &&
    object.type === "CallExpression" &&
    object.callee.type === "MemberExpression" &&
    object.callee.object.type !== "Super" &&
    values.key(object.callee) === "split" &&
    !isReplacedInNode(program, "split", "@@split") &&
    !isInheritanceChanged(program) &&
    (arePlain(texts(object.callee.object)) ||
      (property.value === 0 && isBeforeTime(object.arguments) && isDate(object.callee.object)));

  const isBeforeTime = ([separator]: CallExpression["arguments"]): boolean =>
    separator?.type === "Literal" && separator.value === "T";

  /** Of an argument that has to be a text. */
  const textsOfText = (node: Node): readonly Text[] =>
    (node.type === "Identifier" ? values.narrowed.textsOfText(node) : null) ?? texts(node);

  /** Whether the last name of a member, or the name of an import, may be that of an API. */
  const isNamed = (node: Node, name: string): boolean =>
    node.type === "MemberExpression"
      ? node.property.type === "Identifier" && node.property.name === name
      : node.type === "Identifier" && program.variableOf(node)?.defs[0]?.type === "ImportBinding";

  const isSeparator = (node: Node): boolean => {
    if (!isNamed(node, "sep")) return false;
    const api = apiOf(program, node);
    return api !== null && /^module:path(?:\/posix)? sep$/.test(keyOf(api));
  };

  const newUrl = (node: NewExpression): readonly Text[] => {
    const [first, second] = node.arguments;
    if (first === undefined || first.type === "SpreadElement" || second?.type === "SpreadElement")
      return unknown;
    const bases = second === undefined ? [undefined] : texts(second);
    return distinct(texts(first).flatMap((own) => bases.map((base) => urlOn(own, base))));
  };

  const isUrl = (node: Node): boolean => {
    const found = values.of(node);
    return found !== null && found.length > 0 && found.every((each) => isNewUrl(program, each));
  };

  const values = createValues(program, { strings: (node) => wholeStrings(texts(node)) }, heap);

  const { excludes } = createAlphabet(program, (node) => wholeStrings(texts(node)));

  const text = (node: Node): Text => {
    const [first = nothing, ...others] = texts(node);
    return others.reduce<Text>((all, next) => {
      let length = 0;
      while (length < all.known.length && all.known[length] === next.known[length]) length++;
      return { known: all.known.slice(0, length), isWhole: false };
    }, first);
  };

  return {
    texts,
    text,
    string: (node) => {
      const result = text(node);
      return result.isWhole ? result.known : null;
    },
    strings: (node) => wholeStrings(texts(node)),
    object: values.object,
    key: values.key,
    keys: values.keys,
    values: values.of,
    excludes,
    isUrl,
    isEnvironment: (node) => {
      const api = apiOf(program, node);
      return api !== null && keyOf(api) === "global process.env";
    },
  };
}

/** Functions of Node that give numbers or identifiers. */
const plainResults =
  /^(?:global (?:crypto\.randomUUID|Date\.now|parseInt|Math\.(?:floor|trunc|round|ceil|sign)|Number\.parseInt)|module:crypto randomUUID)$/;
const dottedResults = /^global (?:Number|parseFloat|Math\.\w+|Number\.parseFloat)$/;

interface Pattern {
  readonly pattern: string;
  readonly flags: string;
}

/** Whether replacing all matches by the filling leaves letters, digits, `-` and `_`. */
function leavesPlain({ pattern, flags }: Pattern, filling: string): boolean {
  const [, inside] =
    /^\[\^((?:\\[wd-]|0-9|a-z|A-Z|[A-Za-z0-9_]|-(?=$))+)\]\+?$/.exec(
      pattern.replace(/-\](?=\+?$)/, "\\-]"),
    ) ?? [];
  return (
    inside !== undefined &&
    /^[dgimsuy]*g[dgimsuy]*$/.test(flags) &&
    !flags.includes("y") &&
    /^[\w-]*$/.test(filling)
  );
}

/** Whether the pattern finds its matches in a short text at once, and none where an earlier call left off. */
function isQuick({ pattern, flags }: Pattern): boolean {
  return !/[()]/.test(pattern) && !flags.includes("y") && (pattern.match(/[*+?{]/g)?.length ?? 0) <= 2;
}

/** The character that each match of a simple pattern starts with; null where it may start with others. */
function firstOf({ pattern, flags }: Pattern): readonly string[] | null {
  const [, escaped, plain] = /^(?:\\([^\w\s])|([^\w\s\\^$.*+?()[\]{}|]))(?![*?{])/.exec(pattern) ?? [];
  const first = escaped ?? plain;
  // An alternative could start with something else.
  return first === undefined || pattern.includes("|") || flags.includes("i") ? null : [first];
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

/** `new URL(own, base)`, as far as the two are known. */
function urlOn(own: Text, base: Text | undefined): Text {
  if (own.isWhole) {
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
  if (known !== null) return { known, isWhole: false };
  // One slash and a letter: a path of the base whatever follows.
  const isPath = /^\/[^/\\\s]/.test(own.known) || isRelativeReference(own);
  const host = isPath && base !== undefined ? authority(base) : null;
  return host === null ? nothing : { known: host, isWhole: false };
}

function isNewUrl(program: Program, node: Node): node is NewExpression {
  return (
    node.type === "NewExpression" &&
    isUrlClass(program, node.callee) &&
    !isReplaced(program, "URL") &&
    !isReplacedInNode(program, "href", "toString", "@@toPrimitive")
  );
}
