// Package clientjs embeds the JavaScript client, so that the game server can
// serve it without a file beside the binary.
package clientjs

import "embed"

// FS holds the ES modules (index.js is the entry) and, under dist, the classic
// socket.io.js script that is bundled from them.
//
//go:embed *.js engine game msgpack netcode replay socket state dist/*.js
var FS embed.FS

//go:generate go tool esbuild classic.js --bundle --minify --format=iife --target=es2022 --charset=utf8 --legal-comments=none --log-level=warning --outfile=dist/socket.io.js
