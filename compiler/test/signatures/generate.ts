import type { Random } from "../adversary/random.ts";
import { type Scope, type Signature, signatureOf, type Tree } from "./tree.ts";

/** What a generated type may still use: how deep it may go, and whether members may allow `undefined`. */
interface Room {
  readonly random: Random;
  readonly depth: number;
  /**
   * JSON has no `undefined`, so a member that allows it may be left out: the wire twin says so with `?`. Where another
   * type operates on the members (`Required<T>`, `T["a"]`) the twin would mean something else; there none allows it.
   */
  readonly isPlain: boolean;
  readonly isAllowed: (construct: string) => boolean;
}

type Make = (room: Room) => Tree;

/** Every construct by name. A new one is an entry here; the test counts how often each was drawn. */
export const constructs: Readonly<
  Record<string, { readonly sort: "leaf" | "object" | "other"; readonly make: Make }>
> = {
  // Leaves
  string: leaf(() => "string"),
  number: leaf(() => "number"),
  boolean: leaf(() => "boolean"),
  null: leaf(() => "null"),
  "string literal": leaf((random) => JSON.stringify(random.pick(literalTexts))),
  "number literal": leaf((random) => String(random.pick([0, 1, -1, 1.5, 42]))),
  "boolean literal": leaf((random) => random.pick(["true", "false"])),
  "literal union": leaf((random) => {
    const list = [...new Set([0, 1, 2].map(() => JSON.stringify(random.pick(literalTexts))))];
    return `(${list.join(" | ")})`;
  }),
  "template literal": leaf((random) =>
    random.pick([
      "`v${number}`",
      "`${string}@${string}`",
      '`${"a" | "b"}-${"x" | "y"}`',
      "`${boolean}`",
      '`#${Uppercase<"ab" | "cd">}`',
      "`a.b${string}`",
      "`${number}px`",
      "`(${string})`",
    ]),
  ),
  "intrinsic string": leaf((random) =>
    random.pick(['Uppercase<"ab" | "c">', 'Capitalize<"ab">', "Uppercase<string>", "Lowercase<string>"]),
  ),
  "string enum": declared(
    (name) => `enum ${name} { A = "a", B = "b", "C d" = "x y" }`,
    (name) =>
      `type ${name} = "a" | "b" | "x y"; namespace ${name} { export type A = "a"; export type B = "b"; }`,
    (name, random) => random.pick([name, name, `${name}.A`, `(${name}.A | ${name}.B)`, `\`\${${name}}\``]),
  ),
  "number enum": declared(
    (name) => `enum ${name} { A, B = 5, C, D = -1, E = 1 << 3 }`,
    (name) =>
      `type ${name} = 0 | 5 | 6 | -1 | 8; namespace ${name} { export type A = 0; export type B = 5; }`,
    (name, random) => random.pick([name, name, `${name}.A`, `(${name}.A | ${name}.B)`, `\`\${${name}}\``]),
  ),
  "mixed enum": declared(
    (name) => `const enum ${name} { A = 1, B = "b", C = 1.5 }`,
    (name) => `type ${name} = 1 | "b" | 1.5; namespace ${name} { export type B = "b"; }`,
    (name, random) => random.pick([name, name, `${name}.B`]),
  ),
  "keyof typeof enum": declared(
    (name) => `enum ${name} { A = "a", B = "b" }`,
    (name) => `type ${name} = "A" | "B";`,
    (name, _random, isWire) => (isWire ? name : `keyof typeof ${name}`),
  ),
  "computed enum": declared(
    (name) => `enum ${name} { A = "abc".length, B = 2 }`,
    null,
    (name) => name,
  ),
  brand: {
    sort: "leaf",
    make: ({ random }) => {
      const base = random.pick(["string", "number"]);
      const brand = random.pick(['{ readonly __brand: "B" }', "{ readonly brand: unique symbol }"]);
      return text((scope) =>
        scope.isWire ? base : `(${base} & ${brand.replace("unique symbol", '"Other"')})`,
      );
    },
  },
  "typeof constant": declared(
    (name) => `const ${name} = { a: 1, list: ["x", 2], deep: { ok: true } } as const;`,
    null,
    (name, random) =>
      random.pick([
        `typeof ${name}`,
        `keyof typeof ${name}`,
        `(typeof ${name})["list"]`,
        `(typeof ${name}.list)[number]`,
        `(typeof ${name})["deep"]`,
      ]),
  ),
  "typeof variable": declared(
    (name) => `let ${name} = { a: 1, b: [true], c: { d: "x" } };`,
    null,
    (name) => `typeof ${name}`,
  ),
  "typeof satisfies": declared(
    (name) => `const ${name} = { a: "x", b: 2 } satisfies Record<string, string | number>;`,
    null,
    (name) => `typeof ${name}`,
  ),
  "typeof array": declared(
    (name) => `const ${name} = ["a", "b", 3, null] as const;`,
    null,
    (name) => `(typeof ${name})[number]`,
  ),
  "typeof json": {
    sort: "leaf",
    make: () =>
      text((scope) => {
        const file = scope.file("json", '{ "a": 1, "list": [{ "b": "x" }], "none": null }');
        const name = scope.name("data");
        scope.head(`import ${name} from "./${file}" with { type: "json" };`);
        return `typeof ${name}`;
      }),
  },
  "return type": declared(
    (name) => `function ${name}(n: number) { return { n, half: n / 2, label: n > 1 ? "many" : "one" }; }`,
    null,
    (name) => `ReturnType<typeof ${name}>`,
  ),

  // Objects
  "object literal": {
    sort: "object",
    make: (room) => join(members(room), (parts) => `{ ${parts.join("; ")} }`),
  },
  interface: {
    sort: "object",
    make: (room) =>
      join(members(room), (parts, scope) =>
        scope.declare("I", (name) => `interface ${name} { ${parts.join("; ")} }`),
      ),
  },
  "type alias": {
    sort: "object",
    make: (room) =>
      join(members(room), (parts, scope) =>
        scope.declare("T", (name) => `type ${name} = { ${parts.join("; ")} };`),
      ),
  },
  "extends interface": {
    sort: "object",
    make: (room) => {
      const base = object(room);
      return join(
        [base, ...members(room, ["ext1", "ext two"])],
        ([over, ...parts], scope) => {
          const alias = scope.declare("Base", (name) => `type ${name} = ${over};`);
          return scope.declare("I", (name) => `interface ${name} extends ${alias} { ${parts.join("; ")} }`);
        },
        1,
      );
    },
  },
  "merged interface": {
    sort: "object",
    make: (room) => {
      const first = members(room, ["m1", "m2"]);
      return join([...first, ...members(room, ["n1", "n2"])], (parts, scope) =>
        scope.declare(
          "M",
          (name) =>
            `interface ${name} { ${parts.slice(0, first.length).join("; ")} }\n` +
            `interface ${name} { ${parts.slice(first.length).join("; ")} }`,
        ),
      );
    },
  },
  class: {
    sort: "object",
    make: (room) =>
      join(members(room, ["a", "b", "two words", "ключ", "default"]), (parts, scope) =>
        scope.declare("K", (name) => `class ${name} { ${parts.map(asField).join("; ")} }`),
      ),
  },
  "class extends": {
    sort: "object",
    make: (room) =>
      join(members(room, ["a", "b"]), (parts, scope) => {
        const base = scope.declare(
          "K",
          (name) => `class ${name} { readonly kind: string = ""; count?: number; }`,
        );
        return scope.declare(
          "K",
          (name) => `class ${name} extends ${base} { ${parts.map(asField).join("; ")} }`,
        );
      }),
  },
  intersection: {
    sort: "object",
    make: (room) =>
      join(
        [membersObject(room, ["a", "b", "id"]), membersObject(room, ["x", "y"])],
        (parts) => `(${parts.join(" & ")})`,
        1,
      ),
  },
  "generic alias": {
    sort: "object",
    make: (room) =>
      join(
        [type(inside(room)), type(inside(room))],
        ([a, b], scope) => {
          const name = scope.declare(
            "G",
            (made) => `type ${made}<A, B = string> = { a: A; b?: B; list: A[] };`,
          );
          return b === undefined ? `${name}<${a}>` : `${name}<${a}, ${b}>`;
        },
        1,
      ),
  },
  "generic interface": {
    sort: "object",
    make: (room) =>
      join(
        [type(inside(room))],
        ([a], scope) => {
          const name = scope.declare("G", (made) => `interface ${made}<A> { value: A; next?: ${made}<A> }`);
          return `${name}<${a}>`;
        },
        1,
      ),
  },
  "utility type": {
    sort: "object",
    make: (room) => {
      const way = room.random.pick(["Partial", "Required", "Readonly", "Pick", "Omit"] as const);
      // Only of `id` it is certain that the object has it.
      const keys = way === "Pick" ? '"id"' : room.random.pick(['"id"', '"id" | "a"']);
      return join(
        [membersObject(operand(room), ["id", "a", "b"], true)],
        ([of]) => (way === "Pick" || way === "Omit" ? `${way}<${of}, ${keys}>` : `${way}<${of}>`),
        1,
      );
    },
  },
  "mapped type": {
    sort: "object",
    make: (room) => {
      const way = room.random.pick([
        "{ [P in keyof X]: X[P] }",
        "{ [P in keyof X]?: X[P] }",
        "{ [P in keyof X]-?: X[P] }",
        "{ readonly [P in keyof X]: X[P] | null }",
        "{ [P in keyof X as `get_${P & string}`]: X[P] }",
        '{ [P in keyof X as Exclude<P, "a">]: X[P] }',
        "{ [P in keyof X]: X[P][] }",
      ]);
      return join(
        [membersObject(operand(room), ["id", "a", "b"], true)],
        ([of], scope) => {
          const name = scope.declare("Map", (made) => `type ${made}<X> = ${way};`);
          return `${name}<${of}>`;
        },
        1,
      );
    },
  },
  "mapped keys": {
    sort: "object",
    make: (room) => join([type(inside(room))], ([of]) => `{ [P in "a" | "b" | "two words"]: ${of} }`, 1),
  },
  "record of keys": {
    sort: "object",
    make: (room) => {
      const keys = room.random.pick(['"a" | "b"', '"__proto__" | "x"', "1 | 2", '`k${"1" | "2"}`']);
      return join([type(inside(room))], ([of]) => `Record<${keys}, ${of}>`, 1);
    },
  },
  "record of strings": {
    sort: "object",
    make: (room) => join([type(inside(room))], ([of]) => `Record<string, ${of}>`, 1),
  },
  "partial record": {
    sort: "object",
    make: (room) => join([type(operand(inside(room)))], ([of]) => `Partial<Record<"a" | "b", ${of}>>`, 1),
  },
  "index signature": {
    sort: "object",
    make: (room) => {
      const key = room.random.pick(["string", "string", "`x-${string}`", "number"]);
      return join([type(operand(inside(room)))], ([of]) => `{ [key: ${key}]: ${of} }`, 1);
    },
  },
  "index signature with members": {
    sort: "object",
    make: (room) =>
      join(
        [type(operand(inside(room)))],
        ([of]) => `{ id: ${of}; more?: ${of}; [key: string]: ${of} | undefined }`,
        1,
      ),
  },
  "recursive interface": {
    sort: "object",
    make: (room) =>
      join(
        [type(inside(room))],
        ([of], scope) =>
          scope.declare("Tree", (name) => `interface ${name} { value: ${of}; kids?: ${name}[] }`),
        1,
      ),
  },
  "mutual recursion": {
    sort: "object",
    make: (room) =>
      join(
        [type(inside(room))],
        ([of], scope) => {
          const other = scope.name("Odd");
          const even = scope.declare(
            "Even",
            (name) => `interface ${name} { next: ${other} | null; value: ${of} }`,
          );
          scope.head(`interface ${other} { next: ${even} | null; tag: "odd" }`);
          return even;
        },
        1,
      ),
  },
  "imported type": {
    sort: "object",
    make: ({ random }) => {
      const way = random.below(5);
      return text((scope) => {
        const file = scope.file("ts", importedModule(scope.isWire));
        const name = scope.name("Im");
        if (way === 0) scope.head(`import type { Shared as ${name} } from "./${file}";`);
        if (way === 1) scope.head(`import type * as ${name} from "./${file}";`);
        if (way === 2) scope.head(`import type ${name} from "./${file}";`);
        if (way === 3) {
          const through = scope.file(
            "ts",
            `export type { Shared as Renamed } from "./${file}";\nexport * from "./${file}";`,
          );
          scope.head(`import type { Renamed as ${name} } from "./${through}";`);
        }
        return way === 4 ? `import("./${file}").Shared` : way === 1 ? `${name}.Shared` : name;
      });
    },
  },
  "namespace type": {
    sort: "object",
    make: (room) =>
      join(
        [type(inside(room))],
        ([of], scope) => {
          const name = scope.declare(
            "N",
            (made) => `namespace ${made} { export interface Inner { of: ${of} } }`,
          );
          return `${name}.Inner`;
        },
        1,
      ),
  },

  // Others
  array: {
    sort: "other",
    make: (room) => {
      const way = room.random.pick(["(X)[]", "Array<X>", "readonly (X)[]", "ReadonlyArray<X>"]);
      return join([type(inside(room))], ([of = ""]) => way.replace("X", () => of), 1);
    },
  },
  tuple: { sort: "other", make: tuple },
  union: {
    sort: "other",
    make: (room) => {
      const parts = [0, 1, 2].slice(room.random.below(2)).map(() => type(inside(room)));
      return join(parts, (written) => `(${written.join(" | ")})`, 1);
    },
  },
  "discriminated union": {
    sort: "other",
    make: (room) => {
      const tags = room.random.pick([
        ["a", "b", "c"],
        [1, 2, 3],
        [true, false],
      ]);
      const branches = tags.map((tag) =>
        join(
          members(inside(room), ["r", "w", "h"]),
          (parts) => `{ ${[`kind: ${JSON.stringify(tag)}`, ...parts].join("; ")} }`,
        ),
      );
      return join(branches, (parts) => `(${parts.join(" | ")})`, 1);
    },
  },
  "overlapping union": {
    sort: "other",
    make: (room) => {
      const branches = [0, 1, 2].slice(room.random.below(2)).map(() => overlapping(room));
      return join(branches, (parts) => `(${parts.join(" | ")})`, 1);
    },
  },
  "intersection of unions": {
    sort: "other",
    make: (room) =>
      join(
        [overlapping(room), overlapping(room), overlapping(room)],
        ([a, b, c]) => (c === undefined ? `(${a} & ${b})` : `((${a} | ${b}) & ${c})`),
        2,
      ),
  },
  "object or record": {
    sort: "other",
    make: (room) =>
      join(
        [membersObject(operand(room), ["a", "b", "x"]), type(inside(room))],
        ([of, values]) => `(${of} | { [key: string]: ${values} })`,
        2,
      ),
  },
  "texts around texts": {
    sort: "leaf",
    make: ({ random }) => {
      const holes = [
        "${string}",
        "${number}",
        "${boolean}",
        '${"a" | "b"}',
        "${Uppercase<string>}",
        "${1 | 12}",
      ];
      const texts = ["", "-", ".", "a", "1", "$", "(", "\\\\", "/"];
      const written = [0, 1, 2].map(() => random.pick(texts) + random.pick(holes)).slice(random.below(3));
      const whole = `\`${written.join("")}${random.pick(["", "!"])}\``;
      return text(() => whole);
    },
  },
  nullable: {
    sort: "other",
    make: (room) => join([type(inside(room))], ([of]) => `(${of} | null)`, 1),
  },
  conditional: {
    sort: "other",
    make: (room) =>
      join(
        [type(inside(room)), type(inside(room)), type(inside(room))],
        ([of, yes, no], scope) => {
          const name = scope.declare("If", (made) => `type ${made}<X> = X extends string ? ${yes} : ${no};`);
          return `${name}<${of}>`;
        },
        3,
      ),
  },
  infer: {
    sort: "other",
    make: (room) =>
      join(
        [type(inside(room))],
        ([of], scope) => {
          const name = scope.declare(
            "El",
            (made) => `type ${made}<X> = X extends readonly (infer E)[] ? E : X;`,
          );
          return `${name}<(${of})[]>`;
        },
        1,
      ),
  },
  "indexed access": {
    sort: "other",
    make: (room) => join([membersObject(operand(room), ["id", "a"], true)], ([of]) => `(${of})["id"]`, 1),
  },
  "array item": {
    sort: "other",
    make: (room) => join([type(inside(room))], ([of]) => `(${of})[][number]`, 1),
  },
  keyof: {
    sort: "other",
    make: (room) =>
      join([membersObject(operand(room), ["id", "two words", "b"], true)], ([of]) => `keyof ${of}`, 1),
  },
  exclude: {
    sort: "other",
    make: (room) => {
      const way = room.random.pick([
        "Exclude<X, number>",
        "Extract<X | string, string>",
        "NonNullable<X | null>",
      ]);
      return join([type(inside(room))], ([of = ""]) => way.replace("X", () => of), 1);
    },
  },
  awaited: {
    sort: "other",
    make: (room) => join([type(inside(room))], ([of]) => `Awaited<Promise<${of}>>`, 1),
  },
  "recursive alias": {
    sort: "other",
    make: (room) =>
      join(
        [type(inside(room))],
        ([of], scope) =>
          scope.declare("J", (name) => `type ${name} = ${of} | ${name}[] | { [key: string]: ${name} };`),
        1,
      ),
  },
  "recursive tuple": {
    sort: "other",
    make: (room) =>
      join(
        [type(inside(room))],
        ([of], scope) => scope.declare("L", (name) => `type ${name} = null | [${of}, ${name}];`),
        1,
      ),
  },
};

