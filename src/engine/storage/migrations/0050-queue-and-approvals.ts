/** Released: never edit; a test holds its hash. */
export const sql = `
CREATE TABLE queue (
  id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE TRIGGER queue_is_kept BEFORE DELETE ON queue BEGIN SELECT RAISE(ABORT, 'what was queued stays on record'); END;
CREATE TRIGGER queue_ends BEFORE UPDATE ON queue WHEN OLD.state IN ('started', 'removed')
BEGIN SELECT RAISE(ABORT, 'what left the queue stays as it was'); END;

CREATE TABLE protocol_records (
  seq INTEGER PRIMARY KEY,
  protocol_id TEXT NOT NULL,
  version TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('submit', 'approve', 'decline', 'retire')),
  record TEXT NOT NULL,
  signature TEXT NOT NULL,
  template TEXT NOT NULL
) STRICT;
CREATE TRIGGER protocol_records_stay BEFORE UPDATE ON protocol_records
BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
CREATE TRIGGER protocol_records_are_kept BEFORE DELETE ON protocol_records
BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
`
