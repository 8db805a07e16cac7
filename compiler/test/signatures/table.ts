import type { Json } from "./values.ts";

/** A signature with inputs that it must accept and refuse, or the code of the diagnostic that it must get. */
export interface Row {
  readonly group: string;
  readonly parameters: string;
  readonly declarations: string;
  readonly files: Readonly<Record<string, string>>;
  /** The result type of `call`; where it is given, `expects` is about results. */
  readonly result?: string;
  readonly expects:
    | { readonly accepts: readonly Json[]; readonly refuses: readonly Json[] }
    | { readonly code: string };
  /** Why TypeScript's verdict on the literals is another one; null where it must be the same. */
  readonly wire: string | null;
}

type More = {
  readonly types?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly wire?: string;
};

/** One parameter `v` of this type; the values are those of `v`. */
function of(
  type: string,
  accepts: readonly Json[],
  refuses: readonly Json[],
  more: More = {},
): Omit<Row, "group"> {
  const asInputs = (values: readonly Json[]): readonly Json[] => values.map((v) => ({ v }));
  return call(`v: ${type}`, asInputs(accepts), asInputs(refuses), more);
}

/** Whole parameters; the values are whole inputs. */
function call(
  parameters: string,
  accepts: readonly Json[],
  refuses: readonly Json[],
  more: More = {},
): Omit<Row, "group"> {
  return {
    parameters,
    declarations: more.types ?? "",
    files: more.files ?? {},
    expects: { accepts, refuses },
    wire: more.wire ?? null,
  };
}

/** A parameter `v` of a type that noxus must refuse. */
function no(type: string, code: string, types = ""): Omit<Row, "group"> {
  return noCall(`v: ${type}`, code, types);
}

function noCall(parameters: string, code: string, types = ""): Omit<Row, "group"> {
  return { parameters, declarations: types, files: {}, expects: { code }, wire: null };
}

/** A result of this type. */
function result(
  type: string,
  accepts: readonly Json[],
  refuses: readonly Json[],
  more: More = {},
): Omit<Row, "group"> {
  return { ...call("", accepts, refuses, more), result: type };
}

function noResult(type: string, code: string): Omit<Row, "group"> {
  return { ...noCall("", code, ""), result: type };
}

const enumValues = "an enum is its values";
const leftOut = "JSON has no undefined: leaving the key out stands for it";
const wireText = "a text on the wire";
const branded = "JSON carries what is branded";
const annotated = "a constraint tag says more than the type";

const names = "/** @minLength 2 */\ntype Name = string;";

