"""Qualifications frameworks: how national levels stand beside the EQF, and a record read in another country's."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.bodies import StrictRoute
from api.callers import ReadableWallet, TheOffice
from api.errors import InvalidRequest, NoKey, WrongRole
from api.posting import reading
from api.wire.framework import Frameworks, FrameworkShown, ReadInLevelsShown
from domain.errors import NotFound
from domain.framework import framework_of
from wallet import translating
from wallet.errors import Erased
from wallet.frameworks import frameworks

router = APIRouter(tags=["Frameworks"], route_class=StrictRoute)

CountryInPath = Annotated[
    str,
    Path(
        description="A country in ISO 3166-1, a part of one in ISO 3166-2, or a framework's code.",
        pattern="^[A-Z][A-Z0-9-]{1,19}$",
        examples=["IE"],
    ),
]


@router.get("/frameworks", operation_id="list-frameworks", summary="List the frameworks", **reading())
def list_frameworks() -> Frameworks:
    """Every national framework known here, level by level, with the source of each row. Anyone may ask."""
    return Frameworks(frameworks=[FrameworkShown.of(each) for each in frameworks()])


@router.get(
    "/frameworks/{country}",
    operation_id="show-framework",
    summary="Show a framework",
    **reading(NotFound, InvalidRequest),
)
def show_framework(country: CountryInPath) -> FrameworkShown:
    """One country's levels beside those of the EQF, with who says so. Anyone may ask."""
    return FrameworkShown.of(framework_of(frameworks(), country))


@router.get(
    "/learners/{learner}/levels/{country}",
    operation_id="show-record-in-levels",
    summary="Read a record in another country's levels",
    **reading(NoKey, WrongRole, NotFound, Erased, InvalidRequest),
)
def show_in_levels(learner: ReadableWallet, country: CountryInPath, office: TheOffice) -> ReadInLevelsShown:
    """By way of the EQF; where it is several levels there, all of them are told."""
    return ReadInLevelsShown.of(translating.show_in_levels_of(office, learner, country))
