"""Consent that is withdrawn from what is attached: what counts as that, and what is noted."""

from typing import Any

import pytest

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import GONE, AttachmentStatus, Instance, Vpc
from dualhome.domain.planning.eligibility import consent_withdrawn, warnings_now
from dualhome.domain.planning.plan import plan_instance
from dualhome.domain.planning.types import Terms, move_of
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.decisions import after_of
from tests.support.builders.values import (
    APP_VPC,
    OTHER_ACCOUNT,
    POLICY,
    a_primary,
    a_record,
    a_seen_attachment,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_view, observed

WITHDRAWN = Reason.CONSENT_WITHDRAWN
NOTED = a_record(warnings=(Reason.PUBLIC_IPV4, WITHDRAWN))

CLEAR = {
    "the tag is gone": a_vpc(allow_from=None),
    "it is empty": a_vpc(allow_from=""),
    "others are named": a_vpc(allow_from="vpc-0c vpc-0d"),
    "others are named in both tags": a_vpc(
        allow_from="vpc-0c", tags={"dualhome:allow-from:2": "vpc-0d"}
    ),
    "it serves another target, too": a_vpc(target="data", allow_from=None),
}
UNKNOWN = {
    "the tag cannot be read": a_vpc(allow_from="vpc-0c everybody"),
    "a part of the list cannot be read": a_vpc(
        allow_from="vpc-0c", tags={"dualhome:allow-from:2": "vpc-"}
    ),
    "the read does not show the VPC": a_vpc("vpc-0e", allow_from=None),
    "the VPC is another account's": a_vpc(allow_from=None, owner=OTHER_ACCOUNT),
    "the read does not show whose it is": a_vpc(allow_from=None, owner=type(OTHER_ACCOUNT)("")),
}
GIVEN = {
    "it is named": a_vpc(allow_from=f"vpc-0c {APP_VPC}"),
    "it is named in a tag that continues the list": a_vpc(
        allow_from="vpc-0c", tags={"dualhome:allow-from:2": APP_VPC}
    ),
    "everybody is": a_vpc(allow_from="vpc-0c", tags={"dualhome:allow-from:x": "*"}),
}


def withdrawn(vpc: Vpc, instance: Instance | None, record: Attachment | None = None) -> bool:
    """Return whether ``vpc`` has taken its consent back."""
    return consent_withdrawn(record or a_record(), instance, {vpc.id: observed(vpc)}, POLICY)


def noted(record: Attachment, vpc: Vpc, **fields: Any) -> tuple[Reason, ...]:
    """Return the warnings that ``record`` shall carry."""
    return warnings_now(record, an_instance(**fields), {vpc.id: observed(vpc)}, POLICY)


@pytest.mark.parametrize("vpc", CLEAR.values(), ids=CLEAR)
def test_a_vpc_that_clearly_lets_none_in_has_withdrawn_its_consent(vpc: Vpc) -> None:
    """Its owner said so, by a tag that can be read."""
    assert withdrawn(vpc, an_instance())
    assert (Reason.PUBLIC_IPV4, WITHDRAWN) == noted(a_record(warnings=(Reason.PUBLIC_IPV4,)), vpc)
    assert NOTED.warnings == noted(NOTED, vpc)


@pytest.mark.parametrize("vpc", UNKNOWN.values(), ids=UNKNOWN)
def test_what_cannot_be_known_is_no_withdrawal_and_no_return(vpc: Vpc) -> None:
    """A slip of the pen, or a read that leaves something out, must cut no traffic."""
    assert not withdrawn(vpc, an_instance())
    assert () == noted(a_record(), vpc)
    assert NOTED.warnings == noted(NOTED, vpc)


@pytest.mark.parametrize("vpc", GIVEN.values(), ids=GIVEN)
def test_consent_that_is_back_takes_its_own_warning_away_and_no_other(vpc: Vpc) -> None:
    """The others are about the attachment, and stay with it."""
    assert not withdrawn(vpc, an_instance())
    assert () == noted(a_record(), vpc)
    assert (Reason.PUBLIC_IPV4,) == noted(NOTED, vpc)


def test_an_instance_that_is_not_there_withdraws_nothing() -> None:
    """EC2 shows no VPC of one that is terminated; its interfaces are gone by themselves."""
    shut = a_vpc(allow_from=None)

    assert not withdrawn(shut, None)
    for state in GONE:
        assert not withdrawn(shut, an_instance(state=state))
    assert not withdrawn(shut, an_instance(vpc=type(APP_VPC)("")))
    assert not withdrawn(shut, an_instance(), a_record(vpc=None))


@pytest.mark.parametrize(
    "tags", [{}, {"dualhome:ignore": ""}, {"dualhome:policy": "some"}], ids=["", "ignored", "bad"]
)
def test_a_request_notes_it_whatever_the_instances_own_tags_say(tags: dict[str, str]) -> None:
    """An excluded instance is still read and recorded."""
    seen = a_seen_attachment()
    instance = an_instance(attachments=(a_primary(), seen), tags=tags)
    view = a_view(
        instance,
        records=[a_record(warnings=(Reason.OVERLAPPING_CIDR,))],
        pool=[an_interface(attachment=seen)],
        vpcs=[an_app_vpc(), a_vpc(allow_from=None)],
    )

    (record,) = (after_of(it) for it in plan_instance(view) if move_of(it) and it.target == "mgmt")

    assert (State.ATTACHED, None) == (record.state, record.reason)
    assert (Reason.OVERLAPPING_CIDR, WITHDRAWN) == record.warnings


def test_what_is_held_back_keeps_both_notes() -> None:
    """It is not wanted, the breaker holds it, and its VPC has taken its consent back."""
    seen = a_seen_attachment(status=AttachmentStatus.ATTACHED)
    view = a_view(
        an_instance(targets=None, attachments=(a_primary(), seen)),
        records=[a_record()],
        pool=[an_interface(attachment=seen)],
        vpcs=[an_app_vpc(), a_vpc(allow_from=None)],
    )

    (decision,) = plan_instance(view, Terms(admitted=False))
    record = after_of(decision)

    assert (Reason.RELEASE_HELD, (WITHDRAWN,)) == (record.reason, record.warnings)
