"""A stack of an older version lacks something: one sentence says what, and what to do."""

import pytest

from tests.support.scenarios.stack import OUTPUTS, PARAMETERS, InMemoryStack, run


class Silent:
    """A client of any service; nothing is asked of it before the stack is known to be too old."""


def without(name: str) -> InMemoryStack:
    """Return a stack without a parameter or output of this name."""
    services = "cloudwatch dynamodb ec2 lambda sqs sts"
    return InMemoryStack(
        outputs={key: it for key, it in OUTPUTS.items() if key != name},
        parameters={key: it for key, it in PARAMETERS.items() if key != name},
        clients=dict.fromkeys(services.split(), Silent()),
    )


@pytest.mark.parametrize(
    ("words", "kind", "name"),
    [
        (["plan", "i-01"], "parameter", "MaxReleasesPerSweep"),
        (["plan", "i-01"], "parameter", "OnOverlappingCidr"),
        (["plan", "i-01"], "parameter", "OnConsentWithdrawn"),
        (["plan", "i-01"], "parameter", "ReleaseDelaySeconds"),
        (["targets"], "parameter", "AuditRetentionDays"),
        (["report", "--html", "-"], "parameter", "AuditRetentionDays"),
        (["redrive", "changes"], "output", "ChangesDeadLetterQueueUrl"),
        (["redrive", "sweep"], "output", "SweepDeadLetterQueueUrl"),
        (["status"], "parameter", "TagPrefix"),
        (["retry", "i-01"], "parameter", "Paused"),
        (["pause", "--yes", "--reason", "why"], "output", "PauseKey"),
    ],
)
def test_what_an_older_stack_lacks_is_named(words: list[str], kind: str, name: str) -> None:
    """Who installs the command first and deploys later reads no traceback."""
    result = run(without(name), *words)

    said = f"Error: Stack dualhome has no {kind} {name}: deploy this version first.\n"
    assert (3, said) == (result.exit_code, result.stderr)
