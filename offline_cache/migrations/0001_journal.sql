-- The first schema: who this installation is, its journal, the fold of the journal, the catalogues,
-- and the visit that runs. Forward only: a released migration is never edited.

CREATE TABLE installation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    installation_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    began_at TEXT NOT NULL,
    receipts_made INTEGER NOT NULL DEFAULT 0,
    acknowledged INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE cases (
    case_id TEXT PRIMARY KEY,
    visit_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    lookup_id TEXT NOT NULL,
    receipt_number TEXT NOT NULL UNIQUE,
    committed_at TEXT NOT NULL,
    verification_code TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('committed', 'rendered', 'printing', 'closed')),
    action_id TEXT UNIQUE,
    outcome TEXT,
    fault_code TEXT,
    sheets INTEGER NOT NULL DEFAULT 0,
    rated INTEGER NOT NULL DEFAULT 0,
    last_sequence INTEGER NOT NULL,
    -- The same confirmation twice is one case.
    UNIQUE (visit_id, item_id, lookup_id)
) STRICT;

CREATE INDEX open_cases ON cases (case_id) WHERE stage <> 'closed';
CREATE INDEX case_ends ON cases (last_sequence);

CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES cases (case_id),
    -- NULL is a tombstone: central holds the event, and the terminal has forgotten what it said.
    body TEXT
) STRICT;

CREATE INDEX remembered ON journal (sequence) WHERE body IS NOT NULL;

CREATE TRIGGER journal_has_no_gaps BEFORE INSERT ON journal
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM journal)
BEGIN
    SELECT RAISE(ABORT, 'the journal is gapless');
END;

CREATE TRIGGER journal_keeps_everything BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER journal_only_forgets BEFORE UPDATE ON journal
WHEN NEW.body IS NOT NULL
    OR NEW.sequence IS NOT OLD.sequence OR NEW.event_id IS NOT OLD.event_id OR NEW.at IS NOT OLD.at
    OR NEW.kind IS NOT OLD.kind OR NEW.case_id IS NOT OLD.case_id
    OR OLD.sequence > (SELECT acknowledged FROM installation)
BEGIN
    SELECT RAISE(ABORT, 'an event may only be forgotten, and only when central has it');
END;

CREATE TABLE catalogues (
    source TEXT PRIMARY KEY CHECK (source IN ('seed', 'central')),
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE running_visit (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    visit_id TEXT NOT NULL,
    began_at TEXT NOT NULL
) STRICT;
