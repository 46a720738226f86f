"""A small disk of its own: a tmpfs of some megabytes in a private mount namespace, where a workload runs.

As root, or as anybody where user namespaces are allowed; without either it fails. Started as a script:
``python -m tests.disks.small_disk FOLDER MEGABYTES WORKLOAD…``. A workload called ``read-only`` or
``writable`` turns the disk so. Nobody outside sees the disk, and it is gone with the process.
"""

import ctypes
import os
import sys
from pathlib import Path

_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000
_READ_ONLY, _REMOUNT, _BIND, _REC, _PRIVATE = 0x1, 0x20, 0x1000, 0x4000, 0x40000
_libc = ctypes.CDLL(None, use_errno=True)


def _call(what: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    how = (source.encode(), os.fsencode(target), kind.encode(), flags, options.encode())
    _call(f"mount {target.name}", _libc.mount(*how))


def _leave_the_others() -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0 and _libc.unshare(_NEW_MOUNTS) == 0:
        return
    _call("unshare", _libc.unshare(_NEW_USER | _NEW_MOUNTS))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def main(folder: Path, megabytes: int, steps: list[str]) -> None:
    _leave_the_others()
    from tests.disks.workloads import STATE, WORKLOADS  # noqa: PLC0415 - threads must not be there yet

    disk = folder / STATE
    disk.mkdir()
    _mount("none", Path("/"), "", _REC | _PRIVATE)
    _mount("small", disk, "tmpfs", 0, f"size={megabytes}m,mode=700")
    for step in steps:
        match step:
            case "read-only":
                _mount("none", disk, "", _REMOUNT | _BIND | _READ_ONLY)
            case "writable":
                _mount("none", disk, "", _REMOUNT | _BIND)
            case work:
                WORKLOADS[work](folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
