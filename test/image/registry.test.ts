/**
 * What is asked of a registry and what is made of its answers: a real one behind a proxy that spoils them, and a stand-in
 * for the sign-in of Azure Container Registry. Nothing is compiled here.
 */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { OutsideError } from "../../cli/exit.ts";
import { parseTarget } from "../../cli/image.ts";
import { type Maker, makerOf } from "./make.ts";
import { openProxy, type RegistryProxy } from "./proxy.ts";
import { writeSmallBase, writeSmallPlugin } from "./small.ts";
import { get, type Laboratory, missing, openLaboratory } from "./tools.ts";

const lacking = missing("docker-registry");
const check = lacking.length === 0 ? test : test.skip;
if (lacking.length > 0) console.log("docker-registry is not on this machine: registries are not tested");

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

test.run();
