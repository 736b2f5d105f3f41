"""Whatever people, EC2 and dying processes do: once all is quiet, the invariants hold."""

from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.stateful import RuleBasedStateMachine, rule

from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.ec2 import DeviceSlot, InstanceState
from dualhome.domain.errors import (
    AccessDeniedError,
    SlotTakenError,
    ThrottledError,
    UnavailableError,
    UnexpectedAwsError,
)
from tests.support.builders.values import MGMT, POLICY
from tests.support.fakes.call_log import BY_ID, READS
from tests.support.readers.template import ROOT
from tests.support.scenarios.crowd import ANY, Crowd
from tests.support.scenarios.faults import (
    Abort,
    Bar,
    CrowdFault,
    Death,
    Deliver,
    Fault,
    Jam,
    Lag,
    Omit,
    Pace,
)
from tests.support.scenarios.replay import FOLDER, Story
from tests.support.scenarios.user_actions import (
    Add,
    Attach,
    Command,
    Delete,
    Detach,
    Forget,
    Launch,
    Limit,
    Pause,
    PutState,
    ReconcileRequest,
    Reserve,
    Tag,
    UserAction,
)

TARGET_TAGS = st.sampled_from(
    [
        None, "", "mgmt", "data", "mgmt data", "mgmt@1", "mgmt@2", "data@1 mgmt@2", "data@2",
        "mgmt@9", "mgmt@0", "nowhere mgmt",
    ]
)  # fmt: skip
NUMBERS = st.integers(min_value=0, max_value=5)
INDEXES = st.integers(min_value=1, max_value=2)
EC2 = ("attach", "detach", "find")
METHODS = st.sampled_from(
    [*READS, *BY_ID, *EC2, "records", "claims", "commit", "in_state", "start", "put"]
)
TRANSIENT = st.sampled_from(
    [ThrottledError("slow down", code="RequestLimitExceeded"), UnavailableError("timed out")]
)
REFUSALS = st.sampled_from(
    [
        UnexpectedAwsError("no", code="OperationNotPermitted"),
        AccessDeniedError("no", code="UnauthorizedOperation"),
        SlotTakenError("taken", code="InvalidParameterValue"),
    ]
)
POLICIES = st.sampled_from(["all", "all", "each", None, "some"])
ASKS = st.builds(
    OperatorRequest, st.sampled_from(OperatorAction), st.sampled_from([None, MGMT]), st.booleans()
)
TAGS = st.builds(Tag, NUMBERS, st.just(POLICY.keys.targets), TARGET_TAGS)
SECONDS = st.sampled_from([0, 1, 5, 20, 200, 1000])
LAGS = st.sampled_from([1, 2, 5])
PEOPLE: st.SearchStrategy[UserAction] = st.one_of(
    st.builds(Launch, TARGET_TAGS),
    TAGS,
    TAGS,
    st.builds(Tag, NUMBERS, st.just(POLICY.keys.ignore), st.sampled_from(["", None])),
    st.builds(Tag, NUMBERS, st.just(POLICY.keys.policy), POLICIES),
    st.builds(PutState, NUMBERS, st.sampled_from(InstanceState)),
    st.builds(Forget, NUMBERS),
    st.builds(Attach, NUMBERS, NUMBERS, INDEXES),
    st.builds(Detach, NUMBERS),
    st.builds(Delete, NUMBERS),
    st.builds(Add, st.sampled_from(["mgmt", "data"])),
    st.builds(Reserve, NUMBERS, st.sampled_from([None, 0, 1, 2])),
    st.builds(ReconcileRequest, NUMBERS),
    st.builds(Pause, st.booleans()),
    st.builds(Limit, st.sampled_from([0, 1, ANY])),
    st.builds(Command, NUMBERS, ASKS),
)
FAULTS: st.SearchStrategy[CrowdFault] = st.one_of(
    st.builds(Fault, METHODS, TRANSIENT, st.booleans(), st.integers(1, 15)),
    st.builds(Fault, st.sampled_from(["attach", "detach"]), REFUSALS),
    st.builds(Death, st.integers(0, 30), st.booleans()),
    st.builds(Pace, st.sampled_from([0, 3, 1000]), st.sampled_from([0, 5, 3000])),
    st.builds(Deliver, st.sampled_from([0, 2])),
    st.builds(Abort),
    st.builds(Lag, st.sampled_from(["describe_instances", "describe_pool", "find"]), LAGS),
    st.builds(Omit, st.integers(0, 20), LAGS, st.booleans()),
    st.builds(Bar, NUMBERS),
    st.builds(Jam, st.sampled_from([None, DeviceSlot(0, 1), DeviceSlot(0, 2)]), NUMBERS),
)


class Model(RuleBasedStateMachine):
    """People and faults, in any order, also in the middle of a call."""

    kept_in: ClassVar[Path] = FOLDER

    def __init__(self) -> None:
        super().__init__()
        self.crowd = Crowd()
        self.story = Story(type(self), self.kept_in)

    @rule(action=PEOPLE, then=SECONDS)
    def people(self, action: UserAction, then: float) -> None:
        """One action happens."""
        with self.story.step("people", action=action, then=then):
            action(self.crowd)
            self.crowd.run(then)

    @rule(action=FAULTS, then=SECONDS)
    def fault(self, action: CrowdFault, then: float) -> None:
        """Something breaks, or is about to."""
        with self.story.step("fault", action=action, then=then):
            action(self.crowd)
            self.crowd.run(then)

    @rule(method=METHODS, action=PEOPLE)
    def meanwhile(self, method: str, action: UserAction) -> None:
        """One action happens just before a call is carried out."""
        with self.story.step("meanwhile", method=method, action=action):
            self.crowd.scene.calls.before_next(method, lambda: action(self.crowd))

    @rule()
    def quiesce(self) -> None:
        """Let all be quiet, and look."""
        with self.story.step("quiesce"):
            self._rest()

    def teardown(self) -> None:
        """Whatever a run ended with must come to rest, too."""
        with self.story.step("teardown"):
            self._rest()

    def _rest(self) -> None:
        self.crowd.quiesce()

        assert [] == self.crowd.broken()


Model.TestCase.settings = settings(
    suppress_health_check=list(HealthCheck),
    # Of the checkout, and kept: the next run begins with what failed in the last.
    database=DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples"),
    derandomize=False,
    print_blob=True,
)
# A failure is made small, for minutes, before it is told; the long profile ends when it is done.
LONGEST = 0 if settings.get_current_profile_name() == "long" else 900
TestModel = pytest.mark.timeout(LONGEST)(Model.TestCase)
