CREATE TABLE installation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    installation_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    began_at TEXT NOT NULL,
    receipts_made INTEGER NOT NULL DEFAULT 0,
    acknowledged INTEGER NOT NULL DEFAULT 0
, first_sequence INTEGER NOT NULL DEFAULT 1, turn TEXT, verdict_cursor INTEGER, machine TEXT, in_service INTEGER NOT NULL DEFAULT 1 CHECK (in_service IN (0, 1))) STRICT;
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
    last_sequence INTEGER NOT NULL, reprints INTEGER NOT NULL DEFAULT 0,
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
CREATE TABLE seals (
    seal_id TEXT PRIMARY KEY,
    visit_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    privacy TEXT NOT NULL CHECK (privacy IN ('open', 'personal', 'sensitive')),
    case_id TEXT REFERENCES cases (case_id),
    key BLOB NOT NULL
) STRICT;
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
CREATE TABLE prints (
    action_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (case_id),
    reprint_of TEXT REFERENCES prints (action_id),
    sheets_intended INTEGER,
    outcome TEXT,
    fault_code TEXT,
    sheets INTEGER NOT NULL DEFAULT 0
) STRICT;
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
CREATE TABLE orders (
    command_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('begun', 'done', 'refused', 'failed', 'expired')),
    at TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    blob_sha256 TEXT,
    told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))
) STRICT;
CREATE TABLE range_requests (
    request_id TEXT PRIMARY KEY,
    queue TEXT NOT NULL,
    day TEXT NOT NULL,
    count INTEGER NOT NULL,
    UNIQUE (queue, day)
) STRICT;
CREATE TABLE number_leases (
    lease_id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    queue TEXT NOT NULL,
    day TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    -- The number that is given next; beyond `last` when none is left.
    next INTEGER NOT NULL CHECK (next >= first AND next <= last + 1),
    expires_at TEXT NOT NULL
) STRICT;
CREATE TABLE verdicts (
    case_id TEXT PRIMARY KEY,
    verdict TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
INSERT INTO installation VALUES (1, '01M7ZYZMD6GJDKC94AYHNT9244', 'P2V', '2026-11-21T08:00:00.000Z', 10, 8, 1, 'turn-2', 5, 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 1);
INSERT INTO cases VALUES ('case-1', 'visit-1', 'insurance-certificate', 'lookup-1', 'DEMO0001-P2V-00001-I', '2026-11-21T08:00:00.000Z', '0000000000000001', 'closed', 'print-of-case-1', 'sent', NULL, 2, 1, 6, 0);
INSERT INTO cases VALUES ('case-2', 'visit-2', 'insurance-certificate', 'lookup-2', 'DEMO0001-P2V-00002-G', '2026-11-21T08:00:00.000Z', '0000000000000002', 'closed', 'print-of-case-2', 'failed', 'printer.media_jam', 1, 0, 11, 0);
INSERT INTO cases VALUES ('case-3', 'visit-3', 'insurance-certificate', 'lookup-3', 'DEMO0001-P2V-00003-E', '2026-11-21T08:00:00.000Z', '0000000000000003', 'printing', 'print-of-case-3', NULL, NULL, 2, 0, 14, 0);
INSERT INTO cases VALUES ('case-4', 'visit-4', 'insurance-certificate', 'lookup-4', 'DEMO0001-P2V-00004-C', '2026-11-21T08:00:00.000Z', '0000000000000004', 'rendered', NULL, NULL, NULL, 0, 0, 16, 0);
INSERT INTO cases VALUES ('case-5', 'visit-5', 'insurance-certificate', 'lookup-5', 'DEMO0001-P2V-00005-A', '2026-11-21T08:00:00.000Z', '0000000000000005', 'committed', NULL, NULL, NULL, 0, 0, 17, 0);
INSERT INTO cases VALUES ('case-6', 'visit-6', 'insurance-certificate', 'lookup-6', 'DEMO0001-P2V-00006-8', '2026-11-21T08:00:00.000Z', '0000000000000006', 'closed', 'print-of-case-6', 'failed', 'document.failed', 0, 0, 20, 0);
INSERT INTO cases VALUES ('case-7', 'visit-7', 'insurance-certificate', 'lookup-7', 'DEMO0001-P2V-00007-6', '2026-11-21T08:00:00.000Z', '0000000000000007', 'closed', NULL, 'none', NULL, 0, 0, 22, 0);
INSERT INTO cases VALUES ('case-9', 'visit-9', 'insurance-certificate', 'lookup-9', 'DEMO0001-P2V-00008-4', '2026-11-21T08:00:00.000Z', '9999999999999999', 'closed', 'again', 'sent', NULL, 2, 0, 30, 1);
INSERT INTO cases VALUES ('case-12', 'visit-12', 'insurance-certificate', 'lookup-12', 'DEMO0001-P2V-00009-2', '2026-11-21T08:00:00.000Z', '1111111111111111', 'closed', 'print-of-case-12', 'failed', 'printer.media_jam', 1, 0, 35, 0);
INSERT INTO cases VALUES ('case-13', 'visit-13', 'insurance-certificate', 'lookup-13', 'DEMO0001-P2V-00010-G', '2026-11-22T09:00:01.000Z', '4444444444444444', 'closed', 'print of case-13', 'sent', NULL, 0, 1, 41, 0);
INSERT INTO journal VALUES (1, '01M7ZYZMDKA8CXVXY84ZVMQAYS', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-1', NULL);
INSERT INTO journal VALUES (2, '01M7ZYZMDYD5BA6M6HNXW7R2J9', '2026-11-21T08:00:00.000Z', 'case.rendered', 'case-1', NULL);
INSERT INTO journal VALUES (3, '01M7ZYZME289T3MXC9Z5GNJCYK', '2026-11-21T08:00:00.000Z', 'print.intended', 'case-1', NULL);
INSERT INTO journal VALUES (4, '01M7ZYZME62V2HEVST130PM24W', '2026-11-21T08:00:00.000Z', 'print.settled', 'case-1', NULL);
INSERT INTO journal VALUES (5, '01M7ZYZME62V2HEVST130PM24X', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-1', NULL);
INSERT INTO journal VALUES (6, '01M7ZYZMEA83WM7HRC0406SPPB', '2026-11-21T08:00:00.000Z', 'visit.rated', 'case-1', NULL);
INSERT INTO journal VALUES (7, '01M7ZYZMEY6PYCS6N3TSB3G8ER', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-2', '{"kind":"case.committed","case":{"case_id":"case-2","visit_id":"visit-2","receipt_number":"DEMO0001-P2V-00002-G","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (8, '01M7ZYZMF6MRN4PMFMMSA0ZXD5', '2026-11-21T08:00:00.000Z', 'case.rendered', 'case-2', '{"kind":"case.rendered","document":{"case_id":"case-2","template":"insurance-certificate","template_version":1,"title":{"zh":"证明"},"verification_code":"0000000000000000","sha256":"0000000000000000000000000000000000000000000000000000000000000000","pages":2,"issued_at":"2026-11-21T08:00:00.000Z","facts":[]}}');
INSERT INTO journal VALUES (9, '01M7ZYZMF6MRN4PMFMMSA0ZXD6', '2026-11-21T08:00:00.000Z', 'print.intended', 'case-2', '{"kind":"print.intended","case_id":"case-2","action_id":"print-of-case-2","sheets":2}');
INSERT INTO journal VALUES (10, '01M7ZYZMFAW2NDWPB0Q7XF4832', '2026-11-21T08:00:00.000Z', 'print.settled', 'case-2', '{"kind":"print.settled","case_id":"case-2","action_id":"print-of-case-2","outcome":"failed","fault_code":"printer.media_jam","sheets":1}');
INSERT INTO journal VALUES (11, '01M7ZYZMFAW2NDWPB0Q7XF4833', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-2', '{"kind":"case.closed","case_id":"case-2","outcome":"failed"}');
INSERT INTO journal VALUES (12, '01M7ZYZMFEP4SDAEXQSTDT2ZVR', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-3', '{"kind":"case.committed","case":{"case_id":"case-3","visit_id":"visit-3","receipt_number":"DEMO0001-P2V-00003-E","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (13, '01M7ZYZMFJJAYEMCRZT15417PR', '2026-11-21T08:00:00.000Z', 'case.rendered', 'case-3', '{"kind":"case.rendered","document":{"case_id":"case-3","template":"insurance-certificate","template_version":1,"title":{"zh":"证明"},"verification_code":"0000000000000000","sha256":"0000000000000000000000000000000000000000000000000000000000000000","pages":2,"issued_at":"2026-11-21T08:00:00.000Z","facts":[]}}');
INSERT INTO journal VALUES (14, '01M7ZYZMFN0ZX69HQ1E4ZZTYR0', '2026-11-21T08:00:00.000Z', 'print.intended', 'case-3', '{"kind":"print.intended","case_id":"case-3","action_id":"print-of-case-3","sheets":2}');
INSERT INTO journal VALUES (15, '01M7ZYZMFT4CTE4R76WJC236E3', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-4', '{"kind":"case.committed","case":{"case_id":"case-4","visit_id":"visit-4","receipt_number":"DEMO0001-P2V-00004-C","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (16, '01M7ZYZMFY4K0MDKS80TSJRWTN', '2026-11-21T08:00:00.000Z', 'case.rendered', 'case-4', '{"kind":"case.rendered","document":{"case_id":"case-4","template":"insurance-certificate","template_version":1,"title":{"zh":"证明"},"verification_code":"0000000000000000","sha256":"0000000000000000000000000000000000000000000000000000000000000000","pages":2,"issued_at":"2026-11-21T08:00:00.000Z","facts":[]}}');
INSERT INTO journal VALUES (17, '01M7ZYZMG157XWMPHHDW7SNXJ0', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-5', '{"kind":"case.committed","case":{"case_id":"case-5","visit_id":"visit-5","receipt_number":"DEMO0001-P2V-00005-A","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (18, '01M7ZYZMG5HMZW55N6J5QMMFYB', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-6', '{"kind":"case.committed","case":{"case_id":"case-6","visit_id":"visit-6","receipt_number":"DEMO0001-P2V-00006-8","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (19, '01M7ZYZMG6SBT1A1QH2E6R7DWC', '2026-11-21T08:00:00.000Z', 'print.settled', 'case-6', '{"kind":"print.settled","case_id":"case-6","action_id":"print-of-case-6","outcome":"failed","fault_code":"document.failed","sheets":0}');
INSERT INTO journal VALUES (20, '01M7ZYZMG6SBT1A1QH2E6R7DWD', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-6', '{"kind":"case.closed","case_id":"case-6","outcome":"failed"}');
INSERT INTO journal VALUES (21, '01M7ZYZMGET9QVP593ND12EPYX', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-7', '{"kind":"case.committed","case":{"case_id":"case-7","visit_id":"visit-7","receipt_number":"DEMO0001-P2V-00007-6","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":"insurance-certificate"}}');
INSERT INTO journal VALUES (22, '01M7ZYZMGJ03QXPWZWWMCS3K9R', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-7', '{"kind":"case.closed","case_id":"case-7","outcome":"none"}');
INSERT INTO journal VALUES (23, '01M7ZYZMJQBAVYWDW7JP4FKP90', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-9', '{"kind":"case.committed","case":{"case_id":"case-9","visit_id":"visit-9","receipt_number":"DEMO0001-P2V-00008-4","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{},"facts_as_of":null,"template":"insurance-certificate","attachments":[{"sha256":"06831c7f69422f128e6a06da2feb25619ca299cc7216bcdf279649e3b81f4c18","size":90,"media_type":"image/jpeg","purpose":"photo","sealed":false},{"sha256":"ecb613640ae6261d8fe0345d085a1b730b3a5b4a402a7ee7017faae84ac73250","size":91,"media_type":"image/jpeg","purpose":"photo","sealed":false}]}}');
INSERT INTO journal VALUES (24, '01M7ZYZMJTQEZA6KYGMJJ87H3T', '2026-11-21T08:00:00.000Z', 'case.rendered', 'case-9', '{"kind":"case.rendered","document":{"case_id":"case-9","template":"insurance-certificate","template_version":1,"title":{"zh":"证明"},"verification_code":"0000000000000000","sha256":"0000000000000000000000000000000000000000000000000000000000000000","pages":2,"issued_at":"2026-11-21T08:00:00.000Z","facts":[]}}');
INSERT INTO journal VALUES (25, '01M7ZYZMJTQEZA6KYGMJJ87H3V', '2026-11-21T08:00:00.000Z', 'print.intended', 'case-9', '{"kind":"print.intended","case_id":"case-9","action_id":"print-of-case-9","sheets":2}');
INSERT INTO journal VALUES (26, '01M7ZYZMJYCFSV2K9V8JF3EFN0', '2026-11-21T08:00:00.000Z', 'print.settled', 'case-9', '{"kind":"print.settled","case_id":"case-9","action_id":"print-of-case-9","outcome":"failed","fault_code":"printer.media_jam","sheets":1}');
INSERT INTO journal VALUES (27, '01M7ZYZMJYCFSV2K9V8JF3EFN1', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-9', '{"kind":"case.closed","case_id":"case-9","outcome":"failed"}');
INSERT INTO journal VALUES (28, '01M7ZYZMK2EVTMZWYJZ28R9AG9', '2026-11-21T08:00:00.000Z', 'print.intended', 'case-9', '{"kind":"print.intended","case_id":"case-9","action_id":"again","sheets":2,"reprint_of":"print-of-case-9"}');
INSERT INTO journal VALUES (29, '01M7ZYZMK6MSQ3EN7FG4DB53KJ', '2026-11-21T08:00:00.000Z', 'print.settled', 'case-9', '{"kind":"print.settled","case_id":"case-9","action_id":"again","outcome":"sent","fault_code":null,"sheets":2}');
INSERT INTO journal VALUES (30, '01M7ZYZMK6MSQ3EN7FG4DB53KK', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-9', '{"kind":"case.closed","case_id":"case-9","outcome":"sent"}');
INSERT INTO journal VALUES (31, '01M808G2T55TRF667BVQYEYPP8', '2026-11-21T08:00:00.000Z', 'case.committed', 'case-12', '{"kind":"case.committed","case":{"case_id":"case-12","visit_id":"visit-12","receipt_number":"DEMO0001-P2V-00009-2","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-21T08:00:00.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"}},"facts_as_of":null,"template":null,"attachments":[{"sha256":"e6474875249853d5ddc94fb44fdf58d19af38e928c46101cdabb6db6139ac3c7","size":99,"media_type":"image/jpeg","purpose":"photo","sealed":false}]}}');
INSERT INTO journal VALUES (32, '01M808G2TAR6FMX0P8HFRA7XKF', '2026-11-21T08:00:00.000Z', 'case.rendered', 'case-12', '{"kind":"case.rendered","document":{"case_id":"case-12","template":"insurance-certificate","template_version":1,"title":{"zh":"证明"},"verification_code":"1111111111111111","sha256":"0000000000000000000000000000000000000000000000000000000000000000","pages":2,"issued_at":"2026-11-21T08:00:00.000Z","facts":[]}}');
INSERT INTO journal VALUES (33, '01M808G2TAR6FMX0P8HFRA7XKG', '2026-11-21T08:00:00.000Z', 'print.intended', 'case-12', '{"kind":"print.intended","case_id":"case-12","action_id":"print-of-case-12","sheets":2}');
INSERT INTO journal VALUES (34, '01M808G2TBB2D0VQT1VK1VQTG7', '2026-11-21T08:00:00.000Z', 'print.settled', 'case-12', '{"kind":"print.settled","case_id":"case-12","action_id":"print-of-case-12","outcome":"failed","fault_code":"printer.media_jam","sheets":1}');
INSERT INTO journal VALUES (35, '01M808G2TBB2D0VQT1VK1VQTG8', '2026-11-21T08:00:00.000Z', 'case.closed', 'case-12', '{"kind":"case.closed","case_id":"case-12","outcome":"failed"}');
INSERT INTO journal VALUES (36, '01M82VPC2CZ03H0CKJYWV34AS9', '2026-11-22T09:00:01.000Z', 'case.committed', 'case-13', '{"kind":"case.committed","case":{"case_id":"case-13","visit_id":"visit-13","receipt_number":"DEMO0001-P2V-00010-G","item_id":"insurance-certificate","item_code":"000","catalogue_version":1,"language":"zh","committed_at":"2026-11-22T09:00:01.000Z","applicant":{"name":"植入甲","document_type":"111","document_number":"110101199003078515","sex":"","birth_date":"","address":"","read_by":"sdt-serial"},"register_name":null,"facts":{"person":{"name":"植入甲"},"filler":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},"facts_as_of":null,"template":null}}');
INSERT INTO journal VALUES (37, '01M82VPC2EH0EZR27VMHXHE62M', '2026-01-02T03:04:05.678Z', 'case.rendered', 'case-13', '{"kind":"case.rendered","document":{"case_id":"case-13","template":"t","template_version":1,"title":{"zh":"证明"},"verification_code":"0000000000000000","sha256":"0000000000000000000000000000000000000000000000000000000000000000","pages":1,"issued_at":"2026-01-02T03:04:05.678Z","facts":[]}}');
INSERT INTO journal VALUES (38, '01M82VPC2F0XXED6TBC4QZD8GJ', '2026-01-02T03:04:05.678Z', 'print.intended', 'case-13', '{"kind":"print.intended","case_id":"case-13","action_id":"print of case-13","sheets":1}');
INSERT INTO journal VALUES (39, '01M82VPC2HMJBZBNJJ0D0T7AZ1', '2026-01-02T03:04:05.678Z', 'print.settled', 'case-13', '{"kind":"print.settled","case_id":"case-13","action_id":"print of case-13","outcome":"sent","fault_code":null,"sheets":0}');
INSERT INTO journal VALUES (40, '01M82VPC2HMJBZBNJJ0D0T7AZ2', '2026-01-02T03:04:05.678Z', 'case.closed', 'case-13', '{"kind":"case.closed","case_id":"case-13","outcome":"sent"}');
INSERT INTO journal VALUES (41, '01M82VPC2HMJBZBNJJ0D0T7AZ3', '2026-11-22T09:00:09.000Z', 'visit.rated', 'case-13', '{"kind":"visit.rated","visit_id":"visit-13","case_id":"case-13","grade":2}');
INSERT INTO catalogues VALUES ('central', 7, 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', '{"version":7,"hall":{"id":"demo","title":{"zh":"厅"},"phone":"0","desk":{"zh":"台"},"demonstration":false},"departments":[],"items":[],"notices":[],"templates":[],"codes":{}}');
INSERT INTO running_visit VALUES (1, 'visit-14', '2026-11-22T09:05:00.000Z');
INSERT INTO seals VALUES ('01M7ZYZMHQPP1BBCQCRD2CX36S', 'visit-9', 'insurance-certificate', 'personal', 'case-9', X'88BBBA631D453E0A8DB77BC9E2ACA1BF12020D4F20A775D38B5078CB6FC96819');
INSERT INTO seals VALUES ('01M7ZYZMJ2EYF8ZQ05Z7XYCYJE', 'visit-9', 'insurance-certificate', 'sensitive', 'case-9', X'37C2DD7BCF3ECD1CF3D4555904F89874C0E25CBBD85D9A09AB9D1C17386C6751');
INSERT INTO seals VALUES ('01M808G2SWT99W73NPH50QR1N4', 'visit-12', 'insurance-certificate', 'sensitive', 'case-12', X'DAC478170FD29EEF361CDFEAC215668D44BB13723DC4126FB8DC7F05F00A2B9E');
INSERT INTO blobs VALUES ('01M7ZYZMHQPP1BBCQCRD2CX36S', '06831c7f69422f128e6a06da2feb25619ca299cc7216bcdf279649e3b81f4c18', 90, 'image/jpeg', 'photo', 7, 0);
INSERT INTO blobs VALUES ('01M7ZYZMJ2EYF8ZQ05Z7XYCYJE', 'ecb613640ae6261d8fe0345d085a1b730b3a5b4a402a7ee7017faae84ac73250', 91, 'image/jpeg', 'photo', 0, 0);
INSERT INTO blobs VALUES ('01M808G2SWT99W73NPH50QR1N4', 'e6474875249853d5ddc94fb44fdf58d19af38e928c46101cdabb6db6139ac3c7', 99, 'image/jpeg', 'photo', 33, 0);
INSERT INTO prints VALUES ('print-of-case-1', 'case-1', NULL, 2, 'sent', NULL, 2);
INSERT INTO prints VALUES ('print-of-case-2', 'case-2', NULL, 2, 'failed', 'printer.media_jam', 1);
INSERT INTO prints VALUES ('print-of-case-3', 'case-3', NULL, 2, NULL, NULL, 0);
INSERT INTO prints VALUES ('print-of-case-6', 'case-6', NULL, NULL, 'failed', 'document.failed', 0);
INSERT INTO prints VALUES ('print-of-case-9', 'case-9', NULL, 2, 'failed', 'printer.media_jam', 1);
INSERT INTO prints VALUES ('again', 'case-9', 'print-of-case-9', 2, 'sent', NULL, 2);
INSERT INTO prints VALUES ('print-of-case-12', 'case-12', NULL, 2, 'failed', 'printer.media_jam', 1);
INSERT INTO prints VALUES ('print of case-13', 'case-13', NULL, 1, 'sent', NULL, 0);
INSERT INTO orders VALUES ('order-1', 'refresh', 'done', '2026-11-21T08:00:00.000Z', '', NULL, 1);
INSERT INTO orders VALUES ('order-2', 'restart', 'begun', '2026-11-21T08:00:00.000Z', '', NULL, 0);
INSERT INTO range_requests VALUES ('01M808G2TQREEZD185YYDABSGD', 'hall-b', '2026-11-21', 20);
INSERT INTO number_leases VALUES ('lease-1', '01M808G2TM8VPS2J2EG6MA0ETM', 'hall-a', '2026-11-21', 101, 120, 102, '2026-11-22T00:00:00Z');
INSERT INTO verdicts VALUES ('case-1', 'issued', '2026-11-21T08:00:00.000Z');
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
CREATE UNIQUE INDEX drafts ON seals (visit_id, item_id, privacy) WHERE case_id IS NULL;
CREATE INDEX seals_of_cases ON seals (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX undelivered_blobs ON blobs (seal_id) WHERE delivered = 0;
CREATE INDEX prints_of_cases ON prints (case_id);
CREATE INDEX untold_orders ON orders (command_id) WHERE told = 0;
CREATE TRIGGER orders_end_once BEFORE UPDATE ON orders
WHEN OLD.state <> 'begun' AND (NEW.state IS NOT OLD.state OR NEW.detail IS NOT OLD.detail OR NEW.at IS NOT OLD.at)
BEGIN
    SELECT RAISE(ABORT, 'an order that ended stays as it ended');
END;
CREATE INDEX leases_of_queues ON number_leases (queue, day, first);
CREATE TRIGGER numbers_are_given_once BEFORE UPDATE ON number_leases
WHEN NEW.next < OLD.next OR NEW.first <> OLD.first OR NEW.last <> OLD.last
BEGIN
    SELECT RAISE(ABORT, 'a number is given once');
END;
CREATE TRIGGER copies_hold_no_numbers AFTER UPDATE OF installation_id ON installation
WHEN NEW.installation_id <> OLD.installation_id
BEGIN
    DELETE FROM number_leases;
    DELETE FROM range_requests;
END;
CREATE INDEX forgotten ON journal (sequence) WHERE body IS NULL;
PRAGMA user_version = 4;
-- file 01M7ZYZMHQPP1BBCQCRD2CX36S-6f74590eb81554a26376132bc49dbb72 4b5346310a60e18b02795a4d699a38b88041e350555e79000cadfe2040200b5b7a4ddc8940dac441b0822e9a2d4cb4937ae613556289c3187bc542e865b7cf454ca096cb4566b7d91ed985b1f85f68ab30e583e9d54b69a92e6e31896df10603ace79242ad594d3a49dc58caa7f29921ae40e2fb3e25
-- file 01M7ZYZMJ2EYF8ZQ05Z7XYCYJE-8ff8b146fc5c682fffb216577c3264fd 4b5346310a82eb5225023b614f2f446136ba90f75e02e6aea2ecb3d3c6c8c6c2e82663f8bf699638856c7e016327d12b5ecca573c0429b63e5cd4ff968299df1f6b528bc76470fdf24c8aba0ab9b225811bc8dfc5de3985bced7098036fc5777f2c28060380935d705c1780859feefcbc69487c31f0801
-- file 01M808G2SWT99W73NPH50QR1N4-455fb7a00507d6c39358d575a05d40f5 4b5346310aa5d53cf5a58af7822f6106bab5bf0adc6e389b0487a6afc95da1fd856d35d25302cb95f3cd78062a19235a56226137bb25728402bee4660729883a96150f9e8382f6072f45e234113d1e0c919dbfff6fc95a05110d166cbf365c9a55119b3d36365a73317d894ea1684d55c439549d89f4255ad4d3cb7f341c49
