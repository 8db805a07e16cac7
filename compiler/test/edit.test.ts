/** Edits of plugin.yaml: what is meant happens, and every other byte stays. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadConfig } from "../load/config.ts";
import { addPermission, applyEdits, removePermission } from "../load/edit.ts";
import { formatPermission, type Permission, parsePermission } from "../permissions/permission.ts";
import { toText } from "../text.ts";

const head = "name: demo\nversion: 0.1.0\nentrypoint: src/index.DemoPlugin # the class\n";

function permission(name: string): Permission {
  const parsed = parsePermission(name);
  if (!("permission" in parsed)) throw new Error(parsed.reason);
  return parsed.permission;
}

function add(text: string, ...names: readonly string[]): string | null {
  return names.reduce<string | null>((now, name) => {
    const edits = now === null ? null : addPermission(now, permission(name));
    return edits === null || now === null ? null : applyEdits(now, edits);
  }, text);
}

function remove(text: string, name: string): string | null {
  const edits = removePermission(text, permission(name));
  return edits === null ? null : applyEdits(text, edits);
}

interface Case {
  readonly what: string;
  readonly before: string;
  readonly change: string;
  readonly after: string | null;
}

const additions: readonly Case[] = [
  {
    what: "no `permissions`: a list behind the entrypoint",
    before: "# comment\ntimeout: 5s\n",
    change: "env:TOKEN",
    after: "permissions:\n  - env:TOKEN\n# comment\ntimeout: 5s\n",
  },
  {
    what: "no final line break",
    before: "timeout: 5s",
    change: "env",
    after: "permissions:\n  - env\ntimeout: 5s",
  },
  {
    what: "`permissions` without a value",
    before: "permissions: # none yet\n  # really\ntimeout: 5s\n",
    change: "env:TOKEN",
    after: "permissions: # none yet\n  - env:TOKEN\n  # really\ntimeout: 5s\n",
  },
  {
    what: "an explicit null",
    before: "permissions: ~ # none\n",
    change: "env",
    after: "permissions: [env] # none\n",
  },
  {
    what: "an empty list",
    before: "permissions: [ ] # none\n",
    change: "env:A",
    after: "permissions: [env:A] # none\n",
  },
  {
    what: "a list, indented its own way, with comments",
    before:
      "permissions:   # why\n# first\n-   env:A   # for a\n\n    # last\n-   'env:B' # for b\n# after\ntimeout: 5s\n",
    change: "network:api.example.com",
    after:
      "permissions:   # why\n# first\n-   env:A   # for a\n\n    # last\n-   'env:B' # for b\n- 'network:api.example.com'\n# after\ntimeout: 5s\n",
  },
  {
    what: "a list on one line",
    before: "permissions: [env:A,  env:B]   # all\n",
    change: "env:C",
    after: "permissions: [env:A,  env:B, env:C]   # all\n",
  },
  {
    what: "a list in brackets over several lines, with a final comma",
    before: "permissions: [\n    env:A, # a\n    env:B, # b\n    # end\n  ]\n",
    change: "env:C",
    after: "permissions: [\n    env:A, # a\n    env:B, # b\n    env:C,\n    # end\n  ]\n",
  },
  {
    what: "a list in brackets over several lines, without a final comma",
    before: "permissions: [\n    env:A, # a\n    env:B # b\n  ]\n",
    change: "env:C",
    after: "permissions: [\n    env:A, # a\n    env:B, # b\n    env:C\n  ]\n",
  },
  {
    what: "a list in brackets, nothing behind the last entry",
    before: "permissions: [\n  env:A\n]\n",
    change: "env:C",
    after: "permissions: [\n  env:A,\n  env:C\n]\n",
  },
  {
    what: "only a comment in brackets",
    before: "permissions: [\n  # none\n]\n",
    change: "env:C",
    after: "permissions: [\n  # none\n  env:C]\n",
  },
  {
    what: "a text that YAML reads otherwise is quoted",
    before: "permissions: []\n",
    change: "network:[::1]:8080",
    after: 'permissions: ["network:[::1]:8080"]\n',
  },
  {
    what: "object form: a new kind",
    before: "permissions:\n    env: # names\n        - A # a\ntimeout: 5s\n",
    change: "exec:git",
    after: "permissions:\n    env: # names\n        - A # a\n    system: {execute: [git]}\ntimeout: 5s\n",
  },
  {
    what: "object form: a list of the kind",
    before: "permissions:\n  env:\n    - A # a\n  network: [x.example]\n",
    change: "env:B",
    after: "permissions:\n  env:\n    - A # a\n    - B\n  network: [x.example]\n",
  },
  {
    what: "object form: one text",
    before: "permissions:\n  network: 'a.example' # one\n",
    change: "network:*.b.example",
    after: "permissions:\n  network: ['a.example', '*.b.example'] # one\n",
  },
  {
    what: "object form: false",
    before: "permissions: {network: false, env: [A]}\n",
    change: "network",
    after: "permissions: {network: true, env: [A]}\n",
  },
  {
    what: "object form: everything beside some",
    before: "permissions: {network: [a.example]}\n",
    change: "network",
    after: 'permissions: {network: [a.example, "*"]}\n',
  },
  {
    what: "object form: the other half of a kind",
    before: "permissions:\n  filesystem:\n    read: [/data] # in\n",
    change: "fs:write:/out",
    after: "permissions:\n  filesystem:\n    read: [/data] # in\n    write: [/out]\n",
  },
  {
    what: "object form on one line",
    before: "permissions: {env: [A]} # all\n",
    change: "fs:read",
    after: "permissions: {env: [A], filesystem: {read: true}} # all\n",
  },
  {
    what: "object form: empty",
    before: "permissions: {}\n",
    change: "env:A",
    after: "permissions: {env: [A]}\n",
  },
  {
    what: "an alias is not touched",
    before: "x-base: &base [env:A]\npermissions: *base\n",
    change: "env:B",
    after: null,
  },
];

for (const { what, before, change, after } of additions) {
  test(`add: ${what}`, () => {
    assert.is(add(head + before, change), after === null ? null : head + after);
  });
  if (after === null) continue;
  test(`add, with CRLF: ${what}`, () => {
    const dos = (text: string): string => text.replaceAll("\n", "\r\n");
    assert.is(add(dos(head + before), change), dos(head + after));
  });
}

test("add: a file that is JSON stays JSON", () => {
  const before = '{\n  "name": "demo",\n  "entrypoint": "src/index.Demo"\n}\n';
  const after = add(before, "env:A", "env:B");
  assert.is(
    after,
    '{\n  "name": "demo",\n  "entrypoint": "src/index.Demo",\n  "permissions": ["env:A", "env:B"]\n}\n',
  );
});

test("add: an entrypoint that is a block scalar", () => {
  const before = "entrypoint: >-\n  src/index.Demo\n\n# end\nname: demo\n";
  assert.is(
    add(before, "env:A"),
    "entrypoint: >-\n  src/index.Demo\npermissions:\n  - env:A\n\n# end\nname: demo\n",
  );
});

const removals: readonly Case[] = [
  {
    what: "a line of a list, with its comment",
    before: "permissions: # why\n  # a\n  - env:A # a\n  # b\n  - env:B # b\n",
    change: "env:A",
    after: "permissions: # why\n  # a\n  # b\n  - env:B # b\n",
  },
  {
    what: "the only line of a list",
    before: "permissions: # why\n  # a\n  - env:A # a\ntimeout: 5s\n",
    change: "env:A",
    after: "permissions: [] # why\n  # a\ntimeout: 5s\n",
  },
  {
    what: "the last line of the file",
    before: "permissions:\n  - env:B\n  - env:A",
    change: "env:A",
    after: "permissions:\n  - env:B",
  },
  {
    what: "first of one line",
    before: "permissions: [env:A, env:B] # c\n",
    change: "env:A",
    after: "permissions: [env:B] # c\n",
  },
  {
    what: "last of one line",
    before: "permissions: [env:B, env:A]\n",
    change: "env:A",
    after: "permissions: [env:B]\n",
  },
  {
    what: "the only one of one line",
    before: "permissions: [ env:A ]\n",
    change: "env:A",
    after: "permissions: [  ]\n",
  },
  {
    what: "a line in brackets",
    before: "permissions: [\n  env:B, # b\n  env:A # a\n]\n",
    change: "env:A",
    after: "permissions: [\n  env:B, # b\n]\n",
  },
  {
    what: "another spelling of the same",
    before: "permissions:\n  - network:API.example.com\n  - env:B\n",
    change: "network:api.example.com",
    after: "permissions:\n  - env:B\n",
  },
  {
    what: "object form: everything of a kind",
    before: "permissions:\n  network: true # all\n  env: [A]\n",
    change: "network",
    after: "permissions:\n  network: false # all\n  env: [A]\n",
  },
  {
    what: "object form: a star",
    before: "permissions: {env: '*'}\n",
    change: "env",
    after: "permissions: {env: []}\n",
  },
  {
    what: "object form: the only line of a list",
    before: "permissions:\n  system:\n    execute: # c\n      - git\n  env: [A]\n",
    change: "exec:git",
    after: "permissions:\n  system:\n    execute: [] # c\n  env: [A]\n",
  },
  { what: "one that is not there", before: "permissions: [env:A]\n", change: "env:B", after: null },
];

for (const { what, before, change, after } of removals) {
  test(`remove: ${what}`, () => {
    assert.is(remove(head + before, change), after === null ? null : head + after);
  });
}

/** Numbers from 0 to 1, the same in every run (a linear congruential generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

const names = [
  "network",
  "network:a.example",
  "network:*.b.example",
  "network:[::1]:80",
  "env:A",
  "env:P_*",
  "fs:read:/data",
  "fs:read:./x y",
  "fs:write:/a: b",
  "exec:git",
  "exec:true",
];

/** A plugin.yaml with some of the permissions, in some layout, with comments that must stay. */
function sample(next: () => number): string {
  const pick = <T>(...choices: readonly [T, ...T[]]): T =>
    choices[Math.floor(next() * choices.length)] ?? choices[0];
  const quoted = (text: string): string =>
    pick(JSON.stringify(text), /[:#] |[[\]*]|true/.test(text) ? `'${text}'` : text);
  const chosen = names.filter(() => next() < 0.3);
  const comment = (): string => pick("", "", " # gone with its line");
  const lines = (indent: string): string =>
    chosen.map((name) => `${indent}# stays\n${indent}- ${quoted(name)}${comment()}\n`).join("");
  const kinds = (kind: string): string => {
    const list = chosen.filter((name) => name === kind || name.startsWith(`${kind}:`));
    return `[${list.map((name) => quoted(name === kind ? "*" : name.slice(kind.length + 1))).join(", ")}]`;
  };
  const list = chosen.map(quoted);
  const layouts: readonly [string, ...string[]] = [
    chosen.length === 0 ? "" : `permissions: # stays\n${lines(pick("", "  ", "      "))}`,
    `permissions: [${list.join(pick(", ", ",   "))}] # stays\n`,
    `permissions: [\n${list.map((entry) => `  ${entry},${comment()}\n`).join("")}  # stays\n]\n`,
    `permissions: {network: ${kinds("network")}, env: ${kinds("env")}, system: {execute: ${kinds("exec")}}}\n`,
    `permissions:\n  # stays\n  filesystem:\n    read: ${kinds("fs:read")} # stays\n  env: ${kinds("env")}\n`,
  ];
  return `${head}${pick("", "# stays\n")}${pick(...layouts)}${pick("", "# stays\n", "\ntimeout: 5s # stays\n")}`;
}

function declaredIn(text: string): readonly string[] {
  const { config, diagnostics } = loadConfig("plugin.yaml", toText(text));
  assert.equal(diagnostics, [], text);
  return [...new Set(config?.permissions.map((entry) => formatPermission(entry.permission)))].sort();
}

test("whatever the layout, adding and removing do just that and keep the comments", () => {
  const next = numbers(1);
  const kept = (text: string): number => text.split("# stays").length;
  for (let i = 0; i < 300; i++) {
    const text = sample(next);
    const before = declaredIn(text);
    for (const name of names) {
      const isThere = before.includes(name);
      const after = isThere ? remove(text, name) : add(text, name);
      assert.ok(after !== null, `${name}\n${text}`);
      const meant = isThere ? before.filter((other) => other !== name) : [...before, name].sort();
      assert.equal(declaredIn(after ?? ""), meant, `${name}\n${text}\n${after}`);
      assert.is(kept(after ?? ""), kept(text), `${name}\n${text}\n${after}`);
    }
  }
});

test.run();
