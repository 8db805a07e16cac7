#!/usr/bin/env node
// ES5 on purpose: any Node must be able to read this file and be told what it lacks. So `import()` is elsewhere.
"use strict";

var needed = 22;
var found = process.versions.node;
var message = ["error: noxus needs Node", needed, "or later; this is Node", found].join(" ");
var isCheckout = false;

if (parseInt(found, 10) < needed) {
  process.stderr.write(message.concat("\n"));
  process.exitCode = 4;
} else {
  // A checkout runs its sources, so that what runs is what was written; the package holds dist/ only.
  isCheckout = require("node:fs").existsSync(__dirname.concat("/../cli/start.ts"));
  require(isCheckout ? "./sources.cjs" : "../dist/cli/start.cjs");
}
