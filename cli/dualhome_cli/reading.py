"""Why something is as it is, as a sentence."""

from dualhome.domain.attachment import Failure
from dualhome.domain.reasons import Reason


def sentence(reason: Reason | None, detail: str, failure: Failure | None) -> str:
    """
    Say reason, detail and AWS's own words, each once; empty if there is none.

    A detail is mostly AWS's message already, sometimes with what was attempted.
    """
    said = f"{failure.code}: {failure.message}" if failure else ""
    if failure and failure.message and failure.message in detail:
        said = ""
    if detail and detail in said:
        detail = ""
    text = ": ".join(filter(None, (reason, detail, said)))
    return f"{text}." if text and text[-1] not in ".!?" else text
