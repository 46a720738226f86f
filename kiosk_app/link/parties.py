"""Who may talk on a link: users as the kernel names them, and roles and versions as both sides say them.

Both ends check both. The user is what counts, since it cannot be claimed; role and version find a
configuration or an update gone wrong before anything else is said, with a reason that names it.
"""

import os
import socket
import struct
from dataclasses import dataclass, field

from kiosk_app.link.messages import Hello

_CREDENTIALS = struct.Struct("3i")


class Stranger(Exception):
    """The peer is none to talk to; the text says why."""


def peer_process(connection: socket.socket) -> int:
    """Return the id of the process at the other end, as the kernel knows it."""
    pid, _, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return int(pid)


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a link.

    `link` and `version` have to be the same on both ends; `talks_to` are the roles of the other one.
    A peer must run as one of `uids` (by default ours) or have one of `gids` as its primary group.
    """

    link: str
    version: int
    role: str
    talks_to: frozenset[str]
    uids: frozenset[int] = field(default_factory=lambda: frozenset({os.geteuid()}))
    gids: frozenset[int] = frozenset()

    @property
    def hello(self) -> Hello:
        return Hello(self.link, self.version, self.role)

    def check_user(self, connection: socket.socket) -> None:
        """Ask the kernel who is at the other end.

        Raises:
            Stranger: a user or group that was not named.
        """
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        _, uid, gid = _CREDENTIALS.unpack(raw)
        if uid not in self.uids and gid not in self.gids:
            raise Stranger(f"user {uid} of group {gid} may not use the {self.link} link")

    def check_hello(self, hello: Hello) -> None:
        """Judge what the peer says of itself.

        Raises:
            Stranger: another link, another version, or a role that does not belong here.
        """
        if hello.link != self.link:
            raise Stranger(f"this is the {self.link} link, not another")
        if hello.version != self.version:
            raise Stranger(f"{self.role} speaks version {self.version} of the {self.link} link, not {hello.version}")
        if hello.role not in self.talks_to:
            raise Stranger(f"{self.role} talks to {', '.join(sorted(self.talks_to))} on the {self.link} link")
