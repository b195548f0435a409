"""`wallet credential history`: was it revoked on that day, by whom, and why."""

from datetime import datetime
from typing import Annotated

from rich.console import RenderableType
from typer import Argument, Option

from cli.desk import Desk
from cli.options import moment
from cli.tables import a_table
from wallet.showing_status import Change, show_standing


def history(
    desk: Desk,
    credential: Annotated[str, Argument(metavar="CREDENTIAL", help="The credential's id, a URI.")],
    on: Annotated[
        datetime | None,
        Option("--on", parser=moment, metavar="TIME", help="How it stood then: 2026-06-30, or a time and Z."),
    ] = None,
) -> None:
    """Show every change of a credential's standing: when, by which key, why, and the events that say so."""
    with desk.office() as office:
        told = show_standing(office, credential)
    if on is None:
        desk.answer(told, f"{told.credential}, issued by {told.institution or 'an institution now sealed'}:",
                    _table(told.changes))  # fmt: skip
        return
    held = told.on(on)
    if held is None:
        desk.answer({"credential": told.credential, "at": on, "standing": None},
                    f"On {_written(on)} {told.credential} had not been issued yet.")  # fmt: skip
        return
    desk.answer(
        {"credential": told.credential, "at": on, **_document(held)},
        f"On {_written(on)} {told.credential} was {held.standing.replace('-', ' ')}.",
        since=_written(held.recorded_at),
        by=told.institution,
        signed_with=held.key or held.actor,
        reason=held.reason,
        superseded_by=held.superseded_by,
        events=_events(held),
    )


def _table(changes: tuple[Change, ...]) -> RenderableType:
    table = a_table("Recorded", "Standing", "Signed with", "Reason", "Events")
    for change in changes:
        reason = change.reason or (f"by {change.superseded_by}" if change.superseded_by else "")
        table.add_row(
            _written(change.recorded_at),
            change.standing.replace("-", " "),
            (change.key or change.actor).rpartition("#")[2],
            reason,
            _events(change),
        )
    return table


def _document(change: Change) -> dict[str, object]:
    return {name: getattr(change, name) for name in change.__struct_fields__}


def _events(change: Change) -> str:
    return ", ".join(map(str, (change.event, *change.list_events)))


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
