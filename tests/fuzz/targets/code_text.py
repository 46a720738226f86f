"""The text of a code in a picture: any bytes, said to be in any encoding, give text, nothing or a reason."""

from collections.abc import Iterator

from devices.drivers.code_text import IDENTIFIERS, read_text
from devices.drivers.scan_codec import LONGEST_BYTES, Unreadable
from devices.values import Code

LONGEST = 4096
_SYMBOLOGIES = tuple(IDENTIFIERS)


def check(data: bytes) -> None:
    if len(data) < 3:
        return
    symbology, rest = _SYMBOLOGIES[data[0] % len(_SYMBOLOGIES)], data[3:]
    split = int.from_bytes(data[1:3]) % (len(rest) + 1)
    for payload, said in ((rest[:split], rest[split:]), (rest, IDENTIFIERS[symbology] + rest)):
        heard = read_text(symbology, payload, said)
        assert heard is None or isinstance(heard, Code | Unreadable)
        if isinstance(heard, Code):
            assert 0 < len(heard.text) <= LONGEST_BYTES
            assert heard.symbology in IDENTIFIERS


def seeds() -> Iterator[bytes]:
    for number, identifier in enumerate(IDENTIFIERS.values()):
        for text, encoding, designator in (
            ("https://fuwu.example.gov.cn/verify", "ascii", b""),
            ("编码", "utf-8", b"\\000026"),
            ("编码", "gb18030", b"\\000032"),
            ("編碼", "big5", b"\\000028"),
            ("a\\b", "ascii", b"\\000899"),
        ):
            payload = text.encode(encoding)
            said = identifier + designator + payload.replace(b"\\", b"\\\\")
            yield bytes((number,)) + len(payload).to_bytes(2) + payload + said
