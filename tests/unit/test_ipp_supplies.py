"""What printers say of toner and paper in figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.cups_conf import OPEN_JOB_S, misconfigured
from devices.drivers.ipp_supplies import paper_left, toner_left
from devices.values import Supply

WASTE = (
    b"index=1;class=receptacleThatIsFilled;type=wasteToner;unit=percent;maxcapacity=100;level=2;colorantname=unknown;"
)


def supply(level: int, most: int = 100) -> bytes:
    fields = f"index=2;class=supplyThatIsConsumed;type=toner;unit=percent;maxcapacity={most};level={level};"
    return f"{fields}colorantname=black;".encode()


def tray(level: int, most: int = 250, kind: str = "sheetFeedAutoRemovableTray") -> bytes:
    return f"type={kind};mediafeed=0;mediaxfeed=0;maxcapacity={most};level={level};status=0;name=main".encode()


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({"marker-levels": (50,)}, Supply.FULL),
        ({"marker-levels": (10,)}, Supply.LOW),
        ({"marker-levels": (18,), "marker-low-levels": (20,)}, Supply.LOW),
        ({"marker-levels": (80, 3), "marker-types": ("toner", "waste-toner")}, Supply.FULL),
        ({"marker-levels": (80, 3), "marker-types": ("toner", "fuser")}, Supply.FULL),
        ({"marker-levels": (80, 3), "marker-types": ("toner", "toner")}, Supply.LOW),
        ({"marker-levels": (-1, -2, -3)}, Supply.UNKNOWN),
        ({"printer-supply": (WASTE, supply(75))}, Supply.FULL),
        ({"printer-supply": (WASTE, supply(120, 3000))}, Supply.LOW),
        ({"printer-supply": (WASTE, supply(-3))}, Supply.UNKNOWN),
        ({"printer-supply": (WASTE,)}, Supply.UNKNOWN),
        ({}, Supply.UNKNOWN),
    ],
)
def test_toner_is_low_by_the_printers_own_threshold_or_ours(told: dict[str, tuple[int, ...]], left: Supply) -> None:
    assert toner_left(told)[0] is left


@pytest.mark.parametrize(
    ("trays", "left"),
    [
        ((tray(200),), Supply.FULL),
        ((tray(20),), Supply.LOW),
        ((tray(3), tray(250)), Supply.FULL),
        ((tray(0),), Supply.LOW),
        ((tray(-2), tray(-3)), Supply.UNKNOWN),
        ((tray(1, 1, "sheetFeedManual"),), Supply.UNKNOWN),
        ((tray(-2, -2), tray(5)), Supply.LOW),
        ((), Supply.UNKNOWN),
    ],
)
def test_paper_is_low_when_all_trays_together_hold_little(trays: tuple[bytes, ...], left: Supply) -> None:
    assert paper_left({"printer-input-tray": trays})[0] is left


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "marker-levels",
                "marker-low-levels",
                "marker-names",
                "marker-types",
                "printer-supply",
                "printer-input-tray",
            ]
        ),
        st.lists(st.one_of(st.integers(), st.booleans(), st.text(), st.binary()), max_size=4).map(tuple),
    )
)
def test_whatever_a_printer_says_there_is_an_answer_and_never_out(
    told: dict[str, tuple[int | bool | str | bytes, ...]],
) -> None:
    for left, said in (toner_left(told), paper_left(told)):
        assert left in (Supply.UNKNOWN, Supply.LOW, Supply.FULL)
        assert (said == "") is (left is Supply.UNKNOWN)


def test_a_spooler_set_up_as_on_a_desktop_is_named() -> None:
    ours: dict[str, tuple[int | str, ...]] = {
        "multiple-operation-time-out": (OPEN_JOB_S,),
        "printer-error-policy": ("abort-job",),
    }
    assert misconfigured(ours) == ""
    assert "cupsd.conf" in misconfigured({**ours, "multiple-operation-time-out": (900,)})
    assert "retry-job" in misconfigured({**ours, "printer-error-policy": ("retry-job",)})
    assert misconfigured({}) == ""
