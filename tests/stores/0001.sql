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
CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES cases (case_id),
    -- NULL is a tombstone: central holds the event, and the terminal has forgotten what it said.
    body TEXT
) STRICT;
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
INSERT INTO installation VALUES (1, '01M7ZYWW59YDZEXGKB6Y40G9PZ', 'NWH', '2026-11-21T08:00:00.000Z', 7, 8);
INSERT INTO cases VALUES ('case-1', 'visit-1', 'insurance-certificate', 'lookup-1', 'DEMO0001-NWH-00001-B', '2026-11-21T08:00:00.000Z', '0000000000000001', 'closed', 'print-of-case-1', 'sent', NULL, 2, 1, 6);
INSERT INTO cases VALUES ('case-2', 'visit-2', 'insurance-certificate', 'lookup-2', 'DEMO0001-NWH-00002-9', '2026-11-21T08:00:00.000Z', '0000000000000002', 'closed', 'print-of-case-2', 'failed', 'printer.media_jam', 1, 0, 11);
INSERT INTO cases VALUES ('case-3', 'visit-3', 'insurance-certificate', 'lookup-3', 'DEMO0001-NWH-00003-7', '2026-11-21T08:00:00.000Z', '0000000000000003', 'printing', 'print-of-case-3', NULL, NULL, 2, 0, 14);
INSERT INTO cases VALUES ('case-4', 'visit-4', 'insurance-certificate', 'lookup-4', 'DEMO0001-NWH-00004-5', '2026-11-21T08:00:00.000Z', '0000000000000004', 'rendered', NULL, NULL, NULL, 0, 0, 16);
INSERT INTO cases VALUES ('case-5', 'visit-5', 'insurance-certificate', 'lookup-5', 'DEMO0001-NWH-00005-3', '2026-11-21T08:00:00.000Z', '0000000000000005', 'committed', NULL, NULL, NULL, 0, 0, 17);
INSERT INTO cases VALUES ('case-6', 'visit-6', 'insurance-certificate', 'lookup-6', 'DEMO0001-NWH-00006-1', '2026-11-21T08:00:00.000Z', '0000000000000006', 'closed', 'print-of-case-6', 'failed', 'document.failed', 0, 0, 20);
INSERT INTO cases VALUES ('case-7', 'visit-7', 'insurance-certificate', 'lookup-7', 'DEMO0001-NWH-00007-0', '2026-11-21T08:00:00.000Z', '0000000000000007', 'closed', NULL, 'none', NULL, 0, 0, 22);
INSERT INTO journal VALUES (1, '01M7ZYWW5GS9SMDWZ18THJKNP9', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-1', NULL);
INSERT INTO journal VALUES (2, '01M7ZYWW5K2PMPCWAG6HZHE3T2', '2026-11-21T08:00:00.000Z', 'case.rendered', 'case-1', NULL);
INSERT INTO journal VALUES (3, '01M7ZYWW5M3CNC039YQV599HBW', '2026-11-21T08:00:00.000Z', 'print.intended', 'case-1', NULL);
INSERT INTO journal VALUES (4, '01M7ZYWW5P6BF04VX6RQV3HDNG', '2026-11-21T08:00:00.000Z', 'print.settled', 'case-1', NULL);
INSERT INTO journal VALUES (5, '01M7ZYWW5P6BF04VX6RQV3HDNH', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-1', NULL);
INSERT INTO journal VALUES (6, '01M7ZYWW5QRRYW93SB3JSCNBRK', '2026-11-21T08:00:00.000Z', 'visit.rated', 'case-1', NULL);
INSERT INTO journal VALUES (7, '01M7ZYWW5T7SZ8RC5F05SQMWC6', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-2', '{"kind":"case.committed","case":{"case_id":"case-2","visit_id":"visit-2","receipt_number":"DEMO0001-NWH-00002-9","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (8, '01M7ZYWW5V7QW30SDAJWWGHEJS', '2026-11-21T08:00:00.000Z', 'case.rendered', 'case-2', '{"kind":"case.rendered","document":{"case_id":"case-2","template":"insurance-certificate","template_version":1,"title":{"zh":"证明"},"verification_code":"0000000000000000","sha256":"0000000000000000000000000000000000000000000000000000000000000000","pages":2,"issued_at":"2026-11-21T08:00:00.000Z","facts":[]}}');
INSERT INTO journal VALUES (9, '01M7ZYWW5V7QW30SDAJWWGHEJT', '2026-11-21T08:00:00.000Z', 'print.intended', 'case-2', '{"kind":"print.intended","case_id":"case-2","action_id":"print-of-case-2","sheets":2}');
INSERT INTO journal VALUES (10, '01M7ZYWW5WYWZTD17RC48YQE9Z', '2026-11-21T08:00:00.000Z', 'print.settled', 'case-2', '{"kind":"print.settled","case_id":"case-2","action_id":"print-of-case-2","outcome":"failed","fault_code":"printer.media_jam","sheets":1}');
INSERT INTO journal VALUES (11, '01M7ZYWW5WYWZTD17RC48YQEA0', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-2', '{"kind":"case.closed","case_id":"case-2","outcome":"failed"}');
INSERT INTO journal VALUES (12, '01M7ZYWW5XJ6H6QHYVVPHFPR26', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-3', '{"kind":"case.committed","case":{"case_id":"case-3","visit_id":"visit-3","receipt_number":"DEMO0001-NWH-00003-7","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (13, '01M7ZYWW5XJ6H6QHYVVPHFPR27', '2026-11-21T08:00:00.000Z', 'case.rendered', 'case-3', '{"kind":"case.rendered","document":{"case_id":"case-3","template":"insurance-certificate","template_version":1,"title":{"zh":"证明"},"verification_code":"0000000000000000","sha256":"0000000000000000000000000000000000000000000000000000000000000000","pages":2,"issued_at":"2026-11-21T08:00:00.000Z","facts":[]}}');
INSERT INTO journal VALUES (14, '01M7ZYWW5Y409G9JZP6KS570CQ', '2026-11-21T08:00:00.000Z', 'print.intended', 'case-3', '{"kind":"print.intended","case_id":"case-3","action_id":"print-of-case-3","sheets":2}');
INSERT INTO journal VALUES (15, '01M7ZYWW5ZJTNA3DEQW9H7S5AM', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-4', '{"kind":"case.committed","case":{"case_id":"case-4","visit_id":"visit-4","receipt_number":"DEMO0001-NWH-00004-5","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (16, '01M7ZYWW5ZJTNA3DEQW9H7S5AN', '2026-11-21T08:00:00.000Z', 'case.rendered', 'case-4', '{"kind":"case.rendered","document":{"case_id":"case-4","template":"insurance-certificate","template_version":1,"title":{"zh":"证明"},"verification_code":"0000000000000000","sha256":"0000000000000000000000000000000000000000000000000000000000000000","pages":2,"issued_at":"2026-11-21T08:00:00.000Z","facts":[]}}');
INSERT INTO journal VALUES (17, '01M7ZYWW60DHAH0FCFSRBWG67V', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-5', '{"kind":"case.committed","case":{"case_id":"case-5","visit_id":"visit-5","receipt_number":"DEMO0001-NWH-00005-3","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (18, '01M7ZYWW60DHAH0FCFSRBWG67W', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-6', '{"kind":"case.committed","case":{"case_id":"case-6","visit_id":"visit-6","receipt_number":"DEMO0001-NWH-00006-1","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (19, '01M7ZYWW6130Z55J70BA1DDXN6', '2026-11-21T08:00:00.000Z', 'print.settled', 'case-6', '{"kind":"print.settled","case_id":"case-6","action_id":"print-of-case-6","outcome":"failed","fault_code":"document.failed","sheets":0}');
INSERT INTO journal VALUES (20, '01M7ZYWW6130Z55J70BA1DDXN7', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-6', '{"kind":"case.closed","case_id":"case-6","outcome":"failed"}');
INSERT INTO journal VALUES (21, '01M7ZYWW629YS48AAET5HNXBCB', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-7', '{"kind":"case.committed","case":{"case_id":"case-7","visit_id":"visit-7","receipt_number":"DEMO0001-NWH-00007-0","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (22, '01M7ZYWW629YS48AAET5HNXBCC', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-7', '{"kind":"case.closed","case_id":"case-7","outcome":"none"}');
INSERT INTO catalogues VALUES ('central', 7, 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', '{"version":7,"hall":{"id":"demo","title":{"zh":"厅"},"phone":"0","desk":{"zh":"台"},"demonstration":false},"departments":[],"items":[],"notices":[],"templates":[],"codes":{}}');
INSERT INTO running_visit VALUES (1, 'visit-8', '2026-11-21T08:00:00.000Z');
CREATE INDEX open_cases ON cases (case_id) WHERE stage <> 'closed';
CREATE INDEX case_ends ON cases (last_sequence);
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
PRAGMA user_version = 1;
