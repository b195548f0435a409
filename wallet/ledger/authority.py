"""Who may sign what: the rules an auditor applies to every event, and what has to be known to apply them.

What is known comes from the ledger itself, event by event, beginning with the registry's own key. Time is
the ledger's: an event is judged at its `recorded_at`, but never as earlier than an event before it. A
stolen key could date its events back to when it was good; it cannot put them earlier into the ledger.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from domain import institution, registry
from domain.agreement import AgreementProposed, Party
from domain.commission import CommissionComposed
from domain.institution import Institution, KeyStanding
from domain.memorandum import MemorandumProposed
from domain.recognition import DocumentsAssigned
from domain.registry import Registry
from domain.staff import StaffRegistered
from keys.did import did_key
from keys.signing import PublicKey
from wallet.ledger.entry import Entry
from wallet.ledger.envelope import EPOCH

_ABOUT_KEYS: Final = {
    "institution.key_published.v1",
    "institution.key_retired.v1",
    "institution.key_compromised.v1",
}
_LEARNERS_OWN: Final = {"achievement.claimed.v1", "learning.brought.v1"}
"""What a learner says, or brings along, in her own wallet."""
_ERASURE: Final = "learner.erased.v1"
"""What the registry states in a learner's wallet, and nothing comes after."""
_CATALOGUED: Final = {"unit", "qualification", "credential", "status-list", "conversion-rule"}
_INSTITUTIONS_OWN: Final = _CATALOGUED | {"staff", "commission", "recognition"}
_OF_THE_HOUSE: Final = {"recognition.assigned.v1", "recognition.entered.v1"}
"""What the institution's offices do in a case."""
_ONE_PARTYS: Final = {
    "agreement.transcript_recorded.v1": Party.HOST,
    "agreement.component_validated.v1": Party.HOME,
    "agreement.component_recognised.v1": Party.HOME,
    "agreement.component_left_out.v1": Party.HOME,
}
"""Acts in an agreement that are one party's alone; any other is the act of the party that it names."""
_ERASED: Final = "?"
"""Stands for the institution that an erased event named: it was one of them."""


