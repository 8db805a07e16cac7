import { setTimeout as sleep } from "node:timers/promises";
import {
  azureSignIn,
  type Credentials,
  type Environment,
  findCredentials,
  isAzureRegistry,
} from "./credentials.ts";
import { ImageError } from "./errors.ts";
import { type Descriptor, digestOf, type Blob as ImageBlob, isDigest, mediaTypes } from "./oci.ts";
import type { ImageReference } from "./reference.ts";

/** One repository of a registry (OCI distribution specification 1.1). Every method throws an {@link ImageError}. */
export interface Registry {
  /** A manifest or index by tag or digest, checked against the digest; null when there is none. */
  manifest(reference: string): Promise<{ readonly bytes: Buffer; readonly descriptor: Descriptor } | null>;
  /** What a tag names; null when there is none. Registries that count downloads do not count this. */
  digest(tag: string): Promise<string | null>;
  /** A blob, checked against its digest and size. */
  blob(descriptor: Descriptor): Promise<Buffer>;
  hasBlob(digest: string): Promise<boolean>;
  /** Has the registry take a blob over from another of its repositories; false when it wants it uploaded. */
  mount(digest: string, from: string): Promise<boolean>;
  putBlob(blob: ImageBlob): Promise<void>;
  /** Stores a manifest under a tag or digest; true when the registry itself lists it with its subject. */
  putManifest(blob: ImageBlob, reference: string): Promise<boolean>;
  /** What refers to a digest; null where the registry has no such list. */
  referrers(digest: string): Promise<readonly Descriptor[] | null>;
  /** Requests sent and bytes uploaded so far. */
  readonly traffic: { requests: number; uploaded: number };
}

export interface RegistryOptions {
  readonly env: Environment;
  /** Speak HTTP; always so for the loopback. */
  readonly isPlain?: boolean;
  /** How often a request is tried in all. */
  readonly tries?: number;
  /** Waits that long before it is tried again, ms, doubled each time. */
  readonly pauseMs?: number;
  /** Longest a request may take, ms. */
  readonly limitMs?: number;
}

const accept = [
  mediaTypes.index,
  mediaTypes.manifest,
  mediaTypes.dockerIndex,
  mediaTypes.dockerManifest,
].join(", ");

/** Largest manifest that is read, bytes: what registries allow. */
const maxManifest = 4 * 1024 * 1024;

