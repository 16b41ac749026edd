package client

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
)

func TestCompareVersions(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       int
	}{
		{"equal texts", "24.09.7", "24.09.7", 0},
		{"numbers count as numbers", "24.9.7", "24.09.07", 0},
		{"a later patch is greater", "24.09.14", "24.09.7", 1},
		{"a later month is greater", "24.12.0", "24.09.14", 1},
		{"a later year is greater", "26.1.0", "25.19.0", 1},
		{"a missing number is zero", "24.09", "24.09.0", 0},
		{"dev is below a", "24.09.0.dev1", "24.09.0a1", -1},
		{"a is below b", "24.09.0a2", "24.09.0b1", -1},
		{"b is below c", "24.09.0b2", "24.09.0c1", -1},
		{"c is below rc", "24.09.0c2", "24.09.0rc1", -1},
		{"rc is below the release", "24.09.0rc1", "24.09.0", -1},
		{"rc numbers are ordered", "26.4.4rc9", "26.4.4rc7", 1},
		{"post is above the release", "24.09.0.post1", "24.09.0", 1},
		{"post is below the next patch", "24.09.0.post1", "24.09.1", -1},
		{"dashes and underscores separate", "24-09_0-rc1", "24.09.0rc1", 0},
		{"the local part decides last", "24.09.0+a", "24.09.0+b", -1},
		{"a local part is above none", "24.09.0+1", "24.09.0", 1},
		{"a star equals anything", "24.09.*", "24.09.14", 0},
		{"another word is below a number", "24.09.x", "24.09.0", -1},
		{"numbers beyond any integer are compared", "99999999999999999999999", "99999999999999999999998", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, sign(CompareVersions(tt.a, tt.b)))
			assert.Equal(t, -tt.want, sign(CompareVersions(tt.b, tt.a)))
		})
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func TestSupportedVersions(t *testing.T) {
	tests := []struct {
		name         string
		api, manager string
		supported    bool
		request      string // X-BackendAI-Version
	}{
		{"23.03 is too old", "v7.20230615", "23.03.12", false, "v7.20230615"},
		{"22.09 is too old", "v6.20220615", "22.09.22", false, "v6.20220615"},
		{"23.09 is the first", "v7.20230615", "23.09.0", true, "v7.20230615"},
		{"so are its pre-releases", "v7.20230615", "23.09.0rc1", true, "v7.20230615"},
		{"24.03", "v8.20240315", "24.03.3", true, "v8.20240315"},
		{"24.09 is asked in its own version", "v8.20240915", "24.09.14", true, "v8.20240915"},
		{"26.9 is asked in its own version", "v9.20250722", "26.9.6", true, "v9.20250722"},
		{"an unknown newer one is asked in the newest known", "v10.20280101", "28.3.1", true, "v9.20250722"},
		{"the same major with a later date too", "v9.20990101", "27.1.0", true, "v9.20250722"},
		{"no manager version", "v8.20240915", "", false, "v8.20240915"},
		{"an API version that cannot be read", "8", "24.09.14", false, "8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			version := Version{API: tt.api, Manager: tt.manager}
			assert.Equal(t, tt.supported, version.Supported())
			assert.Equal(t, tt.request, version.RequestAPI())
		})
	}
}

