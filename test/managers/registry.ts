/** A small npm registry on loopback: packages that stand in this file, as metadata and as archives. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { writeTar } from "../../compiler/image/tar.ts";

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** Contents by path; package.json is made of the rest. */
  readonly files: Readonly<Record<string, string>>;
}

export interface NpmRegistry {
  readonly url: string;
  readonly close: () => void;
}

export async function openNpmRegistry(packages: readonly Package[]): Promise<NpmRegistry> {
  const archives = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    const archive = archives.get(path);
    if (archive !== undefined) {
      response.writeHead(200, { "content-type": "application/octet-stream" });
      return response.end(archive);
    }
    const versions = packages.filter(({ name }) => name === path);
    response.writeHead(versions.length === 0 ? 404 : 200, { "content-type": "application/json" });
    response.end(versions.length === 0 ? "{}" : JSON.stringify(describe(path, versions)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;

  function describe(name: string, versions: readonly Package[]): object {
    return {
      name,
      "dist-tags": { latest: versions.at(-1)?.version },
      // Old enough for those who take nothing new.
      time: Object.fromEntries(versions.map(({ version }) => [version, "2020-01-01T00:00:00.000Z"])),
      versions: Object.fromEntries(versions.map((each) => [each.version, described(each)])),
    };
  }
  function described({ files, ...rest }: Package): object {
    const own = { ...rest, license: "MIT", type: "module", exports: "./index.js" };
    const path = `${rest.name}/-/${rest.name.split("/").at(-1)}-${rest.version}.tgz`;
    const texts = { ...files, "package.json": JSON.stringify(own) };
    const entries = Object.entries(texts).map(([file, text]) => ({
      path: `package/${file}`,
      bytes: Buffer.from(text),
    }));
    const archive = gzipSync(writeTar(entries, 0));
    archives.set(path, archive);
    const hash = (algorithm: string) => createHash(algorithm).update(archive);
    return {
      ...own,
      dist: {
        tarball: `${url}/${path}`,
        shasum: hash("sha1").digest("hex"),
        integrity: `sha512-${hash("sha512").digest("base64")}`,
      },
    };
  }
  return { url, close: () => server.close() };
}
