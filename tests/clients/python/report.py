"""Runs named checks one after another, prints a line for each, and counts them.

A check that raises has failed; the ones after it still run.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable


class Report:
    """Counts what passed and what failed."""

    def __init__(self, runner: str) -> None:
        self.runner = runner
        self.passed = 0
        self.failed = 0

    def check(self, sentence: str, check: Callable[[], None]) -> None:
        """Runs one check and prints how it ended."""
        try:
            check()
        except Exception as error:  # noqa: BLE001 - whatever a check raises is its failure
            self.failed += 1
            print(f"  FAILED {sentence}: {type(error).__name__}: {error}", flush=True)
            traceback.print_exc()
        else:
            self.passed += 1
            print(f"  ok {sentence}", flush=True)

    def close(self) -> int:
        """Prints the closing line and gives the exit code."""
        print(f"{self.runner}: {self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


def same(found, expected, what: str = "answer") -> None:
    """Fails when two values differ."""
    if found != expected:
        raise AssertionError(f"{what} is {found!r}, expected {expected!r}")
