import { randomBytes } from "node:crypto";
import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file in one step, so that a crash leaves the old one or the new one, and without waiting, so that Ctrl-C
 * comes before or after it. Mode and symbolic links of an existing file stay; what is no file, such as a pipe, is
 * written to. Throws the file system's error.
 */
export function replaceFile(path: string, text: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) {
    writeFileSync(path, text);
    return;
  }
  const target = stats === undefined ? path : realpathSync(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}`);
  try {
    if (stats === undefined) writeFileSync(temporary, text, { flag: "wx" });
    else {
      const mode = stats.mode & 0o7777;
      writeFileSync(temporary, text, { flag: "wx", mode });
      // The process's mask may have taken some of it away.
      chmodSync(temporary, mode);
    }
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
