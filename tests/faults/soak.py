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

from tests.support.deployed.faults.mixture import SweepCheckpoint, play
from tests.support.deployed.faults.stack import BATCH, SPEED, breakable
from tests.support.deployed.faults.tally import Tally, total


def main() -> None:
    """Play rounds until the time is over, at least one."""
    options = _arguments()
    print(f"seed {options.seed}; the stack's clock runs {SPEED:.0f} times as fast as ours")
    tally = Tally()
    with (
        tempfile.TemporaryDirectory() as folder,
        breakable(Path(folder), batch=BATCH, tally=tally) as stack,
    ):
        deadline = time.monotonic() + 60 * options.minutes
        seed, bad = options.seed, []
        while seed == options.seed or time.monotonic() < deadline:
            try:
                it = play(stack, seed, tally)
            except AssertionError as error:
                print(f"round {seed} does not come to rest: {error}\n{_again(seed)}")
                bad.append(seed)
                break
            _tell(it)
            bad += [it.seed] if it.broken else []
            seed += 1
    _conclude(tally, seed - options.seed, bad)
    sys.exit(bool(bad))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--minutes", type=float, default=10.0)
    return parser.parse_args()


def _tell(it: SweepCheckpoint) -> None:
    faults, kinds = it.met.total(), len(it.met)
    verdict = "broken" if it.broken else "whole"
    rest = f"rest after {it.seconds:.0f} s"
    print(f"round {it.seed}: {faults} faults of {kinds} kinds, {rest}: {verdict}", flush=True)
    if it.broken:
        print(*it.broken, it.known, _again(it.seed), sep="\n")


def _again(seed: int) -> str:
    return f"to repeat it: make soak SEED={seed} MINUTES=0"


def _conclude(tally: Tally, rounds: int, bad: list[int]) -> None:
    print(*tally.lines(), sep="\n")
    faults = total(tally.rows).faults
    print(f"{rounds} rounds, {faults} faults, {rounds - len(bad)} rounds survived; broken: {bad}")


if __name__ == "__main__":
    main()
