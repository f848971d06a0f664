/** Released: never edit; a test holds its hash. */
export const sql = `
ALTER TABLE steps ADD COLUMN iteration INTEGER NOT NULL DEFAULT 0;
ALTER TABLE steps ADD COLUMN state TEXT;

CREATE TABLE ledger (
  run_id TEXT NOT NULL REFERENCES runs (id),
  seq INTEGER NOT NULL,
  exposure TEXT NOT NULL,
  lane TEXT,
  from_utc_ms REAL NOT NULL,
  to_utc_ms REAL NOT NULL,
  class TEXT NOT NULL,
  reason TEXT,
  amounts TEXT NOT NULL,
  PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_is_kept BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE run_documents (
  run_id TEXT NOT NULL REFERENCES runs (id),
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE link_trace (
  id INTEGER PRIMARY KEY,
  run_id TEXT REFERENCES runs (id),
  instrument_id TEXT NOT NULL,
  first_utc_ms REAL NOT NULL,
  last_utc_ms REAL NOT NULL,
  frames INTEGER NOT NULL CHECK (frames > 0),
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX link_trace_by_instrument ON link_trace (instrument_id, first_utc_ms);
CREATE TRIGGER link_trace_stays BEFORE UPDATE ON link_trace BEGIN SELECT RAISE(ABORT, 'raw bytes are immutable'); END;
CREATE TABLE link_trace_releases (
  id INTEGER PRIMARY KEY,
  before_utc_ms REAL NOT NULL,
  audit_seq INTEGER NOT NULL REFERENCES audit (seq)
) STRICT;
CREATE TRIGGER link_trace_releases_stay BEFORE UPDATE ON link_trace_releases
BEGIN SELECT RAISE(ABORT, 'what was released stays on record'); END;
CREATE TRIGGER link_trace_releases_are_kept BEFORE DELETE ON link_trace_releases
BEGIN SELECT RAISE(ABORT, 'what was released stays on record'); END;
CREATE TRIGGER link_trace_is_kept BEFORE DELETE ON link_trace
WHEN NOT EXISTS (SELECT 1 FROM link_trace_releases WHERE before_utc_ms > OLD.last_utc_ms)
BEGIN SELECT RAISE(ABORT, 'raw bytes are only deleted by a release in the audit trail'); END;
`
