"""The probe of each belief that an ordinary account can settle, in the order of a run."""

from collections.abc import Mapping

from live.probe import Probe
from live.probes import launch

PROBES: Mapping[str, Probe] = {
    "launch-tag-events": launch.launch_tag_events,
    "attach-to-stopped": launch.attach_to_stopped,
}
