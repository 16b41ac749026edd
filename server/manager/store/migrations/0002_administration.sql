-- Resource presets: the sizes of sessions that people choose from.
CREATE TABLE resource_presets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  resource_slots TEXT NOT NULL DEFAULT '{}',
  shared_memory INTEGER -- bytes
);
INSERT INTO resource_presets (id, name, resource_slots, shared_memory) VALUES
  ('6f6c7a9e-5d0b-4a57-8b61-2f1f6d1c0a01', 'cpu01-small', '{"cpu": "1", "mem": "1073741824"}', NULL),
  ('6f6c7a9e-5d0b-4a57-8b61-2f1f6d1c0a02', 'cpu02-medium', '{"cpu": "4", "mem": "8589934592"}', 1073741824),
  ('6f6c7a9e-5d0b-4a57-8b61-2f1f6d1c0a03', 'cpu03-large', '{"cpu": "8", "mem": "17179869184"}', 2147483648);

-- Settings of the whole cluster by key, path-like: "config/...", "manager/...".
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- Small files that sessions start with: scope is keypair, project or domain,
-- owner its access key, id or name.
CREATE TABLE dotfiles (
  scope TEXT NOT NULL,
  owner TEXT NOT NULL,
  path TEXT NOT NULL,
  permission TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (scope, owner, path)
) WITHOUT ROWID;

ALTER TABLE keypairs ADD COLUMN bootstrap_script TEXT NOT NULL DEFAULT '';

-- What a session can be made of again.
CREATE TABLE session_templates (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  domain_name TEXT NOT NULL,
  project_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  template TEXT NOT NULL
);
CREATE INDEX session_templates_domain ON session_templates(domain_name, project_id);

-- An administrator's changes to an image and its aliases outlive the next look
-- at the machine's environments.
ALTER TABLE images ADD COLUMN edited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE image_aliases ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