class Known:
    """What the events so far have said about keys."""

    def __init__(self) -> None:
        self.now: datetime = EPOCH
        self._registry: Registry | None = None
        self._institutions: dict[str, Institution] = {}
        self._learners: dict[str, str] = {}
        self._erased: set[str] = set()
        self._owners: dict[str, str] = {}
        self._applicants: dict[str, str] = {}
        self._staff: dict[str, tuple[str, str]] = {}
        self._judges: dict[str, set[str]] = {}
        self._partners: dict[str, tuple[str, ...]] = {}
        self._agreements: dict[str, AgreementProposed] = {}

    def learn(self, entry: Entry) -> None:
        """Take in an event that holds. Raises HistoryError where it cannot follow the others."""
        kind, _, whose = entry.stream.partition("/")
        event = entry.event
        if kind == "registry" and event is not None:
            self._registry = registry.evolve(self._registry, event)
        elif kind == "institution" and event is not None:
            self._institutions[whose] = institution.evolve(self._institutions.get(whose), event)
        elif kind == "wallet" and entry.position == 1:
            self._learners[whose] = entry.actor
        elif kind == "wallet" and entry.name == _ERASURE:
            self._erased.add(whose)
        elif kind in _INSTITUTIONS_OWN and entry.position == 1:
            self._owners[entry.stream] = getattr(event, "institution", _ERASED)
            if kind == "recognition":
                self._applicants[entry.stream] = entry.actor
        if isinstance(event, StaffRegistered):
            self._staff[event.person] = (event.institution, did_key(event.key_multikey))
        elif isinstance(event, CommissionComposed | DocumentsAssigned):
            judges = self._judges.setdefault(entry.stream, set())
            judges.update(event.members, getattr(event, "experts", ()))
        elif kind == "memorandum" and isinstance(event, MemorandumProposed):
            self._partners[entry.stream] = event.partners
        elif kind == "agreement" and isinstance(event, AgreementProposed):
            self._agreements[entry.stream] = event

    @property
    def registry_keys(self) -> tuple[str, list[PublicKey]]:
        """The address of the registry and every key it has had; an empty address where none was opened."""
        if self._registry is None:
            return "", []
        return self._registry.base_url, [PublicKey.from_multikey(key) for key in self._registry.keys]

    def is_registry(self, actor: str) -> bool:
        """Whether it is the registry's present key."""
        return self._registry is not None and actor == did_key(self._registry.keys[-1])

    def is_institution(self, actor: str, whose: str) -> bool:
        """Whether it is a key of that institution, in force now; of any one, where the name was erased."""
        if whose == _ERASED:
            return any(self.is_institution(actor, each) for each in self._institutions)
        known = self._institutions.get(whose)
        return known is not None and any(
            actor == did_key(term.multikey) and term.standing(self.now) is KeyStanding.IN_FORCE
            for term in known.keys
        )

    def is_learner(self, actor: str, whose: str) -> bool:
        """Whether it is the key that opened the learner's wallet."""
        return actor == self._learners.get(whose)

    def is_erased(self, whose: str) -> bool:
        """Whether the learner was erased before this event."""
        return whose in self._erased

    def is_party(self, entry: Entry, party: str) -> bool:
        """Whether the actor is that party to the agreement of this stream; any party there is, where it was erased."""
        event = self._agreements.get(entry.stream) or entry.event
        if not isinstance(event, AgreementProposed):
            return self.is_institution(entry.actor, _ERASED) or entry.actor in self._learners.values()
        if party == Party.LEARNER:
            return self.is_learner(entry.actor, event.learner)
        return self.is_institution(entry.actor, event.home if party == Party.HOME else event.host)

    def partners(self, entry: Entry) -> tuple[str, ...]:
        """Those whom the memorandum of this stream binds; of its first event, those that it names itself."""
        named: tuple[str, ...] = getattr(entry.event, "partners", ())
        return self._partners.get(entry.stream, named)

    def is_applicant(self, entry: Entry) -> bool:
        """Whether it is signed by the learner whose application opened the case."""
        return entry.actor == self._applicants.get(entry.stream)

    def is_any_learner(self, actor: str) -> bool:
        return actor in self._learners.values()

    def is_person(self, entry: Entry) -> bool:
        """Whether it is signed by the person it names, of the staff of the institution that the stream is of.

        Of an event that was erased with its learner: by anybody's of the staff.
        """
        if entry.event is None:
            return any(entry.actor == key for _, key in self._staff.values())
        institution_, key = self._staff.get(getattr(entry.event, "by", ""), ("", ""))
        return entry.actor == key and self._owners.get(entry.stream) == institution_

    def is_a_judge(self, entry: Entry) -> bool:
        """And by one who was appointed to judge there; of an erased event nobody can say."""
        named = getattr(entry.event, "by", None)
        return self.is_person(entry) and (named is None or named in self._judges.get(entry.stream, ()))

    def institution_of(self, entry: Entry) -> str | None:
        """Whose event it is: the one it names, who must be its stream's owner where there is one; or None."""
        named = _ERASED if entry.event is None else getattr(entry.event, "institution", None)
        owner = self._owners.get(entry.stream)
        if owner in (None, _ERASED):
            return named or owner
        return owner if named in (None, _ERASED, owner) else None


def may_sign(entry: Entry, known: Known) -> bool:
    """Whether the actor of an event may have signed it, by what was known when it was recorded.

    An event of an erased learner no longer says which institution it is of; then it is one of those in force.
    """
    kind, _, whose = entry.stream.partition("/")
    judge = _JUDGES.get(kind)
    return judge is not None and judge(entry, whose, known)


def _of_the_registry(entry: Entry, _whose: str, known: Known) -> bool:
    if entry.name == "registry.opened.v1":
        return entry.sequence == 1 and entry.actor == did_key(_field(entry, "key_multikey"))
    return known.is_registry(entry.actor)


def _about_an_institution(entry: Entry, whose: str, known: Known) -> bool:
    """Its keys are its own affair, and the registry's; all else is the registry's."""
    if entry.name in _ABOUT_KEYS and known.is_institution(entry.actor, whose):
        return True
    return known.is_registry(entry.actor) and whose == getattr(entry.event, "institution", whose)


