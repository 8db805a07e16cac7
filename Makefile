# Every target uses the Node pinned in package.json, whatever the machine has.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export NPM_CONFIG_UPDATE_NOTIFIER := false
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check bench accuracy adversary corpus cache-model other-code packages format golden clean compat bench-image differential exported-types signature-readers faults load bench-lsp lsp-edits

installed := node_modules/.package-lock.json
# Folders with packages of their own are installed by one program, which leaves a copy of the lockfile.
rivals := bench/rivals/node_modules/.noxus-lock
example := example-sentiment/node_modules/.noxus-lock
terraform := iac/test/node_modules/.noxus-lock
sources := $(shell find bin compiler runtime cli testing scaffold -type f -not -path '*/test/*' 2>/dev/null) package.json tsconfig.json tsconfig.build.json scripts/build.ts

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(installed) $(example) ## install, build and serve example-sentiment, and show one request with its answer
	@node scripts/demo.ts

test: check dist ## install what is needed, check, and run every test
	@node scripts/test.ts $(only)

check: $(installed) $(example) $(terraform) ## types, lint, generated files, the example against its committed manifest
	@tsc -p tsconfig.json
	@biome check .
	@node scripts/docs.ts --check
	@node scripts/golden.ts --check

bench: $(installed) $(example) $(rivals) dist ## measure, as ratios within one run
	@node bench/run.ts

bench-image: $(installed) $(example) ## measure making and pushing an image, against buildah
	@node bench/image.ts

bench-lsp: $(installed) dist ## measure the language server: from an edit to its findings, and its memory
	@node bench/lsp.ts

format: $(installed) ## format and apply safe lint fixes
	@biome check --write .

accuracy: $(installed) $(example) ## score the example's labelled texts over HTTP and print how many are right
	@node example-sentiment/accuracy.ts

faults: $(installed) ## the stability check of the fault suite with many faults (count=5000)
	@ONLY=stability FAULTS=$(or $(count),5000) node runtime/test/faults/faults.test.ts

load: $(installed) ## a thousand connections, then a mixed load with one guilty call in twenty (seconds=60)
	@LOAD_SECONDS=$(or $(seconds),60) node runtime/test/load/load.test.ts

corpus: $(installed) ## run the plugins of the corpus, so that what they are called is true
	@node compiler/test/corpus/run.ts

adversary: $(installed) ## the long run of generated evasions against a dynamic oracle (count=20000)
	@node compiler/test/adversary/run.ts --count $(or $(count),20000)

cache-model: $(installed) ## long random histories of a repository: the cache never answers wrongly (count=2000 seed=1)
	@node cli/test/cache/run.ts --count $(or $(count),2000) --seed $(or $(seed),1)

lsp-edits: $(installed) ## long random editing: the language server never shows anything but what validate finds (count=1000 seed=1)
	@node cli/test/lsp/run.ts --count $(or $(count),1000) --seed $(or $(seed),1)

compat: $(installed) ## the long run of pairs of schemas: what is said to be compatible is, on every value tried (count=2000)
	@ROUNDS=$(or $(count),2000) node compiler/test/compat.test.ts
differential: $(installed) ## the long run of random signatures against TypeScript's own verdict (count=5000)
	@node compiler/test/signatures/run.ts --count $(or $(count),5000) $(if $(seed),--seed $(seed))

exported-types: $(installed) ## every type that well-known packages export, as a parameter (only=openai,stripe)
	@node compiler/test/signatures/exported/run.ts $(if $(only),--only $(only))

signature-readers: $(installed) ## every signature of the table to ajv, a linter of OpenAPI 3.1 and the SDK of MCP
	@STEP=1 node compiler/test/signatures/readers.test.ts

packages: $(installed) ## every real package of the table and of the sample: what is refused, and what a run reaches (update=1)
	@PACKAGES=all UPDATE=$(update) node compiler/test/permissions-packages.test.ts

other-code: $(installed) ## every source file of every installed package through the analysis
	@OTHER_CODE=all node compiler/test/other-code.test.ts
	@OTHER_CODE=all node compiler/test/secrets.test.ts

golden: $(installed) $(example) ## rewrite what is generated and committed: the example's manifest, pages of docs/
	@node scripts/docs.ts
	@node scripts/golden.ts
	@node scripts/http-api.ts

clean: ## remove what was built and installed
	@rm -rf dist node_modules example-sentiment/node_modules example-sentiment/dist compiler/test/packages/node_modules compiler/test/packages/sample/node_modules compiler/test/signatures/readers/node_modules iac/test/node_modules bench/rivals/node_modules bench/frameworks/node_modules cli/test/yaml-server/node_modules test/managers/node_modules editor/vscode/node_modules editor/vscode/dist

$(installed): package.json package-lock.json
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

%/node_modules/.noxus-lock: %/package.json %/package-lock.json $(installed)
	@node scripts/install.ts $*
	@touch $@

dist: dist/.built
dist/.built: $(installed) $(sources)
	@node scripts/build.ts
	@touch $@
