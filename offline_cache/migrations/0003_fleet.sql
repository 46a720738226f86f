-- What central told this terminal to do and what became of it, numbers leased for queue tickets, verdicts
-- on cases, and the machine that this installation lives on.

-- A digest of the machine's id; another one means that the disk was copied or moved.
ALTER TABLE installation ADD COLUMN machine TEXT;

-- Whether central took the terminal out of service.
ALTER TABLE installation ADD COLUMN in_service INTEGER NOT NULL DEFAULT 1 CHECK (in_service IN (0, 1));

-- Every order that was ever taken up, so that none is done twice. `told` is whether central heard this state.
CREATE TABLE orders (
    command_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('begun', 'done', 'refused', 'failed', 'expired')),
    at TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    blob_sha256 TEXT,
    told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))
) STRICT;

CREATE INDEX untold_orders ON orders (command_id) WHERE told = 0;

CREATE TRIGGER orders_end_once BEFORE UPDATE ON orders
WHEN OLD.state <> 'begun' AND (NEW.state IS NOT OLD.state OR NEW.detail IS NOT OLD.detail OR NEW.at IS NOT OLD.at)
BEGIN
    SELECT RAISE(ABORT, 'an order that ended stays as it ended');
END;

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

CREATE INDEX leases_of_queues ON number_leases (queue, day, first);

CREATE TRIGGER numbers_are_given_once BEFORE UPDATE ON number_leases
WHEN NEW.next < OLD.next OR NEW.first <> OLD.first OR NEW.last <> OLD.last
BEGIN
    SELECT RAISE(ABORT, 'a number is given once');
END;

-- A copy has the same leases as the disk that it was made from: neither a number nor a request may be used by both.
CREATE TRIGGER copies_hold_no_numbers AFTER UPDATE OF installation_id ON installation
WHEN NEW.installation_id <> OLD.installation_id
BEGIN
    DELETE FROM number_leases;
    DELETE FROM range_requests;
END;

CREATE TABLE verdicts (
    case_id TEXT PRIMARY KEY,
    verdict TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
