"""Numbers for queue tickets out of ranges that central leased to this terminal: each is given once, also offline.

A number is durably given before it is known, so that a power cut can lose one and never double one. A lease
belongs to the installation that asked for it: a disk that turns out to be a copy loses all of them. Never
looks at a clock; whoever asks names the hall's day.
"""

from collections.abc import Collection

from contract.ids import new_id
from contract.ranges import RangeHeld, RangeLease, RangeRequest
from offline_cache.database import Database


class NumberStock:
    """The tables `number_leases` and `range_requests`. Every write is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_number(self, queue: str, day: str) -> int | None:
        """Give the next number of a queue's day; None when no leased number is left.

        Raises:
            StorageTrouble: the disk refuses; no number was given.
        """
        with self._database.transaction():
            row = self._database.row(
                "SELECT lease_id, next FROM number_leases WHERE queue = ? AND day = ? AND next <= last"
                " ORDER BY first LIMIT 1",
                *(queue, day),
            )
            if row is None:
                return None
            self._database.run("UPDATE number_leases SET next = next + 1 WHERE lease_id = ?", row[0])
        return int(row[1])

    def left(self, queue: str, day: str) -> int:
        """Return how many numbers can be given without central."""
        row = self._database.row(
            "SELECT coalesce(sum(last + 1 - next), 0) FROM number_leases WHERE queue = ? AND day = ?", queue, day
        )
        return int(row[0]) if row else 0

    def want(self, queue: str, day: str, count: int, *, below: int) -> bool:
        """Have `count` more numbers leased when fewer than `below` are left; return whether they are asked for now."""
        if self.left(queue, day) >= below:
            return False
        with self._database.transaction():
            return (
                self._database.run(
                    "INSERT INTO range_requests (request_id, queue, day, count) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    *(new_id(), queue, day, count),
                )
                > 0
            )

    def requests(self, count: int) -> tuple[RangeRequest, ...]:
        """Return what central has not granted yet; the same request stays the same until it is granted."""
        rows = self._database.rows(
            "SELECT request_id, queue, day, count FROM range_requests ORDER BY rowid LIMIT ?", count
        )
        return tuple(RangeRequest(request_id=key, queue=queue, day=day, count=many) for key, queue, day, many in rows)

    def held(self, count: int) -> tuple[RangeHeld, ...]:
        """Return the leases, the newest first."""
        rows = self._database.rows(
            "SELECT lease_id, queue, day, first, last, next FROM number_leases ORDER BY rowid DESC LIMIT ?", count
        )
        names = ("lease_id", "queue", "day", "first", "last", "next")
        return tuple(RangeHeld.model_validate(dict(zip(names, row, strict=True))) for row in rows)

    def leased(self, leases: Collection[RangeLease]) -> tuple[RangeLease, ...]:
        """Keep leases that answer a request of ours; return those that are new.

        One that nobody here asked for is not taken: it may have been asked for by the disk we are a copy of.
        """
        fresh = []
        with self._database.transaction():
            for lease in leases:
                if not lease.first <= lease.last:
                    continue
                asked = self._database.run(
                    "DELETE FROM range_requests WHERE request_id = ? AND queue = ? AND day = ?",
                    *(lease.request_id, lease.queue, lease.day),
                )
                if asked:
                    self._database.run(
                        "INSERT INTO number_leases (lease_id, request_id, queue, day, first, last, next, expires_at)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        *(lease.lease_id, lease.request_id, lease.queue, lease.day),
                        *(lease.first, lease.last, lease.first, lease.expires_at),
                    )
                    fresh.append(lease)
        return tuple(fresh)

    def expire(self, now: str) -> int:
        """Let go of leases and requests whose time was over at `now`, an RFC 3339 instant in UTC; return how many."""
        over = "julianday(expires_at) IS NOT NULL AND julianday(expires_at) <= julianday(?)"
        if self._database.row(f"SELECT 1 FROM number_leases WHERE {over} LIMIT 1", now) is None:  # noqa: S608 - constant
            return 0
        with self._database.transaction():
            self._database.run("DELETE FROM range_requests WHERE day < date(?, '-7 days')", now)
            return self._database.run(f"DELETE FROM number_leases WHERE {over}", now)  # noqa: S608 - constant
