/**
 * iac/azure under the real Terraform: its own tests with mocked providers, then a whole life against stand-in
 * providers that plan and apply, and rules over the plan and the state. Nothing here has met Azure.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { unknownVariables } from "../../runtime/settings.ts";
import { installIn } from "../../scripts/install.ts";
import { typesUsed } from "./provider.ts";
import { azure, openWorkspace, terraformVersion, type Workspace } from "./terraform.ts";
import { asVersion5 } from "./version5.ts";

const root = join(import.meta.dirname, "..", "..");
const image = `registry.example.com/sentiment@sha256:${"0123456789abcdef".repeat(4)}`;
const secret = "hush-this-is-no-real-key";

/** Skipped, and counted as such, where there is no Terraform: it is neither in npm nor in Debian. */
const check = terraformVersion === null ? test.skip : test;
if (terraformVersion === null) console.log("no terraform on this machine: iac/azure is not tested");
else installIn(import.meta.dirname);

const workspaces: Workspace[] = [];
const open = async (change?: Parameters<typeof openWorkspace>[0]): Promise<Workspace> => {
  const workspace = await openWorkspace(change);
  workspaces.push(workspace);
  return workspace;
};
test.after(() => {
  for (const workspace of workspaces) workspace.close();
});

const variables = (given: Readonly<Record<string, unknown>>): string[] =>
  Object.entries({ subscription_id: "00000000-0000-0000-0000-000000000000", ...given }).flatMap(
    ([name, value]) => ["-var", `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`],
  );

check("is formatted and valid", async () => {
  const { terraform } = await open();
  const format = await terraform("fmt", "-check", "-recursive", "-diff");
  assert.is(format.code, 0, format.stdout);
  const valid = await terraform("validate", "-no-color");
  assert.is(valid.code, 0, valid.stdout + valid.stderr);
});

check("passes its own tests, with what noxus wrote for the example", async () => {
  const { folder, terraform } = await open();
  const file = join(folder, "sentiment.auto.tfvars.json");
  const written = spawnSync(
    process.execPath,
    [join(root, "bin", "noxus.cjs"), "gen", "tfvars", join(root, "example-sentiment"), "--output", file],
    { encoding: "utf8" },
  );
  assert.is(written.status, 0, written.stdout + written.stderr);
  const { secret_names: names } = JSON.parse(readFileSync(file, "utf8")) as { secret_names: string[] };
  assert.equal(names, ["OPENAI_API_KEY", "SLACK_BOT_TOKEN"]);
  const result = await terraform("test", "-no-color");
  assert.is(result.code, 0, result.stdout + result.stderr);
  const passed = Number(/Success! (\d+) passed, 0 failed/.exec(result.stdout)?.[1]);
  assert.ok(passed >= 56, `${passed} runs passed`);
});

check(
  "goes from nothing to a rotated secret, with an empty plan in between and no secret in the state",
  async () => {
    const { folder, terraform } = await open();
    const stateText = (): string => readFileSync(join(folder, "terraform.tfstate"), "utf8");
    const apply = async (given: Readonly<Record<string, unknown>>): Promise<string> => {
      const { code, stdout, stderr } = await terraform(
        "apply",
        "-auto-approve",
        "-no-color",
        ...variables(given),
      );
      assert.is(code, 0, stdout + stderr);
      return /Resources: (.*)\./.exec(stdout)?.[1] ?? "";
    };
    const planned = async (given: Readonly<Record<string, unknown>>): Promise<number> =>
      (await terraform("plan", "-no-color", "-detailed-exitcode", ...variables(given))).code;

    assert.is(await apply({}), "11 added, 0 changed, 0 destroyed");
    const plugin = {
      image,
      app_name: "sentiment",
      declared_env: ["OPENAI_API_KEY", "SLACK_BOT_TOKEN"],
      secret_names: ["OPENAI_API_KEY", "SLACK_BOT_TOKEN"],
    };
    const values = { OPENAI_API_KEY: secret, SLACK_BOT_TOKEN: `${secret}-2` };
    assert.is(await apply({ ...plugin, secret_values: values }), "3 added, 0 changed, 0 destroyed");
    assert.is(await planned(plugin), 0, "the second plan, without values, is empty");
    assert.not.match(stateText(), secret);
    const outputs = await terraform("output", "-json");
    assert.not.match(outputs.stdout, secret);

    const rotated = { ...plugin, secret_versions: { OPENAI_API_KEY: 2 } };
    assert.is(await planned(rotated), 2, "a raised version is a change");
    const renewed = { OPENAI_API_KEY: `${secret}-new` };
    assert.is(await apply({ ...rotated, secret_values: renewed }), "0 added, 2 changed, 0 destroyed");
    assert.not.match(stateText(), secret);
    assert.is(await planned(rotated), 0);

    const other = { ...rotated, image: image.replace(/.$/, "0") };
    assert.is(await apply(other), "0 added, 1 changed, 0 destroyed", "a new version changes the app alone");
    const { code, stdout } = await terraform("destroy", "-auto-approve", "-no-color", ...variables(other));
    assert.is(code, 0);
    assert.match(stdout, "14 destroyed");
  },
);

