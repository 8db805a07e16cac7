/** A proxy in front of a registry: it keeps what was asked, and answers in the registry's place when it is told to. */
import { createServer } from "node:http";

/** What is sent instead of the registry's own answer. */
export interface Instead {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the connection without an answer. */
  readonly cut?: true;
}

export interface RegistryProxy {
  /** Host and port. */
  readonly address: string;
  /** Method and path of each request so far. */
  readonly requests: string[];
  /** Digests of the blobs that were uploaded so far. */
  readonly uploads: () => readonly string[];
  /** Asked for each request, by method and path; null leaves it to the registry. */
  instead: (request: string) => Instead | null;
  readonly close: () => void;
}

export async function openProxy(registry: string): Promise<RegistryProxy> {
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const request = `${incoming.method} ${incoming.url}`;
    requests.push(request);
    const answer = proxy.instead(request);
    if (answer?.cut === true) return incoming.socket.destroy();
    const body: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => body.push(chunk));
    incoming.on("end", async () => {
      if (answer !== null) {
        outgoing.writeHead(answer.status ?? 200, answer.headers);
        return outgoing.end(answer.body ?? "");
      }
      const headers = new Headers();
      for (const [name, value] of Object.entries(incoming.headers))
        if (
          typeof value === "string" &&
          !/^(host|connection|content-length|transfer-encoding|expect)$/.test(name)
        )
          headers.set(name, value);
      const passed = await fetch(`http://${registry}${incoming.url}`, {
        method: incoming.method ?? "GET",
        headers,
        ...(/GET|HEAD/.test(incoming.method ?? "") ? {} : { body: Buffer.concat(body) }),
      });
      const back = Object.fromEntries(passed.headers);
      const location = back.location?.replace(registry, proxy.address);
      outgoing.writeHead(passed.status, { ...back, ...(location === undefined ? {} : { location }) });
      outgoing.end(Buffer.from(await passed.arrayBuffer()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const proxy: RegistryProxy = {
    address: `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    requests,
    uploads: () =>
      requests
        .flatMap((request) => /^PUT .*\/blobs\/uploads\/.*digest=(\S+?)(?:&|$)/.exec(request)?.[1] ?? [])
        .map(decodeURIComponent),
    instead: () => null,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}
