-- How many sessions there are of each kind, kept by the triggers below: the
-- total of a list must not mean to count a hundred thousand rows. The columns are
-- named as those of sessions, so that one condition serves both.
CREATE TABLE session_counts (
  dead INTEGER NOT NULL,
  status TEXT NOT NULL,
  type TEXT NOT NULL,
  domain_name TEXT NOT NULL,
  project_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  access_key TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (dead, access_key, domain_name, project_id, user_id, status, type)
) WITHOUT ROWID;

INSERT INTO session_counts
  SELECT dead, status, type, domain_name, project_id, user_id, access_key, count(*)
  FROM sessions GROUP BY dead, status, type, domain_name, project_id, user_id, access_key;

CREATE TRIGGER sessions_counted AFTER INSERT ON sessions BEGIN
  INSERT INTO session_counts VALUES (new.dead, new.status, new.type, new.domain_name, new.project_id, new.user_id, new.access_key, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER sessions_recounted AFTER UPDATE OF status, type, domain_name, project_id, user_id, access_key ON sessions
WHEN (old.status, old.type, old.domain_name, old.project_id, old.user_id, old.access_key)
  <> (new.status, new.type, new.domain_name, new.project_id, new.user_id, new.access_key)
BEGIN
  UPDATE session_counts SET n = n - 1
    WHERE dead = old.dead AND access_key = old.access_key AND domain_name = old.domain_name AND project_id = old.project_id
      AND user_id = old.user_id AND status = old.status AND type = old.type;
  DELETE FROM session_counts
    WHERE dead = old.dead AND access_key = old.access_key AND domain_name = old.domain_name AND project_id = old.project_id
      AND user_id = old.user_id AND status = old.status AND type = old.type AND n = 0;
  INSERT INTO session_counts VALUES (new.dead, new.status, new.type, new.domain_name, new.project_id, new.user_id, new.access_key, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER sessions_uncounted AFTER DELETE ON sessions BEGIN
  UPDATE session_counts SET n = n - 1
    WHERE dead = old.dead AND access_key = old.access_key AND domain_name = old.domain_name AND project_id = old.project_id
      AND user_id = old.user_id AND status = old.status AND type = old.type;
  DELETE FROM session_counts
    WHERE dead = old.dead AND access_key = old.access_key AND domain_name = old.domain_name AND project_id = old.project_id
      AND user_id = old.user_id AND status = old.status AND type = old.type AND n = 0;
END;

-- Lists of one user's sessions, whatever key pair they were made with.
CREATE INDEX sessions_user_activity ON sessions(user_id, activity);
-- Lists that are cut by type or ordered otherwise.
CREATE INDEX sessions_type_activity ON sessions(dead, type, activity);
CREATE INDEX sessions_key_type_activity ON sessions(access_key, dead, type, activity);
CREATE INDEX sessions_project_type_activity ON sessions(project_id, dead, type, activity);
CREATE INDEX sessions_created ON sessions(dead, created_at);
CREATE INDEX sessions_by_name ON sessions(dead, name);
