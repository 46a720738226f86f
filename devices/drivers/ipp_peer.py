"""One IPP server that is asked questions: the spooler on its socket, or the printer itself.

pycups is not used for questions, because libcups offers no time limit through it (a stopped server
would hold the device's thread for ever) and because it posts to "/" whatever path a printer has.
Here every wait on the wire is bounded, and the connection is kept open between questions: when it
breaks, the server behind it may have been another one since, which is what `breaks` tells.
"""

import ssl
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import count
from socket import AF_UNIX, SOCK_STREAM, socket
from urllib.parse import urlsplit

from devices.drivers.ipp_wire import Attribute, IppAnswer, MalformedIpp, Operation, Tag, decode_answer, encode_request
from devices.errors import Absent, Garbled

CONNECT_S = 2.0
"""A printer or spooler in reach accepts at once; a host that swallows packets costs this much a poll."""
ANSWER_S = 3.0
"""cupsd answers in milliseconds, a printer waking from sleep in a second or two."""
MAX_ANSWER_BYTES = 4 << 20
IPP_PORT = 631


class Unanswered(Absent):
    """Somebody took the connection and then said nothing in time."""


class _SocketConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=CONNECT_S)
        self._path = path

    def connect(self) -> None:
        line = socket(AF_UNIX, SOCK_STREAM)
        line.settimeout(self.timeout)
        try:
            line.connect(self._path)
        except OSError:
            line.close()
            raise
        self.sock = line


def split_server(server: str) -> tuple[str, int]:
    """Take ``/a/socket``, ``host`` or ``host:port`` apart; the port of a socket means nothing."""
    if server.startswith("/"):
        return server, IPP_PORT
    parts = urlsplit(f"//{server}")
    return parts.hostname or server, parts.port or IPP_PORT


class IppPeer:
    """Where to ask, and the connection to it. `code` is the fault when nobody answers there."""

    def __init__(self, scheme: str, host: str, port: int, path: str, code: str) -> None:
        self._scheme, self._host, self._port, self._path, self._code = scheme, host, port, path, code
        self._http: HTTPConnection | None = None
        self._numbers = count(1)
        self._just_taken = False
        self.breaks = 0
        """How often an open connection broke or could not be made; never counts down."""

    @classmethod
    def of_server(cls, server: str, code: str) -> "IppPeer":
        """The spooler at a socket or address."""
        host, port = split_server(server)
        return cls("unix" if host.startswith("/") else "ipp", host, port, "/", code)

    @classmethod
    def of_device_uri(cls, uri: str, code: str) -> "IppPeer | None":
        """The printer of a queue's device URI, or None when it does not speak IPP over a network."""
        parts = urlsplit(uri)
        if parts.scheme not in ("ipp", "ipps", "http", "https") or not parts.hostname:
            return None
        return cls(parts.scheme, parts.hostname, parts.port or IPP_PORT, parts.path or "/", code)

    def ask(self, operation: Operation, attributes: Sequence[Attribute], document: bytes = b"") -> IppAnswer:
        """Ask one question and wait for its answer, for a bounded time.

        Raises:
            Absent: nobody answers (with this peer's code); `Unanswered` when the connection was taken.
            Garbled: what came back is not IPP (``printer.hardware``).
        """
        body = encode_request(operation, next(self._numbers), attributes) + document
        while True:
            kept = self._http is not None
            try:
                return self._exchange(body)
            except MalformedIpp as error:
                self.close()
                raise Garbled("printer.hardware", str(error)) from error
            except (OSError, HTTPException) as error:
                self.breaks += 1
                self.close()
                # A kept connection may have been closed for idleness only: ask once more on a new one.
                late = isinstance(error, TimeoutError)
                if late and (self._just_taken or (kept and self._takes_connections())):
                    raise Unanswered(self._code, type(error).__name__) from error
                if not kept or late:
                    raise Absent(self._code, type(error).__name__) from error

    def _exchange(self, body: bytes) -> IppAnswer:
        self._just_taken = False
        if (http := self._http) is None:
            http = self._connect()
            self._just_taken = True
        http.request("POST", self._path, body, {"Content-Type": "application/ipp"})
        response = http.getresponse()
        data = response.read(MAX_ANSWER_BYTES)
        if response.status != 200:
            raise MalformedIpp(f"HTTP status {response.status}")
        if response.will_close:  # said so in good order: not a break
            self.close()
        return decode_answer(data)

    def _takes_connections(self) -> bool:
        """Try, because a connection that was open while the plug was pulled stays open and silent."""
        try:
            self._connect()
        except (OSError, HTTPException):
            return False
        self.close()
        return True

    def _connect(self) -> HTTPConnection:
        http: HTTPConnection
        match self._scheme:
            case "unix":
                http = _SocketConnection(self._host)
            case "ipps" | "https":
                # Printers carry certificates of their own making; CUPS does not check them either.
                context = ssl.create_default_context()
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
                http = HTTPSConnection(self._host, self._port, timeout=CONNECT_S, context=context)
            case _:
                http = HTTPConnection(self._host, self._port, timeout=CONNECT_S)
        http.connect()
        http.sock.settimeout(ANSWER_S)
        self._http = http
        return http

    def close(self) -> None:
        """Let go of the connection; the next question makes another."""
        if self._http is not None:
            with suppress(OSError):
                self._http.close()
            self._http = None


def printer_uri(uri: str) -> Attribute:
    return Attribute(Tag.URI, "printer-uri", (uri,))


def asked_by(user: str) -> Attribute:
    return Attribute(Tag.NAME, "requesting-user-name", (user,))


def wanting(*names: str) -> Attribute:
    return Attribute(Tag.KEYWORD, "requested-attributes", names)
