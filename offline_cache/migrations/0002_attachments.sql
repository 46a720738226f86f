-- Files of cases with the keys that seal them, every print with its reprints, answers kept for the visit
-- that runs, and what a copied or restored disk is told by.

ALTER TABLE installation ADD COLUMN first_sequence INTEGER NOT NULL DEFAULT 1;
-- What central said last, so that a disk that was copied or set back is noticed.
ALTER TABLE installation ADD COLUMN turn TEXT;
ALTER TABLE installation ADD COLUMN verdict_cursor INTEGER;

-- A key seals what one visit brings for one item, one class of privacy apart from the other; it is the
-- case's once that is committed. A key that is gone is all that it takes to have the files gone.
CREATE TABLE seals (
    seal_id TEXT PRIMARY KEY,
    visit_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    privacy TEXT NOT NULL CHECK (privacy IN ('open', 'personal', 'sensitive')),
    case_id TEXT REFERENCES cases (case_id),
    key BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX drafts ON seals (visit_id, item_id, privacy) WHERE case_id IS NULL;
CREATE INDEX seals_of_cases ON seals (case_id) WHERE case_id IS NOT NULL;

CREATE TABLE blobs (
    seal_id TEXT NOT NULL REFERENCES seals (seal_id),
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    purpose TEXT NOT NULL,
    -- How many bytes of it central has durably.
    sent INTEGER NOT NULL DEFAULT 0,
    -- Central has all of it; an empty file has no byte to tell that by.
    delivered INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (seal_id, sha256)
) STRICT;

CREATE INDEX undelivered_blobs ON blobs (seal_id) WHERE delivered = 0;

-- The ledger of paper: what was to come out and what did. Nothing of it is about a person.
CREATE TABLE prints (
    action_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (case_id),
    reprint_of TEXT REFERENCES prints (action_id),
    sheets_intended INTEGER,
    outcome TEXT,
    fault_code TEXT,
    sheets INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX prints_of_cases ON prints (case_id);

ALTER TABLE cases ADD COLUMN reprints INTEGER NOT NULL DEFAULT 0;

-- Until it was settled, a case's sheets were those that were intended; afterwards those that came out.
INSERT INTO prints (action_id, case_id, sheets_intended, outcome, fault_code, sheets)
SELECT action_id, case_id, CASE WHEN outcome IS NULL THEN sheets END, outcome, fault_code,
    CASE WHEN outcome IS NULL THEN 0 ELSE sheets END
FROM cases WHERE action_id IS NOT NULL ORDER BY rowid;

-- What registers answered in the visit that runs, for items that allow it. Gone with the visit.
CREATE TABLE answers (
    visit_id TEXT NOT NULL,
    lookup_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    -- The boot that the end is counted in, and its second there: no clock that can be set.
    boot_id TEXT NOT NULL,
    until_s REAL NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (visit_id, lookup_id)
) STRICT;
