package usage

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/baiui/baiui/server/manager/store"
)

// Level is what a project, a session or a kernel had in a period, in 24.09's order.
// What only a part of the levels has is null at the others.
type Level struct {
	CreatedAt     *string         `json:"created_at"`
	UsedTime      *string         `json:"used_time"`
	UsedDays      *int            `json:"used_days"`
	UserID        *string         `json:"user_id"`
	UserEmail     *string         `json:"user_email"`
	AccessKey     *string         `json:"access_key"`
	ProjectID     string          `json:"project_id"`
	ProjectName   string          `json:"project_name"`
	KernelID      *string         `json:"kernel_id"`
	ContainerIDs  []string        `json:"container_ids"`
	SessionID     *string         `json:"session_id"`
	SessionName   *string         `json:"session_name"`
	DomainName    string          `json:"domain_name"`
	LastStat      json.RawMessage `json:"last_stat"`
	ExtraInfo     struct{}        `json:"extra_info"`
	FullName      *string         `json:"full_name"`
	Images        []string        `json:"images"`
	Agents        []string        `json:"agents"`
	Status        *string         `json:"status"`
	StatusInfo    *string         `json:"status_info"`
	StatusHistory *string         `json:"status_history"` // JSON as a text
	ClusterMode   *string         `json:"cluster_mode"`
	ScheduledAt   *string         `json:"scheduled_at"`
	TerminatedAt  *string         `json:"terminated_at"`
	Unit          string          `json:"group_unit"` // project, session or kernel
	Total         Total           `json:"total_usage"`

	Agent    *string           `json:"agent,omitempty"`    // of a kernel
	Kernels  map[string]*Level `json:"kernels,omitempty"`  // of a session, by id
	Sessions map[string]*Level `json:"sessions,omitempty"` // of a project, by id

	sum amounts
}

// Total is what a level had altogether.
type Total struct {
	NFS          []string `json:"nfs"`
	CPU          float64  `json:"cpu_allocated"`
	CPUUsed      float64  `json:"cpu_used"` // milliseconds
	Memory       int64    `json:"mem_allocated"`
	MemoryUsed   int64    `json:"mem_used"`
	SharedMemory int64    `json:"shared_memory"`
	DiskGiven    int64    `json:"disk_allocated"`
	Disk         int64    `json:"disk_used"`
	Read         int64    `json:"io_read"`
	Wrote        int64    `json:"io_write"`
	DeviceTypes  []string `json:"device_type"`
	SMP          float64  `json:"smp"`
	GPUMemory    float64  `json:"gpu_mem_allocated"`
	GPU          float64  `json:"gpu_allocated"`
}

// Period tells what projects had between two instants; an empty id stands for all
// projects. [ErrTooMany]: more kernels than a report names.
func (r *Reports) Period(ctx context.Context, project string, from, to time.Time) ([]*Level, error) {
	q := store.UsageQuery{From: from, To: to}
	if project != "" {
		q.ProjectIDs = []string{project}
	}
	projects := []*Level{}
	byID := map[string]*Level{}
	n := 0
	err := r.kernels(ctx, q, func(k store.UsedKernel) error {
		if n++; n > MaxKernels {
			return ErrTooMany
		}
		a, err := r.amountsOf(k)
		if err != nil {
			return err
		}
		p := byID[k.ProjectID]
		if p == nil {
			p = newLevel("project", k)
			p.Sessions = map[string]*Level{}
			byID[k.ProjectID], projects = p, append(projects, p)
		}
		s := p.Sessions[k.SessionID]
		if s == nil {
			s = newLevel("session", k)
			s.ofSession(k)
			s.Kernels = map[string]*Level{}
			p.Sessions[k.SessionID] = s
		}
		kernel := newLevel("kernel", k)
		kernel.ofSession(k)
		kernel.ofKernel(k, json.RawMessage(store.ToJSON(r.Stats(k.Kernel))))
		s.Kernels[k.ID] = kernel
		for _, level := range []*Level{p, s, kernel} {
			level.count(k, a)
		}
		return nil
	})
	return projects, err
}

func newLevel(unit string, k store.UsedKernel) *Level {
	return &Level{Unit: unit, ProjectID: k.ProjectID, ProjectName: k.ProjectName, DomainName: k.DomainName, LastStat: json.RawMessage("null"),
		ContainerIDs: []string{}, Images: []string{}, Agents: []string{}, Total: Total{NFS: []string{}, DeviceTypes: []string{}}}
}

// ofSession fills in what a session and its kernels have.
func (l *Level) ofSession(k store.UsedKernel) {
	text := func(t string) *string { return &t }
	l.UserID, l.UserEmail, l.AccessKey, l.FullName = text(k.UserID), text(k.UserEmail), text(k.AccessKey), text(k.FullName)
	l.SessionID, l.SessionName, l.ClusterMode = text(k.SessionID), text(k.SessionName), text(k.ClusterMode)
	l.Status, l.StatusInfo, l.StatusHistory = text(string(k.Status)), k.StatusInfo, text(string(k.StatusHistory))
	l.CreatedAt, l.ScheduledAt, l.TerminatedAt = text(instant(k.CreatedAt)), text(instant(k.ScheduledAt)), text(instant(k.TerminatedAt))
	l.UsedTime, l.UsedDays = spent(k.CreatedAt, k.TerminatedAt)
}

// ofKernel fills in what only a kernel has.
func (l *Level) ofKernel(k store.UsedKernel, stats json.RawMessage) {
	id, agent := k.ID, k.Agent
	l.KernelID, l.Agent, l.LastStat = &id, &agent, stats
}

// count adds a kernel.
func (l *Level) count(k store.UsedKernel, a amounts) {
	l.sum.add(a)
	sum := l.sum
	t := &l.Total
	t.CPU, t.CPUUsed, t.Memory, t.MemoryUsed, t.SharedMemory = sum.cpu, sum.cpuUsed, sum.memory, sum.memoryUsed, sum.shared
	t.Disk, t.Read, t.Wrote, t.GPU = sum.disk, sum.read, sum.wrote, sum.gpu
	if l.Unit == "project" {
		return // it would name thousands
	}
	l.ContainerIDs = with(l.ContainerIDs, k.ContainerID)
	l.Images, l.Agents = with(l.Images, k.Image), with(l.Agents, k.Agent)
	for _, mount := range k.Mounts {
		t.NFS = with(t.NFS, mount)
	}
}

// with adds a text that is not empty, once.
func with(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}
