#!/usr/bin/env node
// ES5 on purpose: any Node must be able to read this file and be told what it lacks. So `import()` is in start.cjs.
"use strict";

var needed = 22;
var found = process.versions.node;
var message = ["error: noxus needs Node", needed, "or later; this is Node", found].join(" ");

if (parseInt(found, 10) < needed) {
  process.stderr.write(message.concat("\n"));
  process.exitCode = 4;
} else {
  require("./start.cjs");
}
