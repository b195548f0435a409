"""What a credential says of recognition: the decision and the originals, in words, and none left out.

Of recognised credit it stands in the badge. The decision itself, granted or refused, is a credential of its own kind.
"""

from collections.abc import Iterable, Iterator

from domain.credit import CreditRecognised, Method
from domain.prior_learning import Source
from domain.recognition import Case, Decision, RecognitionGranted
from domain.values import Setting
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
    return as_they_were(recognised.sources)


def decided(case: Case, decision: Decision) -> Shown:
    """The last decision of a case: what was asked, what was decided, by how many votes, and whether it is final."""
    applied, votes = case.applied, decision.votes
    if isinstance(decision, RecognitionGranted):
        grade = "" if decision.grade is None else f", grade {decision.grade.value} ({decision.grade.scale})"
        outcome = f"Granted: {decision.points} for {applied.unit}{grade}."
    else:
        outcome = f"Refused: {_ended(decision.reason)} It rests on this: {_ended(decision.cited)}"
    return Shown(
        name="Recognition of prior learning",
        genre=DECISION,
        description=f"{outcome} Decided on {decision.decided_on} by commission {decision.commission}: "
        f"{votes.in_favour} of {votes.present} in favour, {votes.against} against, {votes.abstained} abstained.",
        narrative=f"{applied.points} for {applied.unit} were applied for, as {_setting(applied.setting)} learning. "
        + " ".join(_stage(case, decision)),
    )


def as_they_were(sources: Iterable[Source]) -> Iterator[Shown]:
    """Each as its own document had it."""
    for source in sources:
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
    yield f"Recognised on {recognised.recognised_on}, {_setting(recognised.setting)} learning."
    if recognised.hours is not None:
        yield f"{recognised.hours} hours together."
    if case is not None and case.now.decision is not None:
        yield from _stage(case, case.now.decision)


def _stage(case: Case, decision: Decision) -> Iterator[str]:
    yield f"Case {case.id}, filed on {case.applied.filed_on}."
    if case.appealed is not None:
        yield f"Decided on appeal of {case.appealed.appealed_on}; it is final."
    else:
        yield f"It may be appealed until {decision.appeal_until}."


def _ended(said: str) -> str:
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _setting(setting: Setting) -> str:
    return setting.replace("_", "-")


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
