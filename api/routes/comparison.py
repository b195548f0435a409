"""Comparing learning outcomes: suggestions for an expert. Nothing is recorded."""

from fastapi import APIRouter

from api.bodies import StrictRoute
from api.callers import Anyone, TheOffice
from api.errors import InvalidRequest, NoKey, TooLarge, UnreadableBody, WrongMediaType
from api.posting import reading
from api.wire.comparison import Compare, ComparisonShown, OutcomesOfUnit, Side
from domain.comparison import Compared
from domain.errors import InvalidValue, NotFound
from wallet.comparing import compare_outcomes, of_list, of_unit
from wallet.office import Office

router = APIRouter(tags=["Comparison"], route_class=StrictRoute)


@router.post(
    "/comparisons",
    operation_id="compare-outcomes",
    summary="Compare learning outcomes",
    **reading(NoKey, NotFound, UnreadableBody, WrongMediaType, TooLarge, InvalidRequest, InvalidValue),
)
def compare(said: Compare, office: TheOffice, _caller: Anyone) -> ComparisonShown:
    """Side by side, with suggested matches: the same code first, then texts of one language. Never a decision."""
    sources = [each for side in said.source for each in _outcomes(office, side)]
    target = _outcomes(office, said.target)
    return ComparisonShown.of(compare_outcomes(sources, target, least=float(said.least)))


def _outcomes(office: Office, side: Side) -> tuple[Compared, ...]:
    if isinstance(side, OutcomesOfUnit):
        return of_unit(office.unit(side.unit).state)
    return of_list(side.name, (outcome.to_domain() for outcome in side.outcomes))
