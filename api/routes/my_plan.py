"""What if, and what next: a learner asks how she would stand, and which units are left in which terms.

Nothing is recorded by asking: every question is an address that can be kept, and be asked again.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from fastapi import APIRouter, Depends, Request, Response

from api.callers import TheOffice
from api.clock import Now
from api.pages.desks import told_of
from api.pages.doors import HerOwn, admit
from api.pages.forms import Form, PageRoute
from api.pages.gaps import Gaps
from api.pages.languages import language_of
from api.pages.page import page
from api.pages.pictures import ring_towards
from domain.errors import InvalidValue, Refused
from domain.planning import MOST_TERMS_AHEAD, Term
from domain.values import LearnerId, Setting
from wallet import accounts, advising
from wallet.advising import Trajectory, WhatIf, Wish
from wallet.glancing import names_known
from wallet.office import Office
from wallet.projections import catalogue
from wallet.solving import Unsolved

router = APIRouter(
    prefix="/my/plan", include_in_schema=False, route_class=PageRoute, dependencies=[Depends(admit)]
)

_USUAL_TERMS: Final = 8
_USUAL_CAPACITY: Final = "30"


@router.get("")
def plan(request: Request, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """The questions, and the answer to the one that was asked."""
    said = Form({name: request.query_params.getlist(name) for name in request.query_params})
    office.follower.catch_up()
    names = names_known(office)
    chosen = accounts.chosen_qualifications(office, learner)
    qualification = said.get("qualification") or next(iter([*chosen, *names.qualifications]), "")
    if not qualification:
        return page(request, "my_plan.html", towards=None, names=names, **told_of(request, None))
    now = advising.show_progress(office, learner, qualification, on=at.date())
    spoken = language_of(request)
    units = [
        office.unit(row.unit).state
        for row in catalogue.units(office.ledger.database, now.qualification.institution)
    ]
    counted = {line.credit.unit for line in now.lines if line.counts}
    terms = list(dict.fromkeys(term for unit in units for term in unit.terms))
    what_if, trajectory, error = _asked(office, learner, qualification, said, terms, at)
    return page(
        request,
        "my_plan.html",
        towards=now,
        ring=ring_towards(now, spoken),
        gaps=Gaps(now, names, spoken),
        names=names,
        qualifications=names.qualifications,
        open_units=[unit for unit in units if unit.id not in counted and unit.points],
        terms=terms,
        what_if=what_if,
        then_ring=None if what_if is None else ring_towards(what_if.then, spoken),
        then_gaps=None if what_if is None else Gaps(what_if.then, names, spoken),
        trajectory=trajectory,
        by_unit={unit.id: unit for unit in units},
        said=said,
        usual={"terms": _USUAL_TERMS, "capacity": _USUAL_CAPACITY, "most": MOST_TERMS_AHEAD},
        **told_of(request, error),
    )


def _asked(
    office: Office, learner: LearnerId, qualification: str, said: Form, terms: Sequence[str], at: datetime
) -> tuple[WhatIf | None, Trajectory | None, Exception | None]:
    """The answer to what was asked, if anything was; or why there is none."""
    try:
        match said.get("ask"):
            case "what-if":
                wishes = [Wish(unit) for unit in said.all("take")]
                wishes += [
                    Wish(unit, Setting.NON_FORMAL)
                    for unit in said.all("recognise")
                    if unit not in said.all("take")
                ]
                return advising.what_if(office, learner, qualification, wishes, on=at.date()), None, None
            case "plan":
                ahead = _terms_ahead(said, terms)
                return None, advising.make_plan(office, learner, qualification, ahead, on=at.date()), None
    except (Refused, Unsolved) as error:
        return None, None, error
    return None, None, None


def _terms_ahead(said: Form, names: Sequence[str]) -> list[Term]:
    """So many terms from the first one on, in the institution's own order; without names of its own, numbered."""
    count = said.whole("terms") or _USUAL_TERMS
    if not 1 <= count <= MOST_TERMS_AHEAD:
        raise InvalidValue(f"A plan looks from 1 to {MOST_TERMS_AHEAD} terms ahead.")
    capacity = said.amount("capacity") or Decimal(_USUAL_CAPACITY)
    first = names.index(said.get("first")) if said.get("first") in names else 0
    return [
        Term(name=names[(first + number) % len(names)] if names else f"term-{number + 1}", capacity=capacity)
        for number in range(count)
    ]
