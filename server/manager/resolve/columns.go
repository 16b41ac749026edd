package resolve

import (
	"errors"
	"time"

	"github.com/baiui/baiui/server/manager/filter"
	"github.com/baiui/baiui/server/manager/store"
)

// What clients may filter and order by, per list query, and what stands behind
// the names in the store. The sets are those of manager 24.09, but for what is
// not kept here. group_name is not among those of sessions: 24.09 declares it
// and answers "Unknown/unsupported field name".

func instant() func(any) (any, error) {
	return filter.Time(func(t time.Time) any { return store.Micros(t) })
}

func uuidColumn(value any) (any, error) {
	text, ok := value.(string)
	if !ok {
		return nil, errors.New("badly formed hexadecimal UUID string")
	}
	id, ok := normalUUID(text)
	if !ok {
		// No row has it; the real manager fails in its database instead.
		return text, nil
	}
	return id, nil
}

func sessionStatuses() []string {
	return []string{"PENDING", "SCHEDULED", "PULLING", "PREPARING", "RUNNING", "RESTARTING", "RUNNING_DEGRADED",
		"TERMINATING", "TERMINATED", "ERROR", "CANCELLED"}
}

func sessionColumns() filter.Columns {
	agents := filter.Column{
		SQL:  "SELECT k.agent AS value FROM kernels k WHERE k.session_id = s.id AND k.agent IS NOT NULL",
		List: true,
	}
	return filter.Columns{
		"id":              {SQL: "s.id", Convert: uuidColumn},
		"type":            {SQL: "s.type", Convert: filter.Enum("INTERACTIVE", "BATCH", "INFERENCE", "SYSTEM")},
		"name":            {SQL: "s.name"},
		"priority":        {SQL: "s.priority", Convert: filter.Number},
		"image":           {SQL: "s.image"},
		"agent_ids":       agents,
		"agent_id":        agents,
		"agents":          agents,
		"domain_name":     {SQL: "s.domain_name"},
		"user_email":      {SQL: "u.email", Nullable: true},
		"user_id":         {SQL: "s.user_id", Convert: uuidColumn},
		"full_name":       {SQL: "u.full_name", Nullable: true},
		"access_key":      {SQL: "s.access_key"},
		"scaling_group":   {SQL: "s.scaling_group"},
		"cluster_mode":    {SQL: "s.cluster_mode", Convert: filter.Mapped("SINGLE_NODE", "single-node", "MULTI_NODE", "multi-node")},
		"cluster_size":    {SQL: "s.cluster_size", Convert: filter.Number},
		"status":          {SQL: "s.status", Convert: filter.Enum(sessionStatuses()...)},
		"status_info":     {SQL: "s.status_info", Nullable: true},
		"result":          {SQL: "s.result", Convert: filter.Enum("UNDEFINED", "SUCCESS", "FAILURE")},
		"created_at":      {SQL: "s.created_at", Convert: instant()},
		"terminated_at":   {SQL: "s.terminated_at", Nullable: true, Convert: instant()},
		"starts_at":       {SQL: "s.starts_at", Nullable: true, Convert: instant()},
		"scheduled_at":    {SQL: "s.scheduled_at", Nullable: true, Convert: instant()},
		"startup_command": {SQL: "s.startup_command", Nullable: true, NoOrder: true},
	}
}

func kernelColumns() filter.Columns {
	return filter.Columns{
		"image":            {SQL: "k.image"},
		"architecture":     {SQL: "k.architecture"},
		"agent":            {SQL: "k.agent", Nullable: true},
		"agent_addr":       {SQL: "k.agent_addr", Nullable: true},
		"cluster_idx":      {SQL: "k.cluster_idx", Convert: filter.Number},
		"local_rank":       {SQL: "k.local_rank", Convert: filter.Number},
		"cluster_role":     {SQL: "k.cluster_role"},
		"cluster_hostname": {SQL: "k.cluster_hostname"},
		"status": {SQL: "k.status", Convert: filter.Enum("PENDING", "SCHEDULED", "PREPARING", "BUILDING", "PULLING", "RUNNING",
			"RESTARTING", "RESIZING", "SUSPENDED", "TERMINATING", "TERMINATED", "ERROR", "CANCELLED")},
		"status_info":    {SQL: "k.status_info", Nullable: true},
		"created_at":     {SQL: "k.created_at", Convert: instant()},
		"status_changed": {SQL: "k.status_changed", Nullable: true, Convert: instant()},
		"terminated_at":  {SQL: "k.terminated_at", Nullable: true, Convert: instant()},
		"scheduled_at":   {SQL: "k.scheduled_at", Nullable: true, Convert: instant()},
	}
}

