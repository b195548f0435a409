"""What a credential of recognised credit says of its originals, and of the decision: in words, and none left out."""

from collections.abc import Iterator

from domain.credit import CreditRecognised, Method
from domain.prior_learning import Source
from domain.recognition import Case
from wallet.formats.open_badges import Shown

DECISION = "decision of recognition"


def originals(recognised: CreditRecognised, case: Case | None) -> Iterator[Shown]:
    """The decision first, then every source as its own document had it; `case` is the one it was decided in."""
    yield Shown(
        name="Recognition of prior learning",
        genre=DECISION,
        description=f"{recognised.ground}. {_method(recognised.method)}",
        narrative=" ".join(_of_the_case(recognised, case)),
    )
    yield from originals_of(recognised)


def originals_of(recognised: CreditRecognised) -> Iterator[Shown]:
    """Every source as its own document had it, in their order."""
    for source in recognised.sources:
        yield Shown(
            name=source.title,
            genre=source.kind.replace("_", " "),
            description="; ".join(_said(source)) + ".",
            narrative="Shown by "
            + "; ".join(f"{document.name}, SHA-256 {document.sha256}" for document in source.documents)
            + ".",
        )


def _method(method: Method) -> str:
    if method is Method.AGREEMENT:
        return "The institutions had agreed before on what takes whose place."
    return "Experts compared outcomes, aims, volume and assessment, and a commission voted."


def _of_the_case(recognised: CreditRecognised, case: Case | None) -> Iterator[str]:
    yield f"Recognised on {recognised.recognised_on}, {recognised.setting.replace('_', '-')} learning."
    if recognised.hours is not None:
        yield f"{recognised.hours} hours together."
    if case is None or case.now.decision is None:
        return
    yield f"Case {case.id}, filed on {case.applied.filed_on}."
    if case.appealed is not None:
        yield f"Decided on appeal of {case.appealed.appealed_on}; it is final."
    else:
        yield f"It may be appealed until {case.now.decision.appeal_until}."


def _said(source: Source) -> Iterator[str]:
    if source.provider is not None:
        yield source.provider if source.country is None else f"{source.provider}, {source.country}"
    yield f"on {source.achieved_on}"
    if source.hours is not None:
        yield f"{source.hours} hours"
    if source.points is not None:
        yield f"credit there: {source.points}"
    if source.grade is not None:
        yield f"grade there: {source.grade.value} ({source.grade.scale})"
    if source.outcomes:
        yield f"outcomes: {', '.join(source.outcomes)}"