interface PlannedResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

interface Plan {
  readonly planned_values: { readonly root_module: { readonly resources: readonly PlannedResource[] } };
  readonly configuration: {
    readonly root_module: {
      readonly variables: Readonly<Record<string, { readonly description?: string }>>;
      readonly outputs: Readonly<Record<string, { readonly description?: string }>>;
    };
  };
}

type Values = Readonly<Record<string, unknown>>;

/** Blocks are lists, also where there can be only one. */
function firstBlock(blocks: unknown): Values {
  const [first] = Array.isArray(blocks) ? (blocks as readonly Values[]) : [];
  if (first === undefined) throw new Error("a block is missing from the plan");
  return first;
}

async function planOf({ terraform }: Workspace, given: Readonly<Record<string, unknown>>): Promise<Plan> {
  const { code, stdout, stderr } = await terraform("plan", "-out=plan", "-no-color", ...variables(given));
  assert.is(code, 0, stdout + stderr);
  return JSON.parse((await terraform("show", "-json", "plan")).stdout) as Plan;
}

check("the plan keeps the rules", async () => {
  const workspace = await open();
  const given = {
    image,
    app_name: "sentiment",
    timeout_seconds: 100,
    declared_env: ["OPENAI_API_KEY"],
    secret_names: ["OPENAI_API_KEY"],
    secret_values: { OPENAI_API_KEY: secret },
  };
  const plan = await planOf(workspace, given);
  const resources = plan.planned_values.root_module.resources;
  const only = (type: string): PlannedResource => {
    const found = resources.filter((resource) => resource.type === type);
    assert.is(found.length, 1, type);
    return found[0] as PlannedResource;
  };

  assert.not.match(JSON.stringify(plan.planned_values), secret, "no secret in the plan");

  // Who may do what: the identity pulls and reads secrets, the deployer writes them, and that is all.
  const roles = resources
    .filter(({ type }) => type === "azurerm_role_assignment")
    .map(({ values }) => values);
  assert.equal(roles.map((role) => role.role_definition_name).sort(), [
    "AcrPull",
    "Key Vault Secrets Officer",
    "Key Vault Secrets User",
  ]);
  assert.is(roles.filter((role) => role.principal_type === "ServicePrincipal").length, 2);
  assert.is(only("azurerm_container_registry").values.admin_enabled, false);
  assert.is(only("azurerm_key_vault").values.rbac_authorization_enabled, true);
  assert.is(only("azurerm_container_app_environment").values.logs_destination, "log-analytics");

  const app = only("azurerm_container_app").values;
  const template = firstBlock(app.template);
  const container = firstBlock(template.container);
  assert.is(container.image, image);
  for (const [kind, path] of [
    ["startup_probe", "/health/startup"],
    ["readiness_probe", "/health/ready"],
    ["liveness_probe", "/health/live"],
  ] as const) {
    const probe = firstBlock(container[kind]);
    assert.is(probe.path, path);
    assert.is(probe.transport, "HTTP");
  }
  assert.ok(
    Number(template.termination_grace_period_seconds) >= 100 + 10,
    "a call may take its whole deadline",
  );
  assert.is(template.min_replicas, 1);
  assert.is(template.max_replicas, 5);
  const rules = template.custom_scale_rule as readonly { custom_rule_type: string; metadata: object }[];
  assert.equal(
    rules.map((rule) => [rule.custom_rule_type, Object.keys(rule.metadata).sort()]),
    [
      ["cpu", ["type", "value"]],
      ["memory", ["type", "value"]],
    ],
  );
  assert.is((template.http_scale_rule as readonly object[]).length, 1);

  // A plain value under the name of a secret would be readable by everybody who may see the app.
  const env = container.env as readonly { name: string; value: string | null; secret_name: string | null }[];
  const key = env.find(({ name }) => name === "OPENAI_API_KEY");
  assert.is(key?.secret_name, "openai-api-key");
  assert.not.ok(key?.value);

  // A variable that the server does not know would be a warning in every log.
  const set = Object.fromEntries(env.map(({ name }) => [name, ""]));
  assert.equal(unknownVariables(set, ["env:OPENAI_API_KEY"]), []);

  // No name is fixed: with another prefix, suffix and app name every one is another.
  const moved = await planOf(workspace, { ...given, name: "other", name_suffix: "abcd", app_name: "app" });
  const before = new Map(resources.map(({ address, values }) => [address, values.name]));
  const inner = new Set(["azurerm_key_vault_secret", "azurerm_monitor_diagnostic_setting"]);
  for (const { address, type, values } of moved.planned_values.root_module.resources)
    if (typeof values.name === "string" && !inner.has(type))
      assert.is.not(values.name, before.get(address), address);

  const { variables: described, outputs } = plan.configuration.root_module;
  for (const [name, variable] of Object.entries(described))
    assert.ok(variable.description, `variable ${name}`);
  for (const [name, output] of Object.entries(outputs)) assert.ok(output.description, `output ${name}`);
});

