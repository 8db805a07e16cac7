"use strict";

import("../cli/start.ts");
