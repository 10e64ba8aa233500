# make test is all that CI runs; it needs Go and Node 20 and installs the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := test
.PHONY: soak test lint go-test bench-once bench bench-guard bench-results bench-peers js deps fuzz run release clean

JS := clients/js

test: deps lint go-test bench-once bench-guard js ## everything CI runs

lint: ## format, vet, staticcheck, tidy module file
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt wants changes in:"; echo "$$out"; exit 1; fi
	go mod tidy -diff
	go vet ./...
	GOGC=400 go tool staticcheck ./... # 420 MB, and a quarter less CPU

# -p 4: each package has a while in which it only waits, if only for the race detector's last second.
go-test: ## unit, protocol and race tests, of which lint has vetted the code
	go test -race -shuffle=on -vet=off -p=4 ./...

# Only where there are any: linking the other packages' tests took longer than the benchmarks.
bench-once: ## each benchmark once, so that none rots
	@set -o pipefail; go test -vet=off -run='^$$' -bench=. -benchtime=1x $$(git grep -l '^func Benchmark' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's,^,./,') \
	  | { grep -v -e '^ok' -e '^PASS' || true; }

bench: ## the benchmarks proper (method: bench/README.md)
	go test -run='^$$' -bench=. -benchmem -count=$(or $(COUNT),5) ./codec/... ./sio/... ./tick/... ./lobby/... ./games/... ./bench/...

bench-guard: ## fails when the hot path allocates, state grows, or a broadcast costs more than its bar
	go run ./bench/guard

bench-results: ## the dated record and its page, bench/results: some 12 minutes on a quiet machine
	go run ./bench/report $(ARGS)

bench-peers: ## broadcast side by side with Socket.IO on Node, which it installs (optional)
	go run ./bench/peers $(ARGS)

soak: ## players who vanish, games that break, drains, for ten minutes (ARGS="-duration 2m"): nothing may be left behind
	go run ./bench/soak $(ARGS)

js: deps ## types, client tests, official clients, real browser
	@bin=$$(mktemp -d) && trap 'rm -rf "$$bin"' EXIT && set -x && \
	go build -o $$bin ./cmd/gameserver ./sio/acceptance ./$(JS)/test/support/club && \
	export TICKWIRE_GAMESERVER=$$bin/gameserver TICKWIRE_ACCEPTANCE=$$bin/acceptance TICKWIRE_CLUB=$$bin/club && \
	cd $(JS) && npm ci --no-audit --no-fund --loglevel=error && npx tsc && npm test && npm run test:browser

fuzz: ## every fuzz target for FUZZTIME each (default 10s)
	@set -e; for dir in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -h -o '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | cut -c6-); do \
	    echo "== $$dir $$f"; go test -run='^$$' -fuzz="^$$f$$" -fuzztime=$(or $(FUZZTIME),10s) ./$$dir; done; done

run: ## the demo: http://localhost:3000
	go run ./cmd/gameserver

# Static binaries with checksums and a bill of materials, in dist/:
# make release VERSION=v1.2.3. A studio's own server: MAIN=./cmd/mygame NAME=mygame.
MAIN := ./cmd/gameserver
NAME := gameserver
TARGETS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64
SBOM := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0

release: ## cross-compiled binaries, checksums, SBOM, version stamped
	@test -n "$(VERSION)" || { echo "which version? make release VERSION=v1.2.3"; exit 1; }
	rm -rf dist && mkdir dist
	@set -e; for target in $(TARGETS); do os=$${target%/*}; arch=$${target#*/}; \
	  out=dist/$(NAME)-$(VERSION)-$$os-$$arch$$([ $$os = windows ] && echo .exe || true); echo "$$out"; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags "-s -w -X tickwire.stamp=$(VERSION)" -o $$out $(MAIN); done
	go run $(SBOM) bin -json -licenses -version $(VERSION) -output dist/$(NAME)-$(VERSION).cdx.json dist/$(NAME)-$(VERSION)-linux-amd64
	cd dist && sha256sum * > SHA256SUMS
	@cat dist/SHA256SUMS

# Peers of the tests that are no Go or npm packages. CHROMIUM and PYTHON name
# other binaries than the usual ones; PYTHON needs socketio, msgpack, websocket
# and requests.
deps:
	@need=; command -v $${CHROMIUM:-chromium} >/dev/null || need="chromium"; \
	$${PYTHON:-/usr/bin/python3} -c 'import socketio, msgpack, websocket, requests' 2>/dev/null \
	  || need="$$need python3-socketio python3-msgpack python3-websocket python3-requests"; \
	if [ -n "$$need" ]; then \
	  echo "installing $$need for the tests"; \
	  as_root=$$([ $$(id -u) = 0 ] || echo sudo); \
	  $$as_root apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -q $$need >/dev/null \
	  || { echo "could not install $$need: do it by hand, or set CHROMIUM and PYTHON"; exit 1; }; fi

clean:
	rm -rf $(JS)/node_modules
