"""Everything is in the picture, in its zone, and nothing lies upon another thing."""

from dataclasses import replace
from itertools import combinations

import pytest

from dualhome.domain.identifiers import VpcId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.capacity import Use
from dualhome_cli.report import drawing
from dualhome_cli.report.drawing import BOX, WIDTH, Frame
from dualhome_cli.report.marks import OF_STATE, OF_USE, SHAPES, Mark
from dualhome_cli.report.picture import panels_of
from dualhome_cli.report.zones import Drawing, drawing_of
from tests.support.builders import DATA
from tests.support.report_crowd import APPS, POOLS, ZONES, Crowd, many, one


def drawings(crowd: Crowd) -> list[Drawing]:
    """Return every zone's."""
    return [drawing_of(panel) for panel in panels_of(crowd.facts())]


def only(crowd: Crowd) -> Drawing:
    """Return the one zone's."""
    (drawn,) = drawings(crowd)
    return drawn


def marks_in(frame: Frame) -> list[Mark]:
    """Return the marks of rows and grid."""
    return [row.sign.mark for row in frame.rows] + [sign.mark for sign in frame.signs]


def test_one_attachment_is_a_line_from_its_instance_to_its_interface() -> None:
    """With names on both sides, and the device index on the line."""
    drawn = only(one())

    left, right = drawn.frames
    assert ["web-1"] == [row.name for row in left.rows]
    assert ["10.20.0.4", "10.20.0.5"] == [row.name for row in right.rows]
    assert [Mark.ATTACHED, Mark.FREE] == marks_in(right)
    (curve,) = drawn.curves
    assert ("@1", left.rows[0].y, right.rows[0].y) == (curve.label, curve.start, curve.end)


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
                assert frame.x <= sign.x <= frame.x + BOX - drawing.SIGN
                assert frame.y <= sign.y <= frame.y + frame.height - drawing.SIGN
            assert 0 <= frame.x <= WIDTH - BOX
            assert frame.y + frame.height <= drawn.height


def test_a_box_of_very_many_lets_a_sign_stand_for_several_the_worst_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The picture stays a picture; what is wrong stays in it."""
    monkeypatch.setattr(drawing, "MOST_SIGNS", 10)
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
    monkeypatch.setattr(drawing, "MOST_SIGNS", 2)
    crowd = Crowd()
    for number in range(40):
        crowd.attachment(name=f"web-{number}")

    title = only(crowd).frames[0].signs[0].title

    assert drawing.MOST_TITLES == title.count("web-")
    assert title.endswith("| and 16 more")


def test_few_instances_beside_many_free_interfaces_keep_their_names() -> None:
    """The free ones are a grid below."""
    crowd = one()
    for _ in range(40):
        crowd.free()

    left, right = only(crowd).frames

    assert (1, 1) == (len(left.rows), len(right.rows))
    assert 41 == len(right.signs)


def test_an_instance_that_lacks_something_says_what_and_why() -> None:
    """At the place where one looks for its line."""
    crowd = Crowd()
    crowd.attachment(State.WAITING, reason=Reason.POOL_EMPTY)

    (frame,) = only(crowd).frames

    (row,) = frame.rows
    assert (Mark.WAITING, "mgmt: POOL_EMPTY") == (row.sign.mark, row.note)


def test_an_instance_with_several_targets_shows_the_worst_of_them() -> None:
    """One cell, and it is the one to look at."""
    crowd = Crowd()
    record = crowd.attachment()
    crowd.records.append(replace(record, target=DATA, state=State.STUCK, interface=None))

    assert [Mark.STUCK] == marks_in(only(crowd).frames[0])


def test_an_instance_without_record_is_drawn_idle() -> None:
    """It asks, and nobody has looked yet."""
    crowd = Crowd()
    crowd.attachment()
    crowd.records.clear()

    assert [Mark.IDLE] == marks_in(only(crowd).frames[0])


def test_an_instance_that_ec2_does_not_show_is_drawn_where_its_record_has_it() -> None:
    """Its interface may still be ours to free."""
    crowd = Crowd()
    crowd.attachment(State.RELEASING)
    crowd.instances.clear()

    drawn = only(crowd)

    assert ZONES[0] == drawn.zone
    assert {"unknown", POOLS["mgmt"]} == {frame.box.vpc for frame in drawn.frames}
    assert [Mark.MOVING] == [curve.mark for curve in drawn.curves]


def test_an_interface_that_left_its_pool_is_drawn_while_it_is_held() -> None:
    """The tag was removed, the attachment was not."""
    crowd = one()
    crowd.interfaces = crowd.interfaces[1:]

    drawn = only(crowd)

    assert [Mark.ATTACHED, Mark.FREE] == marks_in(drawn.frames[1])
    assert 1 == len(drawn.curves)


def test_a_box_names_target_vpc_and_blocks() -> None:
    """What its owner calls it."""
    crowd = one()
    crowd.vpcs = [replace(it, tags={**it.tags, "Name": "ops"}) for it in crowd.ours()]

    left, right = only(crowd).frames

    assert f"ops {APPS[0]} 10.10.0.0/16" == left.box.title
    assert f"mgmt · ops {POOLS['mgmt']} 10.20.0.0/16" == right.box.title


def test_a_vpc_that_is_gone_still_has_its_box() -> None:
    """EC2 answers two reads a moment apart."""
    crowd = one()
    crowd.instances = [replace(it, vpc=VpcId("vpc-gone")) for it in crowd.instances]

    left, _ = only(crowd).frames

    assert ("VPC", "vpc-gone") == (left.heading, left.box.vpc)


def test_every_state_and_every_use_has_a_mark_and_every_mark_a_shape_of_its_own() -> None:
    """Colour alone tells nothing to one in twelve men."""
    assert (set(State), set(Use)) == (set(OF_STATE), set(OF_USE))
    assert set(Mark) == set(SHAPES)
    assert len(SHAPES) == len(set(SHAPES.values()))
