"""
Break a stack at random, round after round: ``make soak SEED=1 MINUTES=10``.

Each round has a seed of its own, the next number. It ends when nothing moves any more and the
invariants have been checked. The exit status is 1 if one did not hold.
"""

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.support.deployed.faults.counts import FaultCounts, total
from tests.support.deployed.faults.mixture import SoakRound, play
from tests.support.deployed.faults.stack import BATCH, SPEED, breakable


def main() -> None:
    """Play rounds until the time is over, at least one."""
    options = _arguments()
    print(f"seed {options.seed}; the stack's clock runs {SPEED:.0f} times as fast as ours")
    counts = FaultCounts()
    with (
        tempfile.TemporaryDirectory() as folder,
        breakable(Path(folder), batch=BATCH, counts=counts) as stack,
    ):
        deadline = time.monotonic() + 60 * options.minutes
        seed, bad = options.seed, []
        while seed == options.seed or time.monotonic() < deadline:
            try:
                it = play(stack, seed, counts)
            except AssertionError as error:
                print(f"round {seed} does not come to rest: {error}\n{_again(seed)}")
                bad.append(seed)
                break
            _report(it)
            bad += [it.seed] if it.broken else []
            seed += 1
    _conclude(counts, seed - options.seed, bad)
    sys.exit(bool(bad))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--minutes", type=float, default=10.0)
    return parser.parse_args()


def _report(played: SoakRound) -> None:
    faults, kinds = played.met.total(), len(played.met)
    verdict = "broken" if played.broken else "whole"
    rest = f"rest after {played.seconds:.0f} s"
    print(f"round {played.seed}: {faults} faults of {kinds} kinds, {rest}: {verdict}", flush=True)
    if played.broken:
        print(*played.broken, played.known, _again(played.seed), sep="\n")


def _again(seed: int) -> str:
    return f"to repeat it: make soak SEED={seed} MINUTES=0"


def _conclude(counts: FaultCounts, rounds: int, bad: list[int]) -> None:
    print(*counts.lines(), sep="\n")
    faults = total(counts.rows).faults
    print(f"{rounds} rounds, {faults} faults, {rounds - len(bad)} rounds survived; broken: {bad}")


if __name__ == "__main__":
    main()