const literalTexts = ["a", "b", "x y", "", "ключ", 'q"', "0", "a|b", "\\d", "A"];
const memberNames = [
  "a",
  "b",
  "id",
  "two words",
  "ключ",
  "class",
  "0",
  "a.b",
  "a/b",
  "~x",
  "$ref",
  "type",
  "properties",
  "__proto__",
  "-1",
  "",
  "é",
];

export interface GenerateOptions {
  /** Told the name of every construct used. */
  readonly drawn?: (construct: string) => void;
  /** Constructs to choose from; all unless given. */
  readonly allowed?: ReadonlySet<string>;
}

/** A random signature; the same random source gives the same one. */
export function generate(random: Random, depth: number, { drawn, allowed }: GenerateOptions = {}): Signature {
  const isAllowed = (construct: string): boolean => allowed?.has(construct) ?? true;
  const room: Room = { random, depth, isPlain: true, isAllowed };
  const count = random.chance(0.2) ? 2 : 1;
  const parameters = ["value", "other"].slice(0, count).map((name, i) => ({
    name,
    way:
      i === 0 && count > 1
        ? ("required" as const)
        : random.pick(["required", "required", "optional", "undefined"] as const),
    type: type(room),
  }));
  const signature = signatureOf(parameters);
  if (drawn !== undefined) for (const parameter of parameters) announce(parameter.type, drawn);
  return signature;
}

