"""Reading credit of one scheme in another: rules that institutions publish, and records read by them.

Nothing is added up across schemes. A line read in another scheme stands beside the original, with the rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain import conversion_rule as rules
from domain.conversion_rule import (
    ConversionRule,
    ConversionRulePublished,
    ConversionRuleWithdrawn,
    ConversionTerms,
    Converted,
    RuleApplied,
    converted,
)
from domain.counting import counted, lines
from domain.credit import Credit
from domain.scheme import Hours, workload
from domain.values import ConversionRuleId, CreditPoints, CreditScheme, LearnerId, conversion_rule_id
from domain.wallet import Wallet
from wallet import streams
from wallet.office import Office, Once
from wallet.projections.conversion_rules import conversion_rules


def publish_rule(
    office: Office,
    institution: str,
    *,
    rule: str,
    terms: ConversionTerms,
    published_on: date,
    at: datetime,
    once: Once[ConversionRulePublished] | None = None,
) -> ConversionRulePublished:
    """Publish a rule, signed by the institution. Refuses: AlreadyPublished, NotFound, KeyNotInForce, InvalidValue."""
    stream = streams.of_conversion_rule(conversion_rule_id(rule))

    def decide() -> ConversionRulePublished:
        by = office.institution(institution).state
        existing = office.find(stream, rules.fold)
        event = rules.publish(existing.state, terms, rule=rule, by=by, published_on=published_on)
        _, signer = office.signer_of(by, at)
        return office.record(existing.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(stream, decide)


def withdraw_rule(
    office: Office,
    institution: str,
    *,
    rule: str,
    reason: str,
    on: date,
    at: datetime,
    once: Once[ConversionRuleWithdrawn] | None = None,
) -> ConversionRuleWithdrawn:
    """Convert nothing by it any more. Refuses: WrongInstitution, NotInForce, NotFound, KeyNotInForce, InvalidValue."""

    def decide() -> ConversionRuleWithdrawn:
        by = office.institution(institution).state
        read = office.conversion_rule(rule)
        event = rules.withdraw(read.state, by=by, reason=reason, on=on)
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_conversion_rule(conversion_rule_id(rule)), decide)


def show_rules(
    office: Office, *, to_scheme: CreditScheme | None = None, institution: str | None = None
) -> list[ConversionRule]:
    """The rules published here, withdrawn ones too, in the order of their names."""
    office.follower.catch_up()
    found = conversion_rules(office.ledger.database, to_scheme=to_scheme, institution=institution)
    return [office.conversion_rule(rule).state for rule in found]


# --- a record in one scheme -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineRead:
    """A credit that counts, what it is in the scheme asked for, and the hours its own points stand for."""

    credit: Credit
    awarded_on: date
    read: Converted
    hours: Hours | None


@dataclass(frozen=True, slots=True)
class ReadInScheme:
    """A learner's record read in one scheme. `of_itself` and what each rule gives are never added up."""

    learner: LearnerId
    scheme: CreditScheme
    lines: tuple[LineRead, ...]
    of_itself: CreditPoints | None
    by_rule: tuple[tuple[RuleApplied, CreditPoints], ...]


def show_in_scheme(
    office: Office, learner: str, scheme: CreditScheme, *, by: Iterable[str] = ()
) -> ReadInScheme:
    """Read what counts in a record in `scheme`, by the rules named, or by whichever one rule is about each line.

    Raises NotFound (the learner, a rule), Erased, InvalidValue.
    """
    wallet = office.learner(learner).state
    named = tuple(dict.fromkeys(by))
    known = (
        [office.conversion_rule(rule).state for rule in named]
        if named
        else show_rules(office, to_scheme=scheme)
    )
    read = tuple(_line(wallet, credit, scheme, known) for credit in counted(lines(wallet.credits)))
    of_itself: CreditPoints | None = None
    sums: dict[ConversionRuleId, tuple[RuleApplied, CreditPoints]] = {}
    for line in read:
        points, rule = line.read.points, line.read.by
        if points is None:
            continue
        if rule is None:
            of_itself = points if of_itself is None else of_itself + points
        else:
            before = sums.get(rule.rule)
            sums[rule.rule] = (rule, points if before is None else before[1] + points)
    return ReadInScheme(wallet.learner, scheme, read, of_itself, tuple(sums.values()))


def _line(wallet: Wallet, credit: Credit, scheme: CreditScheme, known: list[ConversionRule]) -> LineRead:
    """By the day of the award itself: that is what a rule's days are about."""
    first = credit
    while first.source is not None:
        first = wallet.credits[first.source]
    return LineRead(
        credit,
        first.since,
        converted(credit.points, first.since, scheme, known),
        workload(credit.points, first.since),
    )
