"""The outermost layer of the server: what is true of every response.

Security headers, nothing cached but the style sheet, one log line with the route (never the path or
query as it came), and an unforeseen error turned into a bare problem here, before a server that would
write its message into a log.
"""

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.logs import LogEvent, log, where
from central.problems import Kind, Refused, answer

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        status = 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers["Cache-Control"] = "no-cache" if scope["path"].startswith("/static/") else "no-store"
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 - the last place where an error can be kept from leaking
            log(LogEvent.BUG, error=type(error).__name__, where=where(error))
            if status == 0:
                await answer(Refused(Kind.BROKEN))(scope, receive, guarded)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            ms = round((time.monotonic() - began) * 1000)
            log(LogEvent.REQUEST_SERVED, method=scope["method"], route=route, status=status, ms=ms)