function announce(tree: Tree, drawn: (construct: string) => void): void {
  if (Object.hasOwn(constructs, tree.construct)) drawn(tree.construct);
  for (const child of tree.children) announce(child, drawn);
}

/** Sorts are as likely as they are listed, and the constructs of one alike. */
function draw(room: Room, sorts: readonly string[]): Tree {
  const sort = room.random.pick(sorts);
  const pool = Object.entries(constructs).filter(
    ([name, entry]) => entry.sort === sort && room.isAllowed(name),
  );
  const [construct, { make }] = room.random.pick(pool);
  return { ...make(room), construct };
}

function type(room: Room): Tree {
  if (room.depth <= 0 || room.random.chance(0.25)) return draw(room, ["leaf"]);
  return draw(room, ["object", "other"]);
}

function object(room: Room): Tree {
  return membersObject(operand(room), ["a", "b", "id"]);
}

function inside(room: Room): Room {
  return { ...room, depth: room.depth - 1 };
}

function operand(room: Room): Room {
  return { ...room, isPlain: false };
}

/** One to three members with different names; `withFirst` makes the first of the names a required member. */
function members(room: Room, names: readonly string[] = memberNames, withFirst = false): readonly Tree[] {
  const { random } = room;
  const chosen = names.filter(
    (_, i) => (withFirst && i === 0) || random.chance(Math.min(0.7, 2.2 / names.length)),
  );
  return (chosen.length > 0 ? chosen : names.slice(0, 1)).map((name, i) => {
    const pool = withFirst && i === 0 ? ["required"] : ["required", "required", "optional", "undefined"];
    return member(name, random.pick(room.isPlain ? pool : pool.filter((way) => way !== "undefined")), room);
  });
}

