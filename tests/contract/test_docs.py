"""The documents say what the code and the template are: no name is missing, none is invented."""

import re
from collections.abc import Iterator

import pytest

from dualhome.domain.drift import Drift
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import TagKeys
from tests.contract.log_lines import logged
from tests.support.readers.metrics import emitted, everything
from tests.support.readers.template import ROOT, load

README = "README.md"
OPERATIONS = "docs/operations.md"
PARAMETERS = "docs/parameters.md"
MONITORING = "docs/monitoring.md"
COSTS = "docs/costs.md"
LIMITS = "docs/limits.md"
SECURITY = "docs/security.md"
FOR_USERS = [README, OPERATIONS, PARAMETERS, MONITORING, COSTS, LIMITS, SECURITY]
DECISIONS = sorted(path.name for path in ROOT.glob("docs/decisions/*.md"))
DOCUMENTS = [
    *FOR_USERS,
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/commands.md",
    "docs/events/README.md",
    "docs/guest.md",
    "docs/live.md",
    "tools/localcloud/README.md",
    *(f"docs/decisions/{name}" for name in DECISIONS),
]

TAG_KEYS = [
    getattr(TagKeys(), name) for name, it in vars(TagKeys).items() if isinstance(it, property)
]
LINK = re.compile(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def text(document: str) -> str:
    """Return ``document`` as it is written."""
    return (ROOT / document).read_text(encoding="utf-8")


def named(pattern: str) -> set[str]:
    """Return what the group in ``pattern`` finds in any document."""
    return {name for document in DOCUMENTS for name in re.findall(pattern, text(document))}


def rows(document: str, heading: str) -> list[str]:
    """Return the code word that opens each table row between ``heading`` and the next."""
    _, _, rest = text(document).partition(f"\n## {heading}\n")
    section = re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def anchors(document: str) -> set[str]:
    """Return the anchors of the headings of ``document``, made as code forges make them."""
    titles = (re.sub(r"[^\w\s-]", "", title).lower() for title in HEADING.findall(text(document)))
    return {title.replace(" ", "-") for title in titles}


@pytest.mark.parametrize(
    ("heading", "names"),
    [("States", list(State)), ("Reasons", list(Reason)), ("Sweep", list(Drift))],
)
def test_operations_explains_each_name_once_and_no_other(heading: str, names: list[str]) -> None:
    """A word of a status tag or a log is found at night, in the code's order."""
    assert names == rows(OPERATIONS, heading)


def test_operations_explains_each_message_that_is_logged_and_no_other() -> None:
    """A line that is found at night is explained; one that is explained can be found."""
    explained = rows(OPERATIONS, "Logs")
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "layers/dualhome").rglob("*.py")
    )

    assert set() == set(logged()) - set(explained)
    assert [] == [message for message in explained if f'"{message}"' not in code]


@pytest.mark.parametrize("heading", ["Defaults", "Changes"])
def test_the_documented_parameters_are_those_of_the_template(heading: str) -> None:
    """A parameter that is not told is not used; one that is gone misleads."""
    assert list(load()["Parameters"]) == rows(PARAMETERS, heading)


def test_the_documented_defaults_are_those_of_the_template() -> None:
    """What is read before a deployment is what the deployment asks."""
    documented = dict(
        re.findall(r"^\| `(\w+)` \| (?:`([^`]+)`|none) \|", text(PARAMETERS), re.MULTILINE)
    )

    assert {name: str(it["Default"]) for name, it in load()["Parameters"].items()} == documented


@pytest.mark.parametrize("key", TAG_KEYS)
def test_the_readme_explains_every_tag(key: str) -> None:
    """Tags are the whole of the contract with users."""
    assert re.search(rf"^\| [a-zA-Z, ]+ \| `{key}` \|", text(README), re.MULTILINE)


def test_the_pages_for_users_name_no_tag_that_is_not_read_or_written() -> None:
    """A tag that the product does not read would be set in vain."""
    documented = {
        page: set(re.findall(r"dualhome(?:-status|:[a-z-]+)", text(page))) for page in FOR_USERS
    }

    assert set(TAG_KEYS) == documented[README]
    assert {} == {
        page: tags - set(TAG_KEYS) for page, tags in documented.items() if tags - set(TAG_KEYS)
    }


@pytest.mark.usefixtures("environment_of_functions")
def test_the_monitoring_page_tells_of_every_metric_that_is_written_and_its_dimensions() -> None:
    """An alarm on a metric that no function writes stays silent for ever."""
    written = {
        (it.name, frozenset(name for name, _ in it.dimensions) - {"service"})
        for it in emitted(*everything())
    }

    assert written == set(_documented_metrics())


def _documented_metrics() -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each metric of the page's table with each set of its dimensions, `service` apart."""
    _, _, rest = text(MONITORING).partition("\n| Metric | Unit | Dimensions |\n")
    for name, dimensions in re.findall(
        r"\| `(\w+)` \| .+ \| ([^|]+) \|", rest.partition("\n\n")[0]
    ):
        for one in dimensions.split(";"):
            yield name, frozenset(re.findall(r"`([A-Z]\w+)`", one))


def test_every_file_that_the_architecture_names_exists() -> None:
    """The page is the map of the code: a file that has moved leads its reader astray."""
    named_here = set(
        re.findall(r"`([\w/.-]+\.(?:py|json|yaml|txt))`", text("docs/architecture.md"))
    )
    homes = [ROOT, ROOT / "layers/dualhome/dualhome", ROOT / "cli/dualhome_cli"]

    assert {"domain/tags.py", "application/reconcile.py", "ui/output.py"} <= named_here
    assert [] == sorted(it for it in named_here if not any((home / it).exists() for home in homes))


def test_every_documented_make_target_exists() -> None:
    """A command that is copied from a document works."""
    documented = named(r"(?:`|\$ )make ([a-z0-9]+)")

    assert {"demo", "test", "up"} <= documented
    assert documented <= set(re.findall(r"^([a-z0-9]+):", text("Makefile"), re.MULTILINE))


def test_every_documented_output_of_the_stack_exists() -> None:
    """The name of a table or a queue comes from the stack wherever a command needs it."""
    documented = named(r"\$\(output (\w+)") | named(r"`(\w+QueueUrl)`")

    assert {"AuditTableName", "ChangesQueueUrl", "RollbackStateMachineArn"} <= documented
    assert documented <= set(load()["Outputs"])


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    """Files and headings are renamed; links to them are forgotten."""
    for path, anchor in LINK.findall(text(document)):
        target = (ROOT / document).parent / path if path else ROOT / document

        assert target.exists(), path
        assert not anchor or anchor in anchors(str(target.relative_to(ROOT))), anchor


def test_the_documents_lead_to_one_another() -> None:
    """A page without a link to it is not read; and the test above has links to follow."""
    linked = set(LINK.findall(text(README)))
    pages = [OPERATIONS, PARAMETERS, MONITORING, COSTS, LIMITS, SECURITY]

    assert {(page, "") for page in [*pages, "docs/architecture.md", "docs/decisions/"]} <= linked


def test_every_decision_can_be_found_by_its_number() -> None:
    """Code and template cite decisions by number."""
    assert [f"{number:04}" for number in range(1, len(DECISIONS) + 1)] == [
        name[:4] for name in DECISIONS
    ]
