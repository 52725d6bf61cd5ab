"""Reading the command line: whatever is wrong is told in one line, with the near miss."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from lernpy.text import near_miss, visible

ELSEWHERE = {"--hidden": "--layers", "--units": "--layers"}
BELOW_ZERO = re.compile(r"-[\d.][^,]*,")  # "-1,2" is a sample, though it begins like an option


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        stop = "" if message.endswith("?") else "."
        self.exit(2, f"Error: {visible(message)}{stop} See: {self.prog} --help\n")

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str], namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """As ever; an option that does not exist is answered with the nearest that does."""
        words = [f" {word}" if BELOW_ZERO.match(word) else word for word in args]
        parsed, rest = self.parse_known_args(words, namespace)
        if rest:
            options = [name for action in self._actions for name in action.option_strings]
            asked = ELSEWHERE.get(rest[0], rest[0])
            hint = near_miss(asked, options) if asked.startswith("-") else ""
            self.error(f"unrecognized arguments: {' '.join(rest)}.{hint}".removesuffix("."))
        return parsed

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """One of several choices, in the words of all other wrong names."""
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            raise argparse.ArgumentError(
                action,
                f"there is no {value!r}.{near_miss(str(value), known)} Known: {', '.join(known)}",
            )
