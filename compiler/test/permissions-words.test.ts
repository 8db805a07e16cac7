import { test } from "uvu";
import * as assert from "uvu/assert";
import { covers, formatPermission, type Permission, parsePermission } from "../permissions/permission.ts";

function read(text: string): Permission {
  const parsed = parsePermission(text);
  if (!("permission" in parsed)) throw new Error(`${text}: ${parsed.reason}`);
  return parsed.permission;
}

const canonical: readonly (readonly [text: string, spelled: string])[] = [
  ["network", "network"],
  ["network:API.Example.com", "network:api.example.com"],
  ["network:bücher.example:443", "network:xn--bcher-kva.example:443"],
  ["network:*.example.com", "network:*.example.com"],
  ["network:[0:0::1]:80", "network:[::1]:80"],
  ["network:127.1", "network:127.0.0.1"],
  ["env", "env"],
  ["env:APP_*", "env:APP_*"],
  ["fs:read:/data//x/./y/", "fs:read:/data/x/y"],
  ["fs:write:out/", "fs:write:./out"],
  ["fs:read:.", "fs:read:."],
  ["exec:git", "exec:git"],
  ["exec:/usr/bin/git", "exec:/usr/bin/git"],
];

const refused: readonly (readonly [text: string, nearest: string | null])[] = [
  ["", null],
  ["constructor", null],
  ["constructor:x", null],
  [" env", "env"],
  ["env:", "env"],
  ["env:*", "env"],
  ["env:$HOME", "env:HOME"],
  ["env:A-B", null],
  ["network:https://api.example.com/v1", "network:api.example.com"],
  ["https://api.example.com:8443/v1", "network:api.example.com:8443"],
  ["network:user@example.com", "network:example.com"],
  ["network:example.com.", "network:example.com"],
  ["network:exa mple.com", null],
  ["network:a*.example.com", null],
  ["network:*.1.2.3.4", null],
  ["network:::1", null],
  ["network:example.com:0", null],
  ["network:example.com:65536", null],
  ["network:example.com:*", "network:example.com"],
  ["netwrok:example.com", "network:example.com"],
  ["http:example.com", "network:example.com"],
  ["fs", "fs:read"],
  ["fs:raed:/data", "fs:read:/data"],
  ["filesystem:write:/data", "fs:write:/data"],
  ["fs:read:/data/../etc", "fs:read:/etc"],
  ["fs:read:../etc", null],
  ["fs:read:C:\\data", null],
  ["exec:git log", "exec:git"],
  ["exec:./run.sh", null],
  ["shell:git", "exec:git"],
];

const coverage: readonly (readonly [declared: string, needed: string, expected: boolean])[] = [
  ["network", "network:example.com:80", true],
  ["network:example.com", "network", false],
  ["network:example.com", "network:example.com:8443", true],
  ["network:example.com:8443", "network:example.com", false],
  ["network:*.example.com", "network:a.b.example.com", true],
  ["network:*.example.com", "network:example.com", false],
  ["network:*.example.com", "network:badexample.com", false],
  ["network:example.com", "network:*.example.com", false],
  ["env:APP_*", "env:APP_KEY", true],
  ["env:APP_*", "env:APP_", true],
  ["env:APP", "env:APP_KEY", false],
  ["env:APP_KEY", "env:APP_*", false],
  ["fs:read:/data", "fs:read:/data/a/b", true],
  ["fs:read:/data", "fs:read:/data", true],
  ["fs:read:/data", "fs:read:/database", false],
  ["fs:read:/", "fs:read:/etc/hosts", true],
  ["fs:read:/", "fs:read:./a", false],
  ["fs:read:.", "fs:read:./a", true],
  ["fs:write", "fs:read:/data", false],
  ["fs:write:/data", "fs:read:/data", false],
  ["exec", "exec:git", true],
  ["exec:git", "exec:/usr/bin/git", false],
  ["env", "network", false],
];

for (const [text, spelled] of canonical) {
  test(`reads ${JSON.stringify(text)} as ${spelled}`, () => {
    assert.is(formatPermission(read(text)), spelled);
    assert.equal(read(spelled), read(text));
  });
}

for (const [text, nearest] of refused) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    const parsed = parsePermission(text);
    assert.not.ok("permission" in parsed);
    if ("permission" in parsed) return;
    assert.ok(parsed.reason.length > 10);
    assert.is(parsed.nearest, nearest);
  });
}

for (const [declared, needed, expected] of coverage) {
  test(`${declared} ${expected ? "covers" : "does not cover"} ${needed}`, () => {
    assert.is(covers(read(declared), read(needed)), expected);
  });
}

test.run();
