/** Lends the working tree's installed packages to a checkout of the same repository elsewhere. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";

const lockfiles = ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"];

/**
 * Links the working tree's packages, on the way from the top of the repository to the folder `at`, into the checkout
 * `tree`, provided that the lockfiles (without any, package.json) beside them are the same. A package that is a folder
 * of the repository itself, as in workspaces, is taken from the checkout. False when a lockfile differs.
 */
export function linkPackages(top: string, tree: string, at: string): boolean {
  const steps = relative(tree, at).split(sep).filter(Boolean);
  const folders = ["", ...steps.map((_, index) => join(...steps.slice(0, index + 1)))];
  // All of them, although one that differs decides.
  return folders.map((folder) => linkFolder(top, tree, folder)).every(Boolean);
}

function linkFolder(top: string, tree: string, folder: string): boolean {
  const packages = join(top, folder, "node_modules");
  const place = join(tree, folder, "node_modules");
  if (!existsSync(packages) || existsSync(place) || !existsSync(dirname(place))) return true;
  const locks = lockfiles.filter((name) => [top, tree].some((base) => existsSync(join(base, folder, name))));
  const compared = locks.length === 0 ? ["package.json"] : locks;
  if (!compared.every((name) => text(join(top, folder, name)) === text(join(tree, folder, name))))
    return false;
  return linkEntries(packages, place, top, tree);
}

/** One by one, since some lead elsewhere; a scope is a folder of packages. */
function linkEntries(packages: string, place: string, top: string, tree: string): boolean {
  mkdirSync(place);
  let isSame = true;
  for (const { name } of readdirSync(packages, { withFileTypes: true })) {
    const path = join(packages, name);
    const link = join(place, name);
    if (name.startsWith("@") && !lstatSync(path).isSymbolicLink()) {
      isSame = linkEntries(path, link, top, tree) && isSame;
      continue;
    }
    const own = ownFolder(path, top);
    if (own === null) symlinkSync(path, link);
    // One that is not in the checkout has no package to offer there.
    else if (existsSync(join(tree, own))) {
      symlinkSync(join(tree, own), link, "dir");
      isSame = linkPackages(top, tree, join(tree, own)) && isSame;
    }
  }
  return isSame;
}

/** The folder of the repository, relative to its top, that a package is a link to; null for one that was installed. */
function ownFolder(path: string, top: string): string | null {
  if (!lstatSync(path).isSymbolicLink() || !existsSync(path)) return null;
  const inside = relative(realpathSync(top), realpathSync(path));
  const steps = inside.split(sep);
  return steps[0] === ".." || steps.includes("node_modules") || inside === "" ? null : inside;
}

function text(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}
