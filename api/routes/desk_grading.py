"""The desk of grades: scales, tables of how often each grade is given, the policy, and the conversion of a grade."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from fastapi import APIRouter, Depends, Response

from api.pages.desks import AtDesk, Desk
from api.pages.doors import admit
from api.pages.forms import Form, PageRoute
from api.pages.languages import LANGUAGES, Language, marked
from api.pages.pictures import Bar, Piece, bars
from domain.errors import InvalidValue, Refused
from domain.grade_conversion import chosen, shares
from domain.grade_scale import GradeScale, Step, kz_letters
from domain.grading import Choice, DistributionPublished, Grading
from domain.values import amount
from wallet import grading
from wallet.accounts import StaffRole
from wallet.errors import Erased
from wallet.glancing import names_known
from wallet.grading import Distribution

router = APIRouter(
    prefix="/desk/{institution}/grading",
    include_in_schema=False,
    route_class=PageRoute,
    dependencies=[Depends(admit)],
)

CHOICES: Final = {
    Choice.BEST: marked("the best grade that it overlaps"),
    Choice.WORST: marked("the worst grade that it overlaps"),
    Choice.MID: marked("the grade in which its middle lies"),
    Choice.MAJORITY: marked("the grade that holds most of it"),
}


@router.get("")
def show(desk: AtDesk) -> Response:
    """Everything the institution has published on grades, and how a partner's grades would be read."""
    return _page(desk)


@router.post("/scales")
def publish_scale(desk: AtDesk) -> Response:
    """Publish a scale: the letters of Kazakhstan, or steps from best to worst, one on each line."""

    def act() -> object:
        said = desk.said
        scale = kz_letters(said.get("scale")) if said.get("kind") == "kz" else _scale(said)
        return grading.publish_scale(desk.office, desk.institution, scale, at=desk.at)

    return _act(desk, act)


def _scale(said: Form) -> GradeScale:
    """`B+ 3.33`, best first; a line after `---` is a grade that does not pass. Refuses: InvalidValue."""
    steps, passing = [], True
    for line in said.get("steps").splitlines():
        if not (words := line.split()):
            continue
        if words[0].startswith("---"):
            passing = False
            continue
        points = Decimal(amount(words[1].replace(",", "."))) if len(words) > 1 else None
        steps.append(Step(value=words[0], passing=passing, points=points))
    names = {tag: name for tag in LANGUAGES if (name := said.get(f"name_{tag}"))}
    return GradeScale(scale=said.get("scale"), names=names or {"en": said.get("scale")}, steps=tuple(steps))


@router.post("/tables")
def publish_table(desk: AtDesk) -> Response:
    """Publish a table: a grade and how often it was given, on each line; or counted from the ledger."""

    def act() -> object:
        said = desk.said
        return grading.publish_table(
            desk.office,
            desk.institution,
            table=said.get("table"),
            scale=said.get("of_scale"),
            counts=_counts(said.get("counts")) if said.get("counts") else None,
            since=said.day("since"),
            until=said.day("until"),
            field=said.get("field") or None,
            graded_by=said.get("graded_by") or None,
            source=said.get("source") or None,
            at=desk.at,
        )

    return _act(desk, act)


def _counts(written: str) -> dict[str, int]:
    """`B+ 135`, one on each line. Refuses: InvalidValue."""
    counts: dict[str, int] = {}
    for line in written.splitlines():
        if not (words := line.split()):
            continue
        value, count = " ".join(words[:-1]), words[-1]
        if not value or not (count.isascii() and count.isdecimal() and len(count) < 10) or value in counts:
            raise InvalidValue(
                f"{line.strip()[:50]!a} is no grade with how often it was given, such as “B+ 135”."
            )
        counts[value] = int(count)
    return counts


@router.post("/policies")
def fix_policy(desk: AtDesk) -> Response:
    """Fix what the rules leave to the institution, from a day on."""

    def act() -> object:
        said = desk.said
        if said.get("choice") not in set(Choice):
            raise InvalidValue(f"The choices there are: {', '.join(Choice)}.")
        return grading.fix_policy(
            desk.office,
            desk.institution,
            policy=said.get("policy"),
            choice=Choice(said.get("choice")),
            least_grades=said.whole("least_grades") or 1,
            in_force_from=said.day("in_force_from"),
            average_scale=said.get("average_scale") or None,
            reference=said.get("reference") or None,
            at=desk.at,
        )

    return _act(desk, act)


@router.post("/conversions")
def convert_grade(desk: AtDesk) -> Response:
    """Convert the grade of a learner's credit by two tables; the original stays beside it."""

    def act() -> object:
        said = desk.said
        by, _, table = said.get("their_table").partition("/")
        return grading.convert_grade(
            desk.office,
            desk.institution,
            learner=said.get("learner").lower(),
            credit=said.get("credit"),
            way=Distribution(table, said.get("our_table"), None if by == desk.institution else by),
            converted_on=desk.today,
            at=desk.at,
        )

    return _act(desk, act)


def _act(desk: Desk, act: Callable[[], object]) -> Response:
    try:
        act()
    except (Refused, Erased) as error:
        return _page(desk, error)
    return desk.back("/grading")


def _page(desk: Desk, error: Exception | None = None) -> Response:
    office, spoken = desk.office, desk.spoken
    names = names_known(office)
    published = {each: office.grading(each).state for each in names.institutions}
    own = published[desk.institution]
    theirs = {
        f"{institution}/{table}": (names.institutions[institution], each)
        for institution, grades in published.items()
        for table, each in grades.tables.items()
        if institution != desk.institution or each.graded_by is not None
    }
    ours = {table: each for table, each in own.tables.items() if each.graded_by is None}
    query = desk.request.query_params
    asked = theirs.get(query.get("theirs", "")), ours.get(query.get("ours", ""))
    choice = query.get("choice", "")
    return desk.page(
        "desk_grading.html",
        error,
        grading=own,
        theirs=theirs,
        ours=ours,
        pictures={table: _picture(each, spoken) for table, each in own.tables.items()},
        reading=_reading(asked[0][1], asked[1], Choice(choice) if choice in set(Choice) else _usual(own))
        if asked[0] is not None and asked[1] is not None
        else None,
        query=query,
        choices={key.value: spoken.say(words) for key, words in CHOICES.items()},
        usual=_usual(own).value,
        may_act=desk.may(StaffRole.REGISTRAR),
        today=desk.today.isoformat(),
    )


def _usual(own: Grading) -> Choice:
    """What the last policy chose."""
    policies = list(own.policies.values())
    return policies[-1].choice if policies else Choice.MID


def _reading(
    theirs: DistributionPublished, ours: DistributionPublished, choice: Choice
) -> list[tuple[str, float, float, str]]:
    """Each grade of theirs, the share it places (in parts of the whole), and what it would be read as."""
    own = shares(ours.counts)
    return [
        (each.value, float(each.above), float(each.upto), chosen(each, own, choice).value)
        for each in shares(theirs.counts)
    ]


def _picture(table: DistributionPublished, spoken: Language) -> object:
    """A bar for each grade, as often as it was given."""
    rows = [
        Bar(each.value, (Piece(Decimal(each.count), "formal", f"{each.value}: {spoken.number(each.count)}"),))
        for each in table.counts
    ]
    words = "; ".join(f"{each.value}: {spoken.number(each.count)}" for each in table.counts)
    return bars(rows, f"{table.table}. {words}")