const groups: Readonly<Record<string, readonly Omit<Row, "group">[]>> = {
  parameters: [
    call("", [{}], [{ a: 1 }, null, []], {
      wire: "no parameter is no key; `{}` in TypeScript takes anything",
    }),
    call("a: string", [{ a: "" }], [{}, { a: 1 }, { a: null }, { a: "", b: 1 }]),
    call("a?: string", [{}, { a: "x" }], [{ a: null }, { a: 1 }]),
    call("a: string | undefined", [{}, { a: "x" }], [{ a: null }], { wire: leftOut }),
    call("a: string | null", [{ a: null }, { a: "x" }], [{}, { a: 1 }]),
    call("a?: string | null", [{}, { a: null }, { a: "x" }], [{ a: 1 }]),
    call('a: "x" | "y" = "x"', [{}, { a: "y" }], [{ a: "z" }, { a: null }]),
    call("a = 3", [{}, { a: 4 }], [{ a: "4" }]),
    call(
      'a = "x", b = true, c: number[] = []',
      [{}, { a: "", b: false, c: [1] }],
      [{ a: 1 }, { b: 1 }, { c: [""] }],
    ),
    call(
      "a: number, b: boolean, c?: null",
      [
        { a: 1, b: true },
        { a: 1, b: true, c: null },
      ],
      [{ a: 1 }, { b: true }],
    ),
    call("...items: string[]", [{ items: [] }, { items: ["a", "b"] }], [{ items: [1] }, { items: "a" }]),
    call("a: number, ...rest: boolean[]", [{ a: 1, rest: [true] }], [{ a: 1, rest: [1] }, { rest: [] }]),
    call("a: string, ctx: Context", [{ a: "" }], [{ a: "", ctx: {} }], {
      types: 'import type { Context } from "noxus/plugins";',
      wire: "the context is no input",
    }),
    call("größe: number, $x: string, _y?: boolean", [{ größe: 1, $x: "" }], [{ grosse: 1, $x: "" }]),
    call("type: string, of: number", [{ type: "", of: 1 }], [{ type: "" }]),
    call(
      "constructor: string, toString: number",
      [{ constructor: "", toString: 1 }],
      [{}, { constructor: "" }],
    ),
    call("hasOwnProperty: string", [{ hasOwnProperty: "" }], [{}, { hasOwnProperty: 1 }]),
  ],
  primitives: [
    of("string", ["", "x", "é", "\u0000"], [1, true, null, {}, []]),
    of("number", [0, -1, 1.5, 1e21], ["1", true, null, {}]),
    of("boolean", [true, false], [0, 1, "true", null]),
    of("null", [null], [0, "", false, {}]),
    of("string | number", ["", 1], [true, null, []]),
    of("string | number | boolean | null", ["", 1, true, null], [[], {}]),
    of("true", [true], [false, 1, "true"]),
    of("false | null", [false, null], [true, 0]),
    of("(string)", ["x"], [1]),
    of("string & {}", ["x"], [1, null, {}]),
    of("NonNullable<string | null>", ["x"], [null]),
  ],
  literals: [
    of('"a"', ["a"], ["b", "", 1, null]),
    of('"a" | "b"', ["a", "b"], ["c", "A", "a|b"]),
    of("1 | 2", [1, 2], [3, "1", 1.5]),
    of("-1 | 0.5", [-1, 0.5], [1, 0]),
    of('"a" | 1 | true | null', ["a", 1, true, null], ["b", 2, false, []]),
    of('"" | " "', ["", " "], ["  ", "x"]),
    of(String.raw`"\"" | "\\" | "\n"`, ['"', "\\", "\n"], ["n", "/"]),
    of('"ключ" | "😀"', ["ключ", "😀"], ["key"]),
    of('"a" | string', ["a", "zzz"], [1]),
    of('"a" | (string & {})', ["a", "zzz"], [1, null]),
    of("1 | number", [1, 7.5], ["1"]),
    of("1e3 | 0x10", [1000, 16], [10, "1e3"]),
    of("boolean | 1", [true, false, 1], [0]),
  ],
  "template literals": [
    of("`v${number}`", ["v1", "v1.5", "v-2"], ["v", "1", "vx", 1]),
    of("`${string}@${string}`", ["a@b", "@"], ["ab", ""]),
    of('`${"a" | "b"}-${1 | 2}`', ["a-1", "b-2"], ["a-3", "a1", "c-1"]),
    of("`${boolean}`", ["true", "false"], ["True", true]),
    of("`a.b${string}`", ["a.b", "a.bc"], ["axb", "b"]),
    of("`$${number}`", ["$5"], ["5", "$"]),
    of("`(${string})`", ["()", "(a\nb)"], ["(", "a"]),
    of('`${number}${"px" | "em"}`', ["1px", "2.5em"], ["px", "1pt"]),
    of('Uppercase<"ab" | "c">', ["AB", "C"], ["ab", "Ab"]),
    of('Capitalize<"ab">', ["Ab"], ["ab"]),
    of('Lowercase<"AB">', ["ab"], ["AB"]),
    of('Uncapitalize<"AB">', ["aB"], ["AB"]),
    of("Uppercase<string>", ["AB", ""], ["Ab"]),
    of("`x-${Lowercase<string>}`", ["x-a"], ["x-A", "a"]),
    of("Record<`data-${string}`, number>", [{}, { "data-a": 1 }], [{ "data-a": "" }, { other: 1 }]),
    of("`${bigint}`", ["12", "-3"], ["1.5", "x"]),
  ],
  enums: [
    of("E", ["a", "b"], ["A", "c", 0], { types: 'enum E { A = "a", B = "b" }', wire: enumValues }),
    of("E", [0, 1], [2, "A", 0.5], { types: "enum E { A, B }" }),
    of("E", [1, 2, 10], [0, 3, "C"], { types: "enum E { A = 1, B, C = 10 }" }),
    of("E", ["a", 1], ["b", 0], { types: 'enum E { A = "a", B = 1 }', wire: enumValues }),
    of("E", [1, 2, 3], [4, 0], { types: "enum E { A = 1 << 0, B = 1 << 1, C = A | B }" }),
    of("E.A", ["a"], ["b"], { types: 'enum E { A = "a", B = "b" }', wire: enumValues }),
    of("E.A | E.B", ["a", "b"], ["c"], { types: 'enum E { A = "a", B = "b", C = "c" }', wire: enumValues }),
    of("E", ["a"], ["A"], { types: 'const enum E { A = "a" }', wire: enumValues }),
    of("Exclude<E, E.A>", ["b"], ["a"], { types: 'enum E { A = "a", B = "b" }', wire: enumValues }),
    of("`${E}`", ["a", "b"], ["A"], { types: 'enum E { A = "a", B = "b" }' }),
    of("keyof typeof E", ["A", "B"], ["a"], { types: 'enum E { A = "a", B = "b" }' }),
    of("Record<E, number>", [{ a: 1, b: 2 }], [{ a: 1 }, { A: 1, B: 2 }], {
      types: 'enum E { A = "a", B = "b" }',
    }),
    of("Partial<Record<E, number>>", [{}, { a: 1 }], [{ c: 1 }], { types: 'enum E { A = "a", B = "b" }' }),
    of("E", [3, 2], ["A", null], { types: 'enum E { A = "abc".length, B = 2 }' }),
    of("{ [E.A]: string; [E.B]?: number }", [{ a: "" }, { a: "", b: 1 }], [{ b: 1 }, { A: "" }], {
      types: 'enum E { A = "a", B = "b" }',
    }),
    of("(typeof E)[keyof typeof E]", ["a", "b"], ["A"], { types: 'const E = { A: "a", B: "b" } as const;' }),
    of("Level", [-1, 0], [1], { types: "declare enum Level { Low = -1, None = 0 }" }),
    of("E", ["ab", "b"], ["a"], { types: 'enum E { A = `a${"b"}`, B = "b" }', wire: enumValues }),
  ],
  arrays: [
    of("string[]", [[], ["a"]], [[1], "a", {}, { 0: "a" }, null]),
    of("Array<number>", [[1]], [["1"]]),
    of("readonly boolean[]", [[true]], [[0]]),
    of("ReadonlyArray<string>", [["a"]], [[null]]),
    of("Readonly<string[]>", [["a"]], [[1], {}]),
    of("(string | number)[]", [["a", 1]], [[true]]),
    of("string[] | number[]", [["a"], [1], []], [["a", 1]]),
    of("string[][]", [[["a"]], [[]]], [["a"]]),
    of("{ a: number }[]", [[{ a: 1 }]], [[{}], [{ a: 1, b: 2 }]]),
    of("string | string[]", ["a", ["a"]], [[1], 1]),
    of("(string | null)[]", [["a", null]], [[1]]),
    of("(string | undefined)[]", [["a"]], [[null], [1]]),
    of("Partial<string[]>", [["a"], []], [[1]]),
    of("unknown[]", [[1, "a", null], []], [{}, 1]),
  ],
  tuples: [
    of("[string, number]", [["a", 1]], [["a"], ["a", 1, 2], [1, "a"], []]),
    of("[string, number?]", [["a"], ["a", 1]], [[], ["a", "b"], ["a", 1, 2]]),
    of("[string, ...number[]]", [["a"], ["a", 1, 2]], [[], ["a", "b"]]),
    no("[...string[], number]", "NX2013"),
    no("[string, ...number[], boolean]", "NX2013"),
    of("[...string[], string]", [["a"], ["a", "b"]], [[], [1]]),
    of(
      "[number, ...number[], number]",
      [
        [1, 2],
        [1, 2, 3],
      ],
      [[1], [1, "a"]],
    ),
    of("[a: string, b?: number]", [["a"], ["a", 1]], [[], [1]]),
    of("[first: string, ...rest: number[]]", [["a", 1]], [["a", "b"]]),
    of("readonly [1, 2]", [[1, 2]], [[2, 1], [1]]),
    of("[]", [[]], [[1], {}]),
    of("[string | null, boolean?]", [[null], ["a", true]], [[1], [null, null]]),
    of("[...[string, number], boolean]", [["a", 1, true]], [["a", 1]]),
    of("Partial<[string, number]>", [[], ["a"], ["a", 1]], [[1], ["a", 1, 2]]),
    of("Required<[string, number?]>", [["a", 1]], [["a"]]),
    of("Readonly<[string]>", [["a"]], [[]]),
    of("{ a: [number, number] }[]", [[{ a: [1, 2] }]], [[{ a: [1] }]]),
    of("[string, number]['length']", [2], [1, 3]),
    of("[string, number][1]", [1], ["a"]),
  ],
  objects: [
    of("{}", [{}, 1, "a"], [null]),
    of(
      "{ a: string; b?: number }",
      [{ a: "" }, { a: "", b: 1 }],
      [{}, { a: 1 }, { a: "", c: 1 }, [], "a", null],
    ),
    of(
      "{ a: { b: { c: string } } }",
      [{ a: { b: { c: "" } } }],
      [{ a: { b: {} } }, { a: { b: { c: "", d: 1 } } }],
    ),
    of("{ a: string | undefined }", [{}, { a: "" }], [{ a: null }], { wire: leftOut }),
    of(
      "{ a?: undefined; b: string }",
      [{ b: "" }],
      [
        { a: null, b: "" },
        { a: 1, b: "" },
      ],
    ),
    of("{ a?: never; b: string }", [{ b: "" }], [{ a: null, b: "" }]),
    of("{ readonly a: string }", [{ a: "" }], [{}]),
    of(
      '{ "two words": string; "a-b": number; "1": boolean }',
      [{ "two words": "", "a-b": 1, 1: true }],
      [{}],
    ),
    of(
      '{ "ключ": string; "": number; "a\\"b": null }',
      [{ ключ: "", "": 1, 'a"b': null }],
      [{ ключ: "", "": 1 }],
    ),
    no('{ "__proto__": string }', "NX2013"),
    of(
      "{ class: string; default: number; $ref: string }",
      [{ class: "", default: 1, $ref: "#" }],
      [{ class: "" }],
    ),
    of(
      "{ type: string; properties: number; required: null }",
      [{ type: "", properties: 1, required: null }],
      [{}],
    ),
    of(
      "{ toString: string; constructor: number }",
      [{ toString: "", constructor: 1 }],
      [{}, { toString: "" }],
    ),
    of("Item", [{ a: 1 }], [{}, { a: 1, b: 2 }], { types: "interface Item { a: number }" }),
    of("Item", [{ a: 1, b: "", c: true }], [{ a: 1 }, { a: 1, b: "" }], {
      types: "interface A { a: number } interface B { b: string } interface Item extends A, B { c: boolean }",
    }),
    of("Item", [{ a: "x" }], [{ a: "y" }], {
      types: 'interface A { a: string } interface Item extends A { a: "x" }',
    }),
    of("Item", [{ a: 1, b: 2 }], [{ a: 1 }], {
      types: "interface Item { a: number } interface Item { b: number }",
    }),
    of("Item", [{ id: 1, name: "" }], [{ name: "" }], {
      types:
        "interface Item extends Omit<Base, 'extra'> { name: string } interface Base { id: number; extra: boolean }",
    }),
    of("Item", [{ a: 1 }], [{}], { types: "type Alias = { a: number }; interface Item extends Alias {}" }),
    of("{ get a(): string; set a(value: string) }", [{ a: "" }], [{}]),
    of("{ a: string } | null", [{ a: "" }, null], [{}, 1]),
    of("object", [{}, { a: 1 }, []], ["a", 1, null]),
  ],
  "records and index signatures": [
    of("Record<string, number>", [{}, { a: 1 }], [{ a: "" }, [], null]),
    of("{ [key: string]: string }", [{}, { a: "" }], [{ a: 1 }]),
    of('Record<"a" | "b", number>', [{ a: 1, b: 2 }], [{ a: 1 }, { a: 1, b: 2, c: 3 }]),
    of("Record<string, { a: number }>", [{ x: { a: 1 } }], [{ x: {} }]),
    of("Record<string, string[]>", [{ x: [""] }], [{ x: "" }]),
    of("{ id: number; [key: string]: number }", [{ id: 1 }, { id: 1, x: 2 }], [{}, { id: 1, x: "" }]),
    of(
      "{ id: string; [key: string]: string | number }",
      [{ id: "", x: 1 }],
      [{ id: 1 }, { id: "", x: true }],
    ),
    of(
      "{ [key: `x-${string}`]: number; id: string }",
      [{ id: "", "x-a": 1 }],
      [
        { id: "", "x-a": "" },
        { id: "", y: 1 },
      ],
    ),
    of("Record<number, string>", [{}, { 1: "a" }], [{ 1: 1 }, { a: "a" }]),
    of("{ [key: number]: string }", [{ 0: "a" }], [{ x: "a" }]),
    of("Partial<Record<'a' | 'b', string>>", [{}, { a: "" }], [{ c: "" }]),
    of("Record<string, unknown>", [{}, { a: [1] }], [1, "a"]),
    of("Record<'a', Record<'b', 1>>", [{ a: { b: 1 } }], [{ a: {} }]),
    of("Record<string, never>", [{}], [{ a: 1 }]),
    of("Record<string, number> & { id: number }", [{ id: 1, x: 2 }], [{}, { id: 1, x: "" }]),
    of("Record<1 | 2, string>", [{ 1: "", 2: "" }], [{ 1: "" }]),
  ],
  unions: [
    of(
      '{ kind: "a"; x: number } | { kind: "b"; y: string }',
      [
        { kind: "a", x: 1 },
        { kind: "b", y: "" },
      ],
      [{ kind: "a", y: "" }, { kind: "a", x: 1, y: "" }, { kind: "c" }, {}],
    ),
    of(
      "{ ok: true; value: number } | { ok: false; error: string }",
      [{ ok: true, value: 1 }],
      [{ ok: false, value: 1 }],
    ),
    of(
      '{ t: "a" | "b"; n: 1 } | { t: "c"; n: 2 }',
      [
        { t: "b", n: 1 },
        { t: "c", n: 2 },
      ],
      [{ t: "c", n: 1 }],
    ),
    of("{ a: string } | { b: number }", [{ a: "" }, { b: 1 }], [{}, { a: 1 }, { c: 1 }]),
    of("{ a: string } | string | number[]", [{ a: "" }, "", [1]], [{}, [""]]),
    of(
      '{ kind: "a" } | { kind: "b"; of: ({ kind: "x" } | { kind: "y" })[] }',
      [{ kind: "b", of: [{ kind: "y" }] }],
      [{ kind: "b", of: [{ kind: "a" }] }],
    ),
    of(
      '({ kind: "a"; x: 1 } | { kind: "b" }) & { id: string }',
      [
        { kind: "a", x: 1, id: "" },
        { kind: "b", id: "" },
      ],
      [{ kind: "b" }, { kind: "a", id: "" }],
    ),
    of(
      "{ v: 1; a: string } | { v: 2; a: number }",
      [
        { v: 1, a: "" },
        { v: 2, a: 1 },
      ],
      [{ v: 1, a: 1 }],
    ),
    of(
      "Shape",
      [
        { kind: "c", r: 1 },
        { kind: "s", w: 1 },
      ],
      [{ kind: "c", w: 1 }],
      {
        types:
          'interface C { kind: "c"; r: number } interface S { kind: "s"; w: number } type Shape = C | S;',
      },
    ),
    of(
      '{ k: null; a: 1 } | { k: "x"; b: 2 }',
      [
        { k: null, a: 1 },
        { k: "x", b: 2 },
      ],
      [{ k: null, b: 2 }],
    ),
    of('{ k?: "x"; a: 1 } | { k: "y"; b: 2 }', [{ a: 1 }, { k: "x", a: 1 }, { k: "y", b: 2 }], [{ b: 2 }]),
    of(
      "[1, string] | [2, number]",
      [
        [1, ""],
        [2, 1],
      ],
      [[1, 1]],
    ),
    of('Extract<{ t: "a"; x: 1 } | { t: "b" }, { t: "a" }>', [{ t: "a", x: 1 }], [{ t: "b" }]),
    of("'a' | 'b' | { custom: string }", ["a", { custom: "" }], ["c", {}]),
  ],
  intersections: [
    of("{ a: string } & { b: number }", [{ a: "", b: 1 }], [{ a: "" }, { a: "", b: 1, c: 1 }]),
    of("{ a: string } & { a: 'x' }", [{ a: "x" }], [{ a: "y" }]),
    of("{ a: { b: 1 } } & { a: { c: 2 } }", [{ a: { b: 1, c: 2 } }], [{ a: { b: 1 } }]),
    of("{ a?: string } & { a: string }", [{ a: "" }], [{}]),
    of(
      "({ a: 1 } | { b: 2 }) & { c: 3 }",
      [
        { a: 1, c: 3 },
        { b: 2, c: 3 },
      ],
      [{ a: 1 }, { c: 3 }],
    ),
    of("A & Partial<B>", [{ a: 1 }, { a: 1, b: 2 }], [{ b: 2 }], {
      types: "interface A { a: number } interface B { b: number }",
    }),
    of("('a' | 'b') & ('b' | 'c')", ["b"], ["a", "c"]),
    of("string & { __brand: 'Id' }", ["x"], [1, {}], { wire: branded }),
    of("number & { readonly brand: unique symbol }", [1], ["1"], { wire: branded }),
    of("Id", ["x"], [1], {
      types: "declare const tag: unique symbol; type Id = string & { [tag]: true };",
      wire: branded,
    }),
    of("A & { extra: boolean }", [{ a: 1, extra: true }], [{ a: 1 }], { types: "class A { a = 1; }" }),
    no("string & number", "NX2011"),
    no("({ a: string } & { a?: 1 }) | undefined", "NX2011"),
    of("({ a: string } & { a?: 1 }) | 'x'", ["x"], [{ a: 1 }]),
    no("{ a: 'x' } & { a: 'y' }", "NX2011"),
  ],
  classes: [
    of("K", [{ a: 1 }, { a: 1, b: "" }], [{}, { a: "" }], { types: "class K { a = 1; b?: string; }" }),
    of("K", [{ a: "" }], [{}], { types: "class K { constructor() { this.a = ''; } a: string; }" }),
    of("K", [{ a: "", b: 1 }], [{ b: 1 }], { types: "class A { a = ''; } class K extends A { b = 1; }" }),
    of("K", [{ a: 1 }], [{ a: 1, count: 0 }], { types: "class K { static count = 0; a!: number; }" }),
    of("K<string>", [{ value: "" }], [{ value: 1 }], { types: "class K<T> { value!: T; }" }),
    of("K", [{ a: 1, b: 2 }], [{ a: 1 }], { types: "class K { a = 1; } interface K { b: number }" }),
    of("InstanceType<typeof K>", [{ a: 1 }], [{}], { types: "class K { a = 1; }" }),
    no("K", "NX2011", "class K { private a = 1; }"),
    no("K", "NX2011", "class K { protected a = 1; }"),
    no("K", "NX2011", "class K { #a = 1; get() { return this.#a; } }"),
    no("K", "NX2011", "class K { a = 1; method() { return 1; } }"),
  ],
  generics: [
    of("Box<string>", [{ value: "" }], [{ value: 1 }], { types: "interface Box<T> { value: T }" }),
    of("Box", [{ value: "" }], [{ value: 1 }], { types: "interface Box<T = string> { value: T }" }),
    of("Pair<number, boolean>", [{ a: 1, b: true }], [{ a: true, b: 1 }], {
      types: "type Pair<A, B> = { a: A; b: B };",
    }),
    of("Page<Item>", [{ items: [{ id: 1 }], next: null }], [{ items: [{}], next: null }], {
      types:
        "interface Item { id: number } interface Page<T extends { id: number }> { items: T[]; next: string | null }",
    }),
    of("Maybe<string>", ["x", null], [1], { types: "type Maybe<T> = T | null;" }),
    of("Box<Box<number>>", [{ value: { value: 1 } }], [{ value: 1 }], {
      types: "interface Box<T> { value: T }",
    }),
    of("Box<string | number>", [{ value: "" }, { value: 1 }], [{ value: true }], {
      types: "type Box<T> = { value: T };",
    }),
    of(
      "Result<number>",
      [
        { ok: true, value: 1 },
        { ok: false, error: "" },
      ],
      [{ ok: true, error: "" }],
      {
        types: "type Result<T, E = string> = { ok: true; value: T } | { ok: false; error: E };",
      },
    ),
    of("Dict<'a', number>", [{ a: 1 }], [{}], { types: "type Dict<K extends string, V> = { [P in K]: V };" }),
    of("L<number>", [{ v: 1 }, { v: 1, next: { v: 2 } }], [{ v: 1, next: {} }], {
      types: "interface L<T> { v: T; next?: L<T> }",
    }),
  ],
  "mapped types": [
    of("Partial<A>", [{}, { a: 1 }], [{ a: "" }, { c: 1 }], {
      types: "interface A { a: number; b: string }",
    }),
    of("Required<A>", [{ a: 1, b: "" }], [{ a: 1 }], { types: "interface A { a?: number; b: string }" }),
    of("Readonly<A>", [{ a: 1 }], [{}], { types: "interface A { a: number }" }),
    of("Pick<A, 'a'>", [{ a: 1 }], [{ a: 1, b: "" }, {}], { types: "interface A { a: number; b: string }" }),
    of("Omit<A, 'a'>", [{ b: "" }], [{ a: 1, b: "" }], { types: "interface A { a: number; b: string }" }),
    of("Omit<Pick<A, 'a' | 'b'>, 'a'>", [{ b: "" }], [{ a: 1 }], {
      types: "interface A { a: number; b: string; c: 1 }",
    }),
    of("M", [{ a: 1, b: 1 }], [{ a: 1 }], { types: "type M = { [K in 'a' | 'b']: number };" }),
    of("M", [{}, { a: 1 }], [{ a: "" }], { types: "type M = { [K in 'a' | 'b']?: number };" }),
    of("M", [{ get_a: "", get_b: 1 }], [{ a: "", b: 1 }], {
      types: "type M = { [K in keyof A as `get_${K}`]: A[K] }; interface A { a: string; b: number }",
    }),
    of("M", [{ b: 1 }], [{ a: "", b: 1 }], {
      types: "type M = { [K in keyof A as Exclude<K, 'a'>]: A[K] }; interface A { a: string; b: number }",
    }),
    of("M", [{ b: 1 }], [{ a: "" }, {}], {
      types:
        "type M = { [K in keyof A as A[K] extends number ? K : never]: A[K] }; interface A { a: string; b: number }",
    }),
    of("M<A>", [{ a: "", b: null }], [{ a: "", b: 1 }, { a: "" }], {
      types:
        "type M<T> = { -readonly [K in keyof T]-?: T[K] extends string ? T[K] : null }; interface A { readonly a: string; b?: number }",
    }),
    of("DeepPartial<A>", [{}, { a: {} }, { a: { b: 1 } }], [{ a: { b: "" } }, { a: { c: 1 } }], {
      types: "type DeepPartial<T> = { [K in keyof T]?: DeepPartial<T[K]> }; interface A { a: { b: number } }",
    }),
    of("DeepReadonly<A>", [{ a: [{ b: 1 }] }], [{ a: [{}] }], {
      types:
        "type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> }; interface A { a: { b: number }[] }",
    }),
    of("Nullable<A>", [{ a: null }, { a: 1 }], [{}], {
      types: "type Nullable<T> = { [K in keyof T]: T[K] | null }; interface A { a: number }",
    }),
    of("Partial<string>", ["x"], [1]),
    of("Record<keyof A, boolean>", [{ a: true, b: false }], [{ a: true }], {
      types: "interface A { a: 1; b: 2 }",
    }),
  ],
  "conditional types": [
    of("If<string>", [1], ["a"], { types: "type If<T> = T extends string ? number : boolean;" }),
    of("If<string | number>", [1, true], ["a"], {
      types: "type If<T> = T extends string ? number : boolean;",
    }),
    of("If<[string | number]>", [true], [1], {
      types: "type If<T> = T extends [string] ? number : boolean;",
    }),
    of("El<string[]>", ["a"], [1, []], { types: "type El<T> = T extends (infer E)[] ? E : never;" }),
    of("El<{ type: 'x' }>", ["x"], ["y"], { types: "type El<T> = T extends { type: infer U } ? U : never;" }),
    of("Exclude<'a' | 'b', 'a'>", ["b"], ["a"]),
    of("Extract<'a' | 1, string>", ["a"], [1]),
    of("Awaited<Promise<Promise<number>>>", [1], ["a"]),
    of("ReturnType<() => { a: number }>", [{ a: 1 }], [{}]),
    of("Parameters<(a: string, b?: number) => void>", [["a"], ["a", 1]], [[], [1]]),
    of("Parameters<(a: string) => void>[0]", ["a"], [1]),
    of("Head<[1, 2]>", [1], [2], { types: "type Head<T> = T extends [infer H, ...unknown[]] ? H : never;" }),
    of("Camel<'a_b'>", ["aB"], ["a_b"], {
      types:
        "type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;",
    }),
    of("Split<'a.b'>", [["a", "b"]], [["a"], "a.b"], {
      types: "type Split<S extends string> = S extends `${infer A}.${infer B}` ? [A, ...Split<B>] : [S];",
    }),
    of("UnionToIntersection<{ a: 1 } | { b: 2 }>", [{ a: 1, b: 2 }], [{ a: 1 }], {
      types:
        "type UnionToIntersection<U> = (U extends unknown ? (k: U) => void : never) extends (k: infer I) => void ? I : never;",
    }),
    of("NoInfer<string>", ["a"], [1]),
    no("Exclude<'a', 'a'>", "NX2011"),
  ],
  "keyof, typeof, indexed access": [
    of("keyof A", ["a", "b"], ["c"], { types: "interface A { a: 1; b: 2 }" }),
    of("A['a']", [1], ["a"], { types: "interface A { a: number }" }),
    of("A['a']['b'][number]", ["x"], [1], { types: "interface A { a: { b: string[] } }" }),
    of("A['a' | 'b']", [1, "x"], [true], { types: "interface A { a: number; b: string }" }),
    of("A[keyof A]", [1, "x"], [true], { types: "interface A { a: number; b: string }" }),
    of("typeof config", [{ a: 5, b: "y" }], [{ a: "" }], { types: 'const config = { a: 1, b: "x" };' }),
    of(
      "typeof config",
      [{ a: 1, b: ["x"] }],
      [
        { a: 2, b: ["x"] },
        { a: 1, b: [] },
      ],
      {
        types: 'const config = { a: 1, b: ["x"] } as const;',
      },
    ),
    of("keyof typeof config", ["a", "b"], ["c"], { types: "const config = { a: 1, b: 2 };" }),
    of("(typeof list)[number]", ["x", "y"], ["z"], { types: 'const list = ["x", "y"] as const;' }),
    of("(typeof list)[number]['id']", [1, 2], [3], {
      types: "const list = [{ id: 1 }, { id: 2 }] as const;",
    }),
    of("typeof one", ["one"], ["two"], { types: 'const one = "one";' }),
    of("typeof config", [{ a: "", b: 2 }], [{ a: "" }], {
      types: 'const config = { a: "x", b: 2 } satisfies Record<string, string | number>;',
    }),
    of("typeof config", [{ mode: "on" }], [{ mode: "x" }], {
      types: 'const config = { mode: "on" as "on" | "off" };',
    }),
    of("ReturnType<typeof make>", [{ n: 1, s: "" }], [{ n: 1 }], {
      types: 'function make() { return { n: 1, s: "" }; }',
    }),
    of("Awaited<ReturnType<typeof make>>", [{ n: 1 }], [{}], {
      types: "async function make() { return { n: 1 }; }",
    }),
    of("keyof [string, 1]", [0, 7, "0", "1", "length", "map"], ["2", "a", null]),
    of("keyof { a: 1; [Symbol.iterator]: 2 }", ["a"], ["b", 1]),
    no("typeof Symbol.iterator", "NX2011"),
    of("keyof Record<string, 1>", ["a", ""], [true]),
    of("Parameters<typeof make>[0]", [{ a: 1 }], [{}], {
      types: "const make = (options: { a: number }) => options;",
    }),
  ],
  recursion: [
    of(
      "Tree",
      [{ v: 1 }, { v: 1, kids: [{ v: 2, kids: [] }] }],
      [
        { v: 1, kids: [{}] },
        { v: 1, more: 1 },
      ],
      {
        types: "interface Tree { v: number; kids?: Tree[] }",
      },
    ),
    of("List", [null, { v: 1, next: { v: 2, next: null } }], [{ v: 1 }, { v: 1, next: {} }], {
      types: "type List = { v: number; next: List } | null;",
    }),
    of("Json", [null, 1, "a", [{ a: [true] }], {}], [], {
      types: "type Json = null | boolean | number | string | Json[] | { [key: string]: Json };",
    }),
    of("A", [{ b: { a: { b: null } } }, { b: null }], [{ b: {} }, {}], {
      types: "interface A { b: B | null } interface B { a: A }",
    }),
    of("Nested", ["a", ["a", ["b", []]]], [1, [1], ["a", [1]]], {
      types: "type Nested = string | Nested[];",
    }),
    of(
      "Expr",
      [
        { op: "n", v: 1 },
        { op: "+", l: { op: "n", v: 1 }, r: { op: "n", v: 2 } },
      ],
      [{ op: "+", l: 1, r: 2 }],
      {
        types: 'type Expr = { op: "n"; v: number } | { op: "+"; l: Expr; r: Expr };',
      },
    ),
    of("Menu", [{ a: { b: {} } }], [{ a: 1 }], { types: "interface Menu { [key: string]: Menu }" }),
    of("K", [{}, { next: { next: {} } }], [{ next: 1 }], { types: "class K { next?: K; }" }),
    of("Chain", [[1], [1, [2, [3]]]], [[], [1, 2], ["a"]], { types: "type Chain = [number, Chain?];" }),
    of("Partial<Tree>", [{}, { kids: [{ v: 1 }] }], [{ kids: [{}] }], {
      types: "interface Tree { v: number; kids?: Tree[] }",
    }),
    of("{ a: Tree; b: Tree }", [{ a: { v: 1 }, b: { v: 1, kid: { v: 2 } } }], [{ a: { v: 1 } }], {
      types: "interface Tree { v: number; kid?: Tree }",
    }),
    no("Grow<string>", "NX2013", "interface Grow<T> { value: T; next?: Grow<T[]> }"),
  ],
  modules: [
    of("Shared", [{ a: 1 }], [{}], {
      types: 'import type { Shared } from "./shared.ts";',
      files: { "shared.ts": "export interface Shared { a: number }" },
    }),
    of("Renamed", [{ a: 1 }], [{}], {
      types: 'import type { Renamed } from "./barrel.ts";',
      files: {
        "shared.ts": "export interface Shared { a: number }",
        "barrel.ts": 'export type { Shared as Renamed } from "./shared.ts";',
      },
    }),
    of("Shared", [{ a: 1 }], [{}], {
      types: 'import type { Shared } from "./barrel.ts";',
      files: {
        "shared.ts": "export interface Shared { a: number }",
        "barrel.ts": 'export * from "./shared.ts";',
      },
    }),
    of("all.Shared", [{ a: 1 }], [{}], {
      types: 'import type * as all from "./shared.ts";',
      files: { "shared.ts": "export interface Shared { a: number }" },
    }),
    of("Shared", [{ a: 1 }], [{}], {
      types: 'import type Shared from "./shared.ts";',
      files: { "shared.ts": "export default interface Shared { a: number }" },
    }),
    of('import("./shared.ts").Shared', [{ a: 1 }], [{}], {
      files: { "shared.ts": "export interface Shared { a: number }" },
    }),
    of("typeof data", [{ a: 2, list: [{ b: "" }] }], [{ a: "" }], {
      types: 'import data from "./data.json" with { type: "json" };',
      files: { "data.json": '{ "a": 1, "list": [{ "b": "x" }] }' },
    }),
    of("Mode", ["on"], ["On"], {
      types: 'import { Mode } from "./mode.ts"; void Mode;',
      files: { "mode.ts": 'export enum Mode { On = "on" }' },
      wire: enumValues,
    }),
    of("ns.Inner", [{ a: 1 }], [{}], { types: "namespace ns { export interface Inner { a: number } }" }),
    of("Shared", [{ a: 1, b: 2 }], [{ a: 1 }], {
      types:
        'import type { Shared } from "./shared.ts";\ndeclare module "./shared.ts" { interface Shared { b: number } }',
      files: { "shared.ts": "export interface Shared { a: number }" },
    }),
    of("Shared", [{ kind: "x" }], [{ kind: "y" }, {}], {
      types: 'import type { Shared } from "./shared.ts";',
      files: { "shared.ts": 'interface Hidden { kind: "x" }\nexport type Shared = Hidden;' },
    }),
  ],
  "names of the library": [
    of("Date", [{ day: 1 }], ["2026-01-01", {}], { types: "interface Date { day: number } export {};" }),
    of("Map", [{ zoom: 1 }], [{}], { types: "interface Map { zoom: number } export {};" }),
    of("Promise", [{ when: "" }], [{}], { types: "interface Promise { when: string } export {};" }),
    of("Array", [{ size: 1 }], [[], {}], { types: "interface Array { size: number } export {};" }),
    of("URL", [{ path: "" }], ["https://a.example", {}], {
      types: "interface URL { path: string } export {};",
    }),
    of("Record", [{ id: 1 }], [{}], { types: "interface Record { id: number } export {};" }),
    of("Buffer", ["aGk="], [1], { types: "type Buffer = string; export {};" }),
  ],
  "wire forms": [
    of("Date", ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000+01:00"], ["yesterday", "", 1, {}, null], {
      wire: wireText,
    }),
    of("URL", ["https://example.com/a?b#c"], ["not a url", 1, {}], { wire: wireText }),
    of("Date[]", [["2026-01-01T00:00:00Z"]], [["x"], [1]], { wire: wireText }),
    of(
      "{ at?: Date; to: URL | null }",
      [{ to: null }, { at: "2026-01-01T00:00:00Z", to: "https://a.example" }],
      [{ at: 1, to: null }],
      {
        wire: wireText,
      },
    ),
    of("Date | string", ["2026-01-01T00:00:00Z", "x"], [1], { wire: wireText }),
    of("Date | number", ["2026-01-01T00:00:00Z", 1], ["x"], { wire: wireText }),
    of("Record<string, Date>", [{ a: "2026-01-01T00:00:00Z" }], [{ a: "x" }], { wire: wireText }),
    no("Readonly<Date>", "NX2011"),
  ],
  results: [
    result(
      "{ a: string; b?: number }",
      [{ a: "" }, { a: "", b: 1 }],
      [{}, { a: 1 }, { a: "", c: 1 }, "a", null],
    ),
    result("Promise<{ a: string }>", [{ a: "" }], [{}], { wire: "awaited" }),
    result("Promise<{ a: string }> | { a: string }", [{ a: "" }], [{}], { wire: "awaited" }),
    result("{}", [{}], [], { wire: "a result is an object" }),
    result("Record<string, number>", [{}, { a: 1 }], [{ a: "" }, []]),
    result('{ kind: "a"; x: 1 } | { kind: "b" }', [{ kind: "a", x: 1 }, { kind: "b" }], [{ kind: "a" }, {}]),
    result("{ a: 1 } & { b: 2 }", [{ a: 1, b: 2 }], [{ a: 1 }]),
    result("Tree", [{ v: 1, kids: [{ v: 2, kids: [] }] }], [{ v: 1 }], {
      types: "interface Tree { v: number; kids: Tree[] }",
    }),
    result("A | B", [{ a: 1 }, { b: 1 }], [{}, { c: 1 }], {
      types: "interface A { a: number } interface B { b: number }",
    }),
    result("{ at: Date; to?: URL }", [{ at: "2026-01-01T00:00:00Z" }], [{ at: 1 }, {}], { wire: wireText }),
    result("K", [{ a: 1 }], [{}], { types: "class K { a = 1; }" }),
    result("Partial<{ a: string }>", [{}, { a: "" }], [{ a: 1 }]),
    result("{ a: string | undefined }", [{}, { a: "" }], [{ a: 1 }], { wire: leftOut }),
    noResult("string", "NX2012"),
    noResult("number[]", "NX2012"),
    noResult("void", "NX2012"),
    noResult("null", "NX2012"),
    noResult("{ a: 1 } | null", "NX2012"),
    noResult("{ a: 1 } | undefined", "NX2012"),
    noResult("Promise<string>", "NX2012"),
    noResult("Promise<void>", "NX2012"),
    noResult("[string]", "NX2012"),
    noResult("Generator<string>", "NX2012"),
    noResult("AsyncGenerator<string>", "NX2012"),
    noResult("any", "NX2012"),
    noResult("unknown", "NX2012"),
    noResult("never", "NX2012"),
    noResult("Map<string, string>", "NX2011"),
    noResult("{ a: () => void }", "NX2011"),
    noResult("{ a: bigint }", "NX2011"),
  ],
  "odd corners": [
    of("DeepPartial<Tree>", [{}, { kids: [{}, { v: 1 }] }], [{ kids: [{ v: "" }] }], {
      types:
        "interface Tree { v: number; kids: Tree[] } type DeepPartial<T> = { [K in keyof T]?: T[K] extends (infer E)[] ? DeepPartial<E>[] : T[K] };",
    }),
    of("Json", [1, [1, ["a"]], { a: [{}] }, null], [], {
      types:
        "type Json = string | number | boolean | null | JsonObject | JsonArray; interface JsonObject { [key: string]: Json } interface JsonArray extends Array<Json> {}",
    }),
    of("List", [["a"], []], [[1], {}, "a"], { types: "interface List extends Array<string> {}" }),
    of("Scores", [{ a: 1 }, {}], [{ a: "" }], {
      types: "interface Scores extends Record<string, number> {}",
    }),
    of("B", [{ b: 1 }, { a: "", b: 1 }], [{ a: "" }], {
      types: "interface A { a: string } interface B extends Partial<A> { b: number }",
    }),
    of("{ a: 1 } & ThisType<{ b: 2 }>", [{ a: 1 }], [{}, { a: 2 }]),
    of("object & { a: string }", [{ a: "" }], [{}, "a"]),
    no("String", "NX2011"),
    no("Number | Boolean", "NX2011"),
    of("Nonempty", [["a"], ["a", "b"]], [[], [1]], { types: "type Nonempty = [string, ...string[]];" }),
    of(
      "Cat<[1, 2], [3]>",
      [[1, 2, 3]],
      [
        [1, 2],
        [3, 2, 1],
      ],
      {
        types: "type Cat<A extends unknown[], B extends unknown[]> = [...A, ...B];",
      },
    ),
    of("Omit<{ a: 1; b: 2 } | { a: 1; c: 3 }, 'a'>", [{}, { a: 1 }], [null]),
    of("Each<{ a: 1; b: 2 } | { a: 1; c: 3 }>", [{ b: 2 }, { c: 3 }], [{ a: 1, b: 2 }, {}], {
      types: "type Each<T> = T extends unknown ? Omit<T, 'a'> : never;",
    }),
    of("Partial<Record<string, number>>", [{}, { a: 1 }], [{ a: null }, { a: "" }]),
    of("Handlers<{ a: string; b: number }>", [{ onA: "", onB: 1 }], [{ a: "" }, {}], {
      types: "type Handlers<T> = { [K in keyof T & string as `on${Capitalize<K>}`]: T[K] };",
    }),
    of("A", [{ x: "" }], [{ key: "" }, {}], { types: 'const key = "x"; interface A { [key]: string }' }),
    of("A", [{ 1: "", 2.5: "" }], [{ 1: "" }], { types: "interface A { 1: string; 2.5: string }" }),
    of("K", [{ a: "", b: 1 }], [{ a: "" }], {
      types: "class K { constructor(public a: string, readonly b = 1) {} }",
    }),
    of("K", [{ a: 1 }], [{}], { types: "abstract class K { abstract a: number; }" }),
    of("K", [{ a: 1 }], [{}], { types: "class K { get a(): number { return 1; } }" }),
    of("typeof config.deep", [{ ok: false }], [{}], { types: "const config = { deep: { ok: true } };" }),
    of('(typeof list)["length"]', [2], [3], { types: 'const list = ["x", "y"] as const;' }),
    of("NonNullable<A['b']>['c']", [1], [""], { types: "interface A { b?: { c: number } }" }),
    of("Rec<'a' | 'b'>", [{ a: { a: null, b: null }, b: null }], [{ a: null }], {
      types: "type Rec<K extends string> = { [P in K]: Rec<K> | null };",
    }),
    of("Box<string>", [{ v: "", list: [""] }], [{ v: "", list: "" }], {
      types: "interface Box<A, B = A[]> { v: A; list: B }",
    }),
    of("Level", [1, 2, 4], [3], {
      types: "enum Base { A = 1, B = 2 } enum Level { A = Base.A, B = Base.B, C = 4 }",
    }),
    of("Record<N, string>", [{ 0: "", 1: "" }], [{ 0: "" }, { A: "", B: "" }], { types: "enum N { A, B }" }),
    of("A | undefined | null", [null, { a: 1 }], [{}], { types: "interface A { a: number }", wire: leftOut }),
    of("Readonly<Record<'a', readonly string[]>>", [{ a: [""] }], [{ a: "" }]),
    of("string[] & { readonly brand: 'Sorted' }", [["a"]], [[1], "a"], { wire: branded }),
    of("{ a: string } & Record<string, unknown>", [{ a: "" }, { a: "", b: 1 }], [{}, { a: 1 }]),
    of("Record<string, { a: 1 } | null>", [{ x: null, y: { a: 1 } }], [{ x: {} }]),
    of("{ a: 1; b?: 2 } | { a: 1; b: 3 }", [{ a: 1 }, { a: 1, b: 2 }, { a: 1, b: 3 }], [{ a: 1, b: 4 }]),
    of("Tagged", [{ tag: ["a", 1] }, { tag: ["b", ""] }], [{ tag: ["a", ""] }], {
      types: 'type Tagged = { tag: ["a", number] | ["b", string] };',
    }),
    of("Path", ["/a", "/a/b"], ["a", ""], { types: "type Path = `/${string}`;" }),
    of("`${1 | 2}.${3 | 4}`", ["1.3", "2.4"], ["1", "1x3"]),
    of("Exclude<keyof A, 'a'>", ["b"], ["a"], { types: "interface A { a: 1; b: 2 }" }),
    of("Last<[1, 2, 3]>", [3], [1], {
      types: "type Last<T> = T extends [...unknown[], infer L] ? L : never;",
    }),
    of("Flat<[[1, 2], 3]>", [1, 2, 3], [[1, 2], 4], {
      types: "type Flat<T> = T extends readonly (infer E)[] ? Flat<E> : T;",
    }),
    of(
      "BuildTuple<3>",
      [["", "", ""]],
      [
        ["", ""],
        ["", "", "", ""],
      ],
      {
        types:
          "type BuildTuple<N, T extends string[] = []> = T['length'] extends N ? T : BuildTuple<N, [...T, string]>;",
      },
    ),
    of("XOR<{ a: 1 }, { b: 2 }>", [{ a: 1 }, { b: 2 }], [{ a: 1, b: 2 }, {}], {
      types:
        "type Without<A, B> = { [K in Exclude<keyof A, keyof B>]?: never }; type XOR<A, B> = (Without<A, B> & B) | (Without<B, A> & A);",
    }),
    of("Simplify<{ a: 1 } & { b: 2 }>", [{ a: 1, b: 2 }], [{ a: 1 }], {
      types: "type Simplify<T> = { [K in keyof T]: T[K] } & {};",
    }),
    of("AtLeastOne<{ a: 1; b: 2 }>", [{ a: 1 }, { b: 2 }, { a: 1, b: 2 }], [{}, { a: 2 }], {
      types: "type AtLeastOne<T> = { [K in keyof T]: Required<Pick<T, K>> & Partial<Omit<T, K>> }[keyof T];",
    }),
    of("Literal<'a'> | Literal<1>", [{ is: "a" }, { is: 1 }], [{ is: "b" }], {
      types: "interface Literal<T extends string | number> { is: T }",
    }),
    of("Getters", [{ a: 1 }], [{ a: 1, b: 2 }], {
      types: "type Getters = Pick<{ a: number; b: () => void }, 'a'>;",
    }),
    of("Data<K>", [{ a: 1 }], [{ a: 1, run: 1 }, {}], {
      types:
        "class K { a = 1; run() { return this.a; } } type Data<T> = { [P in keyof T as T[P] extends (...args: never[]) => unknown ? never : P]: T[P] };",
    }),
    of("unknown", [1, null, "a", [], {}], []),
    of("any", [1, null, "a", [], {}], []),
    of("Record<string, any>", [{ a: 1 }, {}], [1, "a"]),
    of("{ a: unknown; b?: any }", [{ a: null }, { a: 1, b: {} }], [{ c: 1 }]),
    of("BufferEncoding", ["utf8", "hex"], ["utf-99"], {
      wire: "a type of Node, which the oracle does not load",
    }),
    no("PropertyKey", "NX2011"),
    no("{ (): void; a: 1 }", "NX2011", ""),
    no("unique symbol", "NX2100"),
    no("typeof f", "NX2011", "function f() {}"),
    no("typeof K", "NX2011", "class K { a = 1; }"),
    no("Array<() => void>", "NX2011"),
    no("[string, symbol]", "NX2011"),
    no("WeakRef<object>", "NX2011"),
    no("Iterator<string>", "NX2011"),
    no("Int8Array[]", "NX2011"),
    no("Endless", "NX2013", "type Endless = { a: Wrap<Endless> }; interface Wrap<T> { b: Wrap<Wrap<T>> }"),
  ],
  "not JSON": [
    no("bigint", "NX2011"),
    no("symbol", "NX2011"),
    no("() => void", "NX2011"),
    no("Function", "NX2011"),
    no("{ a: () => number }", "NX2011"),
    no("{ method(): void }", "NX2011"),
    no("Map<string, number>", "NX2011"),
    no("Set<string>", "NX2011"),
    no("WeakMap<object, string>", "NX2011"),
    no("RegExp", "NX2011"),
    no("Buffer", "NX2011"),
    no("Uint8Array", "NX2011"),
    no("ArrayBuffer", "NX2011"),
    no("Promise<string>", "NX2011"),
    no("{ later: Promise<string> }", "NX2011"),
    no("Error", "NX2011"),
    no("never", "NX2011"),
    no("void", "NX2011"),
    no("undefined", "NX2011"),
    no("{ a: bigint }[]", "NX2011"),
    no("string | symbol", "NX2011"),
    no("Iterable<string>", "NX2011"),
    no("{ [Symbol.iterator]: string }", "NX2011"),
    no("new () => object", "NX2011"),
    no("Record<string, Set<string>>", "NX2011"),
    no("Partial<Map<string, string>>", "NX2011"),
    no("typeof Math", "NX2011"),
    no("AsyncIterable<string>", "NX2011"),
    no("ReadableStream", "NX2011"),
  ],
  "unusable signatures": [
    noCall("{ a }: { a: string }", "NX2010"),
    noCall("[a]: [string]", "NX2010"),
    noCall("this: string, a: number", "NX2010"),
    no("Missing", "NX2100"),
    no("Box", "NX2100", "interface Box<T> { value: T }"),
    noCall("__proto__: string", "NX2010"),
  ],
  constraints: [
    call("/** @minimum 3 */ a: number", [{ a: 3 }], [{ a: 2 }], { wire: annotated }),
    call("/** @maxLength 2 */ a: string", [{ a: "ab" }], [{ a: "abc" }], { wire: annotated }),
    call("/** @pattern ^a+$ */ a: string", [{ a: "aa" }], [{ a: "b" }], { wire: annotated }),
    call("/** @format email */ a: string", [{ a: "a@b.example" }], [{ a: "a" }], { wire: annotated }),
    call("/** @minItems 1 @uniqueItems */ a: string[]", [{ a: ["x"] }], [{ a: [] }, { a: ["x", "x"] }], {
      wire: annotated,
    }),
    call("/** @multipleOf 5 */ a?: number", [{}, { a: 10 }], [{ a: 3 }], { wire: annotated }),
    of("Age", [18], [17, "18"], { types: "/** @minimum 18 */\ntype Age = number;", wire: annotated }),
    of("A", [{ n: 1 }], [{ n: 0 }], {
      types: "interface A {\n  /** @exclusiveMinimum 0 */\n  n: number;\n}",
      wire: annotated,
    }),
    of("Partial<A>", [{}, { n: 1 }], [{ n: 0 }], {
      types: "interface A {\n  /** @minimum 1 */\n  n: number;\n}",
      wire: annotated,
    }),
    of("Pick<A, 'n'> & { b: string }", [{ n: 1, b: "" }], [{ n: 0, b: "" }], {
      types: "interface A {\n  /** @minimum 1 */\n  n: number;\n  c: 1;\n}",
      wire: annotated,
    }),
    of("B", [{ n: 1 }], [{ n: 0 }], {
      types: "interface A {\n  /** @minimum 1 */\n  n: number;\n}\ninterface B extends A {}",
      wire: annotated,
    }),
    of("A", [{ s: ["ab"] }], [{ s: [] }], {
      types: "interface A {\n  /** @minItems 1 */\n  s: string[];\n}",
      wire: annotated,
    }),
    of("A", [{ s: null }, { s: "ab" }], [{ s: "a" }], {
      types: "interface A {\n  /** @minLength 2 */\n  s: string | null;\n}",
      wire: annotated,
    }),
    of("K", [{ n: 1 }], [{ n: 9 }], {
      types: "class K {\n  /** @maximum 5 */\n  n = 1;\n}",
      wire: annotated,
    }),
    of("Record<string, Name>", [{ a: "ab" }], [{ a: "a" }], { types: names, wire: annotated }),
    of("Partial<Record<'a', Name>>", [{}, { a: "ab" }], [{ a: "a" }], { types: names, wire: annotated }),
    of("{ [K in 'a']: Name | null }", [{ a: null }], [{ a: "a" }], { types: names, wire: annotated }),
    of("[Page<Name>, Page<string>]", [[{ of: ["ab"] }, { of: ["a"] }]], [[{ of: ["a"] }, { of: ["a"] }]], {
      types: `${names} interface Page<T> { of: T[] }`,
      wire: annotated,
    }),
    of("Or<Or<Name>>", [null, "ab"], ["a"], { types: `${names} type Or<T> = T | null;`, wire: annotated }),
    of("List<Name>", [["ab"]], [["a"]], { types: `${names} type List<T> = T[];`, wire: annotated }),
    of("Partial<Box>", [{}, { v: "ab" }], [{ v: "a" }], {
      types: `${names} interface Box<T = Name> { v: T }`,
      wire: annotated,
    }),
    of("Box", [{ v: "ab" }], [{ v: "a" }], {
      types: `${names} class Base<T> { v!: T } class Box extends Base<Name> {}`,
      wire: annotated,
    }),
    of("A['n']", ["ab"], ["a"], { types: `${names} interface A { n: Name }`, wire: annotated }),
    of("A['n'][number]", ["ab"], ["a"], { types: `${names} interface A { n: Name[] }`, wire: annotated }),
    of("A['n']", [1], [0], {
      types: "interface A {\n  /** @minimum 1 */\n  n: number;\n}",
      wire: annotated,
    }),
    of("NonNullable<Exclude<Name | 1 | null, 1>>", ["ab"], ["a", 1], { types: names, wire: annotated }),
    of("{ [K in keyof A]: boolean }", [{ n: true }], [{ n: 1 }], {
      types: "interface A {\n  /** @minimum 1 @default 3 */\n  n: number;\n}",
    }),
    of("{ [K in keyof A]?: A[K] | null }", [{ n: null }, { n: 1 }], [{ n: 0 }], {
      types: "interface A {\n  /** @minimum 1 */\n  n: number;\n}",
      wire: annotated,
    }),
    of("B", [{ n: 1 }], [{ n: "x" }], {
      types:
        "interface A {\n  /** @minLength 2 */\n  n: number | string;\n}\ninterface B extends A { n: number }",
    }),
    call("/** @type integer */ a: number", [{ a: 1 }], [{ a: 1.5 }], { wire: annotated }),
    call("/** @items.minLength 2 */ a: string[]", [{ a: ["ab"] }], [{ a: ["a"] }], { wire: annotated }),
    call("/** @uniqueItems false */ a: string[]", [{ a: ["x", "x"] }], [{ a: [1] }]),
    noCall("/** @minimum x */ a: number", "NX2019"),
    noCall("/** @items.minimum 2 */ a: string[]", "NX2019"),
    noCall("/** @asType string */ a: number", "NX2019"),
    noCall("/** @pattern ( */ a: string", "NX2019"),
    noCall("/** @minLength 2 */ a: number", "NX2019"),
  ],
  "tuples, further": [
    of("[number, ...(string | boolean)[]]", [[1], [1, "a", true]], [[], ["a"], [1, null]]),
    of("[a?: string, b?: number]", [[], ["a"], ["a", 1]], [[1], ["a", 1, 2]]),
    of("readonly [string, ...(readonly number[])]", [["a"], ["a", 1]], [["a", "b"], []]),
    of(
      '[...["a", "b"], ...number[]]',
      [
        ["a", "b"],
        ["a", "b", 1],
      ],
      [["a"], ["a", 1]],
    ),
    of(
      "[[1, 2], { a: [3] }]",
      [[[1, 2], { a: [3] }]],
      [
        [[1, 2], { a: [] }],
        [[1], { a: [3] }],
      ],
    ),
    of('["a", ...number[]] | ["b", string]', [["a"], ["a", 1], ["b", ""]], [["b"], ["b", 1], ["a", ""]]),
    of("[1] | [1, 2] | [1, 2, 3]", [[1], [1, 2], [1, 2, 3]], [[], [2], [1, 2, 3, 4]]),
    of("Parameters<typeof f>", [["a"], ["a", 1, 2]], [[], [1]], {
      types: "declare function f(a: string, ...rest: number[]): void;",
    }),
    of("ConstructorParameters<typeof K>", [[1], [1, "x"]], [[], ["x"]], {
      types: "class K { constructor(a: number, b?: string) { void a; void b; } }",
    }),
    of("Boxed<[1, 'a']>", [[{ v: 1 }, { v: "a" }]], [[{ v: 1 }], [1, "a"]], {
      types: "type Boxed<T> = { [K in keyof T]: { v: T[K] } };",
    }),
    of("Boxed<string[]>", [[], [{ v: "" }]], [[""], [{ v: 1 }]], {
      types: "type Boxed<T> = { [K in keyof T]: { v: T[K] } };",
    }),
    of(
      "P",
      [
        ["a", null],
        ["a", ["b", null]],
      ],
      [["a"], ["a", ["b"]]],
      { types: "type P = [string, P | null];" },
    ),
    of("Items[number]", ["a", 1], [true], { types: "type Items = [string, ...number[]];" }),
    call("...a: [string, number]", [{ a: ["", 1] }], [{}, { a: [""] }, { a: ["", 1, 2] }], {
      wire: "a rest parameter is one key, which has to be there where the tuple wants values",
    }),
  ],
  "template literals, further": [
    of("`${'a' | 'b'}${string}`", ["a", "bx"], ["c", "", "xa"]),
    of("`${number}1${string}`", ["21", "21x", "211", "0xff1"], ["11", "1x", "x1", "2"]),
    of("`${number}-${number}`", ["1-2", "0.5-3"], ["1", "1-", "-"]),
    of("`${Lang}_${Region}`", ["de_DE", "en_DE"], ["de", "de_US", "DE_de"], {
      types: 'type Lang = "de" | "en"; type Region = "DE" | "GB";',
    }),
    of("`${true | null | undefined}`", ["true", "null", "undefined"], ["false", "", true, null]),
    of("`${string}.${'png' | 'jpg'}`", ["a.png", ".jpg"], ["a.gif", "png"]),
    of("`a${string}` & `${string}b`", ["ab", "a-b"], ["a", "b", "ba"]),
    of("`#${string}` | 'none'", ["#", "#f00", "none"], ["f00", "nones"]),
    of("`${N}-${number}`", ["1-5", "2-0"], ["3-5", "A-5"], { types: "enum N { A = 1, B = 2 }" }),
    of("`id:${Id}`", ["id:x", "id:"], ["x", 1], {
      types: 'type Id = string & { readonly brand: "Id" };',
      wire: branded,
    }),
    of("`n${Count}`", ["n1"], ["n", "nx", 1], {
      types: 'type Count = number & { readonly brand: "Count" };',
      wire: branded,
    }),
    of("`${string & {}}!`", ["a!", "!"], ["a", 1]),
    of("Uppercase<`x-${string}`>", ["X-", "X-A"], ["x-A", "X-a"]),
    of("Record<`${number}px`, string>", [{}, { "1px": "" }], [{ px: "" }, { "1px": 1 }]),
    of("`${1n | 2}`", ["1", "2"], ["1n", 1]),
    of("`${Digit}${Digit}${Digit}`", ["000", "999"], ["99", "1000", 123], {
      types: "type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;",
    }),
    of("ToNumber<'5'>", [5], ["5", 4], {
      types: "type ToNumber<S> = S extends `${infer X extends number}` ? X : never;",
    }),
    of("`${string}-${string}-${string}`", ["a-b-c", "--"], ["a-b", "a"]),
    of("`${string}${number}`", ["a1", "12"], ["a", "1", ""]),
    of("Lowercase<string> | 1", ["ab", "", 1], ["Ab", 2]),
  ],
  "enums, further": [
    of("{ [K in E]: K }", [{ a: "a", b: "b" }], [{ a: "b", b: "a" }, { a: "a" }], {
      types: 'enum E { A = "a", B = "b" }',
      wire: enumValues,
    }),
    of("E", [2, 4], [0, 3, "A"], { types: "const enum E { A = 2, B = A * 2 }" }),
    of("E", [1, 2], [0, 3], { types: "enum E { A = 1 } enum E { B = 2 }" }),
    of("E", ["a"], ["all", 1], {
      types: 'enum E { A = "a" } namespace E { export const all = 1; } void E.all;',
      wire: enumValues,
    }),
    of("keyof typeof E", ["A", "B"], ["0", 0], { types: "enum E { A, B }" }),
    of("E", [-1, 0.5, 1000], [1, 0], { types: "enum E { A = -1, B = 0.5, C = 1e3 }" }),
    of("E | string", ["a", "zzz"], [1], { types: 'enum E { A = "a" }', wire: enumValues }),
    of("E | null", ["a", null], ["A"], { types: 'enum E { A = "a" }', wire: enumValues }),
    of("E.B", [1], [0, 2], { types: "enum E { A, B }" }),
    of("E[]", [[0, 1], []], [[2], 0], { types: "enum E { A, B }" }),
    of("A | B", ["x", "y"], ["X"], {
      types: 'enum A { X = "x" } enum B { Y = "y" }',
      wire: enumValues,
    }),
    of(
      "{ kind: E.A; x: 1 } | { kind: E.B; y: 2 }",
      [
        { kind: "a", x: 1 },
        { kind: "b", y: 2 },
      ],
      [{ kind: "a", y: 2 }],
      {
        types: 'enum E { A = "a", B = "b" }',
        wire: enumValues,
      },
    ),
    of("E", ["red-1"], ["red"], { types: 'const red = "red"; enum E { A = `${red}-1` }', wire: enumValues }),
    of("typeof E", [{ A: "a" }], [{ A: "A" }, {}], { types: 'enum E { A = "a" }', wire: enumValues }),
  ],
  "declarations that merge": [
    of(
      "{ v: A; w: A.B }",
      [{ v: { a: 1 }, w: "" }],
      [
        { v: { a: 1 }, w: 1 },
        { v: {}, w: "" },
      ],
      {
        types: "interface A { a: number } namespace A { export type B = string }",
      },
    ),
    of("K", [{ a: 1 }], [{ a: 1, make: 1 }], {
      types: "class K { a = 1; } namespace K { export const make = 1; } void K.make;",
    }),
    of("K.Options", [{ deep: true }, {}], [{ deep: 1 }], {
      types: "class K { a = 1; } namespace K { export interface Options { deep?: boolean } }",
    }),
    of("Shared", [{ a: 1, b: "" }], [{ a: 1 }], {
      types: "declare global { interface Shared { a: number } interface Shared { b: string } } export {};",
    }),
    of("outer.inner.Deep", [{ a: 1 }], [{}], {
      types: "namespace outer { export namespace inner { export interface Deep { a: number } } }",
    }),
    of("Box<string>", [{ a: "", b: [""] }], [{ a: "" }, { a: "", b: [1] }], {
      types: "interface Box<T> { a: T } interface Box<T> { b: T[] }",
    }),
    of("Size", [{ unit: "px" }], [{ unit: "em" }], {
      types: 'type Size = { unit: typeof Size.unit }; const Size = { unit: "px" } as const;',
    }),
  ],
  "keys of every kind": [
    of(
      "{ [k: `a-${string}`]: 1; [k: `b-${number}`]: 2 }",
      [{}, { "a-x": 1, "b-1": 2 }],
      [{ "a-x": 2 }, { "b-x": 2 }],
    ),
    of("{ [k: string]: string | undefined }", [{}, { a: "" }], [{ a: null }]),
    of("{ [k: string]: number; [n: number]: 1 }", [{ a: 5, 1: 1 }], [{ 1: 5 }, { a: "" }]),
    of("{ [k: Uppercase<string>]: number }", [{ A: 1 }, {}], [{ a: 1 }, { A: "" }]),
    of("{ [K in string]?: number }", [{}, { a: 1 }], [{ a: "" }, { a: null }]),
    of("{ [k: symbol]: number; a: string }", [{ a: "" }], [{ a: "", b: 1 }, {}]),
    of("Record<string & {}, number>", [{}, { a: 1 }], [{ a: "" }]),
    of("Record<Id, number>", [{}, { a: 1 }], [{ a: "" }], {
      types: 'type Id = string & { readonly brand: "Id" };',
      wire: branded,
    }),
    of("Record<Id, number>", [{}, { 1: 1 }], [{ 1: "" }, { a: 1 }], {
      types: 'type Id = number & { readonly brand: "Id" };',
      wire: branded,
    }),
    of("{ [k: A]: string; [k: B]: number }", [{}, { a: "" }, { a: 1 }], [{ a: true }], {
      types: "type Brand<T> = string & { readonly brand: T }; type A = Brand<1>; type B = Brand<2>;",
      wire: branded,
    }),
    of(
      "{ [P in keyof M]: M[P] extends 1 ? 'a' : 'b' }",
      [{}, { x: "b" }],
      [{ x: "a" }, { 1: "a" }, { 1: "b" }],
      {
        types: "interface M { [key: string]: 1 | 2; [key: number]: 1 }",
      },
    ),
    of("Record<string | number, boolean>", [{ a: true, 1: false }], [{ a: 1 }]),
    of("Record<'a' | `x-${string}`, number>", [{ a: 1 }, { a: 1, "x-1": 2 }], [{ "x-1": 2 }, { a: 1, b: 2 }]),
    of("Record<never, string>", [{}, { a: 1 }], [null]),
    of(
      "{ 1e3: string; 0x10: string; .5: string }",
      [{ 1000: "", 16: "", 0.5: "" }],
      [{ "1e3": "", "0x10": "", ".5": "" }],
    ),
    of(
      '{ "a.b": string; "$id": string; "x/y~z": number }',
      [{ "a.b": "", $id: "", "x/y~z": 1 }],
      [{ "a.b": "", $id: "", "x/y~z": "" }],
    ),
    of("A", [{ id: "" }], [{ id: "", tag: 1 }], {
      types: "declare const tag: unique symbol; interface A { id: string; readonly [tag]?: true }",
    }),
    no("A", "NX2011", "declare const tag: unique symbol; interface A { id: string; readonly [tag]: true }"),
    of("A", [{ "k-1": 1 }], [{ k: 1 }], {
      types: "const k = `k-${1 as const}` as const; interface A { [k]: 1 }",
    }),
    of("keyof A", ["a", "b"], ["c"], {
      types: "declare const s: unique symbol; type A = Omit<{ a: 1; b: 2; [s]: 3 }, typeof s>;",
    }),
    of("Record<string, never> | { a: 1 }", [{}, { a: 1 }], [{ a: 2 }, { b: 1 }]),
  ],
  "classes, further": [
    of("K", [{ a: 1 }], [{}, { a: "" }], { types: "class K { accessor a = 1; }" }),
    of("{ set a(value: number) }", [{ a: 1 }], [{}, { a: "" }]),
    of("K", [{ a: 1 }], [{ a: "" }, {}], {
      types: "class K { get a(): number { return 1; } set a(value: number | string) { void value; } }",
    }),
    of("K", [{ a: "" }], [{ a: 1 }, {}], {
      types: "interface A { a: string } class K implements A { declare a: string; }",
    }),
    of("K", [{ a: 1, x: 2 }], [{ x: 2 }, { a: 1, x: "" }], {
      types: "class K { a = 1; [key: string]: number; }",
    }),
    of("K", [{ items: [""] }], [{ items: [1] }], {
      types: "class A<T> { items: T[] = []; } class K extends A<string> {}",
    }),
    of("K", [{ a: 1, next: { a: 2 } }], [{ a: 1, next: {} }], { types: "class K { a = 1; next?: this; }" }),
    no("K", "NX2011", "class K { a = 1; run?(): void; }"),
    no("K", "NX2011", "abstract class K { a = 1; abstract run(): void; }"),
    no("K", "NX2011", "class K { a = () => 1; }"),
    of("Omit<K, 'run'>", [{ a: 1 }], [{}], { types: "class K { a = 1; run() { return this.a; } }" }),
  ],
  "intersections of unions": [
    of(
      "({ a: 1 } | { b: 2 }) & ({ c: 3 } | { d: 4 })",
      [
        { a: 1, c: 3 },
        { b: 2, d: 4 },
        { a: 1, d: 4 },
      ],
      [{ a: 1 }, { c: 3, d: 4 }],
    ),
    of(
      '({ t: "a" } | { t: "b" }) & ({ t: "b"; x: 1 } | { t: "c" })',
      [{ t: "b", x: 1 }],
      [{ t: "a" }, { t: "b" }, { t: "c" }],
    ),
    of("('a' | 1) & string", ["a"], [1, "b"]),
    of("{ a: string | number } & { a: number | boolean }", [{ a: 1 }], [{ a: "" }, { a: true }]),
    of("Record<string, string> & Record<'id', 'x'>", [{ id: "x", y: "" }], [{ id: "y" }, {}]),
    of("{ a?: string } & { a?: string | null }", [{}, { a: "" }], [{ a: null }]),
    of("N", [{ v: 1 }, { v: 1, kids: [{ v: 2 }] }], [{ kids: [] }, { v: 1, kids: [{}] }], {
      types: "type N = { v: number } & { kids?: N[] };",
    }),
    of("{ a: (1 | 2)[] } & { a: (2 | 3)[] }", [{ a: [2] }, { a: [] }], [{ a: [1] }, { a: [2, 3] }, {}]),
    no("{ a: { x: 1 }[] } & { a: { y: 2 }[] }", "NX2013"),
    of("{ a: string[] } & { a?: any[] }", [{ a: ["x"] }, { a: [] }], [{}, { a: [1] }]),
    of("('a' | 'b') & { brand?: 1 }", ["a", "b"], ["c", 1]),
    of("Brand<string, 'A'> | Brand<number, 'B'>", ["x", 1], [true, null], {
      types: "type Brand<T, B> = T & { readonly brand: B };",
      wire: branded,
    }),
    of("Brand<boolean>", [true, false], [1, "true"], {
      types: "type Brand<T> = T & { readonly brand: 1 };",
      wire: branded,
    }),
    of("(string | null) & { readonly brand: 1 }", ["x"], [null, 1], { wire: branded }),
    of("{ a: 1 } & { readonly brand: 'X' }", [{ a: 1, brand: "X" }], [{ a: 1 }]),
    of("{ a: 1 } & unknown", [{ a: 1 }], [{}]),
    of("{ a: 1 } & {}", [{ a: 1 }], [{}, { a: 1, b: 2 }]),
    of("Date & { readonly brand: 1 }", ["2026-01-01T00:00:00Z"], ["x", 1], { wire: wireText }),
    of("{ a: 1 } & Record<'b' | 'c', 2>", [{ a: 1, b: 2, c: 2 }], [{ a: 1, b: 2 }]),
  ],
  "unions, further": [
    of(
      "{ error: null; data: 1 } | { error: string; data: null }",
      [
        { error: null, data: 1 },
        { error: "", data: null },
      ],
      [
        { error: "", data: 1 },
        { error: null, data: null },
      ],
    ),
    of(
      "{ error?: undefined; data: 1 } | { error: string; data?: undefined }",
      [{ data: 1 }, { error: "" }],
      [{ data: 1, error: "" }, {}],
    ),
    of(
      '{ type: "a"; x: 1 } | { type: string }',
      [{ type: "a", x: 1 }, { type: "b" }, { type: "a" }],
      [{ x: 1 }, { type: 1 }],
    ),
    of(
      '{ a: "x"; b: 1 } | { a: "x"; b: 2; c: true } | { a: "y" }',
      [{ a: "x", b: 1 }, { a: "x", b: 2, c: true }, { a: "y" }],
      [
        { a: "x", b: 2 },
        { a: "x", b: 3 },
      ],
    ),
    of("Wrap<boolean>", [{ v: true }, { v: false }], [{ v: 1 }, {}], {
      types: "type Wrap<T> = T extends unknown ? { v: T } : never;",
    }),
    of("ToArray<string | number>", [["a"], [1], []], [["a", 1]], {
      types: "type ToArray<T> = T extends unknown ? T[] : never;",
    }),
    of(
      "{ [K in U]: { kind: K; of: 1 } }[U]",
      [
        { kind: "00", of: 1 },
        { kind: "99", of: 1 },
      ],
      [{ kind: "00" }, { kind: "a", of: 1 }],
      {
        types: "type D = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9; type U = `${D}${D}`;",
      },
    ),
    of(
      "{ [K in U]: { [P in `k${K}`]: 1 } }[U]",
      [{ k00: 1 }, { k99: 1 }, { k00: 1, k01: 1 }],
      [{}, { k: 1 }, { k00: 2 }],
      {
        types: "type D = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9; type U = `${D}${D}`;",
      },
    ),
    of("Events[keyof Events]", [{ kind: "a", n: 1 }, { kind: "b" }], [{ kind: "b", n: 1 }, {}], {
      types: 'type All = { kind: "a"; n: 1 } | { kind: "b" }; type Events = { [E in All as E["kind"]]: E };',
    }),
    of("{ a: 1 } | { a: 1; b: 2 }[]", [{ a: 1 }, [], [{ a: 1, b: 2 }]], [[{ a: 1 }], {}]),
    of(
      "{ a: string; b?: never } | { c: string }",
      [{ a: "" }, { c: "" }, { a: "", c: "" }],
      [
        { c: "", b: null },
        { a: "", b: 1 },
      ],
    ),
    of("{ a: 1; b?: never } | Record<string, number>", [{ a: 1 }, { a: 2, b: 1 }], [{ a: "" }]),
    of("Partial<A> | null", [{}, null, { a: 1 }], [{ a: "" }, 1], { types: "interface A { a: number }" }),
    of('"a" | "b" | (string & { readonly brand: 1 })', ["a", "zzz"], [1], { wire: branded }),
    call("a: string | void", [{}, { a: "" }], [{ a: null }, { a: 1 }], { wire: leftOut }),
    call("a: number | undefined | null", [{}, { a: null }, { a: 1 }], [{ a: "" }], { wire: leftOut }),
  ],
  "unknown, object and {}": [
    of("{ a: {}; b?: object }", [{ a: 1 }, { a: {}, b: [] }], [{ a: null }, { a: 1, b: 1 }]),
    of("object[]", [[], [{}, []]], [[1], [null]]),
    of("{}[]", [[], [1, "", {}]], [[null]]),
    of("object | string", [{}, [], ""], [1, null, true]),
    of("{} | null", [{}, null, 1], []),
    of("{} | null | undefined", [1, null, {}], [], { wire: leftOut }),
    of("Record<string, {}>", [{}, { a: 1 }], [{ a: null }]),
    of("Record<string, unknown>[]", [[{ a: 1 }], []], [[1]]),
    of("[unknown, ...unknown[]]", [[1], [null, "a"]], [[], {}]),
    of("Partial<{}>", [{}, 1], [null]),
    of("{ a: unknown }", [{ a: 1 }, { a: null }], [{ b: 1 }]),
    of("unknown | string", [1, null], []),
    of("object & { a?: string }", [{}, { a: "" }], [{ a: 1 }, "x"]),
  ],
  "literals, further": [
    of("-0 | 1e-7 | 1.5e300 | -2.5", [0, 1e-7, 1.5e300, -2.5], [1, 2.5]),
    of("1_000 | 0b11 | 0o17", [1000, 3, 15], [11, 17]),
    no("1n | 2n", "NX2011"),
    no("{ a: 10n }", "NX2011"),
    of("typeof big", [9007199254740992], [1], { types: "const big = 9007199254740992;" }),
    of('"\\u00e9" | "\\u{1F600}"', ["é", "😀"], ["e"]),
    of("typeof list[number]", ["a", "b"], ["c"], {
      types: 'const list = ["a", "b"] as const satisfies readonly string[];',
    }),
    of("typeof o", [{ a: 1, b: { c: "x" } }], [{ a: 2, b: { c: "x" } }], {
      types: 'const o = { a: 1, b: { c: "x" } } as const satisfies Record<string, unknown>;',
    }),
    of("typeof o", [{ a: "", n: 3 }], [{ a: 1, n: 3 }], {
      types: 'const o = { get a() { return "x"; }, ["n"]: 1 };',
    }),
    no("typeof o", "NX2011", "const o = { a: 1, run() {} };"),
    of("NoInfer<'a' | 'b'>", ["a", "b"], ["c"]),
    of("{ v: NoInfer<number[]> }", [{ v: [1] }], [{ v: [""] }]),
    of("Awaited<string | Promise<number>>", ["a", 1], [true]),
    of("Awaited<{ then(done: (value: 5) => void): void }>", [5], [4]),
    of("ThisParameterType<(this: { a: 1 }) => void>", [{ a: 1 }], [{}]),
    of("typeof x", ["b"], [1], { types: 'let x = "a";\nx = "b"; void x;' }),
    of("typeof x", [{ a: [] }, { a: [1] }], [{ a: [""] }], {
      types: "const x: { a: number[] } = { a: [] };",
    }),
  ],
  "modules, further": [
    of("(typeof data)['list'][number]", [1, "a", null], [true, {}], {
      types: 'import data from "./data.json" with { type: "json" };',
      files: { "data.json": '{ "list": [1, "x", null] }' },
    }),
    of("keyof typeof data", ["a", "b c"], ["c"], {
      types: 'import data from "./data.json" with { type: "json" };',
      files: { "data.json": '{ "a": 1, "b c": 2 }' },
    }),
    of("typeof data", [[], [{ id: 2 }]], [[{}], {}], {
      types: 'import data from "./data.json" with { type: "json" };',
      files: { "data.json": '[{ "id": 1 }]' },
    }),
    of('(typeof import("./shared.ts"))["limit"]', [5], [4], {
      files: { "shared.ts": "export const limit = 5;" },
    }),
    of('typeof import("./shared.ts")', [{ limit: 5 }], [{ limit: 4 }, {}], {
      files: { "shared.ts": "export const limit = 5; export type T = 1;" },
    }),
    of('import("./shared.ts").default', [{ a: 1 }], [{}], {
      files: { "shared.ts": "export default interface Shared { a: number }" },
    }),
    of("all.sub.Deep", [{ a: 1 }], [{}], {
      types: 'import type { all } from "./barrel.ts";',
      files: {
        "barrel.ts": 'export * as all from "./all.ts";',
        "all.ts": 'export * as sub from "./deep.ts";',
        "deep.ts": "export interface Deep { a: number }",
      },
    }),
    of("A", [{ b: { a: null } }, { b: null }], [{ b: {} }], {
      types: 'import type { A } from "./a.ts";',
      files: {
        "a.ts": 'import type { B } from "./b.ts";\nexport interface A { b: B | null }',
        "b.ts": 'import type { A } from "./a.ts";\nexport interface B { a: A | null }',
      },
    }),
    of("Options", [{ a: 1 }], [{ a: "" }], {
      types: 'import type { Options } from "./plain.js";',
      files: { "plain.js": "export {};", "plain.d.ts": "export interface Options { a: number }" },
    }),
    of("Box['inner']", [{ a: 1 }], [{}], {
      types: 'import { type Box } from "./shared.ts";',
      files: { "shared.ts": "type Inner = { a: number };\nexport type Box = { inner: Inner };" },
    }),
  ],
  "generics, further": [
    of(
      "Page<string>",
      [{ items: [""], meta: { total: 1 } }],
      [{ items: [""] }, { items: [1], meta: { total: 1 } }],
      {
        types: "interface Page<T, M extends object = { total: number }> { items: T[]; meta: M }",
      },
    ),
    of("Some", [{ a: 1, b: "" }], [{ a: 1 }], {
      types: "interface A { a: number; b: string } type Some<K extends keyof A = keyof A> = Pick<A, K>;",
    }),
    of("B<string>", [{ a: [""] }], [{ a: "" }], {
      types: "interface A<T> { a: T } interface B<T> extends A<T[]> {}",
    }),
    of("Leaf", [{ v: 1 }, { v: 1, kids: [{ v: 2 }] }], [{ v: 1, kids: [{}] }], {
      types:
        "interface Base<T extends Base<T>> { kids?: T[] } interface Leaf extends Base<Leaf> { v: number }",
    }),
    of("A", [{ v: 1, next: { v: 2 } }], [{ v: 1, next: {} }], {
      types: "interface A { v: number; next?: this }",
    }),
    of("Api['user']['get']", [{ id: 1 }], [{}], {
      types:
        "type Schema<T> = { [K in keyof T]: { get: T[K] } }; type Api = Schema<{ user: { id: number } }>;",
    }),
    of("DeepRequired<A>", [{ a: { b: 1 } }], [{}, { a: {} }], {
      types:
        "type DeepRequired<T> = { [K in keyof T]-?: T[K] extends object | undefined ? DeepRequired<NonNullable<T[K]>> : NonNullable<T[K]> }; interface A { a?: { b?: number } }",
    }),
    of("Merge<{ a: 1; b: 2 }, { b: 'x'; c: 3 }>", [{ a: 1, b: "x", c: 3 }], [{ a: 1, b: 2, c: 3 }], {
      types: "type Merge<A, B> = Omit<A, keyof B> & B;",
    }),
    of("PartialBy<{ a: 1; b: 2 }, 'b'>", [{ a: 1 }, { a: 1, b: 2 }], [{ b: 2 }, {}], {
      types: "type PartialBy<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;",
    }),
    of(
      "{ [K in 'a' | 'b' as K extends 'a' ? `is_${K}` : never]: boolean }",
      [{ is_a: true }],
      [{ is_a: true, b: true }, {}],
    ),
    of("T", [{}, { a: [{}] }], [{ a: {} }, { a: [1] }], { types: "type T = { [key: string]: T[] };" }),
    of("A", [{}, { b: "x" }, { b: { b: {} } }], [{ b: 1 }], {
      types: "type A = { b?: B }; type B = A | string;",
    }),
    of("Paths<{ a: { b: 1 }; c: 2 }>", ["a", "a.b", "c"], ["b", "a."], {
      types:
        "type Paths<T> = T extends object ? { [K in keyof T & string]: K | `${K}.${Paths<T[K]> & string}` }[keyof T & string] : never;",
    }),
    of("Required<{ a?: string | null }>", [{ a: null }, { a: "" }], [{}]),
    of("Exclude<A['a'], undefined>", ["x"], [null], { types: "interface A { a?: string }" }),
  ],
  "what tells branches apart": [
    of(
      "{ b: true; x?: null } | { x: string }",
      [{ x: "A" }, { b: true }, { b: true, x: null }],
      [{ b: true, x: "A" }],
    ),
    of("{ b: true; x?: undefined } | { x: string }", [{ x: "A" }, { b: true }], [{ b: true, x: "A" }]),
    of(
      "{ b: true; x?: null } | { x?: string; c: 1 }",
      [
        { b: true, c: 1 },
        { x: "A", c: 1 },
      ],
      [{ b: true, x: "A", c: 1 }],
    ),
    of(
      "{ k?: 'x'; a: 1 } | { k: 'y'; b: 2 }",
      [{ a: 1 }, { k: "y", b: 2 }],
      [
        { a: 1, b: 2 },
        { k: "x", a: 1, b: 2 },
      ],
    ),
    of(
      "{ k?: 'x'; a: 1 } | { k?: 'y'; b: 2 }",
      [
        { a: 1, b: 2 },
        { k: "x", a: 1 },
      ],
      [
        { k: "x", a: 1, b: 2 },
        { k: "y", a: 1, b: 2 },
      ],
    ),
    of(
      "{ k?: 'x'; a: 1 } | { k?: number; b: 2 }",
      [
        { a: 1, b: 2 },
        { k: 1, b: 2 },
      ],
      [
        { k: "x", a: 1, b: 2 },
        { k: 1, a: 1, b: 2 },
      ],
    ),
    of(
      "{ k: 'x' | 'y'; a: 1 } | { k: 'y' | 'z'; b: 2 }",
      [
        { k: "y", a: 1, b: 2 },
        { k: "x", a: 1 },
      ],
      [
        { k: "x", a: 1, b: 2 },
        { k: "z", a: 1, b: 2 },
      ],
    ),
    of(
      "{ k: string; b: 2 } | { k: 'x'; a: 1; c: 1 }",
      [
        { k: "x", b: 2, a: 1 },
        { k: "z", b: 2 },
      ],
      [{ k: "z", b: 2, a: 1 }],
    ),
    of(
      "{ k?: 'x'; a: 1 } | { k?: 'y'; b: 2; n: 1 } | { k?: 'z'; c: 3; m: 1 }",
      [
        { a: 1, b: 2, c: 3 },
        { a: 1, n: 1, m: 1 },
      ],
      [
        { k: "x", a: 1, n: 1 },
        { k: "y", b: 2, n: 1, c: 3 },
      ],
    ),
    of(
      "{ k: `a${string}`; x: 1 } | { k: `${string}z`; y: 2 }",
      [
        { k: "a", x: 1 },
        { k: "az", x: 1, y: 2 },
      ],
      [
        { k: "a", x: 1, y: 2 },
        { k: "z", x: 1 },
      ],
    ),
    of(
      "{ k: string; x: 1 } | { k: number; y: 2 } | { k: 'z'; n: 3 }",
      [
        { k: "q", x: 1 },
        { k: 1, y: 2 },
        { k: "z", x: 1, n: 3 },
      ],
      [
        { k: 1, y: 2, x: 1 },
        { k: "q", x: 1, n: 3 },
        { k: "q", x: 1, y: 2 },
      ],
    ),
    of(
      "{ a: 0 } | { [k: string]: string } | Record<'a' | 'b', string>",
      [{ a: 0 }, { x: "" }, { a: "", b: "" }],
      [{ a: 0, x: "" }, { a: 1 }],
    ),
    of(
      "{ k: string; x: 1 } | { k: number; y: 2 }",
      [
        { k: 1, y: 2, x: 1 },
        { k: "", x: 1 },
      ],
      [{ k: 1, x: 1 }],
    ),
  ],
};

export const table: readonly Row[] = Object.entries(groups).flatMap(([group, rows]) =>
  rows.map((row) => ({ group, ...row })),
);
