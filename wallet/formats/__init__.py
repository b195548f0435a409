"""Credentials as others write and read them: one file a format, each with its model, a builder and a reader.

A new format is a new file here and a line in `MODELS`.
"""

from collections.abc import Mapping
from typing import Any

from wallet.formats import clr, data_model, open_badges
from wallet.formats.data_model import no_word_is_an_example
from wallet.formats.shape import Fault, Rule, listed, types_of

__all__ = ["MODELS", "faults"]

MODELS: Mapping[str, tuple[Rule, ...]] = {
    "AchievementCredential": open_badges.RULES,
    "OpenBadgeCredential": open_badges.RULES,
    "ClrCredential": clr.RULES,
}
"""Credential type -> the rules it adds to those of every credential."""

_KNOWN_WITHOUT_A_MODEL = frozenset({"EndorsementCredential"})


def faults(document: Mapping[str, Any], *, examples: bool = False) -> list[Fault]:
    """Everything wrong with the shape of a credential, in the order of the rules; empty where nothing is.

    `examples` takes the words of examples for words, as the test suites of the specifications do.
    """
    rules = [rule for rule in data_model.RULES if not (examples and rule is no_word_is_an_example)]
    for name in types_of(document):
        rules += [rule for rule in MODELS.get(name, ()) if rule not in rules]
    return [fault for rule in (*rules, a_badge_says_so) for fault in rule(document)]


def a_badge_says_so(document: Mapping[str, Any]) -> list[Fault]:
    """A document in the words of Open Badges or CLR is of a type of theirs, so that a model is asked."""
    contexts = [context for context in listed(document.get("@context")) if isinstance(context, str)]
    in_their_words = any(
        context.startswith((open_badges.OB_CONTEXTS, clr.CLR_CONTEXTS)) for context in contexts
    )
    if in_their_words and not set(types_of(document)) & (MODELS.keys() | _KNOWN_WITHOUT_A_MODEL):
        return [Fault("type-unknown", "/type", "The credential is of no type of Open Badges or CLR.")]
    return []
