INSERT INTO vfolders (id, name, host, quota_scope, domain_name, user_id, creator, status_changed, created_at) VALUES
  ('00000000-0000-4000-8000-000000000021', 'data', 'local:volume1', 'user:u-1', 'default', 'u-1', 'root@example.test', 23, 24);
INSERT INTO vfolder_permissions VALUES ('00000000-0000-4000-8000-000000000021', 'u-2', 'ro');
INSERT INTO vfolder_invitations (id, vfolder_id, inviter, invitee, permission, created_at) VALUES
  ('v-1', '00000000-0000-4000-8000-000000000021', 'root@example.test', 'user@example.test', 'rw', 25);
