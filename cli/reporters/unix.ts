import { join } from "node:path";
import { shortPath } from "../paths.ts";
import { visible } from "../text.ts";
import type { Reporter } from "./report.ts";

/**
 * For editors and their problem matchers: `file:line:col: severity: message [code]`, a line for each finding and
 * nothing else. A finding about a file as a whole is at its first character.
 */
export const unix: Reporter = ({ base, plugins }) =>
  plugins
    .flatMap(({ analysis }) =>
      analysis.diagnostics.map(({ file, span, severity, message, code }) => {
        const { line, column } = span?.start ?? { line: 1, column: 1 };
        const path = visible(shortPath(base, join(analysis.root, file)));
        const text = visible(message.replace(/\s*\n\s*/g, " "));
        return `${path}:${line}:${column}: ${severity}: ${text} [${code}]\n`;
      }),
    )
    .join("");
