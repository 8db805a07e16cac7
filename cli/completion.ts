/** Scripts that let a shell complete noxus: made from the commands themselves, so that they know every option. */
import type { Definition } from "clipanion";
import { codes } from "../compiler/diagnostics/codes.ts";
import { optionNames, optionParts, words } from "./help.ts";

/** Every shell that there is a script for. */
export const shells = { bash, zsh, fish } as const satisfies Record<
  string,
  (commands: readonly Definition[]) => string
>;

/** First words that are known beforehand; elsewhere files are completed. */
const firstWords: Readonly<Record<string, readonly string[]>> = {
  completion: ["bash", "zsh", "fish"],
  explain: Object.keys(codes),
  schema: ["plugin", "manifest"],
};

interface Described {
  readonly path: string;
  readonly description: string;
  readonly options: readonly {
    readonly names: readonly string[];
    readonly description: string;
    /** Null without a value; `[]` for any text or file. */
    readonly values: readonly string[] | null;
  }[];
}

function describe(command: Definition): Described {
  const own = command.options.map((option) => {
    const { value, text } = optionParts(option);
    const choices = value.replace(/^<|>$/g, "").split("|");
    const isChoice = choices.length > 1 && choices.every((choice) => /^[a-z]+$/.test(choice));
    const values = value === "" ? null : isChoice ? choices : [];
    return { names: optionNames(option), description: oneLine(text), values };
  });
  const help = { names: ["--help", "-h"], description: "show help", values: null };
  return { path: words(command), description: oneLine(command.description ?? ""), options: [...own, help] };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** First words of all commands, and those that follow a first word that is no command alone. */
function heads(commands: readonly Described[]): ReadonlyMap<string, readonly Described[]> {
  const first = ({ path }: Described): string => path.split(" ")[0] ?? "";
  return new Map(
    commands.map((command) => [first(command), commands.filter((other) => first(other) === first(command))]),
  );
}

function bash(definitions: readonly Definition[]): string {
  const commands = definitions.map(describe);
  const groups = [...heads(commands)].filter(([head, group]) => group.some(({ path }) => path !== head));
  const optionLines = commands.map(
    ({ path, options }) =>
      `    ${quote(path)}) words=${quote(options.flatMap(({ names }) => names).join(" "))} ;;`,
  );
  const valueLines = commands.flatMap(({ path, options }) =>
    options
      .filter(({ values }) => values !== null && values.length > 0)
      .map(
        ({ names, values }) =>
          `    ${names.map((name) => quote(`${path} ${name}`)).join("|")}) words=${quote((values ?? []).join(" "))} ;;`,
      ),
  );
  const firstLines = Object.entries(firstWords).map(
    ([path, list]) => `    ${quote(path)}) words=${quote(list.join(" "))} ;;`,
  );
  return `# bash completion for noxus: source <(noxus completion bash)
_noxus() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="\${COMP_WORDS[1]}" first=2 words=""
  case "$command" in
    ${groups.map(([head]) => head).join("|")}) command="$command \${COMP_WORDS[2]}"; first=3 ;;
  esac
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quote([...heads(commands).keys()].join(" "))} -- "$current"))
    return
  fi
  if [ "$COMP_CWORD" -lt "$first" ]; then
    case "\${COMP_WORDS[1]}" in
${groups.map(([head, group]) => `      ${head}) words=${quote(group.map(({ path }) => path.split(" ")[1] ?? "").join(" "))} ;;`).join("\n")}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  case "$command $previous" in
${valueLines.join("\n")}
  esac
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  if [[ "$current" == -* ]]; then
    case "$command" in
${optionLines.map((line) => `  ${line}`).join("\n")}
    esac
  elif [ "$COMP_CWORD" -eq "$first" ]; then
    case "$command" in
${firstLines.map((line) => `  ${line}`).join("\n")}
    esac
  fi
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _noxus noxus
`;
}

function zsh(definitions: readonly Definition[]): string {
  const commands = definitions.map(describe);
  const groups = heads(commands);
  const list = (name: string, entries: readonly (readonly [string, string])[]): string =>
    `    ${name}=(\n${entries.map(([word, text]) => `      ${quote(`${word}:${text}`)}`).join("\n")}\n    )`;
  const cases = commands.map(({ path, options }) => {
    const specs = options.flatMap(({ names, description, values }) =>
      names.map((name) => {
        const text = description.replace(/[[\]:]/g, "\\$&");
        const value =
          values === null ? "" : values.length > 0 ? `:value:(${values.join(" ")})` : ":value:_files";
        return `        ${quote(`${name}[${text}]${value}`)} \\`;
      }),
    );
    const first = firstWords[path];
    const rest = first === undefined ? "'*:file:_files'" : `${quote(`1:word:(${first.join(" ")})`)}`;
    return `    ${quote(path)})\n      _arguments -s \\\n${specs.join("\n")}\n        ${rest} ;;`;
  });
  const grouped = [...groups].filter(([head, group]) => group.some(({ path }) => path !== head));
  return `#compdef noxus
# zsh completion for noxus: noxus completion zsh > a file named _noxus in a folder of $fpath
_noxus() {
  local -a entries
  local command="\${words[2]}"
  if (( CURRENT == 2 )); then
${list(
  "entries",
  [...groups].map(([head, group]) => [head, group.length > 1 ? "" : (group[0]?.description ?? "")] as const),
)}
    _describe 'command' entries
    return
  fi
  case "$command" in
${grouped
  .map(
    ([head, group]) => `  ${head})
    if (( CURRENT == 3 )); then
${list(
  "entries",
  group.map(({ path, description }) => [path.split(" ")[1] ?? "", description] as const),
)}
      _describe 'command' entries
      return
    fi
    command="$command \${words[3]}"
    (( CURRENT-- ))
    shift words ;;`,
  )
  .join("\n")}
  esac
  (( CURRENT-- ))
  shift words
  case "$command" in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = "_noxus" ]; then
  _noxus "$@"
else
  compdef _noxus noxus
fi
`;
}

function fish(definitions: readonly Definition[]): string {
  const commands = definitions.map(describe);
  const lines: string[] = [];
  for (const [head, group] of heads(commands)) {
    const text = group.length > 1 ? "" : (group[0]?.description ?? "");
    lines.push(`complete -c noxus -n __fish_use_subcommand -f -a ${head} -d ${quote(text)}`);
    for (const { path, description, options } of group) {
      const second = path.split(" ")[1];
      const seen = `__fish_seen_subcommand_from ${head}`;
      const others = group.map((other) => other.path.split(" ")[1] ?? "").join(" ");
      if (second !== undefined)
        lines.push(
          `complete -c noxus -n ${quote(`${seen}; and not __fish_seen_subcommand_from ${others}`)} -f -a ${second} -d ${quote(description)}`,
        );
      const here = quote(second === undefined ? seen : `${seen}; and __fish_seen_subcommand_from ${second}`);
      for (const option of options) {
        const names = option.names.map((name) =>
          name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
        );
        const { values } = option;
        const value = values === null ? "" : values.length > 0 ? ` -x -a ${quote(values.join(" "))}` : " -r";
        lines.push(`complete -c noxus -n ${here} ${names.join(" ")}${value} -d ${quote(option.description)}`);
      }
      const first = firstWords[path];
      if (first !== undefined) lines.push(`complete -c noxus -n ${here} -f -a ${quote(first.join(" "))}`);
    }
  }
  return `# fish completion for noxus: noxus completion fish > ~/.config/fish/completions/noxus.fish\n${lines.join("\n")}\n`;
}

/** In single quotes, as all three shells read them: no quote within. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "’")}'`;
}