export function openRegistry(reference: ImageReference, options: RegistryOptions): Registry {
  const { registry, repository } = reference;
  const { env, tries = 4, pauseMs = 200, limitMs = 120_000 } = options;
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(registry);
  const base = `${isLoopback || options.isPlain === true ? "http" : "https"}://${registry}`;
  const traffic = { requests: 0, uploaded: 0 };
  /** Authorization by scope; the scopes of a mount differ from those of a push. */
  const tokens = new Map<string, string>();
  let credentials: Credentials | null | undefined;
  const known = (): Credentials | null => {
    credentials ??= findCredentials(registry, env);
    return credentials;
  };

  const fail = (what: string, reason: string, hint: string | null = null, cause?: unknown): ImageError =>
    new ImageError("outside", `${what}: ${reason}`, hint, cause === undefined ? undefined : { cause });

  /** Sends a request until it is answered by neither a fault of the way nor of the server. */
  async function send(url: string, init: RequestInit, what: string): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      let answer: Response | null = null;
      let fault: unknown = null;
      try {
        traffic.requests += 1;
        answer = await fetch(url, { ...init, signal: AbortSignal.timeout(limitMs) });
        if (answer.status !== 429 && answer.status < 500) return answer;
      } catch (error) {
        fault = error;
      }
      if (attempt >= tries || isHopeless(fault)) {
        if (answer === null) throw unreachable(what, registry, fault);
        throw fail(what, await reasonOf(answer), answer.status === 429 ? "wait, and try again" : null);
      }
      const asked = Number(answer?.headers.get("retry-after") ?? Number.NaN);
      await answer?.body?.cancel();
      await sleep(Number.isFinite(asked) ? Math.min(asked * 1000, 10_000) : pauseMs * 2 ** (attempt - 1));
    }
  }

  /** Sends a request with what the registry wants to see, asking for a token when it says so. */
  async function call(
    path: string,
    init: RequestInit,
    scopes: readonly string[],
    what: string,
  ): Promise<Response> {
    const url = path.startsWith("http") ? path : `${base}${path}`;
    const key = scopes.join(" ");
    // A blob may be kept elsewhere: what is meant for the registry is not sent there.
    const isOwn = new URL(url).host === new URL(base).host;
    const withToken = (): RequestInit => {
      const token = tokens.get(key);
      const headers = new Headers(init.headers);
      if (token !== undefined && isOwn) headers.set("authorization", token);
      return { ...init, headers };
    };
    const first = await send(url, withToken(), what);
    if (first.status !== 401) return first;
    const challenge = first.headers.get("www-authenticate") ?? "";
    await first.body?.cancel();
    tokens.set(key, await authorize(challenge, scopes, what));
    const second = await send(url, withToken(), what);
    if (second.status === 401 || second.status === 403)
      throw fail(what, await refusalOf(second), loginHint());
    return second;
  }

  async function authorize(challenge: string, scopes: readonly string[], what: string): Promise<string> {
    const found = known();
    if (/^basic/i.test(challenge)) {
      if (found?.kind !== "password")
        throw fail(what, "the registry asks for a name and a password", loginHint());
      return `Basic ${Buffer.from(`${found.username}:${found.password}`).toString("base64")}`;
    }
    const realm = /realm="([^"]+)"/i.exec(challenge)?.[1];
    if (!/^bearer/i.test(challenge) || realm === undefined)
      throw fail(what, "the registry asks for something that noxus cannot give", loginHint());
    const service = /service="([^"]*)"/i.exec(challenge)?.[1] ?? "";
    const refresh = await refreshToken(found, service, what);
    if (refresh !== null)
      return `Bearer ${await tokenFrom(realm, what, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "refresh_token",
          service,
          client_id: "noxus",
          scope: scopes.join(" "),
          refresh_token: refresh,
        }),
      })}`;
    const url = new URL(realm);
    if (service !== "") url.searchParams.set("service", service);
    for (const scope of scopes) url.searchParams.append("scope", scope);
    const headers =
      found?.kind === "password"
        ? { authorization: `Basic ${Buffer.from(`${found.username}:${found.password}`).toString("base64")}` }
        : undefined;
    return `Bearer ${await tokenFrom(url.href, what, headers === undefined ? {} : { headers })}`;
  }

  /** A token to get tokens with: docker's identity token, or for an Azure registry one for the Azure CLI's. */
  async function refreshToken(
    found: Credentials | null,
    service: string,
    what: string,
  ): Promise<string | null> {
    if (found?.kind === "identity") return found.token;
    if (found !== null || !isAzureRegistry(registry)) return null;
    const signIn = azureSignIn(env);
    if (signIn === null) return null;
    const { token, tenant } = signIn;
    const answer = await send(
      `${base}/oauth2/exchange`,
      {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "access_token",
          service,
          access_token: token,
          ...(tenant === null ? {} : { tenant }),
        }),
      },
      what,
    );
    if (!answer.ok)
      throw fail(what, `the Azure registry does not take the Azure CLI's token: ${await reasonOf(answer)}`);
    return tokenIn(await answer.json(), "refresh_token");
  }

  async function tokenFrom(url: string, what: string, init: RequestInit): Promise<string> {
    const answer = await send(url, init, what);
    if (!answer.ok) throw fail(what, await refusalOf(answer), loginHint());
    const body: unknown = await answer.json();
    return tokenIn(body, "access_token") ?? tokenIn(body, "token") ?? "";
  }

  const loginHint = (): string =>
    `log in with \`docker login ${registry}\` or \`podman login ${registry}\`${isAzureRegistry(registry) ? ", or `az login`" : ""}`;

  const pull = [`repository:${repository}:pull`];
  const push = [`repository:${repository}:pull,push`];
  const expect = async (answer: Response, statuses: readonly number[], what: string): Promise<Response> => {
    if (statuses.includes(answer.status)) return answer;
    if (answer.status === 404)
      throw fail(
        what,
        `there is no repository \`${repository}\` in ${registry}, or it is not yours to see`,
        loginHint(),
      );
    if (answer.status === 401 || answer.status === 403)
      throw fail(what, await refusalOf(answer), loginHint());
    throw fail(what, await reasonOf(answer));
  };

  return {
    traffic,
    async manifest(reference) {
      const what = `cannot read ${registry}/${repository}:${reference}`;
      const answer = await call(
        `/v2/${repository}/manifests/${reference}`,
        { headers: { accept } },
        pull,
        what,
      );
      if (answer.status === 404) return null;
      await expect(answer, [200], what);
      const bytes = await bodyOf(answer, maxManifest, what);
      const digest = digestOf(bytes);
      if (reference.startsWith("sha256:") && digest !== reference)
        throw fail(what, `the registry sent something else: its digest is ${digest}`);
      const mediaType = mediaTypeOf(bytes) ?? answer.headers.get("content-type") ?? mediaTypes.manifest;
      return { bytes, descriptor: { mediaType, digest, size: bytes.length } };
    },
    async digest(tag) {
      const what = `cannot read ${registry}/${repository}:${tag}`;
      const path = `/v2/${repository}/manifests/${tag}`;
      const answer = await call(path, { method: "HEAD", headers: { accept } }, pull, what);
      if (answer.status === 404) return null;
      const found = (await expect(answer, [200], what)).headers.get("docker-content-digest");
      return found !== null && isDigest(found) ? found : null;
    },
    async blob(descriptor) {
      const what = `cannot read a part of ${registry}/${repository}`;
      const answer = await expect(
        await call(`/v2/${repository}/blobs/${descriptor.digest}`, {}, pull, what),
        [200],
        what,
      );
      const bytes = await bodyOf(answer, descriptor.size, what);
      if (digestOf(bytes) !== descriptor.digest)
        throw fail(what, `the registry sent something else under ${descriptor.digest}`);
      return bytes;
    },
    async hasBlob(digest) {
      const what = `cannot ask ${registry} for ${digest}`;
      const answer = await call(`/v2/${repository}/blobs/${digest}`, { method: "HEAD" }, push, what);
      if (answer.status === 200) return true;
      if (answer.status === 404) return false;
      await expect(answer, [200], what);
      return false;
    },
    async mount(digest, from) {
      const what = `cannot write to ${registry}/${repository}`;
      const answer = await call(
        `/v2/${repository}/blobs/uploads/?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`,
        { method: "POST", headers: { "content-length": "0" } },
        [...push, `repository:${from}:pull`],
        what,
      );
      // 202: it has begun an upload instead, which is left to expire.
      return (await expect(answer, [201, 202], what)).status === 201;
    },
    async putBlob({ bytes, descriptor }) {
      const what = `cannot write to ${registry}/${repository}`;
      const begun = await expect(
        await call(
          `/v2/${repository}/blobs/uploads/`,
          { method: "POST", headers: { "content-length": "0" } },
          push,
          what,
        ),
        [202],
        what,
      );
      const location = begun.headers.get("location");
      if (location === null) throw fail(what, "the registry does not say where to upload");
      const url = new URL(location, base);
      url.searchParams.set("digest", descriptor.digest);
      const done = await call(
        url.href,
        {
          method: "PUT",
          headers: { "content-type": "application/octet-stream" },
          body: new Uint8Array(bytes),
        },
        push,
        what,
      );
      await expect(done, [201], what);
      traffic.uploaded += bytes.length;
    },
    async putManifest({ bytes, descriptor }, reference) {
      const what = `cannot write ${registry}/${repository}:${reference}`;
      const answer = await call(
        `/v2/${repository}/manifests/${reference}`,
        { method: "PUT", headers: { "content-type": descriptor.mediaType }, body: new Uint8Array(bytes) },
        push,
        what,
      );
      await expect(answer, [201], what);
      const kept = answer.headers.get("docker-content-digest");
      if (kept !== null && kept !== descriptor.digest)
        throw fail(what, `the registry keeps it under another digest, ${kept}`);
      traffic.uploaded += bytes.length;
      return answer.headers.has("oci-subject");
    },
    async referrers(digest) {
      const what = `cannot ask ${registry} what refers to ${digest}`;
      const answer = await call(`/v2/${repository}/referrers/${digest}`, {}, pull, what);
      if (answer.status === 404) return null;
      const body: unknown = await (await expect(answer, [200], what)).json();
      return descriptorsIn(body);
    },
  };
}