func TestFeatures(t *testing.T) {
	var (
		v2309  = Version{API: "v7.20230615", Manager: "23.09.2"}
		v2403  = Version{API: "v8.20240315", Manager: "24.03.12"}
		v2409  = Version{API: "v8.20240915", Manager: "24.09.5"}
		v2412  = Version{API: "v8.20240915", Manager: "24.12.1"}
		v251   = Version{API: "v8.20240915", Manager: "25.1.0"}
		v269   = Version{API: "v9.20250722", Manager: "26.9.6"}
		future = Version{API: "v12.20310101", Manager: "31.3.0"}
	)
	all := []Version{v2309, v2403, v2409, v2412, v251, v269, future}
	tests := []struct {
		feature Feature
		want    [7]bool // by the versions above
	}{
		{FeatureScalingGroup, [7]bool{true, true, true, true, true, true, true}},
		{FeatureMultiNode, [7]bool{true, true, true, true, true, true, true}},
		{FeatureAvoidHOLBlocking, [7]bool{true, true, true, true, true, true, true}},
		{FeatureInference, [7]bool{true, true, true, true, true, true, true}},
		{FeatureTrashBin, [7]bool{false, true, true, true, true, true, true}},
		{FeatureSessionNode, [7]bool{false, false, true, true, true, true, true}},
		{FeatureAgentSelect, [7]bool{false, false, true, true, true, true, true}},
		{FeaturePreparedStatus, [7]bool{false, false, false, true, true, true, true}},
		// By release: 24.03.12 has it, 24.09 from .6 on, 25 from 25.1 on; 24.12 is
		// not named and compares with the greatest.
		{FeatureVFolderIDBased, [7]bool{false, true, false, false, true, true, true}},
		{FeatureVFolderMounts, [7]bool{false, false, false, false, false, true, true}},
		{FeaturePreemption, [7]bool{false, false, false, false, false, true, true}},
		{FeatureRestart, [7]bool{true, true, true, true, true, false, false}},
		{Feature("no-such-feature"), [7]bool{}},
	}
	for _, tt := range tests {
		for i, version := range all {
			assert.Equal(t, tt.want[i], version.Supports(tt.feature), "%s on %s", tt.feature, version.Manager)
		}
	}
}

func TestRequirementsAreWellFormed(t *testing.T) {
	seen := map[Feature]bool{}
	for _, r := range requirements {
		assert.False(t, seen[r.feature], "%s appears twice", r.feature)
		seen[r.feature] = true
		assert.NotEqual(t, r.api == "", len(r.managers) == 0, "%s needs one kind of minimum", r.feature)
		if r.api != "" {
			_, ok := parseAPIVersion(r.api)
			assert.True(t, ok, "%s: %s", r.feature, r.api)
		}
		for i := 1; i < len(r.managers); i++ {
			assert.Positive(t, CompareVersions(r.managers[i-1], r.managers[i]), "%s: the greatest first", r.feature)
		}
	}
}

func TestStatusesAManagerKnows(t *testing.T) {
	tests := []struct {
		status model.Status
		known  [3]bool // 24.09.14, 24.12.0, 26.9.6
	}{
		{model.StatusRunning, [3]bool{true, true, true}},
		{model.StatusScheduled, [3]bool{true, true, true}},
		{model.StatusRunningDegraded, [3]bool{true, true, true}},
		{model.StatusPrepared, [3]bool{false, true, true}},
		{model.StatusCreating, [3]bool{false, true, true}},
		{model.StatusDeprioritizing, [3]bool{false, false, true}},
		{model.StatusReserved, [3]bool{false, false, true}},
		{model.StatusPreempted, [3]bool{false, false, true}},
		{model.StatusRescheduling, [3]bool{false, false, true}},
	}
	for _, tt := range tests {
		for i, manager := range []string{"24.09.14", "24.12.0", "26.9.6"} {
			assert.Equal(t, tt.known[i], Version{API: "v8.20240915", Manager: manager}.Knows(tt.status), "%s on %s", tt.status, manager)
		}
	}
	assert.False(t, Version{API: "v4.20190601", Manager: "20.03.0"}.Knows(model.StatusScheduled),
		"without avoid-hol-blocking there is no SCHEDULED, as in the seminar deck")
}

func FuzzCompareVersions(f *testing.F) {
	f.Add("24.09.14", "24.09.0rc1")
	f.Add("24.03.0a1+local.1", "*")
	f.Add("", ".-_ +++")
	f.Fuzz(func(t *testing.T, a, b string) {
		assert.Zero(t, CompareVersions(a, a))
		assert.Equal(t, sign(CompareVersions(a, b)), -sign(CompareVersions(b, a)))
		version := Version{API: a, Manager: b}
		version.Supported()
		for _, r := range requirements {
			version.Supports(r.feature)
		}
	})
}
