/** Released: never edit; a test holds its hash. The rows of `samples` are moved by convertSamples, in the same transaction. */
export const sql = `
CREATE TABLE epochs (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id),
  ordinal INTEGER NOT NULL,
  origin_ms REAL NOT NULL,
  UNIQUE (run_id, ordinal)
) STRICT;
CREATE TRIGGER epochs_stay BEFORE UPDATE ON epochs BEGIN SELECT RAISE(ABORT, 'epochs are immutable'); END;
CREATE TRIGGER epochs_are_kept BEFORE DELETE ON epochs BEGIN SELECT RAISE(ABORT, 'epochs are never deleted'); END;

ALTER TABLE channels ADD COLUMN precision REAL;

CREATE TABLE kept (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  samples INTEGER NOT NULL
) STRICT;
INSERT INTO kept (id, samples) VALUES (1, 0);
CREATE TRIGGER kept_is_kept BEFORE DELETE ON kept BEGIN SELECT RAISE(ABORT, 'the count of samples is never deleted'); END;

CREATE TABLE chunk_times (
  id INTEGER PRIMARY KEY,
  samples INTEGER NOT NULL CHECK (samples > 0),
  crc INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE TRIGGER chunk_times_stay BEFORE UPDATE ON chunk_times BEGIN SELECT RAISE(ABORT, 'samples are immutable'); END;
CREATE TRIGGER chunk_times_are_kept BEFORE DELETE ON chunk_times BEGIN SELECT RAISE(ABORT, 'samples are never deleted'); END;

CREATE TABLE chunks (
  id INTEGER PRIMARY KEY,
  channel_id INTEGER NOT NULL REFERENCES channels (id),
  first_seq INTEGER NOT NULL,
  samples INTEGER NOT NULL CHECK (samples > 0),
  times_id INTEGER NOT NULL REFERENCES chunk_times (id),
  epoch_id INTEGER NOT NULL REFERENCES epochs (id),
  crc INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunks_by_seq ON chunks (channel_id, first_seq, samples, times_id, epoch_id);
CREATE TRIGGER chunks_stay BEFORE UPDATE ON chunks BEGIN SELECT RAISE(ABORT, 'samples are immutable'); END;
CREATE TRIGGER chunks_are_kept BEFORE DELETE ON chunks BEGIN SELECT RAISE(ABORT, 'samples are never deleted'); END;
CREATE TRIGGER chunks_are_dense BEFORE INSERT ON chunks
WHEN NEW.first_seq <> coalesce(
  (SELECT first_seq + samples FROM chunks WHERE channel_id = NEW.channel_id ORDER BY first_seq DESC LIMIT 1), 1)
BEGIN SELECT RAISE(ABORT, 'a chunk follows the one before it without a gap'); END;
CREATE TRIGGER chunks_count AFTER INSERT ON chunks BEGIN UPDATE kept SET samples = samples + NEW.samples; END;

CREATE TABLE parts (
  channel_id INTEGER NOT NULL REFERENCES channels (id),
  first_seq INTEGER NOT NULL,
  samples INTEGER NOT NULL CHECK (samples > 0),
  bytes BLOB NOT NULL,
  PRIMARY KEY (channel_id, first_seq)
) STRICT;
CREATE TRIGGER parts_stay BEFORE UPDATE ON parts BEGIN SELECT RAISE(ABORT, 'samples are immutable'); END;
CREATE TRIGGER parts_go_into_chunks BEFORE DELETE ON parts
WHEN NOT EXISTS (
  SELECT 1 FROM chunks
  WHERE channel_id = OLD.channel_id AND first_seq <= OLD.first_seq
    AND first_seq + samples >= OLD.first_seq + OLD.samples)
BEGIN SELECT RAISE(ABORT, 'samples are never deleted'); END;
CREATE TRIGGER parts_are_dense BEFORE INSERT ON parts
WHEN NEW.first_seq <> coalesce(
  (SELECT first_seq + samples FROM parts WHERE channel_id = NEW.channel_id ORDER BY first_seq DESC LIMIT 1),
  (SELECT first_seq + samples FROM chunks WHERE channel_id = NEW.channel_id ORDER BY first_seq DESC LIMIT 1), 1)
BEGIN SELECT RAISE(ABORT, 'a part follows the one before it without a gap'); END;
CREATE TRIGGER parts_count AFTER INSERT ON parts BEGIN UPDATE kept SET samples = samples + NEW.samples; END;
CREATE TRIGGER parts_uncount AFTER DELETE ON parts BEGIN UPDATE kept SET samples = samples - OLD.samples; END;

CREATE TABLE journal (
  upto INTEGER PRIMARY KEY,
  samples INTEGER NOT NULL CHECK (samples > 0),
  bytes BLOB NOT NULL
) STRICT;
CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'samples are immutable'); END;
CREATE TRIGGER journal_is_dense BEFORE INSERT ON journal
WHEN NEW.upto - NEW.samples <> coalesce((SELECT max(upto) FROM journal), (SELECT samples FROM kept))
BEGIN SELECT RAISE(ABORT, 'the journal goes on where it ended'); END;
CREATE TRIGGER journal_goes_into_chunks BEFORE DELETE ON journal
WHEN OLD.upto > (SELECT samples FROM kept)
BEGIN SELECT RAISE(ABORT, 'samples are never deleted'); END;

CREATE TABLE summaries (
  channel_id INTEGER NOT NULL REFERENCES channels (id),
  level INTEGER NOT NULL,
  epoch_id INTEGER NOT NULL REFERENCES epochs (id),
  t0 REAL NOT NULL,
  first_seq INTEGER NOT NULL,
  t1 REAL NOT NULL,
  samples INTEGER NOT NULL,
  valid INTEGER NOT NULL,
  minimum REAL,
  maximum REAL,
  total REAL,
  first REAL,
  last REAL,
  PRIMARY KEY (channel_id, level, epoch_id, t0, first_seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER summaries_stay BEFORE UPDATE ON summaries BEGIN SELECT RAISE(ABORT, 'samples are immutable'); END;
CREATE TRIGGER summaries_are_kept BEFORE DELETE ON summaries BEGIN SELECT RAISE(ABORT, 'samples are never deleted'); END;

CREATE TABLE bins (
  channel_id INTEGER NOT NULL REFERENCES channels (id),
  level INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX bins_by_seq ON bins (channel_id, level, first_seq);
CREATE TRIGGER bins_stay BEFORE UPDATE ON bins BEGIN SELECT RAISE(ABORT, 'samples are immutable'); END;
CREATE TRIGGER bins_are_kept BEFORE DELETE ON bins BEGIN SELECT RAISE(ABORT, 'samples are never deleted'); END;

CREATE TABLE disorders (
  channel_id INTEGER NOT NULL REFERENCES channels (id),
  first_seq INTEGER NOT NULL,
  epoch_id INTEGER NOT NULL REFERENCES epochs (id),
  PRIMARY KEY (channel_id, epoch_id, first_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE gaps (
  channel_id INTEGER NOT NULL REFERENCES channels (id),
  epoch_id INTEGER NOT NULL REFERENCES epochs (id),
  t0 REAL NOT NULL,
  t1 REAL NOT NULL,
  first_seq INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  reason TEXT,
  PRIMARY KEY (channel_id, epoch_id, t0, first_seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER gaps_stay BEFORE UPDATE ON gaps BEGIN SELECT RAISE(ABORT, 'samples are immutable'); END;
CREATE TRIGGER gaps_are_kept BEFORE DELETE ON gaps BEGIN SELECT RAISE(ABORT, 'samples are never deleted'); END;
`
