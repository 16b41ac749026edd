package client

import (
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// Feature is something that only some managers can do, under the name that the
// original client gives it.
type Feature string

// The features that concern sessions, kernels, folders, images and idle checks.
const (
	FeatureDetailedStates    Feature = "detailed-session-states" // statuses may be sent as a list
	FeatureMultiContainer    Feature = "multi-container"         // cluster_size
	FeatureMultiNode         Feature = "multi-node"              // cluster_mode
	FeatureStorageProxy      Feature = "storage-proxy"
	FeatureSystemImages      Feature = "system-images"
	FeatureScalingGroup      Feature = "scaling-group"
	FeatureAvoidHOLBlocking  Feature = "avoid-hol-blocking"    // the status SCHEDULED
	FeatureDetailStatus      Feature = "session-detail-status" // status_data
	FeatureSessionLifetime   Feature = "session-lifetime"
	FeatureImageCommit       Feature = "image-commit"
	FeatureStoragePerms      Feature = "fine-grained-storage-permissions"
	FeatureIdleChecks        Feature = "idle-checks"
	FeatureInference         Feature = "inference-workload"
	FeatureAllocatedShmem    Feature = "display-allocated-shmem"
	FeatureSFTPScalingGroup  Feature = "sftp-scaling-group"
	FeatureQuotaScope        Feature = "quota-scope"
	FeatureMaxQuotaScope     Feature = "max-quota-scope-size"
	FeatureTrashBin          Feature = "vfolder-trash-bin"
	FeaturePerUserImage      Feature = "per-user-image"
	FeatureCommittedImage    Feature = "user-committed-image"
	FeaturePerKernelLogs     Feature = "per-kernel-logs"
	FeatureSessionNode       Feature = "session-node"
	FeatureIdleChecksGQL     Feature = "idle-checks-gql"
	FeatureAgentSelect       Feature = "agent-select"
	FeatureExtendedImageInfo Feature = "extended-image-info"
	FeatureBatchTimeout      Feature = "batch-timeout"
	FeaturePreparedStatus    Feature = "prepared-session-status"
	FeatureCreatingStatus    Feature = "creating-session-status"
	FeatureBaseImageName     Feature = "base-image-name"
	FeatureVFolderIDBased    Feature = "vfolder-id-based"
	FeatureVFolderMounts     Feature = "vfolder-mounts"
	FeatureInviterEmail      Feature = "invitation-inviter-email"
	FeaturePurgeImageByID    Feature = "purge_image_by_id"
	FeatureMountByID         Feature = "mount-by-id"
	FeaturePendingList       Feature = "pending-session-list"
	FeatureBackgroundDelete  Feature = "background-file-delete"
	FeatureSchedulingHistory Feature = "session-scheduling-history"
	FeatureDownloadArchive   Feature = "download-archive"
	FeaturePreemption        Feature = "session-preemption-statuses" // PREEMPTED, RESCHEDULING, RESERVED
	// FeatureRestart is not in the original's table: manager 24.09.14 restarts a
	// session (204), 26.9.6 answers 501 "no longer supported". Which release
	// dropped it is not known; 26.1 is taken.
	FeatureRestart Feature = "session-restart"
	// FeatureDryRun is the embedded manager's alone.
	FeatureDryRun Feature = "dry-run"
)

// requirement is the least version that has a feature: of the API, or of the
// manager. until, if set, is the first manager that has it no more.
type requirement struct {
	feature  Feature
	api      string
	managers []string // the greatest first; see Version.atLeast
	until    string
}

// requirements follow the original client's table, oldest first. "API" rows
// compare with the API version, the rest with the manager's.
var requirements = [...]requirement{
	{feature: FeatureScalingGroup, api: "v4.20190601"},
	{feature: FeatureSystemImages, api: "v4.20190601"},
	{feature: FeatureDetailedStates, api: "v4.20190601"},
	{feature: FeatureMultiContainer, api: "v6.20200815"},
	{feature: FeatureMultiNode, api: "v6.20200815"},
	{feature: FeatureStorageProxy, api: "v6.20200815"},
	{feature: FeatureInference, api: "v6.20230315"},

	{feature: FeatureAvoidHOLBlocking, managers: []string{"20.09.16"}},
	{feature: FeatureDetailStatus, managers: []string{"20.09.16"}},
	{feature: FeatureSessionLifetime, managers: []string{"22.03"}},
	{feature: FeatureImageCommit, managers: []string{"22.09"}},
	{feature: FeatureStoragePerms, managers: []string{"22.09"}},
	{feature: FeatureIdleChecks, managers: []string{"22.09.19"}},
	{feature: FeatureAllocatedShmem, managers: []string{"23.03"}},
	{feature: FeatureSFTPScalingGroup, managers: []string{"23.03.3"}},
	{feature: FeatureQuotaScope, managers: []string{"23.03.7"}},
	{feature: FeatureMaxQuotaScope, managers: []string{"23.09.2"}},
	{feature: FeatureTrashBin, managers: []string{"24.03.0"}},
	{feature: FeaturePerUserImage, managers: []string{"24.03.0"}},
	{feature: FeatureCommittedImage, managers: []string{"24.03.0"}},
	{feature: FeaturePerKernelLogs, managers: []string{"24.03.7"}},
	{feature: FeatureSessionNode, managers: []string{"24.09"}},
	{feature: FeatureIdleChecksGQL, managers: []string{"24.09"}},
	{feature: FeatureAgentSelect, managers: []string{"24.09.1"}},
	{feature: FeatureExtendedImageInfo, managers: []string{"24.12.0"}},
	{feature: FeatureBatchTimeout, managers: []string{"24.12.0"}},
	{feature: FeaturePreparedStatus, managers: []string{"24.12.0"}},
	{feature: FeatureCreatingStatus, managers: []string{"24.12.0"}},
	{feature: FeatureBaseImageName, managers: []string{"24.12.0"}},
	{feature: FeatureVFolderIDBased, managers: []string{"25.1.0", "24.09.6", "24.03.12"}},
	{feature: FeatureVFolderMounts, managers: []string{"25.3.0", "24.09.8"}},
	{feature: FeatureInviterEmail, managers: []string{"25.6.0"}},
	{feature: FeaturePurgeImageByID, managers: []string{"25.10.0"}},
	{feature: FeatureMountByID, managers: []string{"25.12.0"}},
	{feature: FeaturePendingList, managers: []string{"25.13.0"}},
	{feature: FeatureBackgroundDelete, managers: []string{"25.17.0"}},
	{feature: FeatureSchedulingHistory, managers: []string{"26.3.0"}},
	{feature: FeatureDownloadArchive, managers: []string{"26.3.0"}},
	{feature: FeaturePreemption, managers: []string{"26.8.0"}},
	{feature: FeatureRestart, managers: []string{"22.09"}, until: "26.1"},
}

// Supports reports whether a manager of version v has feature f. A feature this
// package does not know is not supported.
func (v Version) Supports(f Feature) bool {
	if slices.Contains(strings.Fields(v.Extensions), string(f)) {
		return true
	}
	for _, r := range requirements {
		if r.feature != f {
			continue
		}
		if r.until != "" && CompareVersions(v.Manager, r.until) >= 0 {
			return false
		}
		if r.api != "" {
			return v.atLeastAPI(r.api)
		}
		return v.atLeast(r.managers...)
	}
	return false
}

// Knows reports whether a manager of version v knows a session status. One
// unknown status makes the whole query fail, so those it does not know are never
// sent. Statuses this package does not know are taken to be known.
func (v Version) Knows(s model.Status) bool {
	switch s {
	case model.StatusScheduled:
		return v.Supports(FeatureAvoidHOLBlocking)
	case model.StatusPrepared:
		return v.Supports(FeaturePreparedStatus)
	case model.StatusCreating:
		return v.Supports(FeatureCreatingStatus)
	case model.StatusDeprioritizing, model.StatusReserved, model.StatusPreempted, model.StatusRescheduling:
		return v.Supports(FeaturePreemption)
	}
	return true
}