function descriptorsIn(body: unknown): readonly Descriptor[] {
  if (typeof body !== "object" || body === null || !("manifests" in body) || !Array.isArray(body.manifests))
    return [];
  return body.manifests as readonly Descriptor[];
}

function tokenIn(body: unknown, key: string): string | null {
  const value =
    typeof body === "object" && body !== null ? (body as Record<string, unknown>)[key] : undefined;
  return typeof value === "string" && value !== "" ? value : null;
}

async function bodyOf(answer: Response, limit: number, what: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    throw new ImageError("outside", `${what}: the connection was cut`, "try again", { cause: error });
  }
  if (bytes.length > limit)
    throw new ImageError("outside", `${what}: the registry sent more than it announced`);
  return bytes;
}

function mediaTypeOf(bytes: Buffer): string | null {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return tokenIn(value, "mediaType");
  } catch {
    // The caller parses it again and says what is wrong.
    return null;
  }
}

const statusWords: Readonly<Record<number, string>> = {
  400: "the registry does not understand the request",
  404: "not found",
  405: "the registry does not allow that",
  413: "too large for the registry",
  429: "the registry is asked too often",
  500: "the registry has an internal error",
  502: "the registry is not reached by its proxy",
  503: "the registry is not available",
};

/** The registry's own first error, shortened, after what the status means. */
async function reasonOf(answer: Response): Promise<string> {
  const word = statusWords[answer.status] ?? "unexpected answer";
  const text = await answer.text().catch(() => "");
  const own = /"message"\s*:\s*"([^"]{1,200})"/.exec(text)?.[1];
  return `${word} (${answer.status}${own === undefined ? "" : `: ${own}`})`;
}

