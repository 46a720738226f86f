"""Files that belong to what will be confirmed, on their way from the screen to the store, piece by piece.

Holds nothing: a piece is sealed and written before it is answered for. What was announced wrongly is refused
whole, so that a case never rests on a file that is not the one the citizen saw.
"""

from contract.fault import Fault
from kiosk_app.agent.store import Store
from kiosk_app.link.desk import AttachmentPiece, DeskFault
from offline_cache.blobs import Piece
from offline_cache.cache import Cache
from offline_cache.trouble import AttachmentRefused


async def attach(store: Store, piece: AttachmentPiece) -> int:
    """Take a piece of a file; return how many bytes of it are held.

    Raises:
        DeskFault: ``storage.*``; ``visit.interrupted`` when its visit does not run; ``agent.bug`` when it is
            not what was announced, or too much.
    """
    mine = Piece(
        visit_id=piece.visit_id,
        item_id=piece.item_id,
        privacy=piece.privacy,
        purpose=piece.purpose,
        media_type=piece.media_type,
        sha256=piece.sha256,
        size=piece.size,
        offset=piece.offset,
        data=piece.data,
    )
    try:
        return await store.call(lambda cache: _taken(cache, mine))
    except AttachmentRefused as refused:
        raise DeskFault(Fault.of("agent.bug", f"attachment refused: {refused}")) from None


def _taken(cache: Cache, piece: Piece) -> int:
    if cache.running_visit() != piece.visit_id:
        raise DeskFault(Fault.of("visit.interrupted", "a file of a visit that does not run"))
    return cache.attach(piece)
