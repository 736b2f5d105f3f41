"""A picture of very many: lines grow broad, signs stand for several, nothing lies upon another."""

from itertools import combinations

import pytest

from dualhome.domain.states import State
from dualhome_cli.report import layout
from dualhome_cli.report.layout import BOX, WIDTH
from dualhome_cli.report.marks import Mark
from tests.support.builders.large_report import Crowd, many, one
from tests.support.readers.pictures import drawings, marks_in, only


def test_every_instance_and_interface_is_in_the_picture_of_its_zone() -> None:
    """Hundreds, too."""
    crowd = many(600)

    for drawn in drawings(crowd):
        shown = sum(len(marks_in(frame)) for frame in drawn.frames)
        zones = [it.zone for it in crowd.instances] + [it.zone for it in crowd.interfaces]
        assert zones.count(drawn.zone) == shown


def test_many_attachments_are_lines_as_broad_as_they_are_many() -> None:
    """2,000 single lines would be a black patch."""
    crowd = many(2_000)

    for drawn in drawings(crowd):
        assert not drawn.single
        assert len(drawn.curves) < 20
        held = [it for it in crowd.records if it.holding and it.zone == drawn.zone]
        assert len(held) == sum(int(curve.label) for curve in drawn.curves)


@pytest.mark.parametrize("count", [1, 5, 12, 60, 600])
def test_nothing_lies_upon_another_thing(count: int) -> None:
    """Neither boxes nor what is in them."""
    for drawn in drawings(many(count)):
        for first, second in combinations(drawn.frames, 2):
            beside = first.x + BOX <= second.x or second.x + BOX <= first.x
            apart = first.y + first.height <= second.y or second.y + second.height <= first.y
            assert beside or apart
        for frame in drawn.frames:
            signs = [*frame.signs, *(row.sign for row in frame.rows)]
            assert len(signs) == len({(sign.x, sign.y) for sign in signs})
            for sign in signs:
                assert frame.x <= sign.x <= frame.x + BOX - layout.SIGN
                assert frame.y <= sign.y <= frame.y + frame.height - layout.SIGN
            assert 0 <= frame.x <= WIDTH - BOX
            assert frame.y + frame.height <= drawn.height


def test_a_box_of_very_many_lets_a_sign_stand_for_several_the_worst_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The picture stays a picture; what is wrong stays in it."""
    monkeypatch.setattr(layout, "MOST_SIGNS", 10)
    crowd = Crowd()
    for number in range(25):
        crowd.attachment(name=f"web-{number}")
    crowd.attachment(State.STUCK)

    drawn = only(crowd)

    assert 3 == drawn.per_sign
    assert drawn.frames[0].signs[0].title.count("web-") == 3
    assert [Mark.STUCK] + 8 * [Mark.ATTACHED] == marks_in(drawn.frames[0])


def test_a_sign_that_stands_for_very_many_names_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the page would grow with the account without limit."""
    monkeypatch.setattr(layout, "MOST_SIGNS", 2)
    crowd = Crowd()
    for number in range(40):
        crowd.attachment(name=f"web-{number}")

    title = only(crowd).frames[0].signs[0].title

    assert layout.MOST_TITLES == title.count("web-")
    assert title.endswith("| and 16 more")


def test_few_instances_beside_many_free_interfaces_keep_their_names() -> None:
    """The free ones are a grid below."""
    crowd = one()
    for _ in range(40):
        crowd.free()

    left, right = only(crowd).frames

    assert (1, 1) == (len(left.rows), len(right.rows))
    assert 41 == len(right.signs)
