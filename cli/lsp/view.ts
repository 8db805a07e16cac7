import type { Range } from "vscode-languageserver/node";
import type { Place } from "../../compiler/diagnostics/types.ts";
import { type Text, toText } from "../../compiler/text.ts";
import type { Analysis } from "../../compiler/types.ts";
import { pathOf, rangeOf, type UriOf } from "./places.ts";

/** What the features of the language server are computed from: an analysis and the texts that it is about. */
export interface View {
  readonly analysis: Analysis;
  readonly uriOf: UriOf;
  /** Text of a file as the editor or else the disk has it; null where there is none. */
  readonly read: (path: string) => string | null;
}

/** A cursor: the file relative to the plugin's root, and the offset in its text. */
export interface Cursor {
  readonly file: string;
  readonly offset: number;
}

export function textOf({ analysis, read }: View, file: string): Text {
  return toText(read(pathOf(analysis.root, { file })) ?? "");
}

export function locationOf({ analysis, uriOf }: View, place: Place): { uri: string; range: Range } {
  return { uri: uriOf(pathOf(analysis.root, place)), range: rangeOf(place.span) };
}

/** A node's route as it is called: `POST /sentiment/run`. */
export function routeOf(node: { readonly name: string }): string {
  return `POST /${node.name}/run`;
}
