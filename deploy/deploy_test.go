// Package deploy_test holds the files beside it to what the server understands.
package deploy_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// manifest is what the tests want to know of a Kubernetes or Agones object.
type manifest struct {
	Kind string
	Spec struct {
		Template struct {
			Spec     pod
			Template struct{ Spec pod } `yaml:"template"`
		} `yaml:"template"`
	}
}

// pod is a PodSpec; that of a Fleet's game server lies one level deeper.
type pod struct {
	Grace      int `yaml:"terminationGracePeriodSeconds"`
	Template   struct{ Spec *pod }
	Containers []struct {
		Args      []string
		Readiness probe `yaml:"readinessProbe"`
		Liveness  probe `yaml:"livenessProbe"`
	}
}

type probe struct {
	Get struct{ Path, Port string } `yaml:"httpGet"`
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// folder is where the binary is; TestMain makes and removes it.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "tickwire-deploy"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// built is the demo, whose settings are those of any server, with the linker
// flags of the Dockerfile: the other flags would have everything compiled anew.
var built = sync.OnceValues(func() (string, error) {
	file, err := os.ReadFile("Dockerfile")
	if err != nil {
		return "", err
	}
	build := regexp.MustCompile(`(?m)^RUN CGO_ENABLED=0 go build -trimpath (-ldflags "[^"]*") -o /out/gameserver (\S+)$`).FindSubmatch(file)
	if build == nil {
		return "", errors.New("the Dockerfile has no static build")
	}
	binary := filepath.Join(folder, "gameserver")
	command := exec.Command("sh", "-c", fmt.Sprintf("go build %s -o %s %s", build[1], binary, build[2]))
	command.Dir = ".."
	command.Env = append(os.Environ(), "VERSION=v1.2.3")
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%v: %w\n%s", command, err, out)
	}
	return binary, nil
})

// gameserver runs the demo; env is added to that of the test.
func gameserver(t *testing.T, env []string, args ...string) string {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(binary, args...)
	command.Env = append(os.Environ(), env...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %v: %s", args, err, out)
	}
	return string(out)
}

// pods returns the pods of all workloads in a file.
func pods(t *testing.T, name string) (found []pod) {
	t.Helper()
	for docs := yaml.NewDecoder(strings.NewReader(read(t, name))); ; {
		var m manifest
		if err := docs.Decode(&m); err != nil {
			break
		}
		switch m.Kind {
		case "Deployment":
			found = append(found, m.Spec.Template.Spec)
		case "Fleet":
			found = append(found, *m.Spec.Template.Spec.Template.Spec)
		}
	}
	if len(found) == 0 {
		t.Fatalf("%s has no workload", name)
	}
	return found
}

// TestSettingsOfManifests: the server takes the arguments, and its grace period
// is long enough for the drain that they ask for.
func TestSettingsOfManifests(t *testing.T) {
	files, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no manifests", err)
	}
	for _, file := range files {
		for _, p := range pods(t, file) {
			args := p.Containers[0].Args
			gameserver(t, nil, append([]string{"check-config"}, args...)...)
			drain := 5 * time.Second // for the last goodbyes
			for _, arg := range args {
				name, value, _ := strings.Cut(arg, "=")
				if slices.Contains([]string{"--drain-delay", "--drain-timeout", "--drain-spread"}, name) {
					d, err := time.ParseDuration(value)
					if err != nil {
						t.Error(err)
					}
					drain += d
				}
			}
			if grace := time.Duration(p.Grace) * time.Second; grace < drain {
				t.Errorf("%s: terminationGracePeriodSeconds is %v, the drain may take %v", file, grace, drain)
			}
		}
	}
}

func TestProbesOfManifests(t *testing.T) {
	c := pods(t, "kubernetes/tickwire.yaml")[0].Containers[0]
	if r, l := c.Readiness.Get, c.Liveness.Get; r.Path != "/readyz" || l.Path != "/livez" || r.Port != "ops" || l.Port != "ops" {
		t.Errorf("probes: %+v, %+v", r, l)
	}
}

// TestDockerfile: the binary knows its version, and the image's environment and
// health check are such that the server has.
func TestDockerfile(t *testing.T) {
	file := read(t, "Dockerfile")
	if got := gameserver(t, nil, "version"); !strings.Contains(got, "v1.2.3") {
		t.Errorf("version: %q", got)
	}
	env := regexp.MustCompile(`(?m)^ENV (.*)$`).FindStringSubmatch(file)
	if env == nil {
		t.Fatal("no ENV")
	}
	gameserver(t, strings.Fields(env[1]), "check-config")
	if !strings.Contains(file, `CMD ["/gameserver", "healthcheck"]`) {
		t.Error("no health check")
	}
}

// TestUnit: each command of the systemd unit is one that the server has.
func TestUnit(t *testing.T) {
	settings := filepath.Join(t.TempDir(), "tickwire.conf")
	if err := os.WriteFile(settings, []byte("drain-timeout = 1m\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	unit := read(t, "tickwire.service")
	lines := regexp.MustCompile(`(?m)^ExecStart(?:Pre)?=/usr/local/bin/gameserver (\S+) --config=\S+$`).FindAllStringSubmatch(unit, -1)
	if len(lines) != 2 || lines[0][1] != "check-config" || lines[1][1] != "serve" {
		t.Fatalf("commands: %q", lines)
	}
	gameserver(t, nil, "check-config", "--config="+settings)
	for _, want := range []string{"Type=notify", "WatchdogSec=", "ExecReload=/bin/kill -HUP", "LimitNOFILE="} {
		if !strings.Contains(unit, "\n"+want) {
			t.Errorf("the unit has no %s", want)
		}
	}
}

// TestRunbook: each alert has a row in the runbook, and no row is without one.
func TestRunbook(t *testing.T) {
	names := func(text, pattern string) (found []string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			found = append(found, m[1])
		}
		slices.Sort(found)
		return found
	}
	alerts := names(read(t, "alerts.yaml"), `(?m)^\s+- alert: (\S+)$`)
	rows := names(read(t, "../docs/operations.md"), "(?m)^\\| `(Tickwire[A-Za-z]+)` \\|")
	if len(alerts) == 0 || !slices.Equal(alerts, rows) {
		t.Errorf("alerts: %q\nrunbook: %q", alerts, rows)
	}
}
