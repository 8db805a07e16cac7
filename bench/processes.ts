/** Whole processes run in turns (A B C A B C ...), so that a noisy machine bends all alike, and their figures. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Done before each run, and not measured. */
  readonly before?: () => void;
  /** Over the bench's own. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Figures {
  readonly cpu: number[];
  readonly wall: number[];
}

/** The first round warms the disk and is not counted. */
export function measure(commands: readonly Command[], rounds: number): readonly Figures[] {
  const figures = commands.map((): Figures => ({ cpu: [], wall: [] }));
  for (let round = -1; round < rounds; round++) {
    for (const [i, command] of commands.entries()) {
      command.before?.();
      const cpu = reapedCpu();
      const started = performance.now();
      const done = spawnSync(process.execPath, command.args, {
        cwd: command.cwd,
        stdio: "ignore",
        env: { ...process.env, ...command.env },
      });
      const wall = performance.now() - started;
      if (done.status !== 0) throw new Error(`${command.name} ended with ${done.status}`);
      if (round < 0) continue;
      figures[i]?.wall.push(wall);
      figures[i]?.cpu.push(reapedCpu() - cpu);
    }
  }
  return figures;
}

/**
 * CPU time of all children that have ended, with theirs, ms (Linux: ticks of 10 ms). A bundler that outlives the
 * process that started it is not in it: some 30 ms of \`noxus validate\`, 70 where there are 300 files.
 */
function reapedCpu(): number {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

/** Ratios are to the first row; that of CPU time is the figure to trust. */
export function table(title: string, commands: readonly Command[], figures: readonly Figures[]): void {
  const [base] = figures;
  console.log(`\n${title}; ${figures[0]?.wall.length ?? 0} rounds, medians, ratio to the first row`);
  console.log(
    `${"".padEnd(44)}${"wall ms".padStart(10)}${"ratio".padStart(8)}${"cpu ms".padStart(10)}${"ratio".padStart(8)}`,
  );
  for (const [i, command] of commands.entries()) {
    const [own, first] = [figures[i], base];
    if (own === undefined || first === undefined) continue;
    const [wall, cpu] = [median(own.wall), mean(own.cpu)];
    const cells = [
      wall.toFixed(0),
      (wall / median(first.wall)).toFixed(2),
      cpu.toFixed(0),
      (cpu / mean(first.cpu)).toFixed(2),
    ];
    console.log(
      command.name.padEnd(44) + cells.map((cell, j) => cell.padStart(j % 2 === 0 ? 10 : 8)).join(""),
    );
  }
}

/** How one command compares with another: of the time the median of the ratios of two runs that followed each other. */
export function compare(
  name: string,
  own: Figures | undefined,
  other: Figures | undefined,
  otherName: string,
  wanted?: number,
): void {
  if (own === undefined || other === undefined) throw new Error(`${name}: nothing was measured`);
  const cpu = mean(own.cpu) / mean(other.cpu);
  const wall = median(own.wall.map((value, round) => value / (other.wall[round] ?? Number.NaN)));
  const goal = wanted === undefined ? "" : `   (wanted: at most ${wanted})`;
  console.log(
    `${name}: ${cpu.toFixed(2)} of the CPU and ${wall.toFixed(2)} of the time of ${otherName}${goal}`,
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Ticks are too coarse for a median. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
