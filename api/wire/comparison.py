"""A comparison of learning outcomes on the wire."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field

from api.wire.scalars import Answer, Body, OutcomeId, Share, UnitId, example, line
from api.wire.unit import OutcomeOfUnit
from domain.comparison import MOST_OUTCOMES, Compared, Comparison, Ground, Suggestion
from wallet.comparing import LEAST

# --- what is asked --------------------------------------------------------------------------------------


class OutcomesListed(Body):
    """Outcomes that are no unit's here, under a name: those of a certificate, a claim, a course elsewhere."""

    name: Annotated[str, line("a name")]
    outcomes: Annotated[list[OutcomeOfUnit], Field(min_length=1, max_length=MOST_OUTCOMES)]


class OutcomesOfUnit(Body):
    """The outcomes of a unit described here."""

    unit: UnitId


Side = OutcomesOfUnit | OutcomesListed


class Compare(Body):
    """Several sources stand on one side: two courses that together match one unit."""

    source: Annotated[list[Side], Field(min_length=1, max_length=20)]
    target: Side
    least: Annotated[Share, Field(ge=0, le=1)] = Decimal(str(LEAST))
    """The score below which nothing is suggested."""

    model_config = example(
        source=[
            {
                "name": "Open course",
                "outcomes": [{"id": "lo1", "text": {"en": "Choose a suitable data structure"}}],
            }
        ],
        target={"unit": "algorithms"},
    )


# --- what is answered -----------------------------------------------------------------------------------


class ComparedShown(Answer):
    """An outcome, and what it is of: the unit's id, or the name it was sent under."""

    of: str
    id: OutcomeId
    text: dict[str, str]
    code: str | None

    @classmethod
    def of_(cls, compared: Compared) -> Self:
        outcome = compared.outcome
        return cls.model_construct(of=compared.of, id=outcome.id, text=outcome.text, code=outcome.code)


class SuggestionShown(Answer):
    """A match to look at first. The score is 0 to 1; it orders what an expert looks at, and decides nothing."""

    source: ComparedShown
    target: ComparedShown
    ground: Ground
    score: float
    language: str | None

    @classmethod
    def of(cls, suggestion: Suggestion) -> Self:
        return cls(
            source=ComparedShown.of_(suggestion.source),
            target=ComparedShown.of_(suggestion.target),
            ground=suggestion.ground,
            score=round(suggestion.score, 4),
            language=suggestion.language,
        )


class ComparisonShown(Answer):
    """`no_common_language`: targets that nobody has compared, because no source has a text in their language."""

    suggestions: list[SuggestionShown]
    source_alone: list[ComparedShown]
    target_alone: list[ComparedShown]
    no_common_language: list[ComparedShown]

    @classmethod
    def of(cls, found: Comparison) -> Self:
        return cls(
            suggestions=[SuggestionShown.of(each) for each in found.suggestions],
            source_alone=[ComparedShown.of_(each) for each in found.source_alone],
            target_alone=[ComparedShown.of_(each) for each in found.target_alone],
            no_common_language=[ComparedShown.of_(each) for each in found.no_common_language],
        )
