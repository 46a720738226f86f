"""Searching: the memory of running processes and the files below folders, for words in every form they may take."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "gbk")
_AT_A_TIME = 1 << 24
_OVERLAP = 256
_SEEN_AROUND = 48


@dataclass(frozen=True)
class Found:
    """One place where a word stands."""

    where: str
    word: str
    encoding: str
    around: bytes

    def __str__(self) -> str:
        return f"{self.where}: {self.word} as {self.encoding} in {self.around!r}"


def needles(words: Iterable[str]) -> dict[bytes, tuple[str, str]]:
    """Every form of every word, by its bytes; forms that look alike are one."""
    return {word.encode(code): (word, code) for code in reversed(ENCODINGS) for word in words}


def in_text(where: str, text: bytes, sought: dict[bytes, tuple[str, str]]) -> Iterator[Found]:
    for needle, (word, code) in sought.items():
        at = text.find(needle)
        while at >= 0:
            yield Found(where, word, code, text[max(0, at - _SEEN_AROUND) : at + len(needle) + _SEEN_AROUND])
            at = text.find(needle, at + 1)


def in_memory(pid: int, sought: dict[bytes, tuple[str, str]]) -> list[Found]:
    """Search everything that a process can read of its own memory."""
    found: list[Found] = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *rest = line.split(maxsplit=5)
            name = rest[3] if len(rest) > 3 else "anonymous"
            if "r" not in rights or name in ("[vvar]", "[vsyscall]"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            for at in range(start, end, _AT_A_TIME):
                with suppress(OSError):  # pages behind the end of a mapped file
                    memory.seek(at)
                    piece = memory.read(min(_AT_A_TIME + _OVERLAP, end - at))
                    found += in_text(f"{name} of {pid}", piece, sought)
    return found


def in_files(folders: Iterable[Path], sought: dict[bytes, tuple[str, str]]) -> list[Found]:
    """Search every file below folders, their names too."""
    found: list[Found] = []
    for folder in folders:
        for path in folder.rglob("*"):
            found += in_text(f"the name of {path}", str(path).encode(), sought)
            if path.is_file():
                with suppress(FileNotFoundError):  # gone since it was listed
                    found += in_text(str(path), path.read_bytes(), sought)
    return found
