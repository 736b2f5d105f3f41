"""The template agrees with the code it deploys, and explains itself to its operator."""

import json
import re
from enum import StrEnum

import pytest

from dualhome import settings
from dualhome.domain.status import StatusScope
from dualhome.settings import OnConsentWithdrawn, OnOverlappingCidr, variables
from tests.support.offenders import offenders
from tests.support.readers.template import ROOT, Json, load, resources, source

FUNCTIONS = resources("Serverless::Function")
(ROLLBACK,) = resources("Serverless::StateMachine").values()
TAG_PREFIX = re.compile(load()["Parameters"]["TagPrefix"]["AllowedPattern"])
OF_POWERTOOLS = "POWERTOOLS_"


def environment_of(function: str) -> dict[str, str]:
    """Return the variables that ``function`` has of its own."""
    own: dict[str, str] = FUNCTIONS[function]["Environment"]["Variables"]
    return own


def settings_of(function: str) -> type:
    """Return the class that is named after ``function``."""
    kind: type = getattr(settings, f"{function.removesuffix('Function')}Settings")
    return kind


def test_every_function_has_a_folder_and_every_folder_a_function() -> None:
    """A folder without a function is dead code; a function without a folder breaks the build."""
    folders = {path.parent.name for path in ROOT.glob("functions/*/app.py")}

    assert folders == {
        function["CodeUri"].removeprefix("functions/") for function in FUNCTIONS.values()
    }


def test_a_function_is_named_after_its_folder() -> None:
    """The reader of one name in a log can find the other."""
    folders = [it["CodeUri"].removeprefix("functions/") for it in FUNCTIONS.values()]

    assert list(FUNCTIONS) == [
        "".join(word.capitalize() for word in folder.split("_")) + "Function" for folder in folders
    ]


def test_a_function_s_environment_is_what_its_settings_read() -> None:
    """A variable missing here fails at the first event; one too many misleads the reader."""
    given = {name: set(environment_of(name)) for name in FUNCTIONS}

    assert given == {name: set(variables(settings_of(name))) for name in FUNCTIONS}


def test_what_all_functions_are_given_is_powertools_own() -> None:
    """A variable of ours among the globals would reach functions that do not read it."""
    shared = load()["Globals"]["Function"]["Environment"]["Variables"]

    assert [] == [name for name in shared if not name.startswith(OF_POWERTOOLS)]


@pytest.mark.parametrize(
    ("parameter", "readers"),
    [
        ("Paused", {"ReconcileInstances", "SweepAccount", "DetachInterface"}),
        ("MaxReleasesPerSweep", {"ReconcileInstances", "SweepAccount"}),
        ("ReleaseDelaySeconds", {"ReconcileInstances"}),
        ("OnOverlappingCidr", {"ReconcileInstances"}),
        ("OnConsentWithdrawn", {"ReconcileInstances", "SweepAccount"}),
        ("StatusTags", {"PublishChanges", "WriteStatus", "SweepAccount"}),
        ("PoolLowWater", {"SweepAccount"}),
        ("AuditRetentionDays", {"ReconcileInstances", "CloseAttachment", "MarkStuck"}),
        ("TagPrefix", {"ReconcileInstances", "WriteStatus", "SweepAccount"}),
    ],
)
def test_a_parameter_that_changes_reaches_the_functions_that_act_on_it(
    parameter: str, readers: set[str]
) -> None:
    """`dualhome pause` updates the stack: a function left out would go on attaching."""
    changed = resources("Serverless::Function", **{parameter: "changed"})
    reached = {
        name.removesuffix("Function")
        for name, function in changed.items()
        if "changed" in function["Environment"]["Variables"].values()
    }

    assert reached == readers


@pytest.mark.parametrize("kind", [OnOverlappingCidr, OnConsentWithdrawn, StatusScope])
def test_the_template_offers_the_words_that_the_code_knows(kind: type[StrEnum]) -> None:
    """One that it offers and the code does not know would fail every function."""
    name = "StatusTags" if kind is StatusScope else kind.__name__
    parameter = load()["Parameters"][name]

    assert list(kind) == parameter["AllowedValues"]
    assert next(iter(kind)) == parameter["Default"]


def test_rollbacks_are_started_by_the_state_machine_s_own_name() -> None:
    """Its name and the ARN that functions are given are written in two places."""
    arn = environment_of("ReconcileInstancesFunction")["ROLLBACK_STATE_MACHINE"]

    assert arn == f"arn:aws:states:us-east-1:111122223333:stateMachine:{ROLLBACK['Name']}"


def test_the_definition_gets_every_function_that_it_names() -> None:
    """A name left over would reach Step Functions as text, and fail at the first rollback."""
    definition = (ROOT / ROLLBACK["DefinitionUri"]).read_text(encoding="utf-8")
    named = set(re.findall(r"\$\{(\w+)\}", definition))

    assert ROLLBACK["DefinitionSubstitutions"] == {
        name: f"${{{name.removesuffix('Arn')}.Arn}}" for name in named
    }


def test_a_parameter_says_what_it_means_and_what_it_takes() -> None:
    """`sam deploy --guided` shows nothing else to the person who answers."""

    def facts(parameter: Json) -> dict[str, object]:
        listed = parameter.keys() & {"AllowedPattern", "AllowedValues"}
        return {
            "is explained": parameter["Description"].endswith("."),
            "has a default": "Default" in parameter,
            "is bounded": listed or parameter.keys() >= {"MinValue", "MaxValue"},
        }

    assert {} == offenders(load()["Parameters"], facts)


def test_another_prefix_reaches_every_rule_and_every_permission() -> None:
    """One left behind would listen to tags that are never set, or refuse what we must do."""
    body = json.dumps(load(TagPrefix="acme")["Resources"])

    assert re.search(r"acme[:-]", body)
    assert not re.search(r"dualhome:|dualhome-status", body)


@pytest.mark.parametrize("prefix", ["aws", "Dualhome", "a", "1x", "net/home", 'x": "', "a" * 32])
def test_a_prefix_that_would_break_a_tag_or_a_policy_is_refused(prefix: str) -> None:
    """It becomes part of tag keys (aws: is reserved) and of JSON."""
    assert not TAG_PREFIX.search(prefix)


@pytest.mark.parametrize("prefix", ["dualhome", "aws-net", "dh2", "a" * 31])
def test_an_ordinary_prefix_is_taken(prefix: str) -> None:
    """The pattern keeps out what breaks, nothing else."""
    assert TAG_PREFIX.search(prefix)


def test_an_output_says_what_it_is() -> None:
    """Outputs are what an operator sees after a deployment."""
    assert {} == offenders(
        load()["Outputs"], lambda output: {"is explained": output["Description"].endswith(".")}
    )


def test_arns_name_no_partition() -> None:
    """The same template serves the commercial, the Chinese and the government Regions."""
    assert "arn:aws" not in source()
