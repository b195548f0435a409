"""Printing documents for people: PDFs that carry the credentials they tell of, under the institution's signature.

Nothing is recorded. What is printed is what stands in credentials in force, with what the catalogue says of it; what
the ledger cannot know, such as a name, is said by whoever prints, and the document says by whom it is confirmed.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from domain.credential import Credential, CredentialKind, Standing
from domain.credit import Credit
from domain.errors import InvalidValue, NotInForce, WrongInstitution, WrongLearner
from domain.institution import Institution
from domain.qualification import Qualification
from domain.values import CreditScheme, credential_id
from domain.wallet import Wallet
from keys.canonical import canonicalize
from keys.did import did_key
from keys.proofs import add_proof, check_proofs
from keys.signing import Signer
from wallet.documents.certificate import of_credit, of_qualification
from wallet.documents.comparing import differences
from wallet.documents.learning import Holder, Told
from wallet.documents.minutes import Sitting, extract, minutes
from wallet.documents.printed import SUITE, VERSION, Attached, Block, Kind, Printed
from wallet.documents.setting import NotPrintable, maker, set_pdf
from wallet.documents.supplement import Details, Diploma, supplement
from wallet.documents.transcript import Held, Record, ecvet_transcript, transcript
from wallet.documents.words import Voice
from wallet.formats import clr, open_badges
from wallet.office import Office
from wallet.projections import catalogue
from wallet.projections.credentials import credentials_of
from wallet.recognising import certify_decision, show_extract

__all__ = [
    "Details",
    "Holder",
    "Paper",
    "print_certificate",
    "print_ecvet",
    "print_extract",
    "print_minutes",
    "print_supplement",
    "print_transcript",
]

UNNAMED: Final = Holder()
"""Nobody says who she is: her key alone stands in the document."""
NOTHING_MORE: Final = Details()


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it is handed over: the PDF, and what it prints."""

    pdf: bytes
    printed: Printed


def print_transcript(
    office: Office,
    institution: str,
    *,
    learner: str,
    languages: Sequence[str] = ("en",),
    holder: Holder = UNNAMED,
    credential: str | None = None,
    at: datetime,
) -> Paper:
    """The Transcript of Records of a learner record the institution has issued; the last one unless one is named.

    Refuses: NotInForce (there is no such record, or something in it no longer stands), WrongInstitution, WrongLearner,
    NotFound, KeyNotInForce, Erased, InvalidValue, NotPrintable.
    """
    press = _Press.of(office, institution, learner, languages, at)
    record, attached = press.record(credential, holder)
    blocks = transcript(record, at.date(), press.voice)
    return press.made(Kind.TRANSCRIPT, blocks, attached)


def print_ecvet(
    office: Office,
    institution: str,
    *,
    learner: str,
    languages: Sequence[str] = ("en",),
    holder: Holder = UNNAMED,
    credential: str | None = None,
    at: datetime,
) -> Paper:
    """The personal transcript of ECVET, of the same record.

    Refuses: InvalidValue (it has no credit in ECVET points), and as `print_transcript`.
    """
    press = _Press.of(office, institution, learner, languages, at)
    record, attached = press.record(credential, holder)
    if not any(each.credit.points.scheme is CreditScheme.ECVET for each in record.told):
        raise InvalidValue(f"The record has no credit in ECVET points that {press.by.id} has awarded.")
    blocks = ecvet_transcript(record, at.date(), press.voice)
    return press.made(Kind.ECVET, blocks, attached)


def print_certificate(
    office: Office,
    institution: str,
    *,
    credential: str,
    languages: Sequence[str] = ("en",),
    holder: Holder = UNNAMED,
    at: datetime,
) -> Paper:
    """The certificate of one achievement that the institution has issued a credential of.

    Refuses: InvalidValue (a whole record is a transcript), and as `print_transcript`.
    """
    issued = office.credential(credential).state
    press = _Press.of(office, institution, issued.issued.learner, languages, at)
    press.refuse_other(issued)
    if issued.issued.kind is CredentialKind.CLR:
        raise InvalidValue("A learner record is printed as a transcript, and not as a certificate.")
    blocks: tuple[Block, ...]
    if issued.conferral is not None:
        held = press.held(issued)
        blocks = of_qualification(
            held.qualification,
            held.conferred_on,
            held.credential,
            by=press.by,
            learner=press.learner,
            holder=holder,
            on=at.date(),
            voice=press.voice,
        )
    else:
        (told,) = press.told([issued])
        blocks = of_credit(
            told, by=press.by, learner=press.learner, holder=holder, on=at.date(), voice=press.voice
        )
    return press.made(Kind.CERTIFICATE, blocks, {"credential.json": _text(issued)})


