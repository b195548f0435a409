"""The national qualifications frameworks that are known here, from `frameworks.json`.

A table of facts of our own, each row with the page that says so and the day it was read. It holds what a source says
of all the levels; a framework of which we only know that it "has eight levels, like the EQF" is not in it. To add
one, write its rows and their sources; `tests/wallet/test_frameworks.py` holds the table to its form.
"""

from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from domain.framework import Framework

_FILE: Final = "frameworks.json"


@cache
def frameworks() -> tuple[Framework, ...]:
    """All of them, in the order of their countries."""
    data = files(__name__).joinpath(_FILE).read_bytes()
    read = msgspec.json.decode(data, type=tuple[Framework, ...])
    return tuple(sorted(read, key=lambda framework: framework.country))
