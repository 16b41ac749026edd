package usage

import (
	"context"
	"encoding/json"
	"time"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/store"
)

// Group is what the sessions of a project had in a month, in 24.09's order. The
// names of its fields have a g_, those of kernels have none.
type Group struct {
	DomainName   string   `json:"domain_name"`
	ID           string   `json:"g_id"`
	Name         string   `json:"g_name"`
	CPU          float64  `json:"g_cpu_allocated"`
	CPUUsed      float64  `json:"g_cpu_used"` // milliseconds
	Memory       int64    `json:"g_mem_allocated"`
	MemoryUsed   int64    `json:"g_mem_used"`
	SharedMemory int64    `json:"g_shared_memory"`
	DiskGiven    int64    `json:"g_disk_allocated"` // always 0: disks are not allocated
	Disk         int64    `json:"g_disk_used"`
	Read         int64    `json:"g_io_read"`
	Wrote        int64    `json:"g_io_write"`
	DeviceTypes  []string `json:"g_device_type"`
	SMP          float64  `json:"g_smp"`               // of accelerators, which are not looked into
	GPUMemory    float64  `json:"g_gpu_mem_allocated"` // likewise
	GPU          float64  `json:"g_gpu_allocated"`
	Kernels      []Entry  `json:"c_infos"`

	sum amounts
}

// Entry is one kernel of a month.
type Entry struct {
	ID            string          `json:"id"`
	SessionID     string          `json:"session_id"`
	ContainerID   string          `json:"container_id"`
	DomainName    string          `json:"domain_name"`
	GroupID       string          `json:"group_id"`
	GroupName     string          `json:"group_name"`
	Name          string          `json:"name"`
	AccessKey     string          `json:"access_key"`
	Email         string          `json:"email"`
	FullName      string          `json:"full_name"`
	Agent         string          `json:"agent"`
	CPU           float64         `json:"cpu_allocated"`
	CPUUsed       float64         `json:"cpu_used"`
	Memory        int64           `json:"mem_allocated"`
	MemoryUsed    int64           `json:"mem_used"`
	SharedMemory  int64           `json:"shared_memory"`
	DiskGiven     int64           `json:"disk_allocated"`
	Disk          int64           `json:"disk_used"`
	Read          int64           `json:"io_read"`
	Wrote         int64           `json:"io_write"`
	UsedTime      *string         `json:"used_time"` // null while it lives
	UsedDays      *int            `json:"used_days"` // likewise
	DeviceTypes   []string        `json:"device_type"`
	SMP           float64         `json:"smp"`
	GPUMemory     float64         `json:"gpu_mem_allocated"`
	GPU           float64         `json:"gpu_allocated"`
	NFS           []string        `json:"nfs"` // null without folders
	ImageID       string          `json:"image_id"`
	ImageName     string          `json:"image_name"`
	CreatedAt     string          `json:"created_at"`
	TerminatedAt  string          `json:"terminated_at"` // "None" while it lives
	Status        string          `json:"status"`
	StatusInfo    *string         `json:"status_info"`
	StatusChanged string          `json:"status_changed"`
	StatusHistory json.RawMessage `json:"status_history"`
	ClusterMode   string          `json:"cluster_mode"`
}

// Month tells what projects had in a month of UTC, all of them without ids. Projects
// without kernels in it are left out. [ErrTooMany]: more kernels than a report names.
func (r *Reports) Month(ctx context.Context, projects []string, month time.Time) ([]*Group, error) {
	groups := []*Group{}
	byID := map[string]*Group{}
	n := 0
	err := r.kernels(ctx, store.UsageQuery{From: month, To: month.AddDate(0, 1, 0), ProjectIDs: projects}, func(k store.UsedKernel) error {
		if n++; n > MaxKernels {
			return ErrTooMany
		}
		a, err := r.amountsOf(k)
		if err != nil {
			return err
		}
		g := byID[k.ProjectID]
		if g == nil {
			g = &Group{DomainName: k.DomainName, ID: k.ProjectID, Name: k.ProjectName, DeviceTypes: []string{}}
			byID[k.ProjectID], groups = g, append(groups, g)
		}
		g.sum.add(a)
		g.Kernels = append(g.Kernels, entryOf(k, a))
		return nil
	})
	for _, g := range groups {
		g.CPU, g.CPUUsed, g.Memory, g.MemoryUsed, g.SharedMemory = g.sum.cpu, g.sum.cpuUsed, g.sum.memory, g.sum.memoryUsed, g.sum.shared
		g.Disk, g.Read, g.Wrote, g.GPU = g.sum.disk, g.sum.read, g.sum.wrote, g.sum.gpu
	}
	return groups, err
}

func entryOf(k store.UsedKernel, a amounts) Entry {
	e := Entry{ID: k.ID, SessionID: k.SessionID, ContainerID: k.ContainerID, DomainName: k.DomainName, GroupID: k.ProjectID,
		GroupName: k.ProjectName, Name: k.SessionName, AccessKey: k.AccessKey, Email: k.UserEmail, FullName: k.FullName, Agent: k.Agent,
		CPU: a.cpu, CPUUsed: a.cpuUsed, Memory: a.memory, MemoryUsed: a.memoryUsed, SharedMemory: a.shared, Disk: a.disk, Read: a.read,
		Wrote: a.wrote, DeviceTypes: []string{}, GPU: a.gpu, NFS: k.Mounts, ImageID: k.Image, ImageName: k.Image, CreatedAt: instant(k.CreatedAt),
		TerminatedAt: instant(k.TerminatedAt), Status: string(k.Status), StatusInfo: k.StatusInfo, StatusChanged: instant(k.StatusChanged),
		StatusHistory: json.RawMessage(k.StatusHistory), ClusterMode: k.ClusterMode}
	e.UsedTime, e.UsedDays = spent(k.CreatedAt, k.TerminatedAt)
	return e
}

// instant is how Python shows one.
func instant(t time.Time) string {
	if t.IsZero() {
		return "None"
	}
	return api.ISOSpace(t)
}
