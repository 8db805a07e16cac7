/**
 * `action.yml`, as far as it can be tried without GitHub's runner: what runners demand of the file, and its scripts,
 * with real bash, git and noxus. Only `gh`, which would speak to GitHub, is a program that notes what it is asked.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { makeRepository, pluginFile, pluginSource, type Repository, reaching } from "./repository.ts";

interface Step {
  readonly id?: string;
  readonly name: string;
  readonly if?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

const text = readFileSync(join(import.meta.dirname, "..", "..", "action.yml"), "utf8");
const action: {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
} = parse(text);
const { steps } = action.runs;

const noxus = `${process.execPath} ${join(import.meta.dirname, "noxus.ts")}`;
let repository: Repository;
let base = "";

test.before(() => {
  repository = makeRepository();
  const { write, git } = repository;
  for (const name of ["one", "two"]) {
    write(`work/${name}/plugin.yaml`, pluginFile(name));
    write(`work/${name}/src/index.ts`, pluginSource());
  }
  git("add", ".");
  git("commit", "--quiet", "--message=start");
  base = git("rev-parse", "HEAD").trim();
  write("work/one/src/index.ts", pluginSource(reaching));
  write("work/new/plugin.yaml", pluginFile("new"));
  write("work/new/src/index.ts", pluginSource());
});

/** Runs a step's script as a runner does, in `work`; gives its exit code, output and what it set. */
function runStep(name: string, env: Readonly<Record<string, string>>) {
  const step = steps.find((each) => each.name === name);
  assert.ok(step?.run, name);
  assert.equal(
    Object.keys(step.env ?? {}).filter((key) => !(key in env)),
    [],
  );
  const runner = join(repository.folder, "..", "runner");
  mkdirSync(runner, { recursive: true });
  const outputs = join(runner, "outputs");
  writeFileSync(outputs, "");
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run],
    {
      cwd: join(repository.folder, "work"),
      encoding: "utf8",
      env: {
        ...repository.env,
        RUNNER_TEMP: runner,
        GITHUB_OUTPUT: outputs,
        GITHUB_ACTIONS: "true",
        GITHUB_WORKSPACE: repository.folder,
        CI: "true",
        ...env,
        PATH: `${join(runner, "bin")}:${process.env.PATH}`,
      },
    },
  );
  return { code: status, stdout, stderr, set: readFileSync(outputs, "utf8") };
}

test("the file has what a runner demands, and refers to nothing that is not there", () => {
  assert.is(action.runs.using, "composite");
  for (const [name, { description }] of Object.entries(action.inputs)) assert.ok(description, name);
  const ids = steps.flatMap(({ id }) => id ?? []);
  for (const [, kind = "", name = ""] of text.matchAll(/\$\{\{[^}]*\b(inputs|steps)\.([\w-]+)/g))
    assert.ok(kind === "inputs" ? name in action.inputs : ids.includes(name), `${kind}.${name}`);
  for (const step of steps) {
    assert.is(step.run === undefined, step.uses !== undefined, step.name);
    if (step.uses !== undefined) assert.match(step.uses, /^[\w-]+\/[\w/-]+@v\d+$/);
    if (step.run === undefined) continue;
    assert.is(step.shell, "bash", step.name);
    // What a pull request may choose must not become a part of a script.
    assert.not.match(step.run, "${{");
    const { status, stderr } = spawnSync("bash", ["-n", "-c", step.run], { encoding: "utf8" });
    assert.is(status, 0, stderr);
  }
});

test("findings are annotations and a SARIF log, with the checkout's paths; the last step fails", () => {
  const { code, stdout, stderr, set } = runStep("Check the plugins", { COMMAND: noxus, STRICT: "false" });
  assert.is(code, 0, stderr);
  assert.match(stdout, "::error file=work/one/src/index.ts,line=5,");
  assert.match(set, "\nroots<<noxus-roots\nnew\none\ntwo\nnoxus-roots\n");
  assert.match(set, "\ncode=1\n");
  const path = /^sarif=(.*)$/m.exec(set)?.[1] ?? "";
  const [{ results }] = JSON.parse(readFileSync(path, "utf8")).runs;
  assert.is(results[0].locations[0].physicalLocation.artifactLocation.uri, "work/one/src/index.ts");
  assert.is(runStep("Fail where a plugin has errors", { CODE: "1" }).code, 1);
  assert.is(runStep("Fail where a plugin has errors", { CODE: "0" }).code, 0);
});

test("the comment says what is gained, and is written once and rewritten later", () => {
  const { code, stderr, set } = runStep("Compare the permissions", {
    COMMAND: noxus,
    ROOTS: "new\none",
    BASE: base,
  });
  assert.is(code, 0, stderr);
  const body = /^body=(.*)$/m.exec(set)?.[1] ?? "";
  const comment = readFileSync(body, "utf8");
  assert.match(comment, /^<!-- noxus permissions -->\n/);
  assert.match(comment, /\*\*gained\*\* \| node `echo` \| `network:example\.com`/);
  assert.match(comment, /### Not compared\n {4}error: `[0-9a-f]+` has no `work\/new`/);

  const bin = join(repository.folder, "..", "runner", "bin");
  const calls = join(repository.folder, "..", "calls");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "gh"),
    `#!/bin/sh\nprintf '%s\\n' "$*" >>'${calls}'\ncase "$*" in *--jq*) cat '${calls}-ids' ;; esac\n`,
  );
  chmodSync(join(bin, "gh"), 0o755);
  const env = { BODY: body, NUMBER: "7", REPOSITORY: "a/b", GH_TOKEN: "none" };
  for (const [ids, expected] of [
    ["", `api --method POST repos/a/b/issues/7/comments --field body=@${body} --silent`],
    ["31\n", `api --method PATCH repos/a/b/issues/comments/31 --field body=@${body} --silent`],
  ] as const) {
    writeFileSync(`${calls}-ids`, ids);
    const done = runStep("Comment the change of permissions", env);
    assert.is(done.code, 0, done.stderr);
    assert.is(readFileSync(calls, "utf8").trim().split("\n").at(-1), expected);
  }
});

test("a folder without plugins is an error, not a green tick", () => {
  const { folder, git } = repository;
  git("clean", "--quiet", "-fdx");
  git("rm", "--quiet", "-r", "-f", "work");
  mkdirSync(join(folder, "work"), { recursive: true });
  const { code, stdout } = runStep("Check the plugins", { COMMAND: noxus, STRICT: "false" });
  assert.is(code, 2);
  assert.match(stdout, "::error::there is no plugin");
  assert.equal(existsSync(repository.temporary) ? readdirSync(repository.temporary) : [], []);
});

test.after(() => repository.remove());

test.run();
