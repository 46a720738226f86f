"""State reasons of queue and printer, told as the state a citizen would meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.ipp_state import another_tray_has_paper, holds_up, printer_status, split_reason, status_of
from devices.values import DeviceState, DeviceStatus, Media, Supply

ONLINE, USER, HARD = DeviceState.ONLINE, DeviceState.USER_ERROR, DeviceState.HARDWARE_ERROR
_REASONS = [
    "none",
    "media-low",
    "media-empty",
    "media-needed",
    "input-tray-missing",
    "media-jam",
    "toner-low",
    "toner-empty",
    "cover-open",
    "door-open",
    "interlock-open",
    "output-area-full",
    "output-area-almost-full",
    "marker-waste-full",
    "opc-life-over",
    "fuser-over-temp",
    "offline",
    "connecting-to-device",
    "timed-out",
    "shutdown",
    "deactivated",
    "paused",
    "stopping",
    "spool-area-full",
    "cups-missing-filter",
    "other",
    "cups-waiting-for-job-completed",
    "vendor-says-hello",
    "standby",
    "input-power-saver",
    "power-down",
    "warming-up",
]
REASONS = st.builds(str.__add__, st.sampled_from(_REASONS), st.sampled_from(("", "-report", "-warning", "-error")))


def code_of(status: DeviceStatus) -> str | None:
    return None if status.fault is None else status.fault.code


@pytest.mark.parametrize(
    ("reason", "state", "code"),
    [
        ("none", ONLINE, None),
        ("media-low-report", ONLINE, "printer.media_low"),
        ("media-empty-error", USER, "printer.media_empty"),
        ("media-needed", USER, "printer.media_empty"),
        ("input-tray-missing-error", USER, "printer.media_empty"),
        ("media-jam-error", HARD, "printer.media_jam"),
        ("toner-low-error", ONLINE, "printer.toner_low"),
        ("marker-supply-low-warning", ONLINE, "printer.toner_low"),
        ("toner-empty-error", USER, "printer.toner_empty"),
        ("marker-supply-empty", USER, "printer.toner_empty"),
        ("cover-open", USER, "printer.cover_open"),
        ("door-open-error", USER, "printer.cover_open"),
        ("interlock-open-error", USER, "printer.cover_open"),
        ("output-area-full-error", USER, "printer.output_full"),
        ("output-area-almost-full-warning", ONLINE, "printer.hardware"),
        ("opc-near-eol-warning", ONLINE, "printer.hardware"),
        ("marker-waste-full-error", HARD, "printer.hardware"),
        ("fuser-over-temp-error", HARD, "printer.hardware"),
        ("offline-report", DeviceState.OFFLINE, "printer.offline"),
        ("timed-out", DeviceState.OFFLINE, "printer.offline"),
        ("shutdown", DeviceState.POWER_OFF, "printer.powered_off"),
        ("paused", DeviceState.DEVICE_BUSY, "printer.paused"),
        ("cups-missing-filter-warning", HARD, "printer.configuration"),
        ("other-error", HARD, "printer.hardware"),
        ("other-warning", ONLINE, None),
        ("vendor-says-hello", HARD, "printer.hardware"),
        ("vendor-says-hello-report", ONLINE, None),
        ("cups-waiting-for-job-completed", ONLINE, None),
        ("identify-printer-requested", ONLINE, None),
    ],
)
def test_each_reason_means_one_state_and_one_fault(reason: str, state: DeviceState, code: str | None) -> None:
    status = status_of([reason])
    assert (status.state, code_of(status)) == (state, code)


@pytest.mark.parametrize("suffix", ["", "-report", "-warning", "-error"])
@pytest.mark.parametrize("obstacle", ["media-empty", "media-jam", "cover-open", "output-area-full"])
def test_obstacle_holds_the_sheet_whatever_the_printer_was_doing(obstacle: str, suffix: str) -> None:
    assert holds_up(status_of([obstacle + suffix])) is not None


@pytest.mark.parametrize("worn", ["marker-supply-empty", "marker-waste-full", "opc-life-over", "fuser-under-temp"])
def test_wear_that_the_printer_only_warns_of_stops_nobody(worn: str) -> None:
    status = status_of([worn + "-warning"])
    assert status.state is ONLINE
    assert holds_up(status) is None


def test_empty_toner_as_a_warning_is_still_told_as_supply() -> None:
    assert status_of(["marker-supply-empty-warning"]).toner is Supply.OUT


@pytest.mark.parametrize("suffix", ["", "-report", "-warning", "-error"])
def test_printer_without_toner_serves_nobody_whatever_it_calls_that(suffix: str) -> None:
    status = status_of([f"toner-empty{suffix}"])
    assert (status.state, code_of(status), status.toner) == (USER, "printer.toner_empty", Supply.OUT)


@pytest.mark.parametrize(
    "word", ["standby", "suspend", "sleep-mode-report", "stacker-power-saver", "hibernate-warning"]
)
def test_printer_that_saves_power_serves_and_is_no_fault_to_a_citizen(word: str) -> None:
    status = status_of([word])
    assert (status.state, code_of(status)) == (ONLINE, "printer.asleep")
    assert holds_up(status) is None


def test_sleep_hides_nothing_that_the_printer_lacks() -> None:
    assert code_of(status_of(["standby", "toner-low"])) == "printer.toner_low"
    assert code_of(status_of(["standby", "media-empty"])) == "printer.media_empty"


def test_warming_up_and_waking_are_nothing() -> None:
    assert code_of(status_of(["power-up", "marker-warming-up", "printer-ready-to-print-report"])) is None


def test_figures_warn_where_reasons_are_silent() -> None:
    black: dict[str, tuple[int | str, ...]] = {
        "marker-levels": (8,),
        "marker-names": ("Black",),
        "marker-types": ("toner",),
    }
    status = printer_status({}, {"printer-state-reasons": ("none",), **black})
    assert (status.state, status.toner, code_of(status)) == (ONLINE, Supply.LOW, "printer.toner_low")
    tray = b"type=sheetFeedAutoRemovableTray;maxcapacity=250;level=9;name=main"
    status = printer_status({}, {"printer-input-tray": (tray,)})
    assert (status.paper, code_of(status)) == (Supply.LOW, "printer.media_low")
    assert printer_status({**black}, None).toner is Supply.LOW


def test_figures_never_hide_a_reason() -> None:
    full: dict[str, tuple[int | str, ...]] = {"printer-state-reasons": ("toner-empty",), "marker-levels": (100,)}
    assert printer_status({}, full).toner is Supply.OUT


def test_second_tray_with_paper_keeps_the_printer_online() -> None:
    trays = [b"type=other;level=0;status=0;name=main;", b"type=other;level=120;status=0;name=second;"]
    assert another_tray_has_paper(trays)
    status = status_of(["media-empty-warning"], other_tray=True)
    assert (status.state, status.paper) == (ONLINE, Supply.OUT)
    assert status_of(["media-empty-error"], other_tray=True).state is USER


@pytest.mark.parametrize(
    "trays",
    [[], [b"level=0;"], [b"level=250;", b"level=25;"], [b"level=0;", b"level=-2;"], [b"\xff\xfe"], [b"level=x"]],
)
def test_trays_that_do_not_show_paper_beside_an_empty_one_excuse_nothing(trays: list[bytes]) -> None:
    assert not another_tray_has_paper(trays)


def test_worst_reason_wins_and_every_supply_is_told() -> None:
    status = status_of(["toner-low-report", "cover-open-warning", "media-jam-error", "media-low"])
    assert status.state is HARD
    assert code_of(status) == "printer.media_jam"
    assert (status.paper, status.toner, status.media) == (Supply.JAMMED, Supply.LOW, Media.JAMMED)


def test_printer_that_answers_is_believed_over_what_the_queue_still_repeats() -> None:
    queue = {"printer-state-reasons": ("offline-report", "media-empty-warning")}
    assert printer_status(queue, {"printer-state-reasons": ("none",)}).state is ONLINE
    assert printer_status(queue, None).state is DeviceState.OFFLINE


def test_paused_queue_holds_up_although_the_printer_is_well() -> None:
    status = printer_status({"printer-state-reasons": ("paused",)}, {"printer-state-reasons": ("none",)})
    assert status.state is DeviceState.DEVICE_BUSY
    assert holds_up(status) is not None


def test_queue_that_refuses_jobs_is_a_matter_of_configuration() -> None:
    status = printer_status({"printer-is-accepting-jobs": (False,)}, {"printer-state-reasons": ("none",)})
    assert code_of(status) == "printer.configuration"


@given(st.lists(REASONS), REASONS)
def test_one_more_reason_never_makes_the_printer_better(reasons: list[str], one_more: str) -> None:
    order = tuple(DeviceState)
    before, after = status_of(reasons), status_of([*reasons, one_more])
    assert order.index(after.state) <= order.index(before.state)


@given(st.permutations(_REASONS[:8]))
def test_order_of_reasons_does_not_matter(reasons: list[str]) -> None:
    assert status_of(reasons).state is status_of(sorted(reasons)).state


@given(st.text())
def test_any_text_for_a_reason_is_survived(reason: str) -> None:
    assert isinstance(status_of([reason]), DeviceStatus)
    assert isinstance(split_reason(reason)[0], str)
