# make test is all that CI runs; it needs Go and Node 20 and installs the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := test
.PHONY: test lint go-test bench-once bench bench-guard bench-peers js deps fuzz run clean

JS := clients/js

test: deps lint go-test bench-once bench-guard js ## everything CI runs

lint: ## format, vet, staticcheck, tidy module file
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt wants changes in:"; echo "$$out"; exit 1; fi
	go mod tidy -diff
	go vet ./...
	go tool staticcheck ./...

go-test: ## unit, protocol and race tests
	go test -race -shuffle=on ./...

bench-once: ## each benchmark once, so that none rots
	go test -run='^$$' -bench=. -benchtime=1x ./... | { grep -v -e '^ok' -e 'no test files' -e '^PASS' || true; }

bench: ## the benchmarks proper (method: bench/README.md)
	go test -run='^$$' -bench=. -benchmem -count=$(or $(COUNT),5) ./codec/... ./sio/... ./tick/... ./lobby/... ./games/... ./bench/...

bench-guard: ## fails when the hot path allocates, state grows, or a broadcast costs more than its bar
	go run ./bench/guard

bench-peers: ## broadcast side by side with Socket.IO on Node, which it installs (optional)
	go run ./bench/peers $(ARGS)

js: deps ## types, client tests, official clients, real browser
	cd $(JS) && npm ci --no-audit --no-fund --loglevel=error && npx tsc && npm test && node --test test/browser/*.test.js

fuzz: ## every fuzz target for FUZZTIME each (default 10s)
	@set -e; for dir in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -h -o '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | cut -c6-); do \
	    echo "== $$dir $$f"; go test -run='^$$' -fuzz="^$$f$$" -fuzztime=$(or $(FUZZTIME),10s) ./$$dir; done; done

run: ## the demo: http://localhost:3000
	go run ./cmd/gameserver

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
