import { packageRoot } from "../../compiler/package-root.ts";
import { check, type Evidence } from "./evidence.ts";
import { checksum, readEntry, writeEntry } from "./store.ts";

interface Tool {
  /** Made of the evidence; kept because making it again takes longer than comparing. */
  readonly name: string;
  readonly evidence: Evidence;
}

/**
 * Which noxus this is, by the content of its own files and of the packages that it compiles with: a checkout that was
 * edited, or a package that was patched in place, is another one. Null when it is not known yet, or has changed.
 */
export function recallTool(folder: string): string | null {
  const entry = readEntry(folder, keyOf());
  if (entry === null) return null;
  const stored = JSON.parse(entry.head) as Tool;
  const evidence = check(stored.evidence);
  if (evidence === null) return null;
  if (evidence !== stored.evidence) keepTool(folder, evidence);
  return stored.name;
}

export function keepTool(folder: string, evidence: Evidence): void {
  const tool: Tool = { name: toolName(evidence), evidence };
  writeEntry(folder, keyOf(), JSON.stringify(tool), "");
}

export function toolName({ files }: Evidence): string {
  return sumOf(files.map(([path, , , , , digest]) => `${path} ${digest}`).join("\n"));
}

function keyOf(): string {
  return `tool-${sumOf(packageRoot)}`;
}

function sumOf(text: string): string {
  const bytes = Buffer.from(text);
  return checksum(bytes, 0, bytes.length);
}
