"""The installer of a terminal's CUPS configuration: it can be run twice, undoes nothing, and says what is wrong."""

import subprocess
from pathlib import Path

INSTALL = Path(__file__).parents[2] / "packaging" / "cups" / "install"
CONFIGURATION, RULES = "etc/cups/cupsd.conf", "etc/systemd/system/cups.service.d/terminal.conf"


def install(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([INSTALL, *arguments], capture_output=True, text=True, timeout=30, check=False)


def everything_under(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_files_are_put_in_place_once_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    assert install("--root", tmp_path).returncode == 0
    first = everything_under(tmp_path)
    assert set(first) == {CONFIGURATION, RULES}
    assert first[CONFIGURATION] == (INSTALL.parent / "cupsd.conf").read_bytes()
    assert (tmp_path / CONFIGURATION).stat().st_mode & 0o777 == 0o640
    again = install("--root", tmp_path)
    assert (again.returncode, again.stdout) == (0, "nothing to change\n")
    assert everything_under(tmp_path) == first


def test_what_was_there_before_is_kept_and_only_the_first_time(tmp_path: Path) -> None:
    there = tmp_path / CONFIGURATION
    there.parent.mkdir(parents=True)
    there.write_text("# the distribution's\n")
    install("--root", tmp_path)
    there.write_text("# somebody's hand\n")
    install("--root", tmp_path)
    assert there.with_name("cupsd.conf.before-kiosk").read_text() == "# the distribution's\n"


def test_check_names_each_file_that_is_wrong_and_changes_nothing(tmp_path: Path) -> None:
    checked = install("--root", tmp_path, "--check")
    assert checked.returncode == 1
    assert [line.split()[0] for line in checked.stdout.splitlines()] == [
        str(tmp_path / CONFIGURATION),
        str(tmp_path / RULES),
    ]
    assert everything_under(tmp_path) == {}
    install("--root", tmp_path)
    checked = install("--root", tmp_path, "--check")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_wrong_use_is_refused_and_help_is_given(tmp_path: Path) -> None:
    assert install("--rot", tmp_path).returncode == 2
    helped = install("--help")
    assert helped.returncode == 0
    assert "--check" in helped.stdout


def test_the_configuration_says_what_keeps_documents_off_the_disk_and_jobs_from_printing_twice() -> None:
    said = {
        tuple(line.split(maxsplit=1))
        for line in (INSTALL.parent / "cupsd.conf").read_text().splitlines()
        if " " in line
    }
    wanted = {("DirtyCleanInterval", "0"), ("PreserveJobFiles", "No"), ("ErrorPolicy", "abort-job"), ("Browsing", "No")}
    assert wanted <= said
