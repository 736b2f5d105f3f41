"""Sweeps that did not take place: one sweep makes up for all of them."""

from collections.abc import Callable, Mapping, Sequence

from dualhome_cli.redriving.letters import Letter


class SweepAgain:
    """``sweep`` runs one to its end, and raises if it fails."""

    def __init__(self, sweep: Callable[[], None]) -> None:
        self._sweep = sweep
        self._swept = False

    def kind(self, _: str) -> str:
        """Return the only kind there is, whatever the message tells of the failure."""
        return "a sweep that failed or did not start"

    def apply(self, _: Sequence[Letter]) -> Mapping[str, str]:
        """Sweep once, for these and all later messages."""
        if not self._swept:
            self._sweep()
            self._swept = True
        return {}
