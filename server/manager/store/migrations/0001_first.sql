-- Times are microseconds since 1970 in UTC; 0 stands for "never" where a column
-- is NOT NULL, NULL elsewhere. Slots, histories and lists are JSON text.

CREATE TABLE domains (
  name TEXT PRIMARY KEY,
  description TEXT NOT NULL DEFAULT '',
  is_active INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  total_resource_slots TEXT NOT NULL DEFAULT '{}',
  allowed_vfolder_hosts TEXT NOT NULL DEFAULT '{}',
  allowed_docker_registries TEXT NOT NULL DEFAULT '[]',
  integration_id TEXT
);

CREATE TABLE keypair_resource_policies (
  name TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  default_for_unspecified TEXT NOT NULL DEFAULT 'UNLIMITED',
  total_resource_slots TEXT NOT NULL DEFAULT '{}',
  max_session_lifetime INTEGER NOT NULL DEFAULT 0,
  max_concurrent_sessions INTEGER NOT NULL DEFAULT 100000,
  max_pending_session_count INTEGER,
  max_pending_session_resource_slots TEXT,
  max_concurrent_sftp_sessions INTEGER NOT NULL DEFAULT 1,
  max_containers_per_session INTEGER NOT NULL DEFAULT 8,
  idle_timeout INTEGER NOT NULL DEFAULT 0,
  allowed_vfolder_hosts TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE user_resource_policies (
  name TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  max_vfolder_count INTEGER NOT NULL DEFAULT 0,
  max_quota_scope_size INTEGER NOT NULL DEFAULT -1,
  max_session_count_per_model_session INTEGER NOT NULL DEFAULT 10,
  max_customized_image_count INTEGER NOT NULL DEFAULT 3
);

CREATE TABLE project_resource_policies (
  name TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  max_vfolder_count INTEGER NOT NULL DEFAULT 0,
  max_quota_scope_size INTEGER NOT NULL DEFAULT -1
);

CREATE TABLE users (
  uuid TEXT PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  need_password_change INTEGER NOT NULL DEFAULT 0,
  full_name TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'active',
  status_info TEXT,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  domain_name TEXT NOT NULL REFERENCES domains(name),
  role TEXT NOT NULL DEFAULT 'user',
  resource_policy TEXT NOT NULL REFERENCES user_resource_policies(name),
  allowed_client_ip TEXT,
  sudo_session_enabled INTEGER NOT NULL DEFAULT 0,
  main_access_key TEXT
);
CREATE INDEX users_domain ON users(domain_name);

CREATE TABLE keypairs (
  access_key TEXT PRIMARY KEY,
  secret_key TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users(uuid),
  is_active INTEGER NOT NULL DEFAULT 1,
  is_admin INTEGER NOT NULL DEFAULT 0,
  resource_policy TEXT NOT NULL REFERENCES keypair_resource_policies(name),
  created_at INTEGER NOT NULL,
  last_used INTEGER,
  rate_limit INTEGER NOT NULL DEFAULT 30000,
  num_queries INTEGER NOT NULL DEFAULT 0,
  ssh_public_key TEXT,
  ssh_private_key TEXT
);
CREATE INDEX keypairs_user ON keypairs(user_id);

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  is_active INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  domain_name TEXT NOT NULL REFERENCES domains(name),
  total_resource_slots TEXT NOT NULL DEFAULT '{}',
  allowed_vfolder_hosts TEXT NOT NULL DEFAULT '{}',
  integration_id TEXT,
  resource_policy TEXT NOT NULL REFERENCES project_resource_policies(name),
  type TEXT NOT NULL DEFAULT 'GENERAL',
  UNIQUE (domain_name, name)
);

CREATE TABLE project_members (
  project_id TEXT NOT NULL REFERENCES projects(id),
  user_id TEXT NOT NULL REFERENCES users(uuid),
  PRIMARY KEY (project_id, user_id)
) WITHOUT ROWID;
CREATE INDEX project_members_user ON project_members(user_id);

CREATE TABLE scaling_groups (
  name TEXT PRIMARY KEY,
  description TEXT NOT NULL DEFAULT '',
  is_active INTEGER NOT NULL DEFAULT 1,
  is_public INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  wsproxy_addr TEXT,
  wsproxy_api_token TEXT,
  driver TEXT NOT NULL DEFAULT 'static',
  driver_opts TEXT NOT NULL DEFAULT '{}',
  scheduler TEXT NOT NULL DEFAULT 'fifo',
  scheduler_opts TEXT NOT NULL DEFAULT '{}',
  use_host_network INTEGER NOT NULL DEFAULT 0
);

-- Who may use a resource group: kind is domain, project or keypair, target its
-- name, id or access key.
CREATE TABLE scaling_group_access (
  scaling_group TEXT NOT NULL REFERENCES scaling_groups(name),
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (kind, target, scaling_group)
) WITHOUT ROWID;

CREATE TABLE images (
  id TEXT PRIMARY KEY,
  registry TEXT NOT NULL,
  project TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL,
  tag TEXT NOT NULL,
  architecture TEXT NOT NULL,
  digest TEXT NOT NULL DEFAULT '',
  size_bytes INTEGER NOT NULL DEFAULT 0,
  labels TEXT NOT NULL DEFAULT '{}',
  resources TEXT NOT NULL DEFAULT '{}',
  accelerators TEXT NOT NULL DEFAULT '',
  is_local INTEGER NOT NULL DEFAULT 0,
  installed INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  UNIQUE (registry, name, tag, architecture)
);