def _in_a_wallet(entry: Entry, whose: str, known: Known) -> bool:
    """The learner opens it and claims, institutions sign what they decide; the registry ends it when she is erased."""
    opens = entry.name == "wallet.opened.v1"
    if opens != (entry.position == 1) or known.is_erased(whose):
        return False
    if entry.name == _ERASURE:
        return known.is_registry(entry.actor) and whose == _field(entry, "learner")
    if opens:
        return entry.event is None or (
            entry.actor == did_key(_field(entry, "key_multikey")) and whose == _field(entry, "learner")
        )
    if entry.name in _LEARNERS_OWN:
        return known.is_learner(entry.actor, whose)
    return _by_an_institution(entry, whose, known)


def _of_a_learners_shares(entry: Entry, whose: str, known: Known) -> bool:
    """The learner alone: it is her consent."""
    hers = entry.event is None or whose == _field(entry, "learner")
    return hers and not known.is_erased(whose) and known.is_learner(entry.actor, whose)


def _by_an_institution(entry: Entry, _whose: str, known: Known) -> bool:
    institution_ = known.institution_of(entry)
    return institution_ is not None and known.is_institution(entry.actor, institution_)


def _in_a_memorandum(entry: Entry, whose: str, known: Known) -> bool:
    """Each partner for itself, whether it proposes, signs or ends it."""
    proposes = entry.name == "memorandum.proposed.v1"
    if proposes != (entry.position == 1) or (proposes and whose != _field(entry, "memorandum")):
        return False
    partner = _field(entry, "institution")
    return partner in known.partners(entry) and known.is_institution(entry.actor, partner)


def _in_an_agreement(entry: Entry, whose: str, known: Known) -> bool:
    """Each party for itself; the host alone assesses, and home alone validates, recognises and leaves out."""
    proposes = entry.name == "agreement.proposed.v1"
    if proposes != (entry.position == 1):
        return False
    if proposes and entry.event is not None and whose != _field(entry, "agreement"):
        return False
    return known.is_party(entry, _ONE_PARTYS.get(entry.name) or _field(entry, "by"))


def _of_its_own_name(entry: Entry, whose: str, known: Known) -> bool:
    """The institution that the stream is named after, and no other."""
    return whose == _field(entry, "institution") and known.is_institution(entry.actor, whose)


def _of_a_commission(entry: Entry, whose: str, known: Known) -> bool:
    """Ballots are the members' own; the institution composes it and declares who was elected."""
    if entry.name == "commission.ballot_cast.v1":
        return known.is_a_judge(entry)
    return (entry.position > 1 or whose == _field(entry, "commission")) and _by_an_institution(
        entry, whose, known
    )


def _of_the_staff(entry: Entry, whose: str, known: Known) -> bool:
    return (entry.position > 1 or whose == _field(entry, "person")) and _by_an_institution(
        entry, whose, known
    )


def _in_a_case(entry: Entry, whose: str, known: Known) -> bool:
    """The learner applies and appeals, the institution's offices pass on and enter; all else persons sign."""
    if (entry.name == "recognition.applied.v1") != (entry.position == 1):
        return False
    if entry.position == 1:
        if entry.event is None:
            return known.is_any_learner(entry.actor)
        return whose == _field(entry, "case") and known.is_learner(entry.actor, _field(entry, "learner"))
    if entry.name == "recognition.appealed.v1":
        return known.is_applicant(entry)
    if entry.name in _OF_THE_HOUSE:
        return _by_an_institution(entry, whose, known)
    if entry.name == "recognition.interest_declared.v1":
        return known.is_person(entry)
    return known.is_a_judge(entry)


_JUDGES: Final[dict[str, Callable[[Entry, str, Known], bool]]] = {
    "registry": _of_the_registry,
    "institution": _about_an_institution,
    "wallet": _in_a_wallet,
    "shares": _of_a_learners_shares,
    "agreement": _in_an_agreement,
    "quality": _of_its_own_name,
    "memorandum": _in_a_memorandum,
    "recognition-policy": _of_its_own_name,
    "grading": _of_its_own_name,
    "staff": _of_the_staff,
    "commission": _of_a_commission,
    "recognition": _in_a_case,
    **dict.fromkeys(_CATALOGUED, _by_an_institution),
}
"""By the kind of stream, the part of its name before the slash. In any other stream nobody may sign anything."""


def _field(entry: Entry, name: str) -> str:
    return str(getattr(entry.event, name, ""))
