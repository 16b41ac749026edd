-- Sessions that wait for others to end well.
CREATE TABLE session_dependencies (
  session_id TEXT NOT NULL REFERENCES sessions(id),
  depends_on TEXT NOT NULL REFERENCES sessions(id),
  PRIMARY KEY (session_id, depends_on)
) WITHOUT ROWID;
CREATE INDEX session_dependencies_on ON session_dependencies(depends_on);

-- How long a batch session may run, in microseconds.
ALTER TABLE sessions ADD COLUMN batch_timeout INTEGER;

-- Where each folder of vfolder_mounts lies and where it is shown.
ALTER TABLE sessions ADD COLUMN mount_points TEXT NOT NULL DEFAULT '[]';