function member(name: string, way: string, room: Room): Tree {
  const key = /^[\p{L}_][\p{L}\d_]*$/u.test(name) && name !== "__proto__" ? name : JSON.stringify(name);
  const modifier = room.random.chance(0.1) ? "readonly " : "";
  return {
    construct: "member",
    children: [type(inside(room))],
    least: 1,
    write: ([of], scope) => {
      if (way === "undefined")
        return `${modifier}${key}${scope.isWire ? "?" : ""}: ${of}${scope.isWire ? "" : " | undefined"}`;
      return `${modifier}${key}${way === "optional" ? "?" : ""}: ${of}`;
    },
  };
}

function membersObject(room: Room, names: readonly string[], withFirst = false): Tree {
  return join(members(room, names, withFirst), (parts) => `{ ${parts.join("; ")} }`, withFirst ? 1 : 0);
}

/** An object whose members are likely to stand in its neighbours too, with constants that tell some apart. */
function overlapping(room: Room): Tree {
  const { random } = room;
  const names = ["kind", "a", "b", "x"].filter(() => random.chance(0.6));
  const parts = (names.length > 0 ? names : ["a"]).map((name): Tree => {
    const constant = random.pick(['"a"', '"b"', '"a" | "b"', "1", "true", "null", "string"]);
    const mark = random.chance(0.25) ? "?" : "";
    const isConstant = name === "kind" || random.chance(0.3);
    return {
      construct: "member",
      children: isConstant ? [] : [type(operand(inside(room)))],
      least: isConstant ? 0 : 1,
      write: ([of]) => `${name}${mark}: ${of ?? constant}`,
    };
  });
  return join(parts, (written) => `{ ${written.join("; ")} }`);
}