async function refusalOf(answer: Response): Promise<string> {
  await answer.body?.cancel();
  return answer.status === 403 ? "you may not do that (403)" : "the registry does not know you (401)";
}

const certificateFaults = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

/** Whether trying again cannot help. */
function isHopeless(error: unknown): boolean {
  const code = codeOf(error);
  return certificateFaults.has(code) || code === "ENOTFOUND" || code === "ECONNREFUSED" || code === "EPROTO";
}

function unreachable(what: string, registry: string, error: unknown): ImageError {
  const code = codeOf(error);
  if (certificateFaults.has(code))
    return new ImageError(
      "outside",
      `${what}: the certificate of ${registry} is not trusted (${code})`,
      "give the authority that signed it in NODE_EXTRA_CA_CERTS",
      { cause: error },
    );
  const reasons: Readonly<Record<string, string>> = {
    ENOTFOUND: "there is no such host",
    ECONNREFUSED: "nothing listens there",
    EPROTO: "it does not speak TLS; for plain HTTP add --plain-http",
    ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS; for plain HTTP add --plain-http",
  };
  // `fetch` keeps away from ports that belong to other protocols.
  if (error instanceof Error && error.cause instanceof Error && error.cause.message === "bad port")
    return new ImageError("outside", `${what}: that port is kept for another protocol`, null, {
      cause: error,
    });
  const isLate = error instanceof Error && error.name === "TimeoutError";
  const reason = isLate
    ? "it does not answer"
    : (reasons[code] ?? `the connection was cut${code === "" ? "" : ` (${code})`}`);
  return new ImageError("outside", `${what}: ${reason}`, null, { cause: error });
}
