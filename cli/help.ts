import type { Definition } from "clipanion";
import { nearest } from "../compiler/suggest.ts";
import { exitMeanings } from "./exit.ts";
import type { Terminal } from "./terminal.ts";
import { paintFor } from "./terminal.ts";
import { table } from "./text.ts";

/** What `noxus` alone and `noxus --help` print. */
export function shortHelp(definitions: readonly Definition[], terminal: Terminal): string {
  const paint = paintFor(terminal);
  const rows = table(
    definitions.map((command) => [`  ${words(command)}`, (command.description ?? "").trim()]),
  );
  return [
    "noxus: static analysis for plugins, from TypeScript to a manifest and an HTTP service",
    "",
    paint.bold("Commands"),
    ...rows,
    "",
    "first steps: noxus init my-plugin",
    "one command: noxus <command> --help",
    "versions:    noxus --version",
    "",
  ].join("\n");
}

/** Help of one command: what it does, examples first, then options with their defaults, then exit codes. */
export function commandHelp(command: Definition, terminal: Terminal): string {
  const paint = paintFor(terminal);
  const section = (title: string, rows: readonly (readonly string[])[]) =>
    rows.length === 0
      ? []
      : ["", paint.bold(title), ...table(rows.map(([left = "", ...rest]) => [`  ${left}`, ...rest]))];
  return [
    `${paint.bold("Usage")}  ${usageLine(command)}`,
    "",
    (command.description ?? "").trim(),
    ...section(
      "Examples",
      (command.examples ?? []).map(([label, line]) => [line, label.trim()]),
    ),
    ...section("Options", [
      // What many commands share is listed last.
      ...command.options.filter((option) => !isShared(option)).map(optionRow),
      ...command.options.filter(isShared).map(optionRow),
      ["--help, -h", "show this help"],
    ]),
    ...section(
      "Exit codes",
      exitMeanings.map(([code, meaning]) => [String(code), meaning]),
    ),
    "",
  ].join("\n");
}

/** The command whose words `argv` starts with, the longest when several fit. */
export function findCommand(definitions: readonly Definition[], argv: readonly string[]): Definition | null {
  const fits = definitions.filter((command) => {
    const path = words(command).split(" ");
    return path.every((word, index) => argv[index] === word);
  });
  return fits.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

/** What is wrong with a command line that clipanion refused; `reason` is its own word for it, if it has one. */
export function usageProblem(
  definitions: readonly Definition[],
  argv: readonly string[],
  reason: string | null,
): { readonly message: string; readonly hint: string } {
  const command = findCommand(definitions, argv);
  if (command === null) return unknownCommand(definitions, argv);
  const help = `noxus ${words(command)} --help`;
  const known = [...command.options.flatMap(optionNames), "--help", "-h"];
  const end = argv.indexOf("--");
  for (const argument of argv.slice(0, end < 0 ? argv.length : end)) {
    if (!/^-./.test(argument)) continue;
    const name = argument.replace(/=.*$/s, "");
    if (!known.includes(name)) {
      const near = nearest(
        name,
        known.filter((candidate) => candidate.startsWith("--") === name.startsWith("--")),
      );
      return {
        message: `unknown option \`${name}\``,
        hint: near === null ? `all options: ${help}` : `did you mean \`${near}\`?`,
      };
    }
    if (name !== argument && !takesValue(command, name)) {
      return { message: `\`${name}\` takes no value`, hint: `all options: ${help}` };
    }
  }
  const option = /^Not enough arguments to option (.+)\.$/.exec(reason ?? "")?.[1];
  if (option !== undefined) return { message: `\`${option}\` needs a value`, hint: `all options: ${help}` };
  const extra = /^Extraneous positional argument \("(.*)"\)\.$/s.exec(reason ?? "")?.[1];
  if (extra !== undefined)
    return { message: `one argument too many: \`${extra}\``, hint: `usage: ${usageLine(command)}` };
  return { message: "an argument is missing", hint: `usage: ${usageLine(command)}` };
}

function unknownCommand(definitions: readonly Definition[], argv: readonly string[]) {
  const all = definitions.map(words);
  const [first, second] = argv.filter((argument) => !argument.startsWith("-"));
  if (first === undefined) {
    const [option = ""] = argv;
    const near = nearest(option, ["--help", "--version"]);
    return {
      message: `unknown option \`${option}\``,
      hint: near === null ? "all commands: noxus --help" : `did you mean \`noxus ${near}\`?`,
    };
  }
  const below = all.filter((command) => command.startsWith(`${first} `));
  const list = `commands: ${below.map((command) => `noxus ${command}`).join(", ")}`;
  if (below.length > 0 && second === undefined) {
    return { message: `\`noxus ${first}\` needs one word more`, hint: list };
  }
  const name = below.length > 0 ? `${first} ${second}` : first;
  const near = nearest(name, below.length > 0 ? below : all);
  const hint = below.length > 0 ? list : "all commands: noxus --help";
  return {
    message: `unknown command \`${name}\``,
    hint: near === null ? hint : `did you mean \`noxus ${near}\`?`,
  };
}

/** The command's words without `noxus`. */
export function words(command: Definition): string {
  return command.path.replace(/^noxus /, "");
}

/** What the words are of a command that takes any number of them; clipanion shows them as `...`. */
const restNames: Readonly<Record<string, string>> = { validate: "paths", call: "key=value" };

function usageLine(command: Definition): string {
  return `${command.usage.replace(/ \.\.\.$/, ` [${restNames[words(command)]}...]`)} [options]`;
}

export function optionNames(option: Definition["options"][number]): readonly string[] {
  return option.definition.replace(/ #0$/, "").split(",");
}

function isShared(option: Definition["options"][number]): boolean {
  return ["--no-cache", "--debug"].includes(option.definition);
}

function takesValue(command: Definition, name: string): boolean {
  return command.options.some(
    (option) => optionNames(option).includes(name) && / #0$/.test(option.definition),
  );
}

function optionRow(option: Definition["options"][number]): readonly string[] {
  const { value, text } = optionParts(option);
  const names = optionNames(option).join(", ");
  return [value === "" ? names : `${names} ${value}`, text];
}

/** An option's description may start with the word for its value: `<seconds> how long to wait`. */
export function optionParts({ description }: Definition["options"][number]): {
  readonly value: string;
  readonly text: string;
} {
  const [, value = "", text = ""] = /^(<[^>]*>)?\s*(.*)$/s.exec((description ?? "").trim()) ?? [];
  return { value, text };
}
