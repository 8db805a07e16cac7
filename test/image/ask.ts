/** `node ask.ts <reference>`: the digest of what a tag names, or what kept it from being told. */
import { ImageError, openRegistry, parseReference } from "../../compiler/image/index.ts";

const reference = parseReference(process.argv[2] ?? "");
try {
  const registry = openRegistry(reference, { env: process.env, tries: 1 });
  const found = await registry.manifest(reference.tag ?? "latest");
  console.log(found?.descriptor.digest ?? "nothing");
} catch (error) {
  if (!(error instanceof ImageError)) throw error;
  console.log(`${error.message}; ${error.hint}`);
}