def print_supplement(
    office: Office,
    institution: str,
    *,
    credential: str,
    languages: Sequence[str] = ("en",),
    holder: Holder = UNNAMED,
    details: Details = NOTHING_MORE,
    at: datetime,
) -> Paper:
    """The Diploma Supplement of a qualification's credential; it carries those of the credits behind it as well.

    Refuses: InvalidValue (no qualification of higher education), and as `print_transcript`.
    """
    issued = office.credential(credential).state
    press = _Press.of(office, institution, issued.issued.learner, languages, at)
    press.refuse_other(issued)
    if issued.conferral is None:
        raise InvalidValue("A Diploma Supplement goes with the credential of a qualification.")
    held = press.held(issued)
    badges = press.badges()
    conferred = press.wallet.conferral(issued.conferral).conferred
    credits_ = [press.wallet.credit(each) for each in conferred.credits]
    told = [press.line(each, badges.get(each.id)) for each in credits_]
    method, _ = press.signed_by
    diploma = Diploma(
        by=press.by,
        wallet=press.wallet,
        learner=press.learner,
        holder=holder,
        qualification=held.qualification,
        conferred_on=held.conferred_on,
        credential=held.credential,
        told=told,
        grading=office.grading(press.by.id).state,
        method=method,
    )
    attached = {"credential.json": _text(issued)}
    proven = [badges[each.id] for each in credits_ if each.id in badges]
    attached |= {f"credit-{number}.json": _text(badge) for number, badge in enumerate(proven, 1)}
    blocks = supplement(diploma, details, at.date(), press.voice)
    return press.made(Kind.SUPPLEMENT, blocks, attached)


def print_minutes(
    office: Office,
    case: str,
    *,
    languages: Sequence[str] = ("en",),
    holder: Holder = UNNAMED,
    at: datetime,
) -> Paper:
    """The minutes of the commission on a case that is decided, with the decision as a credential.

    Refuses: WrongStage (nothing is decided), NotFound, KeyNotInForce, Erased, InvalidValue, NotPrintable.
    """
    press, sitting, attached = _sitting(office, case, languages, holder, at)
    return press.made(Kind.MINUTES, minutes(sitting, press.voice), attached)


def print_extract(
    office: Office,
    case: str,
    *,
    languages: Sequence[str] = ("en",),
    holder: Holder = UNNAMED,
    at: datetime,
) -> Paper:
    """The extract of the minutes, as the Registrar's office is given it. Refuses as `print_minutes`."""
    press, sitting, attached = _sitting(office, case, languages, holder, at)
    return press.made(Kind.EXTRACT, extract(sitting, press.voice), attached)


def _sitting(
    office: Office, case: str, languages: Sequence[str], holder: Holder, at: datetime
) -> tuple["_Press", Sitting, dict[str, bytes]]:
    state = show_extract(office, case).case
    press = _Press.of(office, state.institution, state.applied.learner, languages, at)
    decision = state.now.decision
    assert decision is not None, "there is an extract of it"
    session = state.now.session
    involved = {*state.judges, *state.now.conclusions, *(session.present if session is not None else ())}
    sitting = Sitting(
        by=press.by,
        case=state,
        unit=office.unit(state.applied.unit).state,
        commission=office.commission(decision.commission).state,
        people={person: office.staff(person).state for person in involved},
        learner=press.learner,
        holder=holder,
    )
    return press, sitting, {"decision.json": certify_decision(office, case, at=at)}


