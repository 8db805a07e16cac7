/** Signatures listed by hand, with inputs that they must accept and refuse, or the diagnostic that they must get. */
import ts from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openOracle } from "./oracle.ts";
import { type Compiled, compile, compileSchema, openWorkspace, type Workspace } from "./subject.ts";
import { type Row, table } from "./table.ts";
import type { Json } from "./values.ts";

let workspace: Workspace;
let compiled: readonly Compiled[] = [];

test.before(async () => {
  workspace = openWorkspace();
  compiled = await compile(table, workspace);
});
test.after(() => workspace.remove());

for (const [i, row] of table.entries()) {
  test(titleOf(row), () => {
    const result = compiled[i];
    assert.ok(result);
    if ("code" in row.expects) {
      assert.is(result?.kind, "refused", JSON.stringify(result));
      if (result?.kind === "refused")
        assert.ok(result.codes.includes(row.expects.code), result.messages.join("; "));
      return;
    }
    if (result?.kind !== "schema") assert.unreachable(result?.messages.join("; "));
    else {
      const schema = row.result === undefined ? result.inputs : result.outputs;
      const validate = compileSchema(schema);
      for (const value of row.expects.accepts)
        assert.ok(validate(value), `refuses ${JSON.stringify(value)}: ${JSON.stringify(schema)}`);
      for (const value of row.expects.refuses)
        assert.not(validate(value), `accepts ${JSON.stringify(value)}: ${JSON.stringify(schema)}`);
    }
  });
}

test("the table says what TypeScript says", () => {
  const rows = table.flatMap((row) =>
    "code" in row.expects || row.wire !== null ? [] : [{ row, ...row.expects }],
  );
  const oracle = openOracle(
    rows.map(({ row }) => ({
      files: {
        ...row.files,
        "types.ts": `${row.declarations}\nexport type Input = ${row.result ?? inputType(row.parameters)};`,
      },
    })),
    { root: workspace.root },
  );
  assert.equal(
    oracle.errors.flatMap((error, i) => (error === null ? [] : [`${rows[i]?.row.parameters}: ${error}`])),
    [],
  );
  const verdicts = oracle.judge(rows.map(({ accepts, refuses }) => [...accepts, ...refuses]));
  const wrong = rows.flatMap(({ row, accepts, refuses }, i) =>
    [...accepts, ...refuses].flatMap((value: Json, k) =>
      verdicts[i]?.[k] === k < accepts.length ? [] : [`${titleOf(row)}: ${JSON.stringify(value)}`],
    ),
  );
  assert.equal(wrong, []);
});

/** The parameters as one object type; TypeScript itself says what a default infers. */
function inputType(parameters: string): string {
  const source = `function call(${parameters}): void {}`;
  const [statement] = ts.createSourceFile("call.ts", source, ts.ScriptTarget.Latest, true).statements;
  if (statement === undefined || !ts.isFunctionDeclaration(statement)) throw new Error(source);
  const members = statement.parameters.map((parameter, i) => {
    const isOptional = [parameter.questionToken, parameter.initializer, parameter.dotDotDotToken].some(
      Boolean,
    );
    const type = parameter.dotDotDotToken ? parameter.type?.getText() : `Parameters<typeof call>[${i}]`;
    return `${parameter.name.getText()}${isOptional ? "?" : ""}: ${type}`;
  });
  return `{ ${members.join("; ")} };\n${source}`;
}

function titleOf({ group, parameters, declarations, result }: Row): string {
  return `${group}: call(${parameters})${result === undefined ? "" : `: ${result}`}${declarations === "" ? "" : ` with ${declarations.replace(/\s+/g, " ")}`}`;
}

test.run();
