-- Virtual folders. Exactly one of user_id and project_id is set.
CREATE TABLE vfolders (
  id TEXT PRIMARY KEY,                    -- uuid, with dashes
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  quota_scope TEXT NOT NULL,              -- user:<uuid> or project:<uuid>
  usage_mode TEXT NOT NULL DEFAULT 'general',
  permission TEXT NOT NULL DEFAULT 'rw',  -- of those it is not shared with: owner and project
  domain_name TEXT NOT NULL REFERENCES domains(name),
  user_id TEXT REFERENCES users(uuid),
  project_id TEXT REFERENCES projects(id),
  creator TEXT NOT NULL,                  -- e-mail address
  cloneable INTEGER NOT NULL DEFAULT 0,
  max_files INTEGER NOT NULL DEFAULT 0,   -- 0: no limit
  max_size INTEGER NOT NULL DEFAULT 0,    -- bytes; 0: no limit
  status TEXT NOT NULL DEFAULT 'ready',
  status_changed INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  live INTEGER NOT NULL GENERATED ALWAYS AS (status NOT LIKE 'delete-%') STORED,
  CHECK ((user_id IS NULL) <> (project_id IS NULL))
);
CREATE INDEX vfolders_user ON vfolders(user_id, created_at);
CREATE INDEX vfolders_project ON vfolders(project_id, created_at);
CREATE INDEX vfolders_domain ON vfolders(domain_name, created_at);
CREATE INDEX vfolders_created ON vfolders(created_at);
CREATE INDEX vfolders_busy ON vfolders(status) WHERE status IN ('cloning', 'delete-ongoing');
-- A name may be used again once its folder is in the trash.
CREATE UNIQUE INDEX vfolders_user_name ON vfolders(user_id, name) WHERE live AND user_id IS NOT NULL;
CREATE UNIQUE INDEX vfolders_project_name ON vfolders(project_id, name) WHERE live AND project_id IS NOT NULL;

-- What a folder's owner granted to others; for a project's folder, what a member
-- may do with it instead of the folder's own permission.
CREATE TABLE vfolder_permissions (
  vfolder_id TEXT NOT NULL REFERENCES vfolders(id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users(uuid) ON DELETE CASCADE,
  permission TEXT NOT NULL,
  PRIMARY KEY (vfolder_id, user_id)
) WITHOUT ROWID;
CREATE INDEX vfolder_permissions_user ON vfolder_permissions(user_id);

CREATE TABLE vfolder_invitations (
  id TEXT PRIMARY KEY,
  vfolder_id TEXT NOT NULL REFERENCES vfolders(id) ON DELETE CASCADE,
  inviter TEXT NOT NULL,                  -- e-mail address
  invitee TEXT NOT NULL,                  -- e-mail address
  permission TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending',
  created_at INTEGER NOT NULL,
  modified_at INTEGER
);
CREATE INDEX vfolder_invitations_invitee ON vfolder_invitations(invitee, state);
CREATE INDEX vfolder_invitations_inviter ON vfolder_invitations(inviter, state);
CREATE UNIQUE INDEX vfolder_invitations_pending ON vfolder_invitations(vfolder_id, invitee) WHERE state = 'pending';

-- The volume of this machine is open to the domains that are already there.
UPDATE domains SET allowed_vfolder_hosts = '{"local:volume1": ["create-vfolder", "modify-vfolder", "delete-vfolder", "mount-in-session", "upload-file", "download-file", "invite-others", "set-user-specific-permission"]}'
WHERE allowed_vfolder_hosts = '{}';
