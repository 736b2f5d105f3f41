"""The environment of a function: what it may say."""

import pytest

from dualhome.settings import (
    OnConsentWithdrawn,
    OnOverlappingCidr,
    ReconcileInstancesSettings,
    SettingsError,
    SweepAccountSettings,
    read,
)

RECONCILER = {
    "ATTACHMENTS_TABLE": "attachments",
    "AUDIT_TABLE": "audit",
    "AUDIT_RETENTION_DAYS": "0",
    "CHANGES_QUEUE_URL": "https://sqs",
    "ROLLBACK_STATE_MACHINE": "arn:aws:states",
    "ACCOUNT_ID": "111122223333",
    "TAG_PREFIX": "dualhome",
    "ON_OVERLAPPING_CIDR": "warn",
    "ON_CONSENT_WITHDRAWN": "keep",
    "RELEASE_DELAY_SECONDS": "10",
    "MAX_RELEASES_PER_SWEEP": "20",
    "PAUSED": "false",
}
SWEEPER = RECONCILER | {
    "STATUS_QUEUE_URL": "https://sqs",
    "STATUS_TAGS": "both",
    "POOL_LOW_WATER": "2",
}


def test_each_field_is_the_variable_of_its_name() -> None:
    """Words, numbers and flags become what the code compares them with."""
    found = read(ReconcileInstancesSettings, RECONCILER | {"PAUSED": "true", "SHELL": "/bin/sh"})

    assert found == ReconcileInstancesSettings(
        attachments_table="attachments",
        audit_table="audit",
        audit_retention_days=0,
        changes_queue_url="https://sqs",
        rollback_state_machine="arn:aws:states",
        account_id=found.account_id,
        tag_prefix="dualhome",
        on_overlapping_cidr=OnOverlappingCidr.WARN,
        on_consent_withdrawn=OnConsentWithdrawn.KEEP,
        release_delay_seconds=10,
        max_releases_per_sweep=20,
        paused=True,
    )
    assert found.account_id == "111122223333"


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("ON_OVERLAPPING_CIDR", "warn or refuse"),
        ("ON_CONSENT_WITHDRAWN", "keep or release"),
        ("STATUS_TAGS", "both or instance or interface or none"),
        ("PAUSED", "true or false"),
        ("MAX_RELEASES_PER_SWEEP", "a number, 0 or more"),
        ("POOL_LOW_WATER", "a number, 0 or more"),
    ],
)
@pytest.mark.parametrize("value", ["perhaps", "-1"])
def test_a_wrong_value_is_named_with_its_variable_and_what_is_expected(
    variable: str, expected: str, value: str
) -> None:
    """A slip must not choose the other behaviour in silence."""
    kind = ReconcileInstancesSettings if variable in RECONCILER else SweepAccountSettings

    with pytest.raises(SettingsError) as caught:
        read(kind, SWEEPER | {variable: value})

    assert str(caught.value).startswith(f"{variable}={value!r}: expected {expected}. ")


def test_all_that_is_missing_or_wrong_is_named_at_once_with_the_remedy() -> None:
    """One deployment corrects it all."""
    environment = RECONCILER | {"AUDIT_TABLE": "", "PAUSED": "yes"}
    del environment["ATTACHMENTS_TABLE"]

    with pytest.raises(SettingsError) as caught:
        read(ReconcileInstancesSettings, environment)

    assert str(caught.value) == (
        "ATTACHMENTS_TABLE is not set; AUDIT_TABLE is not set; "
        "PAUSED='yes': expected true or false. template.yaml sets these variables: correct them "
        "there or in the parameters of the stack, and deploy"
    )
