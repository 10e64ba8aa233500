// Package lobby decides who plays where and runs each match.
package lobby