func userColumns() filter.Columns {
	return filter.Columns{
		"uuid":                 {SQL: "u.uuid", Convert: uuidColumn},
		"username":             {SQL: "u.username"},
		"email":                {SQL: "u.email"},
		"need_password_change": {SQL: "u.need_password_change", Convert: filter.Bool},
		"full_name":            {SQL: "u.full_name"},
		"description":          {SQL: "u.description", NoOrder: true},
		"is_active":            {SQL: "(u.status = 'active')", Convert: filter.Bool},
		"status":               {SQL: "u.status", Convert: userStatus()},
		"status_info":          {SQL: "u.status_info", Nullable: true},
		"created_at":           {SQL: "u.created_at", Convert: instant()},
		"modified_at":          {SQL: "u.modified_at", Convert: instant()},
		"domain_name":          {SQL: "u.domain_name"},
		"role":                 {SQL: "u.role", Convert: filter.Mapped("SUPERADMIN", "superadmin", "ADMIN", "admin", "USER", "user", "MONITOR", "monitor")},
		"resource_policy":      {SQL: "u.resource_policy"},
		"allowed_client_ip":    {SQL: "SELECT value FROM json_each(u.allowed_client_ip)", List: true},
		"sudo_session_enabled": {SQL: "u.sudo_session_enabled", Convert: filter.Bool},
		"main_access_key":      {SQL: "u.main_access_key", Nullable: true},
	}
}

func userStatus() func(any) (any, error) {
	return filter.Mapped("ACTIVE", "active", "INACTIVE", "inactive", "DELETED", "deleted", "BEFORE_VERIFICATION", "before-verification")
}

func keyPairColumns() filter.Columns {
	return filter.Columns{
		"access_key":      {SQL: "k.access_key"},
		"user_id":         {SQL: "u.email", NoOrder: true}, // the wire's user_id is the e-mail address
		"email":           {SQL: "u.email"},
		"full_name":       {SQL: "u.full_name"},
		"is_active":       {SQL: "k.is_active", Convert: filter.Bool},
		"is_admin":        {SQL: "k.is_admin", Convert: filter.Bool},
		"resource_policy": {SQL: "k.resource_policy"},
		"created_at":      {SQL: "k.created_at", Convert: instant()},
		"last_used":       {SQL: "k.last_used", Nullable: true, Convert: instant()},
		"rate_limit":      {SQL: "k.rate_limit", Convert: filter.Number},
		"num_queries":     {SQL: "k.num_queries", Convert: filter.Number},
		"ssh_public_key":  {SQL: "k.ssh_public_key", NoOrder: true},
		"projects": {
			SQL:  "SELECT p.name AS value FROM project_members m JOIN projects p ON p.id = m.project_id WHERE m.user_id = k.user_id",
			List: true,
		},
	}
}

func agentColumns() filter.Columns {
	columns := agentSummaryColumns()
	columns["status_changed"] = filter.Column{SQL: "a.status_changed", Nullable: true, Convert: instant()}
	columns["region"] = filter.Column{SQL: "a.region"}
	columns["addr"] = filter.Column{SQL: "a.addr", NoOrder: true}
	columns["first_contact"] = filter.Column{SQL: "a.first_contact", Convert: instant()}
	columns["lost_at"] = filter.Column{SQL: "a.lost_at", Nullable: true, Convert: instant()}
	columns["version"] = filter.Column{SQL: "a.version"}
	return columns
}

func agentSummaryColumns() filter.Columns {
	return filter.Columns{
		"id":              {SQL: "a.id"},
		"status":          {SQL: "a.status", Convert: filter.Enum(agentStatuses()...)},
		"scaling_group":   {SQL: "a.scaling_group"},
		"schedulable":     {SQL: "a.schedulable", Convert: filter.Bool},
		"available_slots": {SQL: "a.available_slots", NoFilter: true},
	}
}

func agentStatuses() []string { return []string{"ALIVE", "LOST", "RESTARTING", "TERMINATED"} }