check("fits azurerm 5, as far as its upgrade guide tells what 4.55 has and 5.0 has not", async () => {
  const workspace = await open(asVersion5);
  const plan = await planOf(workspace, {
    image,
    app_name: "sentiment",
    declared_env: ["OPENAI_API_KEY"],
    secret_names: ["OPENAI_API_KEY"],
    allowed_ip_ranges: { office: "203.0.113.0/24" },
    alert_emails: ["operator@example.com"],
    front_door: true,
  });
  // Each resource is in this plan, those also that are off by default: `validate` does not enter what is empty.
  const planned = new Set(plan.planned_values.root_module.resources.map(({ type }) => type));
  const written = typesUsed(
    azure,
    readdirSync(azure).filter((file) => file.endsWith(".tf")),
  );
  assert.equal(
    [...planned].sort(),
    written.filter((type) => !type.startsWith("data.")),
  );

  const main = join(workspace.folder, "main.tf");
  const text = readFileSync(main, "utf8");
  writeFileSync(main, text.replace("rbac_authorization_enabled", "enable_rbac_authorization"));
  const refused = await workspace.terraform("validate", "-no-color");
  assert.is(refused.code, 1);
  assert.match(refused.stderr, 'The argument "rbac_authorization_enabled" is required');
});

test("every variable has a type, and a validation unless it is a boolean", () => {
  const blocks = readFileSync(join(azure, "variables.tf"), "utf8")
    .split(/^variable /m)
    .slice(1);
  assert.ok(blocks.length >= 30);
  for (const block of blocks) {
    const name = /^"(\w+)"/.exec(block)?.[1];
    const type = /^ {2}type\s+= (\S+)/m.exec(block)?.[1];
    assert.ok(type, `${name} has no type`);
    assert.ok(type === "bool" || block.includes("validation {"), `${name} has no validation`);
    assert.match(block, /^ {2}(nullable\s+= false|default\s+= null)$/m, `${name} may be null by accident`);
  }
});

test("each validation of a variable is seen to refuse something", () => {
  const source = readFileSync(join(azure, "variables.tf"), "utf8");
  const validated = source
    .split(/^variable /m)
    .slice(1)
    .filter((block) => block.includes("validation {"))
    .map((block) => /^"(\w+)"/.exec(block)?.[1]);
  const tests = readFileSync(join(azure, "tests", "refused.tftest.hcl"), "utf8");
  for (const name of validated)
    assert.ok(tests.includes(`expect_failures = [var.${name}]`), `${name} is not tested`);
});

test("no file names a subscription, a tenant or a registry", () => {
  for (const file of readdirSync(azure, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(tf|hcl|example)$/.test(name),
  )) {
    const text = readFileSync(join(azure, file), "utf8");
    const ids = text.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? [];
    assert.equal(
      [...new Set(ids)].filter((id) => !id.startsWith("00000000-")),
      [],
      file,
    );
    assert.not.match(text, /azurecr\.io\/(?!sentiment@sha256:\.\.\.)/, file);
  }
});

test.run();
