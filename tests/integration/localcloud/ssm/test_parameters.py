"""Values of parameters: checked before anything runs, and where they are dangerous."""

import pytest

from tests.integration.localcloud.cloud import refusal
from tests.integration.localcloud.ssm.managed import ManagedLab

EVIL = '"; echo broken in; echo "'
OLD_AGENT = "3.3.2745.0"
FALLBACK = ('if [ -z "${SSM_text+x}" ]; then SSM_text="{{ text }}"; fi', 'echo "$SSM_text"')


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        ({"type": "String", "allowedPattern": "^[0-9a-f:]+$"}, [EVIL]),
        ({"type": "String", "allowedPattern": "^[0-9a-f:]+$"}, [""]),
        ({"type": "String"}, ["one", "two"]),
        ({"type": "String", "maxChars": 3}, ["four"]),
        ({"type": "String", "allowedValues": ["on", "off"]}, ["maybe"]),
        ({"type": "Integer"}, ["1.5"]),
        ({"type": "Boolean"}, ["yes"]),
        ({"type": "StringList", "maxItems": 1}, ["one", "two"]),
        ({"type": "String"}, None),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_before_anything_runs(
    account: ManagedLab, parameter: dict[str, object], values: list[str] | None
) -> None:
    """SendCommand itself says so; no invocation ever is."""
    instance = account.managed()
    account.document("true", parameters={"text": parameter})
    given = {} if values is None else {"text": values}

    code, message = refusal(lambda: account.send(instance, Parameters=given))

    assert code == "InvalidParameters"
    assert "text" in message
    assert account.ssm.list_commands()["Commands"] == []


def test_a_parameter_that_the_document_does_not_define_is_refused(account: ManagedLab) -> None:
    """A misspelt name would otherwise mean the default."""
    instance = account.managed()
    account.document("true", parameters={"text": {"type": "String", "default": ""}})

    code, message = refusal(lambda: account.send(instance, Parameters={"test": ["x"]}))

    assert code == "InvalidParameters"
    assert "test" in message


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        ({"type": "String", "allowedPattern": "^[0-9a-f:]+$"}, ["02:00"]),
        ({"type": "String", "default": "02:00"}, None),
        ({"type": "String", "allowedValues": ["on", "02:00"]}, ["02:00"]),
    ],
)
def test_a_value_that_is_allowed_arrives(
    account: ManagedLab, parameter: dict[str, object], values: list[str] | None
) -> None:
    """The other side of the refusals above."""
    instance = account.managed()
    account.document("echo {{ text }} {{text}}", parameters={"text": parameter})
    command = account.send(instance, Parameters={"text": values} if values else {})

    assert account.ended(command, instance)["StandardOutputContent"] == "02:00 02:00\n"


def test_a_value_becomes_a_part_of_the_script(account: ManagedLab) -> None:
    """Shell syntax in it is the script's own: schema 2.2 knows no quoting."""
    ended = account.ran('echo "{{ text }}"', parameters={"text": {"type": "String"}}, text=EVIL)

    assert ended["StandardOutputContent"] == "\nbroken in\n\n"


def test_a_value_in_a_variable_is_harmless(account: ManagedLab) -> None:
    """ENV_VAR: whatever it says, it is data; the name in braces stays as it is."""
    text = {"type": "String", "interpolationType": "ENV_VAR"}

    ended = account.ran('echo "$SSM_text" "{{ text }}"', parameters={"text": text}, text=EVIL)

    assert ended["StandardOutputContent"] == f"{EVIL} {{{{ text }}}}\n"


@pytest.mark.parametrize(
    ("version", "printed"), [(OLD_AGENT, "broken in\n\n\n"), ("3.3.2746.0", f"{EVIL}\n")]
)
def test_an_agent_that_knows_no_variables_makes_it_a_part_of_the_script(
    account: ManagedLab, version: str, printed: str
) -> None:
    """The documented fallback for old agents is as safe as allowedPattern is strict."""
    instance = account.managed()
    account.agent(instance, version=version)
    text = {"type": "String", "interpolationType": "ENV_VAR"}
    account.document(*FALLBACK, parameters={"text": text})

    ended = account.ended(account.send(instance, Parameters={"text": [EVIL]}), instance)

    assert ended["StandardOutputContent"] == printed


def test_a_list_alone_on_its_line_becomes_lines(account: ManagedLab) -> None:
    """As AWS-RunShellScript takes its commands; within a line it is JSON."""
    instance = account.managed()
    parameters = {"lines": {"type": "StringList"}}
    account.document("{{ lines }}", "echo '{{ lines }}'", parameters=parameters)
    lines = ["echo 1", "echo 2"]

    ended = account.ended(account.send(instance, Parameters={"lines": lines}), instance)

    assert ended["StandardOutputContent"] == '1\n2\n["echo 1","echo 2"]\n'
