/** Secrets in what an image would hold: each known mark wherever it stands, and silence about other people's packages. */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { installIn } from "../../scripts/install.ts";
import { secretForms } from "../image/secret-forms.ts";
import { findSecrets } from "../image/secrets.ts";
import { analyze } from "../index.ts";

const from = (alphabet: string, count: number): string =>
  alphabet.repeat(Math.ceil(count / alphabet.length)).slice(0, count);
const mixed = (count: number): string => from("aB3dE5gH7jK9mN2pQ4sT6vW8yZ", count);
const hex = (count: number): string => from("0f1e2d3c4b5a6978", count);
const upper = (count: number): string => from("ABCD2345EFGH", count);
const guid = `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
const pem = (name: string): string =>
  `-----BEGIN ${name}-----\n${mixed(64)}\n${mixed(64)}\n-----END ${name}-----\n`;

/**
 * At least one for each row of the table, in the form that its issuer gives out. Put together here, so that this file
 * itself holds none.
 */
const samples: readonly (readonly [kind: string, text: string])[] = [
  ["a private key", pem("PRIVATE KEY")],
  ["a private key", pem("RSA PRIVATE KEY")],
  ["a private key", pem("OPENSSH PRIVATE KEY")],
  ["a private key", `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n${mixed(64)}\n`],
  ["an age key", `AGE-SECRET-KEY-1${from("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)}`],
  ["a PuTTY key", `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n${mixed(44)}\n`],
  ["an AWS access key", `AKIA${upper(16)}`],
  ["an AWS access key", `ASIA${upper(16)}`],
  ["a Google API key", `AIza${mixed(35)}`],
  ["a Google client secret", `GOCSPX-${mixed(28)}`],
  ["a Google access token", `ya29.${mixed(120)}`],
  ["an Azure storage key", `AccountName=shop;AccountKey=${mixed(86)}==`],
  ["an Azure shared access key", `Endpoint=sb://x/;SharedAccessKey=${mixed(43)}=`],
  ["an Azure client secret", `abc8Q~${mixed(34)}`],
  ["an Azure DevOps token", `${mixed(76)}AZDO${mixed(4)}`],
  ["a DigitalOcean token", `dop_v1_${hex(64)}`],
  ["a Databricks token", `dapi${hex(32)}`],
  ["a Heroku key", `HRKU-${guid}`],
  ["a Netlify token", `nfp_${mixed(36)}`],
  ["a Fly.io token", `fm2_${mixed(200)}`],
  ["a Tailscale key", `tskey-auth-${mixed(12)}-${mixed(32)}`],
  ["a GitHub token", `ghp_${mixed(36)}`],
  ["a GitHub token", `github_pat_${mixed(22)}_${mixed(59)}`],
  ["a GitLab token", `glpat-${mixed(20)}`],
  ["an Atlassian token", `ATATT3xFfGF0${mixed(180)}`],
  ["an npm token", `npm_${mixed(36)}`],
  ["a PyPI token", `pypi-AgEIcHlwaS5vcmc${mixed(80)}`],
  ["a RubyGems key", `rubygems_${hex(48)}`],
  ["a Docker Hub token", `dckr_pat_${mixed(27)}`],
  ["a Postman key", `PMAK-${hex(24)}-${hex(34)}`],
  ["a Pulumi token", `pul-${hex(40)}`],
  ["a Terraform token", `${mixed(14)}.atlasv1.${mixed(67)}`],
  ["a Vault token", `hvs.${mixed(95)}`],
  ["a Doppler token", `dp.st.${mixed(43)}`],
  ["a 1Password token", `ops_eyJ${mixed(300)}`],
  ["an OpenAI key", `sk-proj-${mixed(74)}T3BlbkFJ${mixed(74)}`],
  ["an OpenAI key", `sk-${mixed(20)}T3BlbkFJ${mixed(20)}`],
  ["an Anthropic key", `sk-ant-api03-${mixed(95)}`],
  ["a Hugging Face token", `hf_${mixed(34)}`],
  ["a Replicate token", `r8_${mixed(37)}`],
  ["a Groq key", `gsk_${mixed(52)}`],
  ["a Perplexity key", `pplx-${mixed(48)}`],
  ["an xAI key", `xai-${mixed(80)}`],
  ["a Pinecone key", `pcsk_${mixed(6)}_${mixed(63)}`],
  ["a LangSmith key", `lsv2_pt_${hex(32)}_${hex(10)}`],
  ["a Stripe key", `sk_live_${mixed(24)}`],
  ["a Stripe webhook secret", `whsec_${mixed(32)}`],
  ["a Square token", `sq0csp-${mixed(43)}`],
  ["a Braintree token", `access_token$production$${hex(16)}$${hex(32)}`],
  ["a Shopify token", `shpat_${hex(32)}`],
  ["a Slack token", `xoxb-${from("123456789", 12)}-${from("123456789", 12)}-${mixed(24)}`],
  ["a Slack app token", `xapp-1-A${upper(10)}-${from("123456789", 13)}-${hex(64)}`],
  ["a Slack webhook", `https://hooks.slack.com/services/T${upper(8)}/B${upper(10)}/${mixed(24)}`],
  ["a Discord webhook", `https://discord.com/api/webhooks/${from("123456789", 18)}/${mixed(68)}`],
  [
    "a Teams webhook",
    `https://shop.webhook.office.com/webhookb2/${guid}@${guid}/IncomingWebhook/${hex(32)}/${guid}`,
  ],
  ["a Telegram bot token", `${from("123456789", 10)}:AA${mixed(33)}`],
  ["a Twilio key", `SK${hex(32)}`],
  ["a SendGrid key", `SG.${mixed(22)}.${mixed(43)}`],
  ["a Mailgun key", `key-${hex(32)}`],
  ["a Mailchimp key", `${hex(32)}-us12`],
  ["a Brevo key", `xkeysib-${hex(64)}-${mixed(16)}`],
  ["a Supabase key", `sbp_${hex(40)}`],
  ["a PlanetScale secret", `pscale_tkn_${mixed(43)}`],
  ["an Airtable token", `pat${mixed(14)}.${hex(64)}`],
  ["a Notion token", `ntn_${from("123456789", 11)}${mixed(35)}`],
  ["a Linear key", `lin_api_${mixed(40)}`],
  ["a Figma token", `figd_${mixed(40)}`],
  ["a Grafana token", `glsa_${mixed(32)}_${hex(8)}`],
  ["a New Relic key", `NRAK-${upper(27)}`],
  ["a Sentry token", `sntryu_${hex(64)}`],
  ["a PostHog key", `phx_${mixed(43)}`],
];

const folder = mkdtempSync(join(tmpdir(), "noxus-secrets-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test("has a sample of each form", () => {
  const sampled = new Set(samples.map(([kind]) => kind));
  assert.equal(
    secretForms.map(({ kind }) => kind).filter((kind) => !sampled.has(kind)),
    [],
  );
  assert.ok(samples.length >= 40);
});

test("finds each in code, in a JSON import and in a dependency, at its line, and never repeats it", async () => {
  // Every third stands in each of the three places.
  const parts = [0, 1, 2].map((rest) => samples.filter((_, index) => index % 3 === rest));
  const [code = [], json = [], dependency = []] = parts;
  const lines = (part: typeof samples): string =>
    part.map(([, text], index) => `  s${index}: ${JSON.stringify(text)},`).join("\n");
  const files: Readonly<Record<string, string>> = {
    "plugin.yaml": "name: leaky\nversion: 1.0.0\nentrypoint: src/index.LeakyPlugin\n",
    "package.json": '{ "name": "leaky", "type": "module", "dependencies": { "careless": "1.0.0" } }',
    "tsconfig.json":
      '{ "compilerOptions": { "resolveJsonModule": true, "module": "nodenext", "strict": true } }',
    "src/index.ts": `import { careless } from "careless";
import { Node, Plugin } from "noxus/plugins";
import settings from "./settings.json" with { type: "json" };
const own: Record<string, string> = {
${lines(code)}
};
export class LeakNode extends Node {
  call(name: string): { text: string } {
    return { text: \`\${own[name]}\${Object.values(settings).join()}\${Object.values(careless).join()}\` };
  }
}
export class LeakyPlugin extends Plugin {
  nodes() {
    return [new LeakNode()];
  }
}
`,
    "src/settings.json": `{\n${lines(json)
      .replace(/^ {2}(s\d+)/gm, '  "$1"')
      .replace(/,$/, "")}\n}\n`,
    "node_modules/careless/package.json":
      '{ "name": "careless", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
    "node_modules/careless/index.js": `export const careless = {\n${lines(dependency)}\n};\n`,
    "node_modules/careless/index.d.ts": "export const careless: Record<string, string>;\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const analysis = await analyze(folder);
  assert.equal(
    analysis.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
    [],
  );
  const found = findSecrets(analysis.artifacts);
  const told = new Set(
    found.map(
      ({ message, file, span }) =>
        `${/^(.*) would be in the image/.exec(message)?.[1]} ${file}:${span?.start.line}`,
    ),
  );
  const wanted = [
    ...code.map(([kind], index) => `${kind} src/index.ts:${index + 5}`),
    // The bundler writes a JSON import anew, and its map knows the file's lines.
    ...json.map(([kind], index) => `${kind} src/settings.json:${index + 2}`),
    ...dependency.map(([kind], index) => `${kind} node_modules/careless/index.js:${index + 2}`),
  ];
  assert.equal([...told].sort(), [...new Set(wanted)].sort());
  const text = JSON.stringify(found);
  for (const [, secret] of samples)
    assert.not.ok(text.includes(secret.slice(0, 24)) || text.includes(secret.slice(-16)));
});

test("keeps silent about what only looks like one", () => {
  const harmless = [
    `-----BEGIN PUBLIC KEY-----\n${mixed(64)}`,
    `-----BEGIN CERTIFICATE-----\n${mixed(64)}`,
    '"-----BEGIN PRIVATE KEY-----\\n" + body',
    "AKIA................ AKIAIOSFODNN7EXAMPLEX npm_config_registry npm_package_json glpat- ghp_xxxx",
    "sk-proj-... sk-ant-api03-your-key-here sk_test_4eC39HqLyjWDarjtT1zdp7dc hf_your_token",
    `https://hooks.slack.com/services/T00000000/B00000000/XXXX ${guid} ${hex(64)} ${mixed(88)}`,
    `sha512-${mixed(86)}== integrity ${hex(40)} key-value-store-of-the-application us1 task_live_update`,
  ].join("\n");
  assert.equal(findSecrets([{ path: "validators.mjs", text: harmless }]), []);
});

test("keeps silent about what two hundred real packages hold", () => {
  const packages = join(import.meta.dirname, "packages");
  installIn(packages);
  const files = globSync("node_modules/**/*.{js,mjs,cjs,json}", { cwd: packages }).sort();
  // All of them take some seconds: `make other-code`.
  const looked = files.filter(
    (file, index) => process.env.OTHER_CODE === "all" || index % 6 === 0 || /storage-/.test(file),
  );
  const names = new Set(looked.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]));
  assert.ok(names.size > 200, `${names.size} packages`);
  for (const file of looked) {
    // There is a package whose folder is called like a file.
    if (!statSync(join(packages, file)).isFile()) continue;
    const [alarm] = findSecrets([{ path: file, text: readFileSync(join(packages, file), "utf8") }]);
    assert.is(alarm, undefined, `${file}: ${alarm?.message}`);
  }
});

test.run();