function tuple(room: Room): Tree {
  const { random } = room;
  const required = random.below(3);
  const optional = random.below(2);
  const hasRest = random.chance(0.3) || required + optional === 0;
  const isNamed = random.chance(0.3);
  const parts = Array.from({ length: required + optional + (hasRest ? 1 : 0) }, (_, i): Tree => {
    const isRest = i === required + optional;
    const mark = i >= required && !isRest ? "?" : "";
    return {
      construct: "element",
      children: [type(inside(room))],
      least: 1,
      write: ([of]) => {
        const label = isNamed ? `n${i}${mark}: ` : "";
        return isRest ? `...${label}(${of})[]` : `${label}(${of})${isNamed ? "" : mark}`;
      },
    };
  });
  const prefix = random.chance(0.2) ? "readonly " : "";
  return join(parts, (written) => `${prefix}[${written.join(", ")}]`);
}

/** A class member needs a value or `!`. */
function asField(part: string): string {
  return part.replace(/^((?:readonly )?(?:"[^"]*"|[\p{L}_][\p{L}\d_]*)): /u, "$1!: ");
}

function importedModule(isWire: boolean): string {
  const kinds = isWire
    ? 'export type Kind = "one" | "two";'
    : 'export enum Kind { One = "one", Two = "two" }';
  return `${kinds}
interface Hidden { depth: number; kind?: Kind }
export interface Shared { name: string; hidden: Hidden; list: readonly Kind[] }
export default Shared;`;
}

function leaf(write: (random: Random) => string): { sort: "leaf"; make: Make } {
  return {
    sort: "leaf",
    make: ({ random }) => {
      const written = write(random);
      return text(() => written);
    },
  };
}

/** A leaf with a declaration of its own; `wire` null: the same on the wire. */
function declared(
  source: (name: string) => string,
  wire: ((name: string) => string) | null,
  use: (name: string, random: Random, isWire: boolean) => string,
): { sort: "leaf"; make: Make } {
  return {
    sort: "leaf",
    make: ({ random }) => {
      const chosen = random.below(1000);
      return text((scope) => {
        const name = scope.declare("D", scope.isWire ? (wire ?? source) : source);
        return use(name, fixed(chosen), scope.isWire);
      });
    },
  };
}

/** Both ways of writing a tree must make the same choice. */
function fixed(number: number): Random {
  return {
    below: (limit) => number % limit,
    pick: (list) => {
      const found = list[number % list.length];
      if (found === undefined) throw new Error("nothing to pick from");
      return found;
    },
    chance: (probability) => number < probability * 1000,
  };
}

function text(write: (scope: Scope) => string): Tree {
  return { construct: "text", children: [], least: 0, write: (_, scope) => write(scope) };
}

function join(
  children: readonly Tree[],
  write: (parts: readonly string[], scope: Scope) => string,
  least = 0,
): Tree {
  return { construct: "composite", children, least, write };
}
