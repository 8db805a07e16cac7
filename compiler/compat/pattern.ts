import {
  anyCharacter,
  type Characters,
  characters,
  complement,
  either,
  everything,
  type Language,
  repeat,
  sequence,
} from "./language.ts";

/** A pattern that says more than which characters may follow each other, or that is none. */
class Unsupported extends Error {}

const digits: Characters = [[0x30, 0x39]];
const letters: Characters = [...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
// ECMA-262: WhiteSpace and LineTerminator.
const blanks: Characters = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const lineEnds: Characters = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const classes: Readonly<Record<string, Characters>> = {
  d: digits,
  D: complement(digits),
  w: letters,
  W: complement(letters),
  s: blanks,
  S: complement(blanks),
};
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

/**
 * Every text in which the pattern of a JSON Schema (flag `u`) finds a match. Null for what is not regular or not
 * supported: looking around, back references, word borders, Unicode properties, anchors within a group.
 */
export function languageOfPattern(pattern: string): Language | null {
  try {
    return parse([...pattern]);
  } catch (error) {
    if (error instanceof Unsupported) return null;
    throw error;
  }
}

function parse(source: readonly string[]): Language {
  let at = 0;
  const peek = (text: string): boolean =>
    [...text].every((character, index) => source[at + index] === character);
  const take = (text: string): boolean => {
    const isThere = peek(text);
    if (isThere) at += [...text].length;
    return isThere;
  };
  const next = (): string => {
    const character = source[at];
    if (character === undefined) throw new Unsupported();
    at += 1;
    return character;
  };

  function whole(): Language {
    const ways: Language[] = [];
    do {
      const start = take("^");
      const body = items();
      const end = take("$");
      ways.push(sequence(start ? sequence() : everything, body, end ? sequence() : everything));
    } while (take("|"));
    if (at < source.length) throw new Unsupported();
    return either(...ways);
  }

  function items(): Language {
    const parts: Language[] = [];
    while (at < source.length && !peek("|") && !peek(")") && !(peek("$") && isEndOfWay()))
      parts.push(quantified(item()));
    return sequence(...parts);
  }

  function isEndOfWay(): boolean {
    const after = source[at + 1];
    return after === undefined || after === "|";
  }

  function item(): Language {
    const character = next();
    if (character === "(") return group();
    if (character === "[") return characters(set());
    if (character === ".") return characters(complement(lineEnds));
    if (character === "\\") return characters(escaped());
    if ("^$*+?{}]".includes(character)) throw new Unsupported();
    return characters(single(character));
  }

  function group(): Language {
    if (peek("?") && !take("?:")) {
      // A name does not change what is matched; everything else that starts so looks around or sets flags.
      if (!take("?<") || peek("=") || peek("!")) throw new Unsupported();
      while (next() !== ">");
    }
    const ways: Language[] = [];
    do ways.push(items());
    while (take("|"));
    if (!take(")")) throw new Unsupported();
    return either(...ways);
  }

  function quantified(of: Language): Language {
    const [least, most] = bounds();
    if (least === 1 && most === 1) return of;
    take("?");
    return repeat(of, least, most);
  }

  function bounds(): readonly [number, number] {
    if (take("*")) return [0, Number.POSITIVE_INFINITY];
    if (take("+")) return [1, Number.POSITIVE_INFINITY];
    if (take("?")) return [0, 1];
    if (!take("{")) return [1, 1];
    let text = "";
    for (let character = next(); character !== "}"; character = next()) text += character;
    const [, least, comma, most] = /^(\d+)(,?)(\d*)$/.exec(text) ?? [];
    if (least === undefined) throw new Unsupported();
    if (comma === "") return [Number(least), Number(least)];
    return [Number(least), most === "" ? Number.POSITIVE_INFINITY : Number(most)];
  }

  function set(): Characters {
    const isNegated = take("^");
    const ranges: (readonly [number, number])[] = [];
    while (!take("]")) {
      const low = member();
      if (peek("-") && source[at + 1] !== "]") {
        next();
        const high = member();
        const [from, to] = [low[0]?.[0], high[0]?.[1]];
        if (low.length !== 1 || high.length !== 1 || from === undefined || to === undefined)
          throw new Unsupported();
        ranges.push([from, to]);
      } else ranges.push(...low);
    }
    return isNegated ? complement(ranges) : ranges;
  }

  function member(): Characters {
    const character = next();
    if (character !== "\\") return single(character);
    return take("b") ? [[8, 8]] : escaped();
  }

  function escaped(): Characters {
    const character = next();
    const known = classes[character];
    if (known !== undefined) return known;
    const control = controls[character];
    if (control !== undefined) return [[control, control]];
    if (character === "x") return code(hexadecimal(2));
    if (character === "c") return code(next().charCodeAt(0) % 32);
    if (character === "u") return code(take("{") ? braced() : unit());
    // With the flag `u` only syntax may be escaped; letters and digits mean something that is not supported.
    if (/[A-Za-z0-9]/.test(character)) throw new Unsupported();
    return single(character);
  }

  /** Two escaped surrogates in a row are one character. */
  function unit(): number {
    const high = hexadecimal(4);
    if (high < 0xd800 || high > 0xdbff || !peek("\\u")) return high;
    const before = at;
    take("\\u");
    const low = hexadecimal(4);
    if (low >= 0xdc00 && low <= 0xdfff) return (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000;
    at = before;
    return high;
  }

  function braced(): number {
    let text = "";
    for (let character = next(); character !== "}"; character = next()) text += character;
    return number(text);
  }

  function hexadecimal(length: number): number {
    return number(Array.from({ length }, next).join(""));
  }

  function number(text: string): number {
    const value = /^[0-9a-f]+$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
    if (!(value <= 0x10ffff)) throw new Unsupported();
    return value;
  }

  return whole();
}

function single(character: string): Characters {
  return code(character.codePointAt(0) ?? 0);
}

function code(point: number): Characters {
  return [[point, point]];
}

/** Texts of so many characters, as JSON Schema counts them: in code points. */
export function languageOfLength(least: number, most: number): Language {
  return repeat(anyCharacter, least, most);
}
