-- Every page that a confirmation touches is sealed, written and synced while its citizen waits; every index costs
-- one. What can be an index less is, or is written when a case is closed. And a case's events are found from the
-- case, without a walk through a queue of days.

CREATE TABLE cases_anew (
    -- The counter in the receipt's number: that no number is given twice takes no index of its own.
    counter INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE,
    visit_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    lookup_id TEXT NOT NULL,
    receipt_number TEXT NOT NULL,
    committed_at TEXT NOT NULL,
    verification_code TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('committed', 'rendered', 'printing', 'closed')),
    action_id TEXT,
    outcome TEXT,
    fault_code TEXT,
    sheets INTEGER NOT NULL DEFAULT 0,
    reprints INTEGER NOT NULL DEFAULT 0,
    rated INTEGER NOT NULL DEFAULT 0,
    -- The first of the case's events whose body is kept; NULL once all of them are forgotten.
    remembered_from INTEGER,
    last_sequence INTEGER NOT NULL,
    -- The same confirmation twice is one case.
    UNIQUE (visit_id, item_id, lookup_id)
) STRICT;

-- Behind the terminal's name, the tag of three characters, and their hyphens.
INSERT INTO cases_anew
SELECT CAST(substr(receipt_number, instr(receipt_number, '-') + 5) AS INTEGER),
    case_id, visit_id, item_id, lookup_id, receipt_number, committed_at, verification_code, stage, action_id, outcome,
    fault_code, sheets, reprints, rated, first_kept, last_sequence
FROM cases LEFT JOIN
    (SELECT case_id, min(sequence) AS first_kept FROM journal WHERE body IS NOT NULL GROUP BY case_id) USING (case_id)
ORDER BY cases.rowid;

DROP TABLE cases;
ALTER TABLE cases_anew RENAME TO cases;

CREATE INDEX open_cases ON cases (case_id) WHERE stage <> 'closed';
CREATE UNIQUE INDEX printed_cases ON cases (action_id) WHERE action_id IS NOT NULL;
CREATE INDEX case_ends ON cases (last_sequence) WHERE stage = 'closed' AND remembered_from IS NOT NULL;

DROP INDEX remembered;
ALTER TABLE installation DROP COLUMN receipts_made;
