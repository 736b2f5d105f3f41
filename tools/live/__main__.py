"""`python -m live`: try what dualhome believes of AWS in the account of the credentials."""

import argparse
import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from live.account import Account, NotBegunError, of_credentials
from live.interruptions import interruptible
from live.output import as_json, print_table, print_verdict
from live.removal.removal import describe, leftovers
from live.run import ROOT, Exit, Place, Say, clean_up, run
from live.start.plan import plan
from live.start.preflight import check


def main() -> int:
    """Return an exit code of ``Exit``."""
    wanted = _arguments()
    console = Console(stderr=wanted.json, highlight=False)
    say = partial(console.print, markup=False, soft_wrap=True)
    try:
        account = of_credentials(wanted.region)
        with _place(wanted.directory, say, wait=wanted.cleanup) as place:
            if wanted.cleanup:
                return _clean_up(account, wanted.yes_account, say)
            check(account, say)
            say(plan(account))
            _confirm(account, wanted.yes_account)
            report = run(account, place, wanted.patience, say)
    except (NotBegunError, BotoCoreError, ClientError) as error:
        say(f"Nothing was made. {error}")
        return Exit.NOT_BEGUN
    text = as_json(report, account)
    path = place.folder / f"{report.run.id}.json"
    path.write_text(text, encoding="utf-8")
    print_table(console, report.findings)
    print_verdict(console, report, path)
    if wanted.json:
        sys.stdout.write(text)
    return report.exit


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="live", description=__doc__)
    parser.add_argument("--region", help="else as AWS tools choose")
    parser.add_argument("--cleanup", action="store_true", help="only remove what runs have left")
    parser.add_argument("--yes-account", metavar="ID", help="instead of typing the account's id")
    parser.add_argument(
        "--json", action="store_true", help="print JSON; all else to standard error"
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=120.0,
        metavar="SECONDS",
        help="until what has not come counts as not coming (%(default)s)",
    )
    parser.add_argument(
        "--directory",
        type=Path,
        default=ROOT / ".local" / "live",
        help="where reports and logs go (.local/live)",
    )
    return parser.parse_args()


def _clean_up(account: Account, typed: str | None, say: Say) -> int:
    left = leftovers(account.client)
    if not left:
        say(f"No run has left anything in account {account.id}, Region {account.region}.")
        return Exit.HELD
    say(f"To be removed in account {account.id}, Region {account.region}: {describe(left)}.")
    _confirm(account, typed)
    with interruptible(say) as interruptions:
        return Exit.LEFT if clean_up(account, interruptions, say) else Exit.HELD


def _confirm(account: Account, typed: str | None) -> None:
    """
    Have the account's id typed.

    Raises:
        NotBegunError: it is another one.
    """
    if typed is None:
        try:
            typed = input("Type the account's id to go on: ").strip()
        except (EOFError, KeyboardInterrupt):
            typed = ""
    if typed != account.id:
        raise NotBegunError(f"The credentials are of account {account.id}, not {typed or 'none'}.")


@contextmanager
def _place(folder: Path, say: Say, *, wait: bool) -> Iterator[Place]:
    """
    Let one run at a time use ``folder``; the SAM CLI of a killed one may still be at work.

    Raises:
        NotBegunError: another one uses it, and ``wait`` is not wanted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise NotBegunError(f"Another run uses {folder}, or its SAM CLI does.") from None
            say("waiting for the end of another run, or of its SAM CLI")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield Place(folder, lock.fileno())


if __name__ == "__main__":
    sys.exit(main())
