"""The settings of the local AWS, which can change while it runs."""

from dataclasses import asdict, dataclass
from typing import Any

PROBABILITIES = ("drop_tags", "omit_resources")


@dataclass(slots=True)
class Settings:
    """
    How fast and how strict the local EC2 and the local Systems Manager are.

    ``attach_seconds`` and ``detach_seconds``: time in `attaching` and `detaching`.
    ``instance_seconds``: time in `pending`, `stopping` and `shutting-down`.
    ``throttle_scale``: multiplies AWS's request buckets; 0 turns throttling off.
    ``launch_tag_events``: tags given at creation raise tag events (AWS does not say whether
    they do, so both worlds can be tried). ``tag_event_seconds``: time from a tag change to its
    event.

    ``ssm_agent_seconds``: time from `running` until Systems Manager knows an instance's agent.
    ``ssm_invocation_seconds``: time from SendCommand until reads show the command.
    ``ssm_events``: commands raise events (AWS delivers them on a best-effort basis).
    ``policy_tags_lag_seconds``: how long a policy sees the tags from before the last CreateTags.

    What follows happens to lists alone, not to DescribeTags, nor, unless an alternative says so, to
    reads by id.
    ``read_lag_seconds``: each shows what there was a random time ago, at most so long.
    ``drop_tags``, ``omit_resources``: for each resource in them the probability that its tags, or
    all of it, are left out. ``lag_seed``: decides all three.
    """

    attach_seconds: float = 2.0
    detach_seconds: float = 2.0
    instance_seconds: float = 0.2
    throttle_scale: float = 0.0
    launch_tag_events: bool = True
    ssm_agent_seconds: float = 2.0
    ssm_invocation_seconds: float = 0.2
    ssm_events: bool = True
    tag_event_seconds: float = 0.0
    policy_tags_lag_seconds: float = 0.0
    read_lag_seconds: float = 0.0
    drop_tags: float = 0.0
    omit_resources: float = 0.0
    lag_seed: float = 0

    def change(self, changes: dict[str, Any]) -> None:
        """
        Take over ``changes`` together or not at all.

        Raises:
            ValueError: a name is unknown, or a value is not of the setting's type.
        """
        for name, value in changes.items():
            if name not in asdict(self):
                raise ValueError(f"no such setting: {name}")
            wanted = bool if isinstance(getattr(self, name), bool) else float
            fits = isinstance(value, bool) == (wanted is bool) and isinstance(value, int | float)
            if not fits or value < 0:
                raise ValueError(f"{name}: expected {wanted.__name__}, got {value!r}")
            if name in PROBABILITIES and value > 1:
                raise ValueError(f"{name}: a probability is at most 1, got {value!r}")
        for name, value in changes.items():
            setattr(self, name, value)
