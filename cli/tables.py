"""The one table of the house; apart from `cli.rendering`, whose imports a quick command need not wait for."""

from collections.abc import Sequence

from rich import box
from rich.table import Table


def a_table(*columns: str, right: Sequence[str] = ()) -> Table:
    """An empty table of the house; the columns in `right` hold numbers."""
    table = Table(
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold", show_edge=False
    )
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table
