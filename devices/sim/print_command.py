"""What ippeveprinter runs for each document: draws paper, meets faults, drops sheets.

It reports through ippeveprinter's own channel: STATE and ATTR lines on standard error. Whether its
job was cancelled it has to ask the printer, which tells its command nothing. The received document is
removed when the job ends, so nothing of it stays but the sheets.
"""

import os
import re
import socket
import sys
import time
import zlib
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from devices.drivers.ipp_wire import (
    JOB_GROUP,
    Attribute,
    IppAnswer,
    MalformedIpp,
    Operation,
    Tag,
    decode_answer,
    encode_request,
    strings,
)
from devices.sim.a4_machine import SERVICE_JOB, MachineFolder

STEP_S = 0.05


class JobWithdrawn(Exception):
    """The printer was told to stop this job."""


def count_pages(document: bytes) -> int:
    """Count a PDF's pages, also those described in compressed object streams."""
    texts = [document]
    for match in re.finditer(rb"/ObjStm.*?stream\r?\n", document, re.DOTALL):
        with suppress(zlib.error):
            texts.append(zlib.decompressobj().decompress(document[match.end() :]))
    return max(1, sum(len(re.findall(rb"/Type\s*/Page(?![A-Za-z])", text)) for text in texts))


def ask_own_printer(uri: str) -> IppAnswer:
    """Ask the printer that runs this command about its active jobs."""
    parts = urlsplit(uri)
    body = encode_request(
        Operation.GET_JOBS,
        1,
        (
            Attribute(Tag.URI, "printer-uri", (uri,)),
            Attribute(Tag.KEYWORD, "requested-attributes", ("job-uri", "job-state-reasons")),
        ),
    )
    head = (
        f"POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nContent-Length: {len(body)}"
    )
    with socket.create_connection((parts.hostname or "localhost", parts.port or 631), 5.0) as line:
        line.sendall(head.encode() + b"\r\n\r\n" + body)
        answer = b""
        while b"\r\n\r\n" not in answer and (piece := line.recv(65536)):
            answer += piece
        header, _, data = answer.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length:\s*(\d+)", header)[1])  # type: ignore[index] # it always says
        while len(data) < length and (piece := line.recv(65536)):
            data += piece
    return decode_answer(data)


class Engine:
    """Prints one document."""

    def __init__(self, machine: MachineFolder, seconds_per_sheet: float) -> None:
        self._machine = machine
        self._seconds = seconds_per_sheet
        self._shown: tuple[tuple[str, ...], int] | None = None
        self._job_uri = os.environ.get("IPP_JOB_URI", "")
        self._printer_uri = os.environ.get("IPP_JOB_PRINTER_URI", "")
        self._asked_at = 0.0

    def show(self, *, printing: bool) -> None:
        """Tell the printer what its sensors say, when that changed."""
        machine = self._machine.look()
        shown = (machine.reasons(printing=printing), machine.toner_percent)
        if shown != self._shown:
            self._shown = shown
            # The level first: whoever sees the new reasons sees the new level too.
            _tell(f"ATTR: marker-names=Black marker-types=toner marker-levels={machine.toner_percent}")
            _tell(f"STATE: {','.join(shown[0]) or 'none'}")

    def print(self, job: str, media: str, document: bytes) -> None:
        pages = count_pages(document)
        with self._machine.changing() as machine:
            machine.held, machine.hold_next = machine.hold_next, False
            jam_after, machine.jam_after = machine.jam_after, None
            empty_after, machine.empty_after = machine.empty_after, None
        for page in range(1, pages + 1):
            if page - 1 == jam_after or page - 1 == empty_after:
                with self._machine.changing() as machine:
                    machine.jammed = machine.jammed or page - 1 == jam_after
                    machine.paper = 0 if page - 1 == empty_after else machine.paper
            self._wait_until_clear()
            self._pass_time(self._seconds)
            self._machine.drop(job, page, pages, media, document)
            _tell(f"ATTR: job-impressions={pages} job-impressions-completed={page}")

    def _wait_until_clear(self) -> None:
        self._check_withdrawn()
        while self._machine.look().blocked:
            self.show(printing=True)
            self._pass_time(STEP_S)
        self.show(printing=True)

    def _pass_time(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, STEP_S))  # the paper's way through the machine takes its time
            if time.monotonic() - self._asked_at > 2 * STEP_S:
                self._check_withdrawn()

    def _check_withdrawn(self) -> None:
        self._asked_at = time.monotonic()
        with suppress(OSError, MalformedIpp):
            for group in ask_own_printer(self._printer_uri).of(JOB_GROUP):
                mine = strings(group, "job-uri") == (self._job_uri,)
                if mine and "processing-to-stop-point" in strings(group, "job-state-reasons"):
                    raise JobWithdrawn


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main(folder: str, seconds_per_sheet: str, received: str) -> int:
    """Print the received document."""
    machine = MachineFolder(Path(folder))
    engine = Engine(machine, float(seconds_per_sheet))
    job = os.environ.get("IPP_JOB_NAME", "untitled")
    media = os.environ.get("IPP_MEDIA_COL") or os.environ.get("IPP_MEDIA", "")
    try:
        if job != SERVICE_JOB:
            engine.print(job, media, Path(received).read_bytes())
    except JobWithdrawn:
        return 1
    finally:
        Path(received).unlink(missing_ok=True)
        engine.show(printing=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
