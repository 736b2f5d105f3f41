"""The environment of a function: what it may say."""

import pytest

from dualhome.settings import WORDS, Settings, SettingsError
from tests.support.readers.template import load

TOLD = {
    "ATTACHMENTS_TABLE": "attachments",
    "AUDIT_TABLE": "audit",
    "CHANGES_QUEUE_URL": "https://sqs",
    "ROLLBACK_STATE_MACHINE": "arn:aws:states",
    "TAG_PREFIX": "dualhome",
    "ON_OVERLAPPING_CIDR": "warn",
    "ON_CONSENT_WITHDRAWN": "keep",
    "STATUS_QUEUE_URL": "https://sqs",
    "PUBLISH_FAILURES_QUEUE_URL": "https://sqs",
    "STATUS_TAGS": "both",
    "RELEASE_DELAY_SECONDS": "10",
    "AUDIT_RETENTION_DAYS": "0",
    "MAX_RELEASES_PER_SWEEP": "20",
    "PAUSED": "false",
    "POOL_LOW_WATER": "2",
    "ACCOUNT_ID": "111122223333",
}


@pytest.mark.parametrize("name", WORDS)
def test_a_word_that_a_setting_does_not_know_is_named_with_those_that_it_does(name: str) -> None:
    """A slip must not choose the other behaviour in silence."""
    variable = name.upper()

    with pytest.raises(SettingsError) as caught:
        Settings.read(TOLD | {variable: "perhaps"})

    assert f"{variable}='perhaps': expected {' or '.join(WORDS[name])}" == str(caught.value)
    assert WORDS[name][0] == getattr(Settings.read(TOLD), name)


@pytest.mark.parametrize("name", WORDS)
def test_the_template_offers_the_words_that_the_code_knows(name: str) -> None:
    """One that it offers and the code does not know would fail every function."""
    parameter = load()["Parameters"][name.title().replace("_", "")]

    assert list(WORDS[name]) == parameter["AllowedValues"]
    assert WORDS[name][0] == parameter["Default"]
