import { test } from "uvu";
import * as assert from "uvu/assert";
import { StartError } from "../errors.ts";
import { defaultSettings, readSettings, settings, unknownVariables } from "../settings.ts";

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof StartError && error.code === "settings_invalid") return error.message;
    throw error;
  }
  return "";
};

test("takes a flag before a variable, and a variable before the default", () => {
  const env = { PORT: "1", NOXUS_PORT: "2", NOXUS_TIMEOUT: "5s", NOXUS_HOST: "" };
  assert.is(readSettings({}, {}).port, 8080);
  assert.is(readSettings({}, { PORT: "1" }).port, 1);
  assert.is(readSettings({}, env).port, 2);
  assert.is(readSettings({ port: "3" }, env).port, 3);
  assert.is(readSettings({}, env).timeoutMs, 5000);
  assert.is(readSettings({}, env).host, "127.0.0.1");
});

test("names every wrong value with where it came from", () => {
  const message = refusal(() =>
    readSettings({ port: "eighty" }, { NOXUS_DRAIN: "soon", NOXUS_LOG_LEVEL: "loud" }),
  );
  assert.match(message, /--port must be a whole number from 0 to 65535, got "eighty"/);
  assert.match(message, /NOXUS_DRAIN must be 0 or a duration/);
  assert.match(message, /NOXUS_LOG_LEVEL must be error, warn, info or debug/);
  assert.match(
    refusal(() => readSettings({ minRunners: "9", maxRunners: "2" }, {})),
    /min-runners must be at most/,
  );
});

test("accepts what it says is the default, and refuses nonsense, for every setting", () => {
  for (const [name, setting] of Object.entries(settings)) {
    const value = defaultSettings()[name as keyof typeof settings];
    if (typeof value === "number" && setting.value !== "duration")
      assert.is(setting.parse(String(value)), value);
    for (const text of ["-1", " ", "a b", "\n", "9".repeat(300)])
      assert.is(setting.parse(text), null, `${name} ${text}`);
  }
});

test("finds variables that are misspelled, but not what the plugin declares", () => {
  const env = { NOXUS_MAX_RUNNER: "2", NOXUS_TOKEN: "x", NOXUS_CONFIG: "{}", OTHER: "1" };
  assert.equal(unknownVariables(env, ["env:NOXUS_TOKEN"]), [
    { name: "NOXUS_MAX_RUNNER", near: "NOXUS_MAX_RUNNERS" },
  ]);
});

test.run();
