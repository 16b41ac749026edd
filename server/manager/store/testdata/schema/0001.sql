INSERT INTO domains (name, created_at, modified_at) VALUES ('default', 1, 2), ('other', 3, 4);
INSERT INTO keypair_resource_policies (name, created_at, max_concurrent_sessions) VALUES ('default', 5, 7);
INSERT INTO user_resource_policies (name, created_at) VALUES ('default', 6);
INSERT INTO project_resource_policies (name, created_at) VALUES ('default', 7);
INSERT INTO users (uuid, username, email, password_hash, created_at, modified_at, domain_name, role, resource_policy, main_access_key) VALUES
  ('u-1', 'root', 'root@example.test', 'hash', 8, 9, 'default', 'superadmin', 'default', 'AK1'),
  ('u-2', '사용자', 'user@example.test', 'hash', 8, 9, 'other', 'user', 'default', 'AK2');
INSERT INTO keypairs (access_key, secret_key, user_id, resource_policy, created_at, num_queries) VALUES
  ('AK1', 'secret', 'u-1', 'default', 10, 11), ('AK2', 'secret', 'u-2', 'default', 10, 0);
INSERT INTO projects (id, name, created_at, modified_at, domain_name, resource_policy) VALUES ('p-1', 'default', 12, 13, 'default', 'default');
INSERT INTO project_members VALUES ('p-1', 'u-1'), ('p-1', 'u-2');
INSERT INTO scaling_groups (name, created_at) VALUES ('default', 14);
INSERT INTO scaling_group_access VALUES ('default', 'domain', 'default');
INSERT INTO images (id, registry, name, tag, architecture, created_at) VALUES ('i-1', 'local', 'native/python', '3.11', 'x86_64', 15);
INSERT INTO image_aliases (alias, image_id) VALUES ('python', 'i-1');
INSERT INTO agents (id, status, scaling_group, architecture, first_contact) VALUES ('i-host', 'ALIVE', 'default', 'x86_64', 16);
INSERT INTO sessions (id, name, type, domain_name, project_id, user_id, access_key, scaling_group, image, registry, architecture,
    status, status_info, status_changed, created_at, terminated_at, environ) VALUES
  ('00000000-0000-4000-8000-000000000001', 'over', 'BATCH', 'default', 'p-1', 'u-1', 'AK1', 'default', 'local/native/python:3.11', 'local', 'x86_64',
    'TERMINATED', 'self-terminated', 20, 17, 20, '{"A":"1"}'),
  ('00000000-0000-4000-8000-000000000002', 'runs', 'INTERACTIVE', 'other', 'p-1', 'u-2', 'AK2', 'default', 'local/native/python:3.11', 'local', 'x86_64',
    'RUNNING', NULL, 19, 18, NULL, '{}'),
  ('00000000-0000-4000-8000-000000000003', 'waits', 'INTERACTIVE', 'other', 'p-1', 'u-2', 'AK2', 'default', 'local/native/python:3.11', 'local', 'x86_64',
    'PENDING', 'no-available-instances', 21, 21, NULL, '{}');
INSERT INTO kernels (id, session_id, agent, image, registry, architecture, status, created_at, terminated_at, exit_code) VALUES
  ('00000000-0000-4000-8000-000000000011', '00000000-0000-4000-8000-000000000001', 'i-host', 'local/native/python:3.11', 'local', 'x86_64', 'TERMINATED', 17, 20, 3),
  ('00000000-0000-4000-8000-000000000012', '00000000-0000-4000-8000-000000000002', 'i-host', 'local/native/python:3.11', 'local', 'x86_64', 'RUNNING', 18, NULL, NULL),
  ('00000000-0000-4000-8000-000000000013', '00000000-0000-4000-8000-000000000003', NULL, 'local/native/python:3.11', 'local', 'x86_64', 'PENDING', 21, NULL, NULL);
INSERT INTO kernel_logs (kernel_id, log, cut) VALUES ('00000000-0000-4000-8000-000000000011', x'00ff0a', 1);
