"""A case of recognition to test with: a policy, a commission, experts, a learner with two courses, and every step.

    case = a_case(conclusions=3)                      # filed, assigned, and concluded by all experts
    case = case.after(...)

Two open courses of 90 and 60 hours stand for a unit of 5 KZ credits: 150 hours together, and not alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain import application, commission, expertise, recognition, recognition_policy, session, staff
from domain.commission import Commission
from domain.credit import CreditRecognised
from domain.event import Event
from domain.institution import Institution
from domain.prior_learning import EvidenceKind, OriginalCredit, Source
from domain.qualification import Qualification
from domain.recognition import Case, Correspondence, Criterion, Motion, Vote
from domain.recognition_policy import RecognitionPolicy, RecognitionRules
from domain.staff import Person, Side
from domain.unit import Unit
from domain.values import CreditPoints, Evidence, Grade, PersonId, source_id
from domain.wallet import Wallet
from tests.domain.builders import A_KEY, LEARNER, a_unit, a_wallet, an_institution, kz

PERIOD = date(2026, 9, 1)
"""The first day of the academic period."""
LAST_DAY = date(2026, 8, 18)
"""The tenth working day before it."""
FILED = date(2026, 8, 3)
ASSIGNED = date(2026, 8, 5)
CONCLUDED = date(2026, 8, 10)
MET = date(2026, 8, 12)
ENTERED = date(2026, 8, 14)

MEMBERS = ("m1", "m2", "m3", "m4", "m5")
EXPERTS = ("e1", "e2", "e3")
OTHER_MEMBERS = ("n1", "n2", "n3")
OTHER_EXPERTS = ("f1", "f2", "f3")
FULL = dict.fromkeys(Criterion, Correspondence.FULL)


def a_document(name: str = "certificate.pdf", mark: str = "a1") -> Evidence:
    return Evidence(name=name, sha256=(mark * 64)[:64], media_type="application/pdf")


def a_mooc(
    source: str = "s1", title: str = "Algorithms, part 1", hours: int | None = 90, **more: Any
) -> Source:
    said: dict[str, Any] = {
        "id": source_id(source),
        "kind": EvidenceKind.MOOC,
        "title": title,
        "provider": "Open University of the World",
        "achieved_on": date(2026, 3, 1),
        "hours": None if hours is None else Decimal(hours),
        "documents": (a_document(f"{source}.pdf", f"{abs(hash_of(title)):02x}"),),
        "grade": Grade("92", "percent"),
        "points": OriginalCredit(Decimal(3), "ECTS"),
    }
    return Source(**{**said, **more})


def hash_of(title: str) -> int:
    """A number of two hexadecimal digits that differs for the titles used here."""
    return 16 + sum(map(ord, title)) % 240


TWO_MOOCS = (a_mooc(), a_mooc("s2", "Algorithms, part 2", 60))


def a_person(person: str, side: Side = Side.TEACHING, *, of: str = "aitu", **more: Any) -> Person:
    event = staff.register(
        None,
        person=person,
        by=an_institution(of),
        position=f"Position of {person}",
        side=side,
        key=A_KEY,
        **more,
    )
    return staff.fold([event])


def people(named: Iterable[str]) -> list[Person]:
    """The first of the administration, the others of the teaching staff."""
    return [a_person(each, Side.TEACHING if n else Side.ADMINISTRATION) for n, each in enumerate(named)]


def a_commission(
    name: str = "c-2026", members: Iterable[str] = MEMBERS, *, elected: bool = True
) -> Commission:
    members, rules, by = tuple(members), RecognitionRules(), an_institution()
    composed = commission.compose(
        None, rules, commission=name, by=by, members=people(members), reference="Order 12", on=FILED
    )
    state = commission.fold([composed])
    if not elected:
        return state
    for member in members:
        ballot = commission.cast_ballot(state, by=member, chair=members[0], deputy=members[1], on=FILED)
        state = commission.evolve(state, ballot)
    return commission.evolve(state, commission.elect(state, rules, by=by, on=FILED))


def a_policy(rules: RecognitionRules | None = None) -> RecognitionPolicy:
    event = recognition_policy.publish(
        None,
        rules or RecognitionRules(),
        by=an_institution(),
        in_force_from=date(2026, 1, 1),
        reference="Academic Council 7",
        on=date(2026, 1, 1),
    )
    return recognition_policy.fold([event])


@dataclass(frozen=True)
class World:
    """A case and all that its decisions look at."""

    case: Case
    wallet: Wallet
    unit: Unit
    rules: RecognitionRules
    commission: Commission
    by: Institution

    def after(self, event: Event) -> "World":
        return replace(self, case=recognition.evolve(self.case, event))

    def assign(self, experts: Iterable[str] = EXPERTS, on: date = ASSIGNED, **more: Any) -> "World":
        return self.after(
            expertise.assign(
                self.case, self.rules, self.commission, by=self.by, experts=people(experts), on=on, **more
            )
        )

    def conclude(self, expert: str, *, on: date = CONCLUDED, **more: Any) -> "World":
        said: dict[str, Any] = {
            "findings": FULL,
            "sources": [source.id for source in self.case.applied.sources],
            "grade": Grade("A-", "KZ letter scale"),
            **more,
        }
        return self.after(expertise.conclude(self.case, self.rules, by=a_person(expert), on=on, **said))

    def to_grant(self, points: CreditPoints | None = None, **more: Any) -> Motion:
        said: dict[str, Any] = {
            "sources": [source.id for source in self.case.applied.sources],
            "grade": Grade("A-", "KZ letter scale"),
            **more,
        }
        return session.to_grant(self.case, self.rules, points=points or self.case.applied.points, **said)

    def meet(
        self,
        motion: Motion | None = None,
        *,
        present: Iterable[str] = (),
        on: date = MET,
        by: str | None = None,
    ) -> "World":
        there = tuple(present) or self.commission.members
        return self.after(
            session.meet(
                self.case,
                self.rules,
                self.commission,
                motion or self.to_grant(),
                by=a_person(by or there[0]),
                present={PersonId(each): a_person(each) for each in there},
                on=on,
            )
        )

    def vote(self, *votes: Vote, on: date = MET) -> "World":
        """In the order of those present."""
        world = self
        assert world.case.now.session is not None
        for member, each in zip(world.case.now.session.present, votes, strict=False):
            world = world.after(session.vote(world.case, by=a_person(member), vote=each, on=on))
        return world

    def decide(self, *, by: str | None = None, on: date = MET) -> "World":
        assert self.case.now.session is not None
        presided = by or self.case.now.session.by
        minutes = ["Heard: the experts.", "Decided: as voted."]
        return self.after(
            session.decide(self.case, self.rules, by=a_person(presided), minutes=minutes, on=on)
        )

    def enter(self, credit: str = "r-1", on: date = ENTERED, **more: Any) -> "World":
        recognised, entered = session.enter(
            self.case, self.wallet, self.unit, by=self.by, credit=credit, extract="12/3", on=on, **more
        )
        return replace(self.after(entered), wallet=self.wallet.after(recognised))

    @property
    def entered(self) -> CreditRecognised:
        assert self.case.now.entered is not None
        found = self.wallet.credit(self.case.now.entered.credit).recognised
        assert found is not None
        return found


def apply(
    wallet: Wallet | None = None,
    *,
    sources: Iterable[Source] = TWO_MOOCS,
    rules: RecognitionRules | None = None,
    on: date = FILED,
    period_from: date = PERIOD,
    points: CreditPoints | None = None,
    unit: Unit | None = None,
    case: str = "case-1",
    qualification: Qualification | None = None,
    close_to: Iterable[str] = (),
) -> World:
    """The learner has applied; the commission has its chair."""
    wallet, unit = wallet or a_wallet(learner=LEARNER), unit or a_unit("algorithms", points=[kz(5)])
    policy, by = a_policy(rules), an_institution()
    applied = application.apply(
        None,
        wallet,
        unit,
        policy,
        case=case,
        to=by,
        points=points or kz(5),
        sources=sources,
        identity=a_document("identity.pdf", "1d"),
        period_from=period_from,
        on=on,
        qualification=qualification,
        close_to=close_to,
    )
    return World(
        case=recognition.fold([applied]),
        wallet=wallet,
        unit=unit,
        rules=policy.versions[0].rules,
        commission=a_commission(),
        by=by,
    )


def a_concluded_case(**more: Any) -> World:
    """Every expert finds full correspondence and counts both courses."""
    world = apply(**more).assign()
    for expert in EXPERTS:
        world = world.conclude(expert)
    return world


def a_granted_case(**more: Any) -> World:
    """By all five members."""
    return a_concluded_case(**more).meet().vote(*[Vote.IN_FAVOUR] * 5).decide()
