"""What can go wrong between a chip card and its reader, by script: each fault wraps a card and is one.

Repeatable: what is random is drawn from a seed. A fault never knows who reads the card; it counts
commands, changes answers, or says that the card was pulled out.
"""

import random
import time
from collections.abc import Callable

from devices.sim.chip_cards import Card

Change = Callable[[int, bytes, bytes], bytes]
"""From the how-manieth command (from 1), the command and the honest answer to what is answered instead."""


class Lifted(Exception):
    """The card is pulled out while it should answer."""


class FaultyCard:
    """A card whose answers are changed. Its count of commands runs on over resets."""

    def __init__(self, card: Card, change: Change) -> None:
        self._card = card
        self._change = change
        self._count = 0

    @property
    def atr(self) -> bytes:
        return self._card.atr

    def reset(self) -> None:
        self._card.reset()

    def answer(self, command: bytes) -> bytes:
        self._count += 1
        return self._change(self._count, command, self._card.answer(command))


def lifted_after(commands: int) -> Change:
    """The card is pulled out after so many commands."""

    def change(count: int, _command: bytes, answer: bytes) -> bytes:
        if count > commands:
            raise Lifted
        return answer

    return change


def slow(seconds: float) -> Change:
    """Each answer takes so long."""

    def change(_count: int, _command: bytes, answer: bytes) -> bytes:
        time.sleep(seconds)  # the card's own slowness, on its own thread
        return answer

    return change


def no_length_is_right() -> Change:
    """6Cxx to everything that expects data."""

    def change(count: int, command: bytes, answer: bytes) -> bytes:
        return bytes((0x6C, count % 255 + 1)) if command[1] == 0xB2 else answer

    return change


def more_without_end() -> Change:
    """61xx after every piece of an answer."""

    def change(_count: int, command: bytes, answer: bytes) -> bytes:
        return b"\x2a" * 8 + b"\x61\x08" if command[1] in (0xB2, 0xC0) else answer

    return change


def record_changed(tag: int, change_record: Callable[[bytes], bytes], times: int = -1) -> Change:
    """The record of `tag` comes otherwise than it is on the card, so many times or (-1) always."""
    left = times

    def change(_count: int, command: bytes, answer: bytes) -> bytes:
        nonlocal left
        if command[1] != 0xB2 or answer[:1] != bytes((tag,)) or left == 0:
            return answer
        left -= 1
        return change_record(answer[:-2]) + answer[-2:]

    return change


def garbled(seed: int, share: float = 1.0) -> Change:
    """Bytes of the data of so many of the answers are others than they should be; at random, by `seed`."""
    chance = random.Random(seed)  # noqa: S311 - repeatable noise, no secret

    def change(_count: int, _command: bytes, answer: bytes) -> bytes:
        if len(answer) <= 2 or chance.random() >= share:
            return answer
        noisy = bytearray(answer)
        for _ in range(chance.randint(1, 4)):
            noisy[chance.randrange(len(noisy))] ^= chance.randrange(1, 256)
        return bytes(noisy)

    return change


def refused_with(status: bytes, instruction: int) -> Change:
    """Every command of one kind is answered by a status word alone."""

    def change(_count: int, command: bytes, answer: bytes) -> bytes:
        return status if command[1] == instruction else answer

    return change
