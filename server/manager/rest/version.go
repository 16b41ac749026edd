package rest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/baiui/baiui/server/manager/problem"
)

// apiVersions are the values of X-BackendAI-Version that manager 24.09 takes.
func apiVersions() []string {
	return []string{
		"v4.20181215", "v4.20190115", "v4.20190315", "v4.20190615", "v5.20191215", "v6.20200815", "v6.20210815",
		"v6.20220315", "v6.20220615", "v6.20230315", "v7.20230615", "v8.20240315", APIVersion,
	}
}

// versionOf is the API version a request names, empty if none.
func versionOf(r *http.Request) string {
	if v := r.Header.Get("X-BackendAI-Version"); v != "" {
		return v
	}
	return r.Header.Get("X-Sorna-Version")
}

// checkVersion refuses a version that is not in the list, before anything else
// is looked at.
func checkVersion(r *http.Request) error {
	if v := versionOf(r); v != "" && !slices.Contains(apiVersions(), v) {
		return problem.BadRequest("Unsupported API version.")
	}
	return nil
}

// revision is the API version of a request as number and date; a request that
// names none counts as version 5.
func revision(r *http.Request) (major int, date string) {
	text, date, ok := strings.Cut(strings.TrimPrefix(versionOf(r), "v"), ".")
	if major, err := strconv.Atoi(text); ok && err == nil {
		return major, date
	}
	return 5, "20191215"
}
