package hostile_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"tickwire/codec/socketio"
	"tickwire/lobby"
	"tickwire/lobby/party"
	"tickwire/lobby/queue"
	"tickwire/sio"
	"tickwire/sio/engine"
)

const root = "../.."

// folders of the packages that the page names.
var folders = map[string]string{
	"tickwire": ".", "gameserver": "cmd/gameserver", "auth": "auth", "edge": "edge",
	"hostile": "sio/hostile", "sio": "sio", "engine": "sio/engine",
	"socketio": "codec/socketio", "lobby": "lobby", "gateway": "lobby/gateway", "queue": "lobby/queue", "ops": "ops",
}

var optionTypes = map[string]reflect.Type{
	"engine.Options": reflect.TypeFor[engine.Options](), "sio.Options": reflect.TypeFor[sio.Options](),
	"sio.Recovery": reflect.TypeFor[sio.Recovery](), "socketio.Limits": reflect.TypeFor[socketio.Limits](),
	"lobby.Options": reflect.TypeFor[lobby.Options](), "party.Options": reflect.TypeFor[party.Options](),
	"queue.Options": reflect.TypeFor[queue.Options](),
}

// The page on security names tests and options that exist, and all tests of
// this package.
func TestSecurityPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]map[string]bool{}
	for name, folder := range folders {
		tests[name] = testsOf(t, folder)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`(\\w+)\\.((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(string(page), -1) {
		if !tests[m[1]][m[2]] {
			t.Errorf("%s.%s does not exist", m[1], m[2])
		}
		named[m[1]+"."+m[2]] = true
	}
	if len(named) < 50 {
		t.Errorf("only %d tests were found on the page", len(named))
	}
	for name := range tests["hostile"] {
		if name != "TestMain" && name != "TestSecurityPage" && !named["hostile."+name] {
			t.Errorf("hostile.%s is not on the page", name)
		}
	}
	for _, m := range regexp.MustCompile("`(\\w+\\.(?:Options|Limits|Recovery))\\.(\\w+)`").FindAllStringSubmatch(string(page), -1) {
		typ, known := optionTypes[m[1]]
		if !known {
			t.Errorf("%s is not known here", m[1])
		} else if _, found := typ.FieldByName(m[2]); !found {
			t.Errorf("%s.%s does not exist", m[1], m[2])
		}
	}
}

// testsOf returns the names of the tests in a folder.
func testsOf(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(files), err)
	}
	names := map[string]bool{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllSubmatch(source, -1) {
			names[string(m[1])] = true
		}
	}
	return names
}
