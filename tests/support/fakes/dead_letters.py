"""A dead-letter queue in memory: what was taken is hidden until it is put back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from dualhome.domain.errors import BadMessageError
from dualhome_cli.redrive.dead_letters import DeadLetter, Depth

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def letters(*bodies: str) -> list[DeadLetter]:
    """Return messages with these bodies, each a minute younger than the one before."""
    return [
        DeadLetter(f"id-{n}", f"handle-{n}", body, NOON + timedelta(minutes=n))
        for n, body in enumerate(bodies)
    ]


class InMemoryDeadLetters:
    """Hands out ``at_once`` messages; ``impatient``: what was taken is seen again at once."""

    def __init__(self, *bodies: str, at_once: int = 10, impatient: bool = False) -> None:
        self.there = {letter.id: letter for letter in letters(*bodies)}
        self.hidden: set[str] = set()
        self._at_once = at_once
        self._impatient = impatient

    def depth(self) -> Depth:
        """Count."""
        return Depth(len(self.there) - len(self.hidden), len(self.hidden))

    def take(self) -> Sequence[DeadLetter]:
        """Hide what is handed out."""
        seen = [letter for letter in self.there.values() if letter.id not in self.hidden]
        some = seen[: self._at_once]
        if not self._impatient:
            self.hidden |= {letter.id for letter in some}
        return some

    def discard(self, letters: Sequence[DeadLetter]) -> None:
        """Forget."""
        for letter in letters:
            del self.there[letter.id]
            self.hidden.discard(letter.id)

    def put_back(self, letters: Sequence[DeadLetter]) -> None:
        """Show again."""
        self.hidden -= {letter.id for letter in letters}

    @property
    def bodies(self) -> list[str]:
        """What lies there, hidden or not."""
        return [letter.body for letter in self.there.values()]


class Copier:
    """A handler that notes what it did; it cannot read what begins with ``bad``."""

    def __init__(self, breaks_at: str = "") -> None:
        self.copied: list[str] = []
        self._breaks_at = breaks_at

    def kind(self, body: str) -> str:
        """Return the first word."""
        if body.startswith("bad"):
            raise BadMessageError(body)
        return body.split(maxsplit=1)[0]

    def handle(self, letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        """Copy; at ``breaks_at`` the network ends."""
        for letter in letters:
            if letter.body == self._breaks_at:
                raise ConnectionError(letter.body)
            if not letter.body.startswith("bad"):
                self.copied.append(letter.body)
        return {it.id: f"not readable: {it.body}" for it in letters if it.body.startswith("bad")}
