/** The whole process on the sources, whatever dist/ holds: what tests of signals and ports start. */
import { start } from "../main.ts";

await start();
