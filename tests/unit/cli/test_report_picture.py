"""Everything is in the picture, in its zone, as what it is."""

from dataclasses import replace

from dualhome.domain.identifiers import VpcId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.pools.capacity import Use
from dualhome_cli.report.marks import OF_STATE, OF_USE, SHAPES, Mark
from tests.support.builders.large_report import APPS, POOLS, ZONES, Crowd, one
from tests.support.builders.values import DATA
from tests.support.readers.pictures import marks_in, only


def test_one_attachment_is_a_line_from_its_instance_to_its_interface() -> None:
    """With names on both sides, and the device index on the line."""
    drawn = only(one())

    left, right = drawn.frames
    assert ["web-1"] == [row.name for row in left.rows]
    assert ["10.20.0.4", "10.20.0.5"] == [row.name for row in right.rows]
    assert [Mark.ATTACHED, Mark.FREE] == marks_in(right)
    (curve,) = drawn.curves
    assert ("@1", left.rows[0].y, right.rows[0].y) == (curve.label, curve.start, curve.end)


def test_an_instance_that_lacks_something_says_what_and_why() -> None:
    """At the place where its line is searched for."""
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
    """It asks, and is not reconciled yet."""
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
