/** What stands in a schema besides what it accepts: comments, names, order; and every form that a node can have. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { type Analysis, type AnalyzedNode, analyze } from "../index.ts";

const source = `import { type Context, Node, Plugin } from "noxus/plugins";
import type { Options } from "described";

/**
 * What somebody is called.
 * @minLength 2
 */
type Name = string;
/** @maxLength 20 */
type ShortName = Name;

interface Base {
  /**
   * How old.
   * @minimum 0 @maximum 150
   * @example 30
   */
  age: number;
  /** When it began. @deprecated */
  since?: Date;
}
interface Person extends Base { /** Given first. */ first: ShortName; /** @pattern ^[A-Z] */ initial: string }
interface Older extends Base { age: 40 | 50 }
interface Both { nick: Name[] }
enum Level { Low = "low", High = "high" }
const DEFAULT_LEVEL = Level.High;

export class CommentsNode extends Node {
  /**
   * @param person - who it is about
   * @param level - how loud
   * @returns what was said
   */
  call(
    person: Person,
    /** @title Part of it */
    part: Partial<Pick<Person, "age">> & Both,
    older: Older,
    level: Level = DEFAULT_LEVEL,
    limits: { from: number; to: number[] } = { from: -1, to: [1, 2] },
    name?: Name | null,
  ): { text: string } {
    return { text: JSON.stringify([person, part, older, level, limits, name]) };
  }
}

interface Forms {
  /** @type integer @TJS-minimum 1 */
  whole: number | null;
  /** @items.minLength 2 @items { "maxLength": 9 } @uniqueItems false */
  words: string[];
  /**
   * @default { from: -1, names: ['a'], }
   * @example The usual one
   * { "from": 2, "names": [] }
   * @example
   * \`\`\`ts
   * { from: 3, names: ["b"] }
   * \`\`\`
   * @examples [{ "from": 4, "names": [] }]
   */
  limits?: { from: number; names: string[] };
  /** @pattern /^a+$/ @description What it is. @comment For us. */
  code: string;
  /** An image. @deprecated use \`code\` */
  image: string;
  /** @contentEncoding base64 @contentMediaType image/png @readOnly @writeOnly false */
  bytes: string;
}
export class FormsNode extends Node {
  call(forms: Forms, options: Options): { ok: boolean } {
    return { ok: forms.code === options.cwd };
  }
}

interface Tree { value: Tree[] | string; other?: Tree }
interface Pair { left: Point; right: Point }
interface Point { x: number; y: number }
interface Box<T> { inside: T }
export class NamesNode extends Node {
  call(tree: Tree, pair: Pair, text: Box<string>, again: Box<string>, number: Box<number>[], more: Box<number>): Pair {
    void [tree, text, again, number, more];
    return pair;
  }
}

type Later = "z" | "a" | "m";
interface Zed { z: number }
interface Alpha { a: number }
export class OrderNode extends Node {
  call(word: Later, mixed: "q" | null | 3 | "b", objects: Zed | Alpha | string): { word: Later } {
    void [mixed, objects];
    return { word };
  }
}

export class WireNode extends Node {
  call(when: Date, pages: (URL | null)[], by: Record<string, { at: Date }>, any: Date | string): { when: Date } {
    void [pages, by, any];
    return { when };
  }
}

/**
 * Rests.
 * @title All the rest
 * @name spread
 * @timeout 2s
 */
export class RestNode extends Node {
  call(...pair: [from: string, to?: number]) { return { count: pair.length }; }
}

export class ArrowNode extends Node {
  call = async (text: string, ...more: string[]) => ({ text, count: more.length });
}
/**
 * @param who - somebody
 * @returns a greeting
 */
const greet = (who: Name, times = 2): { text: string } => ({ text: who.repeat(times) });
export class BorrowedNode extends Node {
  /** @param times - how often */
  call = greet;
}
export class BoundNode extends Node {
  prefix = "Dear ";
  greet(who: string) { return { text: this.prefix + who }; }
  call = this.greet.bind(this);
}
abstract class Doubling<In extends { n: number }, Out> extends Node {
  abstract make(n: number): Out;
  async call(input: In, ctx: Context): Promise<{ out: Out }> {
    ctx.log.info("doubling");
    return { out: this.make(input.n * 2) };
  }
}
export class GenericNode extends Doubling<{ n: number; unit?: string }, string[]> {
  make(n: number) { return [String(n)]; }
}
export class InheritedNode extends GenericNode {}
const mixed = <T extends abstract new (...values: any[]) => Node>(base: T) => {
  abstract class Mixed extends base {
    call(id: number) { return { id, kind: "mixed" as const }; }
  }
  return Mixed;
};
export class MixinNode extends mixed(Node) {}