CREATE TABLE image_aliases (
  alias TEXT PRIMARY KEY,
  image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE
);
CREATE INDEX image_aliases_image ON image_aliases(image_id);

CREATE TABLE agents (
  id TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  status_changed INTEGER,
  region TEXT NOT NULL DEFAULT 'local',
  scaling_group TEXT NOT NULL REFERENCES scaling_groups(name),
  schedulable INTEGER NOT NULL DEFAULT 1,
  available_slots TEXT NOT NULL DEFAULT '{}',
  addr TEXT NOT NULL DEFAULT '',
  architecture TEXT NOT NULL,
  first_contact INTEGER NOT NULL,
  lost_at INTEGER,
  version TEXT NOT NULL DEFAULT '',
  compute_plugins TEXT NOT NULL DEFAULT '{}',
  hardware_metadata TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE sessions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, -- order of arrival, what the queue follows
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  type TEXT NOT NULL,                    -- INTERACTIVE, BATCH ...
  priority INTEGER NOT NULL DEFAULT 10,
  tag TEXT,
  domain_name TEXT NOT NULL,
  project_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  access_key TEXT NOT NULL,
  scaling_group TEXT NOT NULL,
  image TEXT NOT NULL,                   -- full reference
  registry TEXT NOT NULL,
  architecture TEXT NOT NULL,
  cluster_mode TEXT NOT NULL DEFAULT 'single-node',
  cluster_size INTEGER NOT NULL DEFAULT 1,
  status TEXT NOT NULL,
  status_info TEXT,
  status_data TEXT,
  status_history TEXT NOT NULL DEFAULT '{}',
  status_changed INTEGER NOT NULL,
  result TEXT NOT NULL DEFAULT 'UNDEFINED',
  created_at INTEGER NOT NULL,
  scheduled_at INTEGER,
  starts_at INTEGER,
  terminated_at INTEGER,
  startup_command TEXT,
  bootstrap_script TEXT,
  environ TEXT NOT NULL DEFAULT '{}',
  resource_opts TEXT NOT NULL DEFAULT '{}',
  requested_slots TEXT NOT NULL DEFAULT '{}',
  occupying_slots TEXT NOT NULL DEFAULT '{}',
  mounts TEXT NOT NULL DEFAULT '[]',
  vfolder_mounts TEXT NOT NULL DEFAULT '[]',
  callback_url TEXT,
  num_queries INTEGER NOT NULL DEFAULT 0,
  -- What lists are cut and ordered by. Dead sessions are the mass of the table
  -- and the live ones are asked for every few seconds. Stored, because an index
  -- on a virtual column does not spare the look at the row.
  dead INTEGER NOT NULL GENERATED ALWAYS AS (status IN ('TERMINATED', 'CANCELLED')) STORED,
  activity INTEGER NOT NULL GENERATED ALWAYS AS (max(created_at, coalesce(terminated_at, 0))) STORED
);
CREATE INDEX sessions_activity ON sessions(dead, activity);
CREATE INDEX sessions_all_activity ON sessions(activity);
CREATE INDEX sessions_key_activity ON sessions(access_key, dead, activity);
CREATE INDEX sessions_domain_activity ON sessions(domain_name, dead, activity);
CREATE INDEX sessions_project_activity ON sessions(project_id, dead, activity);
CREATE INDEX sessions_status ON sessions(status, seq);
CREATE INDEX sessions_name ON sessions(name, access_key);
-- A name may be used again once its session is over.
CREATE UNIQUE INDEX sessions_live_name ON sessions(access_key, name)
  WHERE status NOT IN ('TERMINATED', 'CANCELLED');

CREATE TABLE kernels (
  id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  cluster_role TEXT NOT NULL DEFAULT 'main',
  cluster_idx INTEGER NOT NULL DEFAULT 1,
  local_rank INTEGER NOT NULL DEFAULT 0,
  cluster_hostname TEXT NOT NULL DEFAULT 'main1',
  agent TEXT,
  agent_addr TEXT,
  container_id TEXT,
  image TEXT NOT NULL,
  registry TEXT NOT NULL,
  architecture TEXT NOT NULL,
  status TEXT NOT NULL,
  status_info TEXT,
  status_data TEXT,
  status_history TEXT NOT NULL DEFAULT '{}',
  status_changed INTEGER,
  created_at INTEGER NOT NULL,
  starts_at INTEGER,
  scheduled_at INTEGER,
  terminated_at INTEGER,
  occupied_slots TEXT NOT NULL DEFAULT '{}',
  requested_slots TEXT NOT NULL DEFAULT '{}',
  resource_opts TEXT NOT NULL DEFAULT '{}',
  service_ports TEXT,
  preopen_ports TEXT NOT NULL DEFAULT '[]',
  exit_code INTEGER,
  last_stat TEXT
);
CREATE INDEX kernels_session ON kernels(session_id, cluster_idx);
CREATE INDEX kernels_agent ON kernels(agent, status);
CREATE INDEX kernels_live ON kernels(status) WHERE status NOT IN ('TERMINATED', 'CANCELLED');

-- What the processes of an ended kernel wrote, cut to its end.
CREATE TABLE kernel_logs (
  kernel_id TEXT PRIMARY KEY REFERENCES kernels(id),
  log BLOB NOT NULL,
  cut INTEGER NOT NULL DEFAULT 0
);
