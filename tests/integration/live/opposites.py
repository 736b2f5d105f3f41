"""For each belief that is probed: the settings that make the local cloud its opposite."""

from collections.abc import Mapping

OPPOSITES: Mapping[str, Mapping[str, float]] = {
    "launch-tag-events": {"launch_tag_events": False},
    "attach-to-stopped": {"attach_seconds": 600},
}
