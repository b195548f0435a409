"""Answers about a text that are true for ever, remembered for the next document that asks.

Only what follows from the text itself, and from a key, may be remembered: never what an address stands for, whose a
key is, or how old something may be.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Final, Generic, TypeVar

Answer = TypeVar("Answer")

TEXTS: Final = 32
"""Of each question, the texts asked about last; a registry has a few lists in use at a time."""

LONGEST: Final = 256 * 1024
"""Bytes or letters of a text. A longer one, which only a stranger would make, is read every time it comes."""


class Remembered(Generic[Answer]):
    """A question about a text, and perhaps a key, whose last answers are remembered; what it raises is not."""

    def __init__(self, ask: Callable[..., Answer]) -> None:
        self._ask = ask
        self.memory = lru_cache(maxsize=TEXTS)(ask)

    def __call__(self, text: bytes | str, *more: Hashable) -> Answer:
        if len(text) > LONGEST:
            return self._ask(text, *more)
        return self.memory(text, *more)
