"""The queues' messages: what an adapter prints is what an entrypoint parses; no one else does."""

import ast
import json
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dualhome.application.requests import Announced, ReconcileRequest, StatusRequest
from dualhome.domain.attachment import Cause, OperatorAction, OperatorRequest, UnreadableAudit
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.wire import (
    parse_request,
    parse_status_request,
    parse_unreadable,
    print_request,
    print_status_request,
    print_unreadable,
)

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "dualhome" / "dualhome"

TEXTS = st.text(max_size=20)
WORDS = st.text(min_size=1, max_size=20)
INSTANCES = st.integers(0, 999).map("i-{:08x}".format).map(InstanceId)
INTERFACES = st.integers(0, 999).map("eni-{:08x}".format).map(InterfaceId)
CAUSES = st.builds(
    Cause,
    event_id=TEXTS,
    source=TEXTS,
    detail_type=TEXTS,
    time=st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1)),  # noqa: DTZ001 - Hypothesis adds the zone
    tag_version=st.none() | st.integers(0, 99),
    resource=st.none() | TEXTS,
    principal=st.none() | TEXTS,
)
OPERATOR_REQUESTS = st.builds(
    OperatorRequest,
    what=st.sampled_from(OperatorAction),
    target=st.none() | st.text(min_size=1, max_size=32).map(TargetName),
    force=st.booleans(),
)
ANNOUNCED = st.builds(
    Announced,
    resource=TEXTS,
    tags=st.dictionaries(TEXTS, TEXTS, max_size=3).map(lambda it: tuple(sorted(it.items()))),
    version=st.integers(0, 99),
)


@given(
    st.builds(
        ReconcileRequest,
        instance=INSTANCES,
        cause=CAUSES,
        attempt=st.integers(0, 20),
        operator_requests=st.lists(OPERATOR_REQUESTS, max_size=3).map(tuple),
        announced=st.lists(ANNOUNCED, max_size=3).map(tuple),
        compared=st.integers(0, 3),
    )
)
def test_a_reconcile_request_is_parsed_as_it_was_printed(request_: ReconcileRequest) -> None:
    """Cause and operator requests reach the audit whole, however often a request is requeued."""
    assert request_ == parse_request(json.loads(json.dumps(print_request(request_))))


@given(
    st.builds(
        StatusRequest,
        instance=st.none() | INSTANCES,
        interfaces=st.lists(INTERFACES, max_size=3).map(tuple),
    )
)
def test_a_status_request_is_parsed_as_it_was_printed(request_: StatusRequest) -> None:
    """Without an instance too: the interface's last holder is not known then."""
    assert request_ == parse_status_request(json.loads(json.dumps(print_status_request(request_))))


@given(st.builds(UnreadableAudit, pk=WORDS, sk=WORDS, why=WORDS))
def test_an_unreadable_item_is_parsed_as_it_was_printed(item: UnreadableAudit) -> None:
    """The publisher writes it, a redrive of the command reads it: one detail type for both."""
    assert item == parse_unreadable(json.loads(json.dumps(print_unreadable(item))))


def test_the_inner_layers_know_no_json() -> None:
    """A change of the wire format changes no decision, and no use case."""
    inner = [*(PACKAGE / "domain").rglob("*.py"), *(PACKAGE / "application").rglob("*.py")]

    assert len(inner) > 20
    assert [] == [it.name for it in inner if "json" in _imports(it)]


def _imports(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    named = {it.name for node in nodes if isinstance(node, ast.Import) for it in node.names}
    return named | {it.module or "" for it in nodes if isinstance(it, ast.ImportFrom)}
