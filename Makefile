# build run test test-all check format format-check graph bench instructions fuzz interop interop-http key-sources conformance docs transcripts transcripts-write mistakes chromium-har hosted-functions schema-check validate-bench replay-pace demo release man install completions-check clean deps
.PHONY: build run test test-all check format format-check graph bench instructions fuzz interop interop-http key-sources conformance docs transcripts transcripts-write mistakes chromium-har hosted-functions schema-check validate-bench replay-pace demo release man install completions-check clean deps
SWIFT_JOBS ?= 2
export SWIFT_JOBS

build: deps
	swift build -j $(SWIFT_JOBS)

run: deps
	swift run -j $(SWIFT_JOBS) gatehouse serve --config $(or $(CONFIG),gateway.json)

test: deps
	swift test -j $(SWIFT_JOBS)

test-all: deps
	scripts/test-all.sh

check: deps
	scripts/check.sh

format:
	swift format -i -r -p Package.swift Sources Tests

format-check:
	swift format lint --strict -r -p Package.swift Sources Tests

graph:
	scripts/graph.py
	scripts/graph-selftest.sh

bench: deps
	scripts/bench.sh $(ARGS)

# Instructions of a request, against .ci/instructions; ARGS=--write records them.
instructions: deps
	scripts/instructions.py --binary "$$(scripts/release.sh | tail -1)" $(ARGS)

# Tokens to and from joserfc.
interop: deps
	swift build -c release -j $(SWIFT_JOBS) --product gatehouse
	scripts/interop-jose.py $(ARGS)

# The request parser beside llhttp and h11, a million requests, and streams of them through the release binary; three
# minutes and a first build of swift-nio. make interop-http GATEWAY=path/to/gatehouse ARGS="--requests 1000"
interop-http: deps
	scripts/interop-http.py $(if $(GATEWAY),--gateway "$(GATEWAY)") $(ARGS)

# Key rotation, floods of unknown key ids and bad issuers, against the release binary.
key-sources: deps
	swift build -c release -j $(SWIFT_JOBS) --product gatehouse
	scripts/key-sources.py $(ARGS)

# make fuzz T=token SECONDS=60
fuzz: deps
	scripts/fuzz.sh "$(T)" "$(or $(SECONDS),60)"

conformance: deps
	scripts/conformance.sh $(ARGS)

docs: deps
	scripts/docs.sh

# The console blocks of README.md and docs/, run and compared; `make transcripts-write` writes what they print.
transcripts: build
	scripts/transcripts.py --check

transcripts-write: build
	scripts/transcripts.py --write

# Seeded configuration mistakes: code, line and column of each.
mistakes: build
	scripts/seeded-mistakes.py

# The JSON Schema judged by PyPI's jsonschema, and compared with the program.
hosted-functions:
	scripts/hosted-functions.py --invocations 10000

schema-check: build
	scripts/schema-check.py

# Time and memory of validate on 5,000 routes, beside haproxy -c.
validate-bench: deps
	swift build -c release -j $(SWIFT_JOBS) --product gatehouse
	scripts/validate-bench.py --limit 1 $(ARGS)

# The pace of a replay, asked and achieved: 1x, 4x, 50/s, within 5 percent. Two minutes.
replay-pace: deps
	swift build -c release -j $(SWIFT_JOBS) --product gatehouse
	scripts/replay-pace.py $(ARGS)

# What bash offers while somebody types, and the syntax of all three completion scripts.
completions-check: build
	scripts/completions-check.sh

# A session of a real headless Chromium as a HAR file, imported and replayed.
chromium-har: build
	scripts/chromium-har.py

# Manual pages from the commands' own help, into .build/man/man1.
man: deps
	scripts/man.sh

# The command, its manual pages and its completions: make install PREFIX=/usr/local
install: deps
	scripts/install.sh "$(or $(PREFIX),/usr/local)"

demo: deps
	scripts/demo.sh $(ARGS)

release: deps
	scripts/release.sh

clean:
	swift package clean

deps:
	@scripts/deps.sh
