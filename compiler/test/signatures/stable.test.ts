/** A schema depends on the signature alone: not on the folder, the order of nodes and files, or line ends. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { canonicalJson } from "../../../runtime/manifest/canonical.ts";
import { seeded } from "../adversary/random.ts";
import { generate } from "./generate.ts";
import { type CompileOptions, compile, openWorkspace, type Subject } from "./subject.ts";

const random = seeded(20);
const drawn = Array.from({ length: 40 }, () => generate(random, 2).subject);
const shared = "interface Tree { v: number; kids?: Tree[] }";
const written: readonly Subject[] = [
  { files: {}, declarations: shared, parameters: "a: Tree, b: { tree: Tree }[]" },
  {
    files: {},
    declarations: `/**
 * A person.
 *
 * In two parts.
 * @title Person
 */
interface Person {
  /**
   * How old,
   * in years.
   * @minimum 0
   */
  age: number;
  /** @pattern ^a+$ */
  name?: string;
  mother?: Person;
}`,
    parameters: `
    /**
     * The one
     * to greet.
     */
    person: Person`,
  },
  {
    files: { "tree.ts": "export interface Tree { v: string; next?: Tree }" },
    declarations: `import type { Tree as Other } from "./tree.ts";\n${shared}`,
    parameters: "a: Tree, b: Other",
    result: "{ a: Tree; b: Other }",
  },
];
const subjects = [...written, ...drawn];

/** Schemas and diagnostics of each subject, in the order of `subjects`. */
async function compileIn(
  folder: string,
  options: CompileOptions = {},
  isReversed = false,
): Promise<readonly string[]> {
  const workspace = openWorkspace();
  const before = process.cwd();
  try {
    const root = join(workspace.root, folder);
    mkdirSync(root, { recursive: true });
    process.chdir(root);
    const order = isReversed ? subjects.toReversed() : subjects;
    const compiled = (await compile(order, { ...workspace, root }, options)).map((entry) =>
      canonicalJson(entry),
    );
    return isReversed ? compiled.toReversed() : compiled;
  } finally {
    process.chdir(before);
    workspace.remove();
  }
}

/** The subjects that came out differently, both ways. */
function changes(now: readonly string[]): readonly string[] {
  return subjects.flatMap(({ declarations, parameters }, i) =>
    now[i] === first[i] ? [] : [`${declarations}\ncall(${parameters})\n${first[i]}\n${now[i]}`],
  );
}

let first: readonly string[] = [];
test.before(async () => {
  first = await compileIn(".");
});

test("most of them have a schema", () => {
  assert.ok(first.filter((text) => text.includes('"kind": "schema"')).length > 30);
});

test("the schemas are the same in another folder, with another working directory", async () => {
  assert.equal(changes(await compileIn("a folder/with/a long/path")), []);
});

test("the schemas are the same when nodes and files come in another order", async () => {
  assert.equal(changes(await compileIn(".", {}, true)), []);
});

test("the schemas are the same with CRLF line ends", async () => {
  assert.equal(changes(await compileIn(".", { lineEnd: "\r\n" })), []);
});

test.run();
