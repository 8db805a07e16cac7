/**
 * What is asked of a registry and what is made of its answers: a real one behind a proxy that spoils them, and a stand-in
 * for the sign-in of Azure Container Registry. Nothing is compiled here.
 */
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { OutsideError } from "../../cli/exit.ts";
import { parseTarget } from "../../cli/image.ts";
import { azureHost, openAzure } from "./azure.ts";
import { type Maker, makerOf } from "./make.ts";
import { openProxy, type RegistryProxy } from "./proxy.ts";
import { writeSmallBase, writeSmallPlugin } from "./small.ts";
import { get, type Laboratory, missing, must, openLaboratory } from "./tools.ts";

const lacking = missing("docker-registry", "openssl");
const check = lacking.length === 0 ? test : test.skip;
if (lacking.length > 0) console.log(`not on this machine: ${lacking.join(", ")}; registries are not tested`);

let laboratory: Laboratory | null = null;
let baseDigest = "";
const lab = (): Laboratory => {
  if (laboratory === null) throw new Error("the laboratory is closed");
  return laboratory;
};

test.before(async () => {
  if (lacking.length > 0) return;
  laboratory = await openLaboratory();
  const { folder, registry } = laboratory;
  writeSmallBase(join(folder, "small"));
  writeSmallPlugin(join(folder, "out"));
  // The image of a plugin serves as a base in the registry as well as any other.
  const made = await make({ base: join(folder, "small"), push: parseTarget(`${registry}/base/small:1`) });
  baseDigest = made.digest;
});
test.after(async () => {
  await laboratory?.close();
});

const { make, refusal }: Maker = {
  make: (wishes, env) => maker().make(wishes, env),
  refusal: (wishes, env) => maker().refusal(wishes, env),
};

function maker(): Maker {
  const { folder, registry, env } = lab();
  const out = join(folder, "out");
  return makerOf(out, out, `${registry}/base/small:1`, env);
}

/** What a registry may answer instead, and what people are told then. */
const failures: readonly {
  readonly what: string;
  readonly answer: RegistryProxy["instead"];
  readonly told: RegExp;
}[] = [
  {
    what: "401 without a way in",
    answer: () => ({ status: 401 }),
    told: /asks for something that noxus cannot give[\s\S]*docker login/,
  },
  {
    what: "401 with a name and a password",
    answer: () => ({ status: 401, headers: { "www-authenticate": 'Basic realm="x"' } }),
    told: /asks for a name and a password[\s\S]*podman login/,
  },
  {
    what: "403",
    answer: (path) => (path.includes("uploads") ? { status: 403 } : null),
    told: /you may not do that \(403\)/,
  },
  {
    what: "404",
    answer: (path) => (path.includes("uploads") ? { status: 404 } : null),
    told: /there is no repository/,
  },
  {
    what: "429",
    answer: (path) => (path.includes("uploads") ? { status: 429, headers: { "retry-after": "0" } } : null),
    told: /asked too often \(429\)/,
  },
  {
    what: "500",
    answer: (path) =>
      path.includes("uploads") ? { status: 500, body: '{"errors":[{"message":"disk is full"}]}' } : null,
    told: /internal error \(500: disk is full\)/,
  },
  {
    what: "a cut connection",
    answer: (path) => (path.includes("uploads") ? { cut: true } : null),
    told: /the connection was cut/,
  },
  {
    what: "another manifest than asked for",
    answer: (path) => (/manifests\/sha256/.test(path) ? { status: 200, body: "{}" } : null),
    told: /the registry sent something else/,
  },
  {
    what: "another blob than asked for",
    answer: (path) => (/GET .*blobs\/sha256/.test(path) ? { status: 200, body: "{}" } : null),
    told: /the registry sent something else/,
  },
];

check("tells every failure of a registry in words, with exit code 4 and nothing tagged", async () => {
  const { registry, folder, env } = lab();
  const proxy = await openProxy(registry);
  const through = proxy.address;
  try {
    for (const [index, each] of failures.entries()) {
      proxy.instead = each.answer;
      const isAboutBase = /asked for/.test(each.what);
      const told = await refusal(
        {
          base: isAboutBase ? `${through}/base/small@${baseDigest}` : `${registry}/base/small:1`,
          push: parseTarget(`${isAboutBase ? registry : through}/broken/x${index}:1`),
        },
        { ...env, XDG_CACHE_HOME: join(folder, `cache-${index}`) },
      );
      assert.instance(told, OutsideError, each.what);
      assert.match(`${told.message}\n${told.hint}`, each.told, each.what);
      assert.is(await get(`http://${registry}/v2/broken/x${index}/manifests/1`), null, each.what);
    }
    proxy.instead = () => null;
    await make({ push: parseTarget(`${through}/broken/fine:1`) });
  } finally {
    proxy.close();
  }
});

