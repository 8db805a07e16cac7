/** The whole process on the sources, whatever dist/ holds: what tests of signals and ports start. */
import { start } from "../main.ts";

const done = start();
// From here on signals are noxus's own: a test that sends one waits for this word instead of a guessed time.
process.send?.("listening");
process.disconnect?.();
await done;
