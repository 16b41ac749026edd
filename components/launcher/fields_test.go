package launcher

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
)

func TestNamesFollowTheRuleOfTheGuide(t *testing.T) {
	for _, test := range []struct {
		what, name string
		wanted     []string
	}{
		{"no name is given one by itself", "", nil},
		{"letters and digits", "train01", nil},
		{"the shortest", "abcd", nil},
		{"too short", "abc", []string{"name.short"}},
		{"the longest", strings.Repeat("a", 64), nil},
		{"too long", strings.Repeat("a", 65), []string{"name.long"}},
		{"spaces are not allowed", "my session", []string{"name.character"}},
		{"nor are letters of other alphabets", "학습세션", []string{"name.character"}},
		{"hyphens and dots inside", "a-b.c_d", nil},
		{"a hyphen at the beginning", "-abcd", []string{"name.start"}},
		{"a dot at the end", "abcd.", []string{"name.end"}},
		{"markup", "<b>bold</b>", []string{"name.character"}},
	} {
		t.Run(test.what, func(t *testing.T) { expect(t, CheckName(test.name), test.wanted...) })
	}
}

func TestBatchSessionsNeedACommandAndAFuture(t *testing.T) {
	batch := model.TypeBatch
	for _, test := range []struct {
		what   string
		kind   model.SessionType
		batch  Batch
		wanted []string
	}{
		{"interactive sessions have none of it", model.TypeInteractive, Batch{Scheduled: true}, nil},
		{"a command is needed", batch, Batch{Command: " "}, []string{"command.missing"}},
		{"with a command it is right", batch, Batch{Command: "make"}, nil},
		{"the start lies in the future", batch, Batch{Command: "make", Scheduled: true, Start: now.Add(time.Second)}, nil},
		{"not in the past", batch, Batch{Command: "make", Scheduled: true, Start: now}, []string{"start.past"}},
		{"a start that was switched on is needed", batch, Batch{Command: "make", Scheduled: true}, []string{"start.missing"}},
		{"a time limit of one", batch, Batch{Command: "make", Limited: true, Limit: 1, LimitUnit: UnitWeek}, nil},
		{"of none", batch, Batch{Command: "make", Limited: true, LimitUnit: UnitDay}, []string{"limit.missing"}},
		{"in no unit", batch, Batch{Command: "make", Limited: true, Limit: 3, LimitUnit: "y"}, []string{"limit.missing"}},
		{"beyond all bounds", batch, Batch{Command: "make", Limited: true, Limit: 1 << 60, LimitUnit: UnitWeek}, []string{"limit.long"}},
	} {
		t.Run(test.what, func(t *testing.T) { expect(t, CheckBatch(test.kind, test.batch, now), test.wanted...) })
	}
}

func TestTimeLimitsAreSpelledInTheLargestUnit(t *testing.T) {
	for wanted, d := range map[string]time.Duration{
		"90s": 90 * time.Second, "2m": 2 * time.Minute, "3h": 3 * time.Hour, "14d": 14 * 24 * time.Hour, "25h": 25 * time.Hour,
	} {
		assert.Equal(t, wanted, spellLimit(d))
	}
	assert.Equal(t, now.Add(2*time.Minute), DefaultStart(now.Add(30*time.Second)))
}

func TestVariablesHaveANameAndAValueOnce(t *testing.T) {
	for _, test := range []struct {
		what   string
		list   []Variable
		wanted []string
	}{
		{"a name and a value", []Variable{{"PATH", "/usr/bin"}, {"_x1", "y"}}, nil},
		{"no name", []Variable{{"", "x"}}, []string{"variable.name.missing"}},
		{"no value", []Variable{{"A", ""}}, []string{"variable.value.missing"}},
		{"a digit first", []Variable{{"1A", "x"}}, []string{"variable.name.wrong"}},
		{"a hyphen", []Variable{{"A-B", "x"}}, []string{"variable.name.wrong"}},
		{"twice", []Variable{{"A", "x"}, {"A", "y"}}, []string{"variable.twice"}},
		{"a value that is too long", []Variable{{"A", strings.Repeat("x", MaxVariableValue+1)}}, []string{"variable.value.wrong"}},
	} {
		t.Run(test.what, func(t *testing.T) { expect(t, CheckVariables(test.list), test.wanted...) })
	}
}

func TestSecretsAreKnownByTheirNames(t *testing.T) {
	for _, name := range []string{"AWS_SECRET_ACCESS_KEY", "db_password", "GITHUB_TOKEN", "SSH_AUTH_SOCK", "API_KEY", "pin", "oauth2"} {
		assert.True(t, Secret(name), name)
	}
	for _, name := range []string{"PATH", "HOME", "OMP_NUM_THREADS", "MONKEY"} {
		assert.False(t, Secret(name), name)
	}
	form := Form{Variables: []Variable{{"TOKEN", "abc"}, {"PATH", "/bin"}}}
	assert.Equal(t, []Variable{{"TOKEN", ""}, {"PATH", "/bin"}}, WithoutSecrets(form).Variables)
	assert.Equal(t, "abc", form.Variables[0].Value, "the form itself keeps it")
}

