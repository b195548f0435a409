"""`wallet scheme`: what points of each credit scheme stand for, and the rules that read one in another."""

from datetime import date
from typing import Annotated

from typer import Argument, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import Institution, On, OptionalInstitution, Reason, day
from cli.tables import a_table
from domain.conversion_rule import ConversionRule, ConversionTerms
from domain.scheme import TERMS
from domain.values import CreditScheme
from wallet import converting

app = Typer(help="What credit points stand for, and rules to read one scheme in another.")

RuleArgument = Annotated[
    str, Argument(metavar="RULE", help="The rule's id: small Latin letters and hyphens.")
]


@command(app, "terms")
def terms(desk: Desk) -> None:
    """Show what a point of each scheme stands for, and since when."""
    table = a_table("Scheme", "Since", "A year", "Hours", "It says", right=("A year", "Hours"))
    for each in TERMS:
        hours = "" if each.least_hours is None else f"{each.least_hours}–{each.most_hours}"
        hours = str(each.least_hours) if hours and each.least_hours == each.most_hours else hours
        year = "" if each.year is None else str(each.year)
        table.add_row(each.scheme, str(each.valid_from or ""), year, hours, each.says)
    desk.answer(TERMS, table)


@command(app, "publish")
def publish(
    desk: Desk,
    rule: RuleArgument,
    institution: Institution,
    from_scheme: Annotated[CreditScheme, Option("--from", help="The scheme that is read.")],
    to_scheme: Annotated[CreditScheme, Option("--to", help="The scheme it is read in.")],
    factor: Annotated[str, Option("--factor", metavar="FRACTION", help="What one point is: 3/2, or 1.")],
    reason: Reason,
    source: Annotated[str, Option("--source", metavar="TEXT", help="Where it is laid down, as you cite it.")],
    decimals: Annotated[
        int, Option("--decimals", min=0, max=3, help="Of a result; what is beyond them is cut off.")
    ] = 3,
    valid_from: Annotated[
        date | None,
        Option("--awarded-from", parser=day, metavar="DAY", help="For credit awarded from then on."),
    ] = None,
    valid_until: Annotated[
        date | None,
        Option("--awarded-until", parser=day, metavar="DAY", help="For credit awarded until then."),
    ] = None,
) -> None:
    """Publish a rule by which points of one scheme are read in another. It is never changed."""
    with desk.office() as office:
        event = converting.publish_rule(
            office,
            institution,
            rule=rule,
            terms=ConversionTerms(
                from_scheme=from_scheme,
                to_scheme=to_scheme,
                factor=factor,
                decimals=decimals,
                valid_from=valid_from,
                valid_until=valid_until,
                reason=reason,
                source=source,
            ),
            published_on=desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Published: {event.rule}. {told(event.terms)}")


@command(app, "withdraw")
def withdraw(desk: Desk, rule: RuleArgument, institution: Institution, reason: Reason, on: On = None) -> None:
    """Convert nothing by a rule any more. What was converted by it stays so."""
    with desk.office() as office:
        event = converting.withdraw_rule(
            office, institution, rule=rule, reason=reason, on=on or desk.today, at=desk.now
        )
    desk.answer(event, f"Withdrawn: the rule {rule}.")


@command(app, "rules")
def rules(
    desk: Desk,
    to_scheme: Annotated[CreditScheme | None, Option("--to", help="Into this scheme only.")] = None,
    institution: OptionalInstitution = None,
) -> None:
    """List the rules published here, with what each is about."""
    with desk.office() as office:
        found = converting.show_rules(office, to_scheme=to_scheme, institution=institution)
    table = a_table("Rule", "Institution", "It says", "Source")
    for rule in found:
        table.add_row(rule.id, rule.institution, _standing(rule), rule.terms.source)
    desk.answer(found, table if found else "No rule is published: nothing is read in another scheme.")


def told(terms: ConversionTerms) -> str:
    """The rule in a sentence."""
    days = " ".join(
        f"{word} {on}" for word, on in (("from", terms.valid_from), ("until", terms.valid_until)) if on
    )
    awarded = f", awarded {days}" if days else ""
    return f"1 {terms.from_scheme}{awarded} is {terms.factor} {terms.to_scheme}: {terms.reason}"


def _standing(rule: ConversionRule) -> str:
    if rule.withdrawn is None:
        return told(rule.terms)
    return f"withdrawn on {rule.withdrawn.withdrawn_on}: {rule.withdrawn.reason}"
