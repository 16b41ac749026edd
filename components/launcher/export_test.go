package launcher

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
)

// What every command of the form begins with, has in its middle, and ends with.
const (
	commandBegins = "backend.ai session create --enqueue-only --no-reuse "
	commandSizes  = " --domain dom --group default --scaling-group default --architecture x86_64 --resources cpu=1 --resources mem=1g" +
		" --resource-opts shmem=64m"
	commandImage = " cr.backend.ai/stable/python:3.13-ubuntu24.04"
)

func TestALaunchAsACommand(t *testing.T) {
	f := facts()
	f.Can = Abilities{TimeLimit: true, PickAgent: true}
	for _, test := range []struct {
		what   string
		change func(*Form)
		want   string
	}{
		{"without a name the client gives one", func(*Form) {}, commandBegins + "--type interactive" + commandSizes + commandImage},
		{"several sessions are numbered by a loop", func(form *Form) { form.Name, form.Sessions = "train", 3 },
			"for i in $(seq 3); do " + commandBegins + "--name train-$i --type interactive" + commandSizes + commandImage + "; done"},
		{"several without a name", func(form *Form) { form.Sessions = 2 },
			"for i in $(seq 2); do " + commandBegins + "--type interactive" + commandSizes + commandImage + "; done"},
		{"a batch job with start and time limit", func(form *Form) {
			form.Type, form.Name = model.TypeBatch, "job1"
			form.Batch = Batch{Command: "echo 'a b'", Scheduled: true, Start: now, Limited: true, Limit: 90, LimitUnit: UnitMinute}
		}, commandBegins + `--name job1 --type batch --startup-command 'echo '\''a b'\''' --starts-at 2026-05-04T12:00:00Z --batch-timeout 90m` + commandSizes + commandImage},
		{"a bootstrap script", func(form *Form) { form.Bootstrap = "echo" },
			commandBegins + "--type interactive --bootstrap-script <(echo ZWNobw==)" + commandSizes + commandImage},
		{"variables, of which secret ones are left to the shell", func(form *Form) {
			form.Variables = []Variable{{"GREETING", "good day"}, {"TOKEN", "hidden"}}
		}, commandBegins + "--type interactive" + commandSizes + ` --env 'GREETING=good day' --env TOKEN="$TOKEN"` + commandImage},
		{"folders, by their names where there is no alias", func(form *Form) {
			form.Mounts = []Mount{{ID: "f1", Name: "data", Alias: "in"}, {ID: "f4", Name: "more"}}
		}, commandBegins + "--type interactive" + commandSizes + " --volume data=/home/work/in --volume more" + commandImage},
		{"ports and an agent", func(form *Form) { form.Ports, form.Agent = []string{"8080", "9000:9001"}, "a" },
			commandBegins + "--type interactive" + commandSizes + " --preopen 8080,9000,9001 --assign-agent a" + commandImage},
		{"a cluster", func(form *Form) { form.ClusterSize, form.ClusterMode = 2, MultiNode },
			commandBegins + "--type interactive" + commandSizes + " --cluster-size 2 --cluster-mode multi-node" + commandImage},
		{"for somebody else", func(form *Form) {
			form.Owner = Owner{Enabled: true, AccessKey: "AK", Project: "default", Domain: "dom"}
		},
			commandBegins + "--type interactive --owner AK" + commandSizes + commandImage},
	} {
		t.Run(test.what, func(t *testing.T) {
			form := filled()
			test.change(&form)
			assert.Equal(t, test.want, CommandLine(form, f, "default", "dom"))
		})
	}
}

func TestASizeOfACommandHasItsUnit(t *testing.T) {
	for bytes, want := range map[string]string{"1073741824": "1g", "67108864": "64m", "1025": "2k", "many": "many"} {
		assert.Equal(t, want, kibibytes(bytes))
	}
}
