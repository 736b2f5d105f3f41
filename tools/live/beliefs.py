"""All beliefs, in the order in which a run shows them."""

from live.believed.attaching import ATTACHING
from live.believed.belief import Belief
from live.believed.calls import CALLS
from live.believed.events import EVENTS
from live.believed.permissions import PERMISSIONS
from live.believed.product import PRODUCT
from live.believed.reads import READS
from live.believed.services import AUTO_SCALING, SERVICES

BELIEFS: tuple[Belief, ...] = (
    *PRODUCT,
    *EVENTS,
    *ATTACHING,
    *READS,
    *CALLS,
    *PERMISSIONS,
    *SERVICES,
    *AUTO_SCALING,
)
