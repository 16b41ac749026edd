-- A report of each user.
INSERT INTO error_logs (id, created_at, user_id, severity, source, message, context_lang, context_env, request_status) VALUES
  ('00000000-0000-4000-8000-000000000031', 26, 'u-1', 'error', 'webui', 'it broke', 'ko', '{"a": 1}', 500),
  ('00000000-0000-4000-8000-000000000032', 27, 'u-2', 'warning', 'webui', '느립니다', 'ko', '{}', NULL);