export class DemoPlugin extends Plugin {
  nodes() {
    return [
      new CommentsNode(), new FormsNode(), new NamesNode(), new OrderNode(), new WireNode(),
      new RestNode(), new ArrowNode(), new BorrowedNode(), new BoundNode(), new GenericNode(), new InheritedNode(), new MixinNode(),
    ];
  }
}
`;

/** Declarations of a package, whose comments are prose. */
const described = `export interface Options {
  /** Where. @default the current folder */
  cwd?: string;
  /** @default 10 @minimum many */
  limit?: number;
  /** @default "fast" */
  mode?: "fast" | "slow";
}
`;

let folder = "";
let analysis: Analysis;

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), "noxus-signatures-"));
  mkdirSync(join(folder, "src"));
  writeFileSync(
    join(folder, "plugin.yaml"),
    "name: demo\nversion: 0.1.0\nentrypoint: src/index.DemoPlugin\n",
  );
  writeFileSync(join(folder, "src", "index.ts"), source);
  const modules = join(folder, "node_modules", "described");
  mkdirSync(modules, { recursive: true });
  writeFileSync(
    join(modules, "package.json"),
    JSON.stringify({ name: "described", version: "1.0.0", types: "index.d.ts" }),
  );
  writeFileSync(join(modules, "index.d.ts"), described);
  analysis = await analyze(folder);
  assert.equal(
    analysis.diagnostics.map((entry) => `${entry.code} ${entry.message}`),
    [],
  );
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

function node(name: string): AnalyzedNode {
  const found = analysis.nodes.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

/** The part of a schema behind property names and keywords. */
function part(schema: JsonSchema, ...keys: readonly string[]): JsonSchema {
  return keys.reduce((found, key) => found[key] as JsonSchema, schema);
}

function input(name: string, parameter: string): JsonSchema {
  return part(node(name).inputs, "properties", parameter);
}

test("comments describe: of the parameter, by @param, of a property, of the result", () => {
  assert.is(input("comments", "person").description, "who it is about");
  assert.is(part(input("comments", "person"), "properties", "age").description, "How old.");
  assert.is(input("comments", "level").description, "how loud");
  assert.is(node("comments").outputs.description, "what was said");
  assert.is(input("comments", "part").title, "Part of it");
});

test("limits hold through extends, a second declaration, Partial, Pick and &", () => {
  const age = { type: "number", minimum: 0, maximum: 150, examples: [30], description: "How old." };
  assert.equal(part(input("comments", "person"), "properties", "age"), age);
  assert.equal(part(input("comments", "part"), "properties", "age"), age);
  const older = part(input("comments", "older"), "properties", "age");
  assert.equal([older.enum, older.minimum], [[40, 50], 0]);
});

test("limits hold through aliases, in arrays and beside null", () => {
  const first = part(input("comments", "person"), "properties", "first");
  assert.equal([first.minLength, first.maxLength, first.description], [2, 20, "Given first."]);
  assert.is(part(input("comments", "part"), "properties", "nick", "items").minLength, 2);
  assert.equal(input("comments", "name").type, ["string", "null"]);
  assert.is(input("comments", "name").minLength, 2);
});

test("tags count on the line of a brace, and in the middle of a text", () => {
  assert.is(part(input("comments", "person"), "properties", "initial").pattern, "^[A-Z]");
  const since = part(input("comments", "person"), "properties", "since");
  assert.equal([since.deprecated, since.description], [true, "When it began."]);
});

test("defaults may be constants, enum members and objects", () => {
  assert.is(input("comments", "level").default, "high");
  assert.equal(input("comments", "limits").default, { from: -1, to: [1, 2] });
  assert.equal(node("comments").inputs.required, ["person", "part", "older"]);
});

test("tags may be written as other generators have them", () => {
  const forms = part(input("forms", "forms"), "properties");
  assert.equal(forms.whole, { type: ["integer", "null"], minimum: 1 });
  assert.equal(forms.words, { type: "array", items: { type: "string", minLength: 2, maxLength: 9 } });
  const { code, image, bytes } = forms as Record<string, JsonSchema>;
  assert.equal(code, { type: "string", pattern: "^a+$", description: "What it is.", $comment: "For us." });
  assert.equal([image?.deprecated, image?.description], [true, "An image.\nDeprecated: use `code`"]);
  assert.equal(bytes, {
    type: "string",
    contentEncoding: "base64",
    contentMediaType: "image/png",
    readOnly: true,
  });
});

test("defaults and examples may be written as people write objects, with a caption or in a fence", () => {
  const limits = part(input("forms", "forms"), "properties", "limits");
  assert.equal(limits.default, { from: -1, names: ["a"] });
  assert.equal(limits.examples, [
    { from: 2, names: [] },
    { from: 3, names: ["b"] },
    { from: 4, names: [] },
  ]);
});

test("a package's defaults count only where they are values of the type", () => {
  const { cwd, limit, mode } = part(input("forms", "options"), "properties") as Record<string, JsonSchema>;
  assert.equal(cwd, { type: "string", description: "Where." });
  assert.equal(limit, { type: "number", default: 10 });
  assert.is(mode?.default, "fast");
});

test("a type used once is written out; one used again or in itself is a definition by its name", () => {
  const { definitions } = node("names").inputs as { definitions: Record<string, JsonSchema> };
  assert.equal(Object.keys(definitions), ["Tree", "Point", "Box", "Box2"]);
  assert.equal(input("names", "tree"), { $ref: "#/definitions/Tree" });
  assert.equal(part(input("names", "pair"), "properties", "left"), { $ref: "#/definitions/Point" });
  assert.equal(part(definitions.Box2 ?? {}, "properties", "inside"), { type: "number" });
  assert.is(node("names").outputs.type, "object");
});

test("unions keep the author's order", () => {
  assert.equal(input("order", "word").enum, ["z", "a", "m"]);
  assert.equal(input("order", "mixed").enum, ["q", 3, "b", null]);
  const objects = input("order", "objects").anyOf as readonly JsonSchema[];
  assert.equal(
    objects.map((schema) => schema.required ?? schema.type),
    ["string", ["z"], ["a"]],
  );
});

test("dates and addresses are texts, and the manifest says where", () => {
  assert.equal(input("wire", "when"), { type: "string", format: "date-time" });
  assert.equal(input("wire", "any"), { type: "string" });
  assert.equal(node("wire").revive, [
    { at: "/properties/when", as: "Date" },
    { at: "/properties/pages/items", as: "URL" },
    { at: "/properties/by/additionalProperties/properties/at", as: "Date" },
  ]);
  assert.equal(part(node("wire").outputs, "properties", "when"), { type: "string", format: "date-time" });
});

test("name, title, description and timeout from the class's comment", () => {
  const { title, description, timeoutMs, class: className } = node("spread");
  assert.equal([className, title, description, timeoutMs], ["RestNode", "All the rest", "Rests.", 2000]);
});

test("a rest parameter whose tuple wants a value is a required input", () => {
  assert.equal(node("spread").inputs.required, ["pair"]);
  assert.equal([input("spread", "pair").minItems, input("spread", "pair").maxItems], [1, 2]);
});

test("call as a function from elsewhere, with its comments", () => {
  const times = { type: "number", description: "how often", default: 2 };
  assert.equal(input("borrowed", "times"), times);
  assert.equal([input("borrowed", "who").minLength, input("borrowed", "who").description], [2, "somebody"]);
  assert.is(node("borrowed").outputs.description, "a greeting");
  assert.equal(node("bound").inputs.required, ["who"]);
});

test("call as arrow, generic, inherited and from a mixin", () => {
  assert.equal(input("arrow", "more"), { type: "array", items: { type: "string" } });
  assert.equal(node("arrow").inputs.required, ["text"]);
  assert.ok(node("arrow").spreadsLast);
  for (const name of ["generic", "inherited"]) {
    assert.equal(Object.keys(part(input(name, "input"), "properties")), ["n", "unit"]);
    assert.ok(node(name).takesContext);
    assert.equal(part(node(name).outputs, "properties", "out"), { type: "array", items: { type: "string" } });
  }
  assert.equal(input("mixin", "id"), { type: "number" });
  assert.equal(part(node("mixin").outputs, "properties", "kind"), { type: "string", const: "mixed" });
});

test.run();
