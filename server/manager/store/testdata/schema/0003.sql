INSERT INTO session_dependencies VALUES ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000002');
UPDATE sessions SET batch_timeout = 60000000, mount_points = '[{"x": 1}]' WHERE name = 'over';
