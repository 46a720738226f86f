"""Runs the server: binds first, says where it listens only when it does, ends in order when told.

uvicorn's access log stays off, since its lines hold paths and queries as they came. A second signal
does not cut off answers that are being written; the supervisor's own kill is for that.
"""

import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from central import workers
from central.logs import LogEvent, log

BACKLOG = 2048
"""Connections that wait for a worker."""
GRACE_S = 10
"""How long open requests may take to end after the signal."""
_LOOK_FOR_GARBAGE_AFTER = 50_000
"""Objects that were made since the last look: about what a full batch is made of."""


class _Server(uvicorn.Server):
    """A uvicorn server that tells when it listens and whose end by a signal is an ordinary one."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What the server is made of stays as long as it does, and a large batch is all in use until it is
        # answered; looking through either again and again for garbage would cost a quarter of the batch's time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_LOOK_FOR_GARBAGE_AFTER)
        if self.started:
            self._listening()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The original raises the signal again at the end, which would make every stop look like a crash.
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; port 0 takes any free one.

    Raises:
        OSError: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Its protocol by name: asyncio has only such sockets send small pieces at once (TCP_NODELAY), and an answer that
    # is two pieces would wait 40 ms for the other side on a connection that was used before.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def address_of(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    make_app: Callable[[], FastAPI],
    bound: socket.socket,
    trusted_proxies: list[str],
    listening: Callable[[str], None],
    count: int = 1,
) -> None:
    """Serve until SIGTERM or SIGINT; `listening` hears the address once requests are answered.

    `make_app` is called in each of the `count` workers, which share the bound socket.
    """
    address = address_of(bound)

    def ready() -> None:
        log(LogEvent.SERVER_STARTED, address=address)
        listening(address)

    def work(listens: Callable[[], None]) -> None:
        config = uvicorn.Config(
            make_app(),
            access_log=False,
            log_config=None,
            server_header=False,
            lifespan="off",
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=trusted_proxies,
            timeout_keep_alive=75,  # terminals that ask every half minute keep their connection
            timeout_graceful_shutdown=GRACE_S,
        )
        _Server(config, listens).run(sockets=[bound])

    if count == 1:
        work(ready)
    else:
        bound.listen(BACKLOG)
        workers.run(count, work, ready)
    log(LogEvent.SERVER_STOPPED)
