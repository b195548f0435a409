"""What time it is. Asked at the doors and nowhere else, and handed in from there."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query

from api.wire.scalars import Moment


async def _now() -> datetime:
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(_now)]

AsOf = Annotated[
    Moment | None,
    Query(
        description="As it stood at this time, in RFC 3339; by what had been recorded by then. Now, if not said."
    ),
]
