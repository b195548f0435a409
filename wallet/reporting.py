"""Reporting: an institution signs how far a learner has come, so that anybody can reckon it again.

The report carries all that the answer was made from, and of each credit the credential that tells of it. It goes with
a bundle, which has those credentials and what is needed to verify them; with both, and nothing else, a third party
comes to the same answer, byte for byte (`wallet.rerunning`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from domain.credential import CredentialKind, Standing
from domain.credit import Credit
from domain.errors import WrongInstitution
from domain.values import CredentialId, CreditId
from domain.wallet import Wallet
from keys.canonical import canonicalize
from keys.did import did_key
from keys.proofs import add_proof, check_proofs
from wallet import publishing
from wallet.advising import Towards, show_progress
from wallet.bundle import digest_of
from wallet.formats.progress_report import SUITE, VERSION, Evidence, Report, ReportedLine, answer_of
from wallet.office import Office
from wallet.projections.credentials import credentials_of
from wallet.solving import SOLVER


@dataclass(frozen=True, slots=True)
class Reported:
    """The signed report as JSON text, the credentials it names, and the answer it tells of."""

    text: bytes
    credentials: tuple[str, ...]
    unproven: tuple[CreditId, ...]
    """Credits that count and have no credential in force: nobody else can check these lines."""
    towards: Towards


def report_progress(
    office: Office,
    institution: str,
    *,
    learner: str,
    qualification: str,
    on: date,
    preferred: Iterable[str] = (),
    at: datetime,
) -> Reported:
    """Sign how far the learner has come towards the institution's own qualification. Nothing is recorded.

    Raises WrongInstitution, NotFound, NotFoundInWallet, KeyNotInForce, Erased, InvalidValue, Unsolved.
    """
    by = office.institution(institution).state
    first = tuple(preferred)
    towards = show_progress(office, learner, qualification, on=on, preferred=first)
    described = towards.qualification
    if described.institution != by.id:
        raise WrongInstitution(
            f"{described.id} is {described.institution}'s, and {by.id} cannot report on it."
        )
    wallet = office.learner(learner).state
    evidence = _evidence(office, wallet)
    lines = tuple(
        ReportedLine(
            # The award's own credential says more than that of what was transferred from it.
            line=line,
            evidence=evidence.get(line.credit.source or "") or evidence.get(line.credit.id),
        )
        for line in towards.lines
    )
    report = Report(
        version=VERSION,
        made_at=at.replace(microsecond=0),
        as_of=on,
        institution=by.did,
        learner=did_key(wallet.key_multikey),
        solver=SOLVER,
        qualification=described,
        lines=lines,
        holds=towards.holds,
        preferred=tuple(CreditId(credit) for credit in first),
        answer=answer_of(towards.progress),
    )
    method, signer = office.signer_of(by, at)
    signed = add_proof(
        report.to_document(), signer=signer, suite=SUITE, verification_method=method, created=at
    )
    check_proofs(signed, lambda _: signer.public)
    named = dict.fromkeys(each.evidence.credential for each in lines if each.evidence is not None)
    named |= dict.fromkeys(_telling_of_held(office, wallet))
    unproven = tuple(each.line.credit.id for each in lines if each.line.counts and each.evidence is None)
    return Reported(canonicalize(signed), tuple(named), unproven, towards)


def bundle_for(office: Office, reported: Reported, *, at: datetime) -> bytes:
    """The signed bundle that goes with a report: its credentials, its issuers, their status lists."""
    return publishing.bundle(
        office,
        reported.credentials,
        at=at,
        with_credentials=True,
        also=(reported.towards.qualification.institution,),
        documents=(reported.text,),
    )


def _telling_of_held(office: Office, wallet: Wallet) -> Iterator[CredentialId]:
    """The credentials in force of the qualifications the learner holds."""
    office.follower.catch_up()
    for row in credentials_of(office.ledger.database, wallet.learner):
        if row.kind == CredentialKind.QUALIFICATION.value and row.standing == Standing.IN_FORCE.value:
            yield row.credential


def _evidence(office: Office, wallet: Wallet) -> dict[str, Evidence]:
    """By credit, the badge in force that tells of it."""
    office.follower.catch_up()
    found: dict[str, Evidence] = {}
    base_url = office.registry().state.base_url
    for row in credentials_of(office.ledger.database, wallet.learner):
        if row.kind == CredentialKind.OPEN_BADGE.value and row.standing == Standing.IN_FORCE.value:
            (credit,) = row.credits
            held: Credit = wallet.credits[credit]
            document: dict[str, Any] = msgspec.json.decode(
                office.credential(row.credential).state.issued.document
            )
            found[credit] = Evidence(
                credential=row.credential,
                sha256=digest_of(document).hex(),
                credit=credit,
                issuer=office.institution(row.institution).state.did,
                achievement=f"{base_url}/units/{held.unit}",
            )
    return found
