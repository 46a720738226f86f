"""Who keeps the secret of the database key may change at any time; what was written stays readable."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.base.database_key import CREDENTIAL, handed_over, told
from kiosk_app.base.settings import KioskSection
from offline_cache.cache import DATABASE, KEY, STORE, Cache, open_cache
from offline_cache.envelope import ENVELOPE, unlock
from offline_cache.keys import KeySource, read_credential
from offline_cache.trouble import CacheBroken, StorageBroken
from tests.disks.workloads import KIOSK
from tests.journal_values import committed, key_of
from tests.unit.test_journal_events import AT

SECRET = bytes(range(100, 140))


@pytest.fixture
def credential(tmp_path: Path) -> Path:
    path = tmp_path / CREDENTIAL
    path.write_bytes(SECRET)
    return path


def opened(folder: Path, source: KeySource = KeySource()) -> Cache:  # noqa: B008 - frozen
    return open_cache(folder / "state", KIOSK, AT, source)


def filled(folder: Path, source: KeySource = KeySource()) -> str:  # noqa: B008 - frozen
    cache = opened(folder, source)
    number = committed(cache, "visit").receipt_number
    cache.close()
    return number


def numbers(folder: Path, source: KeySource = KeySource()) -> list[str]:  # noqa: B008 - frozen
    cache = opened(folder, source)
    assert cache.set_aside is None
    found = [record.receipt_number for record in cache.cases.all()]
    cache.close()
    return found


def keeper(folder: Path) -> str:
    return str(json.loads((folder / "state" / STORE / ENVELOPE).read_bytes())["keeper"])


def test_secret_moves_to_the_credential_and_back_and_the_cases_stay(tmp_path: Path, credential: Path) -> None:
    """The file goes once the credential keeps the secret: with it on the disk the TPM would seal nothing."""
    number = filled(tmp_path)
    key = key_of(tmp_path / "state")
    by_credential = KeySource(credential)
    assert numbers(tmp_path, by_credential) == [number]
    assert keeper(tmp_path) == "credential"
    assert not (tmp_path / "state" / KEY).exists()
    assert numbers(tmp_path, by_credential) == [number]
    assert numbers(tmp_path, KeySource(credential, "file")) == [number]
    assert keeper(tmp_path) == "file"
    assert numbers(tmp_path) == [number]
    assert key_of(tmp_path / "state") == key, "the database key itself is the same for ever"


def test_credential_that_is_withheld_leaves_everything_alone_and_is_waited_for(
    tmp_path: Path, credential: Path
) -> None:
    """Somebody started the agent by hand, or took the setting out of the unit: nothing is lost by that."""
    number = filled(tmp_path, KeySource(credential))
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    for source in (KeySource(), KeySource(None, "file"), KeySource(tmp_path / "gone")):
        with pytest.raises(StorageBroken):
            opened(tmp_path, source)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
    assert numbers(tmp_path, KeySource(credential)) == [number]


def test_another_machines_credential_sets_the_store_aside_whole(tmp_path: Path, credential: Path) -> None:
    number = filled(tmp_path, KeySource(credential))
    credential.write_bytes(SECRET[::-1])
    cache = opened(tmp_path, KeySource(credential))
    assert cache.set_aside is not None
    assert cache.set_aside.reason == "wrong-key"
    aside = cache.set_aside.path
    cache.close()
    assert numbers(tmp_path, KeySource(credential)) == []
    (tmp_path / "rescue").mkdir()
    aside.rename(tmp_path / "rescue" / STORE)
    (tmp_path / "rescue").rename(tmp_path / "state2")
    credential.write_bytes(SECRET)
    rescued = open_cache(tmp_path / "state2", KIOSK, AT, KeySource(credential))
    assert [record.receipt_number for record in rescued.cases.all()] == [number]
    rescued.close()


@pytest.mark.parametrize("content", [b"", b"short", bytes(31), bytes(4097)])
def test_credential_that_is_no_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CREDENTIAL).write_bytes(content)
    with pytest.raises(StorageBroken):
        read_credential(tmp_path / CREDENTIAL)
    with pytest.raises(StorageBroken):
        opened(tmp_path, KeySource(tmp_path / CREDENTIAL))
    assert not (tmp_path / "state" / STORE / DATABASE).exists()


def test_credential_that_is_demanded_and_not_there_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    with pytest.raises(StorageBroken, match="credential"):
        opened(tmp_path, KeySource(None, "credential"))
    assert not (tmp_path / "state" / KEY).exists()


def test_envelope_of_a_newer_release_is_left_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    envelope = tmp_path / "state" / STORE / ENVELOPE
    envelope.write_text('{"version": 2, "keeper": "smart-card"}')
    with pytest.raises(StorageBroken, match="version 2"):
        opened(tmp_path)
    assert envelope.read_text() == '{"version": 2, "keeper": "smart-card"}'


@given(data=st.data())
def test_envelope_that_was_damaged_anywhere_never_yields_a_key(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("envelope")
    (folder / STORE).mkdir()
    arguments = (folder / STORE, folder / STORE / DATABASE, folder / KEY, KeySource())
    key = unlock(*arguments).key
    envelope = folder / STORE / ENVELOPE
    whole = envelope.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    envelope.write_bytes(data.draw(st.sampled_from([whole[:at], whole[:at] + bytes([other]) + whole[at + 1 :]])))
    try:
        same = unlock(*arguments).key
    except (CacheBroken, StorageBroken):
        return
    # JSON does not care for blanks and upper case in what is hexadecimal: the key is the same or there is none.
    assert same == key


def test_neither_key_nor_secret_shows_in_any_repr_or_message(tmp_path: Path) -> None:
    filled(tmp_path)
    unlocked = unlock(
        tmp_path / "state" / STORE, tmp_path / "state" / STORE / DATABASE, tmp_path / "state" / KEY, KeySource()
    )
    assert unlocked.key.hex() not in repr(unlocked)
    assert repr(unlocked.key) not in repr(unlocked)
    envelope = (tmp_path / "state" / STORE / ENVELOPE).read_text()
    assert unlocked.key.hex() not in envelope
    assert (tmp_path / "state" / KEY).read_text().strip() not in envelope


def test_technician_is_told_who_keeps_the_secret(
    tmp_path: Path, credential: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    auto = KioskSection(id="demo-0001", hall="demo", state_dir=state)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert handed_over() is None
    assert "none yet" in told(auto)
    filled(tmp_path)
    assert "in a file" in told(auto)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert handed_over() == credential
    assert "from the next start on" in told(auto)
    filled(tmp_path, KeySource(handed_over()))
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert "credential of the system" in told(auto)
    assert "next start" not in told(auto)
    back = auto.model_copy(update={"database_key": "file"})
    assert "from the next start on" in told(back)