# --- the press ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Press:
    """An institution that prints for a learner, in these languages, now."""

    office: Office
    by: Institution
    wallet: Wallet
    voice: Voice
    signed_by: tuple[str, Signer]
    at: datetime

    @classmethod
    def of(
        cls, office: Office, institution: str, learner: str, languages: Iterable[str], at: datetime
    ) -> "_Press":
        voice = Voice.of(tuple(languages))
        by = office.institution(institution).state
        return cls(office, by, office.learner(learner).state, voice, office.signer_of(by, at), at)

    @property
    def learner(self) -> str:
        return did_key(self.wallet.key_multikey)

    def refuse_other(self, credential: Credential) -> None:
        """Refuses: WrongInstitution, WrongLearner, NotInForce."""
        issued = credential.issued
        if issued.institution != self.by.id:
            raise WrongInstitution(
                f"{issued.credential} is {issued.institution}'s, and {self.by.id} cannot print it."
            )
        if issued.learner != self.wallet.learner:
            raise WrongLearner(f"{issued.credential} is not of the learner {self.wallet.learner}.")
        if credential.standing is not Standing.IN_FORCE:
            raise NotInForce(
                f"{issued.credential} is {credential.standing.replace('-', ' ')}: it cannot be printed."
            )

    def record(self, credential: str | None, holder: Holder) -> tuple[Record, dict[str, bytes]]:
        """The record to print, and its credential. Every member has to stand, or the record does not."""
        issued = self._record_in_force() if credential is None else self.office.credential(credential).state
        self.refuse_other(issued)
        if issued.issued.kind is not CredentialKind.CLR:
            raise InvalidValue(
                "A transcript prints a whole learner record, and this credential is of one achievement."
            )
        members = [
            self.office.credential(credential_id(member["id"])).state
            for member, _ in clr.members(msgspec.json.decode(issued.issued.document))
        ]
        for member in members:
            if member.standing is not Standing.IN_FORCE:
                raise NotInForce(
                    f"The record {issued.id} carries {member.id}, which is {member.standing.replace('-', ' ')}; "
                    "issue a new record first."
                )
        own = [member for member in members if member.issued.institution == self.by.id]
        record = Record(
            by=self.by,
            wallet=self.wallet,
            learner=self.learner,
            holder=holder,
            told=self.told([member for member in own if member.conferral is None]),
            held=[self.held(member) for member in own if member.conferral is not None],
            others=len(members) - len(own),
            grading=self.office.grading(self.by.id).state,
            weighing=self._weighing(),
        )
        return record, {"credential.json": _text(issued)}

    def _record_in_force(self) -> Credential:
        self.office.follower.catch_up()
        found = [
            row.credential
            for row in credentials_of(self.office.ledger.database, self.wallet.learner)
            if row.kind == CredentialKind.CLR.value
            and row.institution == self.by.id
            and row.standing == Standing.IN_FORCE.value
        ]
        if not found:
            raise NotInForce(
                f"{self.by.id} has issued no learner record in force to {self.wallet.learner}; a transcript prints "
                "one, so issue it first."
            )
        return self.office.credential(found[-1]).state

    def _weighing(self) -> list[Qualification]:
        return [
            self.office.qualification(row.qualification).state
            for row in catalogue.qualifications(self.office.ledger.database)
            if row.institution == self.by.id
        ]

    def badges(self) -> dict[str, Credential]:
        """By credit, the institution's badge in force that tells of it."""
        self.office.follower.catch_up()
        return {
            row.credits[0]: self.office.credential(row.credential).state
            for row in credentials_of(self.office.ledger.database, self.wallet.learner)
            if row.kind == CredentialKind.OPEN_BADGE.value and row.standing == Standing.IN_FORCE.value
        }

    def told(self, badges: Iterable[Credential]) -> list[Told]:
        """The lines that the badges tell of, in the order of their award."""
        told = [
            self.line(self.wallet.credit(credit), badge)
            for badge in badges
            for credit in badge.issued.credits
        ]
        return sorted(told, key=lambda each: (each.credit.since, each.code))

    def line(self, credit: Credit, badge: Credential | None) -> Told:
        source = None if credit.source is None else self.wallet.credit(credit.source)
        unit = None if credit.unit is None else self.office.unit(credit.unit).state
        stated = None if badge is None else open_badges.read(msgspec.json.decode(badge.issued.document)).code
        return Told(
            credit=credit,
            unit=unit,
            code=stated or (credit.id[:8] if unit is None else unit.code),
            credential=None if badge is None else badge.id,
            source=None if source is None else self.office.institution(source.institution).state.names,
        )

    def held(self, credential: Credential) -> Held:
        assert credential.conferral is not None, "it is of a qualification"
        conferred = self.wallet.conferral(credential.conferral).conferred
        return Held(
            qualification=self.office.qualification(conferred.qualification).state,
            conferred_on=conferred.conferred_on,
            credential=credential.id,
        )

    def made(self, kind: Kind, blocks: tuple[Block, ...], attached: Mapping[str, bytes]) -> Paper:
        """Sign what is printed, check what was signed, and set it."""
        method, signer = self.signed_by
        printed = Printed(
            version=VERSION,
            kind=kind,
            number=f"urn:uuid:{uuid.uuid4()}",
            made_at=self.at.replace(microsecond=0),
            maker=maker(),
            institution=self.by.did,
            learner=self.learner,
            languages=self.voice.languages,
            check_at=f"{self.office.registry().state.base_url}/check",
            attached=tuple(
                Attached(file=file, credential=_id_of(text), sha256=sha256(text).hexdigest())
                for file, text in attached.items()
            ),
            issuer=self.voice.names(self.by.names),
            title=self.voice.say(kind.value),
            blocks=blocks,
        )
        signed = add_proof(
            printed.to_document(),
            signer=signer,
            suite=SUITE,
            verification_method=method,
            created=printed.made_at,
        )
        check_proofs(signed, lambda _: signer.public)
        for difference in differences(printed, map(msgspec.json.decode, attached.values())):
            raise NotPrintable(f"The credentials and the ledger do not say the same any more. {difference}")
        return Paper(set_pdf(printed, canonicalize(signed), attached), printed)


def _text(credential: Credential) -> bytes:
    return credential.issued.document.encode()


def _id_of(document: bytes) -> str:
    identity: str = msgspec.json.decode(document)["id"]
    return identity