check("signs anew only what this key has not signed, and leaves another's signature", async () => {
  const { folder, registry } = lab();
  const push = parseTarget(`${registry}/team/signed:1`);
  const [mine, other] = ["mine", "other"].map((name) => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const file = join(folder, `${name}.pem`);
    writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }));
    return file;
  });
  assert.ok(((await make({ push, sign: mine ?? null })).uploaded ?? 0) > 0);
  assert.is((await make({ push, sign: mine ?? null })).uploaded, 0);
  const both = await make({ push, sign: other ?? null });
  assert.ok((both.uploaded ?? 0) > 0);
  assert.is((await make({ push, sign: mine ?? null })).uploaded, 0, "both signatures are there");
});

/** A program of the user's, such as a credential helper, that answers with `text`. */
function program(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\ntouch "$0.was-asked"\ncat <<'END'\n${text}\nEND\n`, {
    mode: 0o755,
  });
}

const azureCli = '{"accessToken":"azure-token","tenant":"the-tenant"}';

check("signs in to Azure's registries in each way that its tools leave behind (a stand-in)", async () => {
  const { folder, registry, env } = lab();
  const bin = join(folder, "bin");
  const configs = join(folder, "configs");
  const azure = await openAzure(registry, folder);
  const ask = (config: object, more: NodeJS.ProcessEnv = {}): Promise<string> => {
    mkdirSync(configs, { recursive: true });
    writeFileSync(join(configs, "config.json"), JSON.stringify(config));
    const asking = {
      ...env,
      ...azure.env,
      DOCKER_CONFIG: configs,
      PATH: `${bin}:${process.env.PATH}`,
      ...more,
    };
    azure.asked.length = 0;
    return must(process.execPath, [join(import.meta.dirname, "ask.ts"), `${azureHost}/base/small:1`], {
      env: asking,
    });
  };
  const token = `/oauth2/token grant_type=refresh_token service=${azureHost} client_id=noxus scope=repository:base/small:pull refresh_token=refresh-token`;
  try {
    program(bin, "az", azureCli);
    assert.match(await ask({}), baseDigest);
    assert.equal(azure.asked, [
      `/oauth2/exchange grant_type=access_token service=${azureHost} access_token=azure-token tenant=the-tenant`,
      token,
    ]);

    program(bin, "az", '{"accessToken":"stale"}');
    assert.match(
      await ask({}),
      "does not take the Azure CLI's token: unexpected answer (401: the token has expired)",
    );
    rmSync(join(bin, "az"));
    assert.match(await ask({}), "az login");

    // A credential helper, and what `az acr login` writes: a token beside the user that is nobody.
    const nobody = "00000000-0000-0000-0000-000000000000";
    program(bin, "docker-credential-acr", JSON.stringify({ Username: nobody, Secret: "refresh-token" }));
    assert.match(await ask({ credHelpers: { [azureHost]: "acr" } }), baseDigest);
    assert.equal(azure.asked, [token]);
    program(bin, "docker-credential-broken", "no JSON");
    assert.match(await ask({ credsStore: "broken" }), "does not answer as the protocol asks");
    program(bin, "docker-credential-env", JSON.stringify({ Username: "<token>", Secret: "refresh-token" }));
    assert.match(await ask({ credsStore: "env" }), baseDigest);
    const auth = Buffer.from(`${nobody}:`).toString("base64");
    assert.match(await ask({ auths: { [azureHost]: { auth, identitytoken: "refresh-token" } } }), baseDigest);
    const beside = Buffer.from(`${nobody}:refresh-token`).toString("base64");
    assert.match(await ask({ auths: { [azureHost]: { auth: beside } } }), baseDigest);
    assert.equal(azure.asked, [token]);

    const untrusted = await ask({}, { NODE_EXTRA_CA_CERTS: "" });
    assert.match(untrusted, `the certificate of ${azureHost} is not trusted`);
    assert.match(untrusted, "NODE_EXTRA_CA_CERTS");
  } finally {
    azure.close();
  }
});

check("keeps the Azure sign-in from a registry that only says it is Azure's", async () => {
  const { folder, registry, env } = lab();
  const bin = join(folder, "other-bin");
  program(bin, "az", azureCli);
  const proxy = await openProxy(registry);
  try {
    proxy.instead = (request) =>
      request.includes("/v2/")
        ? {
            status: 401,
            headers: {
              "www-authenticate": `Bearer realm="http://${proxy.address}/oauth2/token",service="${azureHost}"`,
            },
          }
        : { status: 200, body: '{"access_token":"x","refresh_token":"x"}' };
    const told = await refusal(
      { push: parseTarget(`${proxy.address}/x/y:1`) },
      { ...env, PATH: `${bin}:${process.env.PATH}` },
    );
    assert.match(told.message, "does not know you (401)");
    assert.not.ok(proxy.requests.some((request) => request.includes("/oauth2/exchange")));
    assert.not.ok(existsSync(join(bin, "az.was-asked")));
  } finally {
    proxy.close();
  }
});

test.run();
