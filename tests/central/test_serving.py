"""How the server's socket carries answers."""

import asyncio
import socket

from central.serve import bind


def test_the_second_piece_of_an_answer_does_not_wait_for_the_other_side() -> None:
    at_once: asyncio.Queue[int] = asyncio.Queue()

    class Served(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted = transport.get_extra_info("socket")
            at_once.put_nowait(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            transport.close()

    async def play() -> int:
        bound = bind("127.0.0.1", 0)
        server = await asyncio.get_running_loop().create_server(Served, sock=bound)
        async with server:
            _, writer = await asyncio.open_connection(*bound.getsockname())
            found = await at_once.get()
            writer.close()
            await writer.wait_closed()
            return found

    assert asyncio.run(play())
