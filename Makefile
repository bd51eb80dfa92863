# make run and make test are all the set-up there is; see README.md.

SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c

CONFIG   ?= examples/office/usher.yaml
PKG      ?= ./...
TIMEOUT  ?= 20m
FUZZTIME ?= 30s
BENCH    ?=

.PHONY: build run demo test check bench fuzz clean

build: ## the program, in bin/
	go build -o bin/ ./cmd/usher

run: build ## the main job on the embedded default: rooms and people of a small office
	mkdir -p examples/office/run/calendars examples/office/run/state
	bin/usher serve -config $(CONFIG)

demo: build ## a short story through the milter protocol; needs nothing else
	bin/usher demo

test: ## every test; installs from Debian what the real servers need, if it may
	integration/setup
	go test -race -timeout $(TIMEOUT) -json $(PKG) | go run ./integration/report

check: ## form and suspicious code
	integration/gofmt
	go vet ./...
	go tool staticcheck ./...

bench: build ## throughput beside Postfix alone and a C milter, as ratios of one run
	integration/setup
	go run ./integration/bench $(BENCH)

fuzz: ## every fuzz target for FUZZTIME
	integration/fuzz $(FUZZTIME)

clean:
	rm -rf bin
	go clean ./...
