/**
 * A stand-in for the documented endpoints of Azure Container Registry, in front of a registry: `/oauth2/exchange` gives a
 * refresh token for an Azure token, `/oauth2/token` an access token for a refresh token, and nothing else is answered
 * without one. It has the name of a real one, so a proxy leads there.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer as createProxy } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";

export const azureHost = "example.azurecr.io";

export interface AzureStandIn {
  /** Environment of a process that finds it: the way there, and whom to trust. */
  readonly env: Readonly<Record<string, string>>;
  /** Path and form of each request for a token. */
  readonly asked: string[];
  readonly close: () => void;
}

export async function openAzure(registry: string, folder: string): Promise<AzureStandIn> {
  const [key, cert] = ["azure.key", "azure.pem"].map((name) => join(folder, name));
  execFileSync(
    "openssl",
    [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
      ],
      ...["-subj", `/CN=${azureHost}`, "-addext", `subjectAltName=DNS:${azureHost}`],
      ...["-keyout", key ?? "", "-out", cert ?? ""],
    ],
    { stdio: "ignore" },
  );
  const asked: string[] = [];
  const server = createServer(
    { key: readFileSync(key ?? ""), cert: readFileSync(cert ?? "") },
    async (request, response) => {
      const path = request.url ?? "";
      const body: Buffer[] = [];
      for await (const chunk of request) body.push(chunk as Buffer);
      const form = new URLSearchParams(Buffer.concat(body).toString());
      const answer = (status: number, value: object, headers: Record<string, string> = {}) => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(JSON.stringify(value));
      };
      if (path.startsWith("/oauth2/")) {
        asked.push(`${path} ${[...form].map(([name, value]) => `${name}=${value}`).join(" ")}`);
        const isExchange = path === "/oauth2/exchange";
        const isGood = isExchange
          ? form.get("grant_type") === "access_token" && form.get("access_token") === "azure-token"
          : form.get("grant_type") === "refresh_token" && form.get("refresh_token") === "refresh-token";
        if (!isGood || form.get("service") !== azureHost)
          return answer(401, { errors: [{ code: "UNAUTHORIZED", message: "the token has expired" }] });
        return answer(
          200,
          isExchange ? { refresh_token: "refresh-token" } : { access_token: "access-token" },
        );
      }
      if (request.headers.authorization !== "Bearer access-token")
        return answer(
          401,
          {},
          {
            "www-authenticate": `Bearer realm="https://${azureHost}/oauth2/token",service="${azureHost}",scope="x"`,
          },
        );
      const passed = await fetch(`http://${registry}${path}`, {
        method: request.method ?? "GET",
        headers: { accept: request.headers.accept ?? "*/*" },
      });
      response.writeHead(passed.status, Object.fromEntries(passed.headers));
      response.end(Buffer.from(await passed.arrayBuffer()));
    },
  );
  // What a proxy does for HTTPS: it connects, and does not look at what is said.
  const proxy = createProxy();
  proxy.on("connect", (_request, socket) => {
    const there = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      there.pipe(socket).pipe(there);
    });
    there.on("error", () => socket.destroy());
    socket.on("error", () => there.destroy());
  });
  for (const each of [server, proxy])
    await new Promise<void>((resolve) => each.listen(0, "127.0.0.1", resolve));
  return {
    env: {
      NODE_USE_ENV_PROXY: "1",
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NODE_EXTRA_CA_CERTS: cert ?? "",
    },
    asked,
    close() {
      for (const each of [server, proxy]) {
        each.closeAllConnections();
        each.close();
      }
    },
  };
}
