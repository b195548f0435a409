"""What time it is. Asked at the doors and nowhere else, and handed in from there."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


async def _now() -> datetime:
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(_now)]
