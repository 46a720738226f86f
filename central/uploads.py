"""The part of a blob's upload that follows the wire: bytes go to disk as they come.

What was read before a line was cut is kept, and the terminal goes on behind it. Nothing beyond the
announced part is read, and nothing of a blob is held in memory but a piece.
"""

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from central.blob_store import Arriving, Busy
from central.blobs import BlobDesk, Part
from central.problems import Kind, Refused
from contract.ids import KioskId

_PIECE = 256 * 1024


def progress(held: int, *, whole: bool, status: int) -> Response:
    """Return the response that tells how much is held."""
    return Response(status_code=status, headers={"Upload-Offset": str(held), "Upload-Complete": f"?{int(whole)}"})


async def receive(request: Request, desk: BlobDesk, kiosk: KioskId, sha256: str, part: Part) -> Response:
    """Take one part in and return what is held then.

    Raises:
        Refused: the part does not fit, there is no room, or the whole is not what its hash says.
    """
    announced = request.headers.get("content-length")
    if announced is not None and announced != str(part.length):
        raise Refused(Kind.NOT_UNDERSTOOD, "Content-Length is not the length of Content-Range")
    size = await run_in_threadpool(_whole, desk, kiosk, sha256)
    if size is not None:
        return progress(size, whole=True, status=200)
    await run_in_threadpool(desk.check, kiosk, part)
    try:
        with desk.files.receiving(kiosk, sha256) as arriving:
            if desk.files.whole(kiosk, sha256) is not None:  # another request was quicker
                arriving.discard()
                return progress(part.total, whole=True, status=200)
            if arriving.size > part.total:  # it can never become whole
                arriving.empty()
            if part.first != arriving.size:
                raise Refused(Kind.WRONG_OFFSET, held=arriving.size)
            try:
                await _write(request, arriving, part.length)
            except ClientDisconnect:
                return Response(status_code=499)  # nobody is there to read it
            if arriving.size < part.total:
                return progress(arriving.size, whole=False, status=202)
            await run_in_threadpool(desk.finish, kiosk, sha256, arriving)
            return progress(part.total, whole=True, status=201)
    except Busy:
        raise Refused(Kind.BLOB_BUSY) from None


def _whole(desk: BlobDesk, kiosk: KioskId, sha256: str) -> int | None:
    try:
        size, whole = desk.held(kiosk, sha256)
    except Refused:
        return None
    return size if whole else None


async def _write(request: Request, arriving: Arriving, length: int) -> None:
    """Write what comes, also when the line is cut; at most `length` bytes."""
    left, piece = length, bytearray()
    try:
        async for chunk in request.stream():
            if len(chunk) > left - len(piece):
                raise Refused(Kind.NOT_UNDERSTOOD, "the body is longer than Content-Range says")
            piece += chunk
            if len(piece) >= _PIECE:
                left -= len(piece)
                written, piece = bytes(piece), bytearray()
                await run_in_threadpool(arriving.add, written)
    finally:
        arriving.add(bytes(piece))
