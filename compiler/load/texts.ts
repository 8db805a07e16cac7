import { existsSync, readFileSync } from "node:fs";

/** Where the compiler has the texts of a plugin from: the disk, or an editor that holds newer ones. */
export interface Texts {
  /** Texts that are not written yet, by real absolute path. Files that are not on the disk are not seen by it. */
  readonly unsaved: ReadonlyMap<string, string>;
  /** The text of a file that may not be there. */
  read(path: string): string | null;
}

export function textsOver(unsaved: ReadonlyMap<string, string>): Texts {
  return {
    unsaved,
    read: (path) => unsaved.get(path) ?? (existsSync(path) ? readFileSync(path, "utf8") : null),
  };
}

/** What is written, and nothing else. */
export const writtenTexts: Texts = textsOver(new Map());
