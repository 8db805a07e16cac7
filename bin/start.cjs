"use strict";

const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

// A checkout runs its sources, so that what runs is what was written; the package holds dist/ only.
const source = join(__dirname, "..", "cli", "main.ts");
const main = existsSync(source) ? source : join(__dirname, "..", "dist", "cli", "main.js");

import(pathToFileURL(main).href).then((cli) => cli.start());
