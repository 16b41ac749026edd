-- What clients report of their failures.
CREATE TABLE error_logs (
  id TEXT PRIMARY KEY,                    -- uuid, with dashes
  created_at INTEGER NOT NULL,
  user_id TEXT NOT NULL REFERENCES users(uuid) ON DELETE CASCADE,
  severity TEXT NOT NULL,                 -- critical, error, warning
  source TEXT NOT NULL,
  message TEXT NOT NULL,
  context_lang TEXT NOT NULL,
  context_env TEXT NOT NULL,              -- JSON
  request_url TEXT,
  request_status INTEGER,
  traceback TEXT,
  is_read INTEGER NOT NULL DEFAULT 0,
  is_cleared INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX error_logs_created ON error_logs(created_at);
CREATE INDEX error_logs_user ON error_logs(user_id, created_at);
