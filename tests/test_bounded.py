"""A dict of bounded size."""

from app.bounded import LARGEST, Bounded


def test_the_first_makes_room() -> None:
    """What came first goes first; a key that is there already takes no room."""
    kept: Bounded[str, int] = Bounded(2)
    kept["a"], kept["b"] = 1, 2
    kept["b"] = 3
    assert kept == {"a": 1, "b": 3}
    kept["c"] = 4
    assert kept == {"b": 3, "c": 4}


def test_what_is_large_is_not_kept() -> None:
    """It is answered all the same."""
    kept: Bounded[str, int] = Bounded(2)
    assert kept.keep("small", 1, size=LARGEST) == 1
    assert kept.keep("large", 2, size=LARGEST + 1) == 2
    assert kept == {"small": 1}
