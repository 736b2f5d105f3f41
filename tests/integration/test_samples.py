"""Samples of a product leave out no seam, and in time no case."""

from itertools import product

import pytest

from tests.support import samples

CASES = list(product(("before", "after"), range(5)))


def test_each_seam_is_tried_whatever_the_commit() -> None:
    """What is left to `make soak` is another case of the same kind."""
    for number in range(20):
        chosen = samples.one_of_each(CASES, lambda case: case[0], number)

        assert ["before", "after"] == [when for when, _ in chosen]
        assert chosen == samples.one_of_each(CASES, lambda case: case[0], number)


def test_each_case_is_tried_by_some_commit() -> None:
    """Nothing is left to `make soak` for good."""
    drawn = [samples.one_of_each(CASES, lambda case: case[0], number) for number in range(200)]

    assert set(CASES) == {case for chosen in drawn for case in chosen}


def test_a_seed_that_is_named_repeats_the_choices_of_another_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A failure of CI is repeated on a machine that has gone on."""
    monkeypatch.setenv(samples.SEED, "17")

    assert 17 == samples.seed()
    assert "DUALHOME_SEED=17" in samples.header()
