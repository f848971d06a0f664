/** Released: never edit; a test holds its hash. */
export const sql = `
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE instruments (
  id TEXT PRIMARY KEY,
  config TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  started_utc_ms REAL NOT NULL,
  status TEXT NOT NULL,
  record TEXT NOT NULL,
  template TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_start ON runs (started_utc_ms DESC);

CREATE TABLE steps (
  run_id TEXT NOT NULL REFERENCES runs (id),
  ordinal INTEGER NOT NULL,
  path TEXT NOT NULL,
  kind TEXT NOT NULL,
  entered_utc_ms REAL NOT NULL,
  ended_utc_ms REAL,
  outcome TEXT,
  PRIMARY KEY (run_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id),
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  provenance TEXT NOT NULL,
  instrument_id TEXT,
  instrument_name TEXT NOT NULL,
  calibration TEXT
) STRICT;
CREATE INDEX channels_by_run ON channels (run_id);

CREATE TABLE samples (
  channel_id INTEGER NOT NULL REFERENCES channels (id),
  seq INTEGER NOT NULL,
  utc_ms REAL NOT NULL,
  monotonic_ms REAL NOT NULL,
  value REAL,
  missing TEXT,
  PRIMARY KEY (channel_id, seq),
  CHECK ((value IS NULL) = (missing IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER samples_stay BEFORE UPDATE ON samples BEGIN SELECT RAISE(ABORT, 'samples are immutable'); END;
CREATE TRIGGER samples_are_kept BEFORE DELETE ON samples BEGIN SELECT RAISE(ABORT, 'samples are never deleted'); END;

CREATE TABLE sweeps (
  run_id TEXT NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  id TEXT NOT NULL,
  step_id TEXT NOT NULL,
  direction TEXT,
  provenance TEXT NOT NULL,
  started_utc_ms REAL NOT NULL,
  voltage_channel INTEGER NOT NULL REFERENCES channels (id),
  current_channel INTEGER NOT NULL REFERENCES channels (id),
  first_seq INTEGER NOT NULL,
  points INTEGER NOT NULL,
  limiting TEXT NOT NULL,
  complete INTEGER NOT NULL,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE results (
  run_id TEXT NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  method TEXT NOT NULL,
  version TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE criteria (
  run_id TEXT NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  result TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  run_id TEXT,
  utc_ms REAL NOT NULL,
  level TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_run ON events (run_id, seq);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are immutable'); END;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  utc_ms REAL NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TABLE files (
  run_id TEXT NOT NULL REFERENCES runs (id),
  revision INTEGER NOT NULL,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (run_id, revision, name)
) STRICT;
CREATE TRIGGER files_stay BEFORE UPDATE ON files BEGIN SELECT RAISE(ABORT, 'issued files are immutable'); END;
CREATE TRIGGER files_are_kept BEFORE DELETE ON files BEGIN SELECT RAISE(ABORT, 'issued files are never deleted'); END;
`
