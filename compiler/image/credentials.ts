import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ImageError } from "./errors.ts";
import { credentialKey } from "./reference.ts";

/** What a registry is told: a name with a password, or a token that is exchanged for another. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  | { readonly kind: "identity"; readonly token: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Credentials for `registry` as docker and podman keep them: credential helpers first, then what is written in the file.
 * For an Azure registry without any, the Azure CLI's token. Null when there are none. Throws an {@link ImageError} for a
 * damaged file and for a helper that fails.
 */
export function findCredentials(registry: string, env: Environment): Credentials | null {
  const key = credentialKey(registry);
  for (const file of configFiles(env)) {
    const config = readConfig(file);
    if (config === null) continue;
    const helper = config.credHelpers?.[registry] ?? config.credHelpers?.[key] ?? config.credsStore;
    if (helper !== undefined) {
      const found = askHelper(helper, key, env);
      if (found !== null) return asIdentity(found);
    }
    const entry = config.auths?.[key] ?? config.auths?.[registry] ?? config.auths?.[`https://${registry}`];
    if (entry?.identitytoken !== undefined && entry.identitytoken !== "")
      return { kind: "identity", token: entry.identitytoken };
    if (entry?.auth !== undefined && entry.auth !== "") {
      const [, username = "", password = ""] =
        /^([^:]*):(.*)$/s.exec(Buffer.from(entry.auth, "base64").toString("utf8").replace(/\0+$/, "")) ?? [];
      return asIdentity({ kind: "password", username, password });
    }
  }
  return null;
}

/** The user that Azure's tools put beside a token where docker wants a name: what comes with it is no password. */
const tokenUser = "00000000-0000-0000-0000-000000000000";

function asIdentity(found: Credentials): Credentials {
  return found.kind === "password" && found.username === tokenUser && found.password !== ""
    ? { kind: "identity", token: found.password }
    : found;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

function configFiles(env: Environment): readonly string[] {
  const home = env.HOME ?? homedir();
  return [
    ...(env.REGISTRY_AUTH_FILE === undefined ? [] : [env.REGISTRY_AUTH_FILE]),
    join(env.DOCKER_CONFIG ?? join(home, ".docker"), "config.json"),
    ...(env.XDG_RUNTIME_DIR === undefined ? [] : [join(env.XDG_RUNTIME_DIR, "containers", "auth.json")]),
  ];
}

function readConfig(file: string): DockerConfig | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // No such file, or not ours to read: there are no credentials in it.
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Told below, without the text, which may hold secrets.
  }
  throw new ImageError("input", `\`${file}\` is not JSON`, "log in again, or remove the file");
}

function askHelper(helper: string, key: string, env: Environment): Credentials | null {
  const name = `docker-credential-${helper}`;
  const done = spawnSync(name, ["get"], { input: key, encoding: "utf8", env: { ...env }, timeout: 30_000 });
  // One that answers without reading what it is asked for breaks the pipe, which is no fault.
  if (done.status === null)
    throw new ImageError(
      "outside",
      `the credential helper \`${name}\` cannot be run: ${done.error?.message ?? `ended by ${done.signal}`}`,
    );
  if (done.status !== 0) {
    // The words of the protocol for "I have none".
    if (/credentials not found/i.test(done.stdout + done.stderr)) return null;
    throw new ImageError(
      "outside",
      `the credential helper \`${name}\` failed: ${done.stderr.trim().split("\n")[0] ?? ""}`,
    );
  }
  const { username, secret } = readAnswer(name, done.stdout);
  return username === "<token>"
    ? { kind: "identity", token: secret }
    : { kind: "password", username, password: secret };
}

function readAnswer(helper: string, text: string): { readonly username: string; readonly secret: string } {
  try {
    const { Username: username, Secret: secret } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof username === "string" && typeof secret === "string") return { username, secret };
  } catch {
    // Told below, without the text, which may hold secrets.
  }
  throw new ImageError("outside", `the credential helper \`${helper}\` does not answer as the protocol asks`);
}

/** What the Azure CLI is signed in with. */
export interface AzureSignIn {
  readonly token: string;
  readonly tenant: string | null;
}

/** The Azure CLI's sign-in, which an Azure registry exchanges for a token of its own; null when there is none. */
export function azureSignIn(env: Environment): AzureSignIn | null {
  const done = spawnSync("az", ["account", "get-access-token", "--output", "json"], {
    encoding: "utf8",
    env: { ...env },
    timeout: 30_000,
  });
  if (done.status !== 0) return null;
  try {
    const { accessToken, tenant } = JSON.parse(done.stdout) as { accessToken?: string; tenant?: string };
    return accessToken === undefined ? null : { token: accessToken, tenant: tenant ?? null };
  } catch {
    // Not the Azure CLI's words.
    return null;
  }
}

/** By its host alone: what a registry says of itself must not bring it the sign-in of somebody's subscription. */
export const isAzureRegistry = (registry: string): boolean => /\.azurecr\.(io|us|cn)$/.test(registry);