func TestPortsAreSplitAtCommasAndSpaces(t *testing.T) {
	assert.Equal(t, []string{"8000", "8001", "8002"}, SplitPorts("8000, 8001 8002,"))
	for _, test := range []struct {
		what   string
		text   string
		wanted []string
	}{
		{"the range of the guide", "1024 65535", nil},
		{"below it", "1023", []string{"port.range"}},
		{"above it", "65536", []string{"port.range"}},
		{"no number", "http", []string{"port.number"}},
		{"a sign", "+8080", []string{"port.number"}},
		{"twice", "8080 8080", []string{"port.twice"}},
		{"a range", "8000:8003", nil},
		{"a range in a range", "8000:8003 8002", []string{"port.twice"}},
		{"a range the wrong way round", "8003:8000", []string{"port.order"}},
		{"a range without end", "8000:", []string{"port.number"}},
		{"more than there may be", "8000:8010", []string{"port.many"}},
		{"far more", "0:99999999999999999999", []string{"port.number"}},
		{"all there are, many times", strings.Repeat("1024:65535 ", 10_000), []string{"port.many"}},
		{"the terminal's", "7681", []string{"port.reserved"}},
		{"a range that holds the kernel's own", "1999:2004", []string{"port.reserved"}},
		{"those of the image's apps", "8070 8091", []string{"port.reserved", "port.reserved"}},
	} {
		t.Run(test.what, func(t *testing.T) {
			image := model.Image{Labels: model.Labels{"ai.backend.service-ports": "jupyter:http:8070,triton:http:[8090,8091]"}}
			expect(t, CheckPorts(SplitPorts(test.text), image, DefaultMaxPorts), test.wanted...)
		})
	}
	assert.Equal(t, []int{8080, 9000, 9001}, Ports([]string{"8080", "x", "9000:9001"}))
}

func TestFoldersAreMountedOncePerPath(t *testing.T) {
	folders := append(facts().Folders, model.Folder{ID: "f4", Name: "more", Status: "ready"})
	for _, test := range []struct {
		what   string
		mounts []Mount
		wanted []string
		path   string
	}{
		{"below the home by its name", []Mount{{ID: "f1", Name: "data"}}, nil, "/home/work/data"},
		{"below the home by an alias", []Mount{{ID: "f1", Name: "data", Alias: "in/set"}}, nil, "/home/work/in/set"},
		{"at an absolute path", []Mount{{ID: "f1", Name: "data", Alias: "/data/in"}}, nil, "/data/in"},
		{"characters that are not allowed", []Mount{{ID: "f1", Name: "data", Alias: "a b"}}, []string{"mount.alias"}, ""},
		{"no way up", []Mount{{ID: "f1", Name: "data", Alias: "../x"}}, []string{"mount.alias"}, ""},
		{"not at the root", []Mount{{ID: "f1", Name: "data", Alias: "/"}}, []string{"mount.alias"}, ""},
		{"not over the home", []Mount{{ID: "f1", Name: "data", Alias: "/home/work/"}}, []string{"mount.taken"}, ""},
		{"over a directory of the system", []Mount{{ID: "f1", Name: "data", Alias: "/usr/share/x"}}, []string{"mount.system"}, ""},
		{"in a directory beside the system's", []Mount{{ID: "f1", Name: "data", Alias: "/users"}}, nil, "/users"},
		{"over all homes", []Mount{{ID: "f1", Name: "data", Alias: "/home"}}, []string{"mount.system"}, ""},
		{"one in the other", []Mount{{ID: "f1", Name: "data", Alias: "in/set"}, {ID: "f4", Name: "more", Alias: "in"}}, []string{"mount.taken"}, ""},
		{"under the name of another one", []Mount{{ID: "f1", Name: "data", Alias: "more"}, {ID: "f4", Name: "more", Alias: "out"}}, []string{"mount.taken"}, ""},
		{"two beside each other", []Mount{{ID: "f1", Name: "data", Alias: "in"}, {ID: "f4", Name: "more", Alias: "in-2"}}, nil, "/home/work/in"},
		{"two at one path", []Mount{{ID: "f1", Name: "data"}, {ID: "f1", Name: "data"}}, []string{"mount.taken"}, ""},
		{"at the path of a folder that is mounted by itself", []Mount{{ID: "f2", Name: ".local"}}, []string{"mount.taken"}, ""},
		{"a folder that is gone", []Mount{{ID: "f9", Name: "gone"}}, []string{"mount.gone"}, ""},
		{"a folder in the trash", []Mount{{ID: "f3", Name: "old"}}, []string{"mount.not_ready"}, ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			expect(t, CheckMounts(test.mounts, folders), test.wanted...)
			if test.path != "" {
				assert.Equal(t, test.path, test.mounts[0].Path())
			}
		})
	}
}

func TestMemoryIsReadInGiBOrWithAUnit(t *testing.T) {
	for text, want := range map[string]int64{
		"2": 2 * GiB, "0.5": GiB / 2, "1.": GiB, " 512m ": 512 * MiB, "512M": 512 * MiB, "512MiB": 512 * MiB, "1.5g": 3 * GiB / 2, "1t": 1024 * GiB,
		"": 0, "much": 0, "-1": 0, "NaN": 0, "Infinity": 0, "9e99": 0,
	} {
		assert.Equal(t, want, readMemory(text), text)
	}
}
