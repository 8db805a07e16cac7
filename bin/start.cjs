"use strict";

const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

// The package ships dist/; a checkout without one runs its sources.
const built = join(__dirname, "..", "dist", "cli", "main.js");
const main = existsSync(built) ? built : join(__dirname, "..", "cli", "main.ts");

import(pathToFileURL(main).href).then((cli) => cli.start());
