package tickwire

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// stamp is the version that a release build sets:
// -ldflags "-X tickwire.stamp=v1.2.3".
var stamp string

// Version tells what this program was built from, in one line: the stamp of
// its release or the version of its module, the revision in version control, and Go.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = new(debug.BuildInfo)
	}
	return versionOf(stamp, info)
}

func versionOf(stamp string, info *debug.BuildInfo) string {
	version := stamp
	if version == "" {
		version = info.Main.Version
	}
	if version == "" || version == "(devel)" {
		version = "development"
	}
	parts := []string{}
	if info.Main.Path != "tickwire" { // a studio's program
		for _, dep := range info.Deps {
			if dep.Path == "tickwire" {
				parts = append(parts, "tickwire "+dep.Version)
			}
		}
	}
	vcs := map[string]string{}
	for _, s := range info.Settings {
		vcs[s.Key] = s.Value
	}
	if rev := vcs["vcs.revision"]; rev != "" {
		rev = "revision " + rev[:min(12, len(rev))]
		if vcs["vcs.modified"] == "true" {
			rev += " with changes"
		}
		parts = append(parts, rev)
	}
	if at := vcs["vcs.time"]; at != "" {
		parts = append(parts, at)
	}
	parts = append(parts, runtime.Version()+" "+runtime.GOOS+"/"+runtime.GOARCH)
	return version + " (" + strings.Join(parts, ", ") + ")"
}

func versionCommand(in invocation) int {
	fmt.Fprintln(in.stdout, in.options.Name, Version())
	return exitDone
}
