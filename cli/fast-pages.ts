/** Answers a plain request for a page without the parser of command lines. */
import { end, terminalOf, write } from "./fast-output.ts";
import { codeText, isCode, isSchemaName, schemaText, versionText } from "./pages.ts";

/** Ends the process; false, with nothing printed, where the words are anything else, or where the command itself has to say what is wrong. */
export function answerPage([command, what, ...rest]: readonly string[]): boolean {
  try {
    const text = rest.length > 0 ? null : pageText(command, what);
    if (text === null) return false;
    write(1, text);
    end();
    return true;
  } catch {
    return false;
  }
}

function pageText(command: string | undefined, what: string | undefined): string | null {
  if (command === "schema") {
    const name = what ?? "plugin";
    return isSchemaName(name) ? schemaText(name) : null;
  }
  if (command === "explain") {
    const code = (what ?? "").toUpperCase();
    return isCode(code) ? codeText(code, terminalOf(1)) : null;
  }
  return what === undefined ? versionText() : null;
}
