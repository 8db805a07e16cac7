import type { Node } from "estree";

/** What one expression, variable, member, parameter or result may be: a set that only grows. */
export interface Cell {
  readonly values: ReadonlySet<Node>;
}

type Listener = (value: Node) => void;

interface Growing extends Cell {
  readonly values: Set<Node>;
  readonly listeners: Listener[];
  readonly targets: Set<Cell>;
  isFull: boolean;
}

export interface Cells {
  readonly make: () => Cell;
  readonly add: (cell: Cell, value: Node) => void;
  /** Everything in one cell is in the other one too. */
  readonly flow: (from: Cell, to: Cell) => void;
  /** Calls the listener once for each value, those to come included. */
  readonly each: (cell: Cell, listener: Listener) => void;
  /** Works until nothing grows any more; false where that would take too long. */
  readonly settle: () => boolean;
}

/** A cell with more values than this holds what is not known. */
const most = 48;
/** One that holds what is not known anyway is no answer; how many others it tells apart matters to few others. */
const mostBesideUnknown = 4;

/**
 * `onFull` is told of each value, those to come included, of a cell that has become too large to tell its values
 * apart; `unknown` is then one of them.
 */
export function createCells(unknown: Node, onFull: Listener, steps: number): Cells {
  const queue: { readonly listener: Listener; readonly value: Node }[] = [];
  let left = steps;

  const make = (): Cell => {
    const cell: Growing = { values: new Set(), listeners: [], targets: new Set(), isFull: false };
    return cell;
  };

  const add = (cell: Cell, value: Node): void => {
    const growing = cell as Growing;
    if (growing.values.has(value)) return;
    if (growing.isFull) {
      onFull(value);
      return;
    }
    growing.values.add(value);
    for (const listener of growing.listeners) queue.push({ listener, value });
    if (growing.values.size <= (growing.values.has(unknown) ? mostBesideUnknown : most)) return;
    growing.isFull = true;
    for (const each of [...growing.values]) onFull(each);
    growing.values.add(unknown);
    for (const listener of growing.listeners) queue.push({ listener, value: unknown });
  };

  const each = (cell: Cell, listener: Listener): void => {
    const growing = cell as Growing;
    growing.listeners.push(listener);
    for (const value of growing.values) queue.push({ listener, value });
  };

  return {
    make,
    add,
    each,
    flow: (from, to) => {
      const { targets } = from as Growing;
      if (from === to || targets.has(to)) return;
      targets.add(to);
      each(from, (value) => add(to, value));
    },
    settle: () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        if (left-- <= 0) return false;
        next.listener(next.value);
      }
      return true;
    },
  };
}
