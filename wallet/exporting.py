"""Taking a record elsewhere: what was awarded here, in the formats of others, with what each leaves behind."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Final
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from domain.counting import counted, lines
from domain.credential import Credential
from domain.credit import Credit
from domain.errors import InvalidValue, NotFound
from domain.unit import Unit
from domain.values import InstitutionId, best, text
from domain.wallet import Wallet
from keys.did import did_key
from wallet.associating import associate
from wallet.formats import clr, elm, open_badges
from wallet.formats.elm_seal import Seal, sealed
from wallet.formats.losses import Converted, Loss, difference, facts, tree_of
from wallet.formats.registry import FORMATS, convert
from wallet.formats.transcript import (
    Identifier,
    Issuer,
    Opportunity,
    Report,
    StatedCredit,
    StatedOutcome,
    Transcript,
)
from wallet.formats.xml_signature import sign_document
from wallet.issuing import badges_in_force
from wallet.office import Office
from wallet.publishing import signed_and_checked

SIGNED: Final = {
    "open-badges": ("the badges in force, as they were issued, in a ZIP", "application/zip", ".zip"),
    "clr": (
        "the same in one Comprehensive Learner Record 2.0, put together and signed by the learner",
        "application/vc+ld+json",
        ".json",
    ),
}
"""What is taken along as it was signed: its title, its media type, and how a file of it is called."""


def export(
    office: Office,
    learner: str,
    to: str,
    *,
    given_names: str = "",
    family_name: str = "",
    born_on: date | None = None,
    seal: Seal | None = None,
    at: datetime,
) -> Converted:
    """The record in one of the formats of `wallet.formats.registry`, signed by nobody, or in one of `SIGNED`.

    The ledger knows nobody's name: the learner says hers, or the fields stay empty. What is signed names her by her
    key alone. ELMO and a European Digital Credential may be put under the seal of
    whoever hands them out.
    Raises NotFound (a format, a learner, or one with nothing to take along), Erased, InvalidValue (a seal where none
    can be), NoLearnerKey, SealRefused, CertificateRefused.
    """
    if seal is not None and to not in ("elm", "elmo"):
        raise InvalidValue("Only ELMO and a European Digital Credential (elm) are put under a seal.")
    if to in SIGNED:
        return _as_signed(office, learner, to, at)
    if to not in FORMATS:
        raise NotFound(f"No format is called {to[:60]!a}; there are {', '.join((*FORMATS, *SIGNED))}.")
    transcript = transcript_of(
        office, learner, given_names=given_names, family_name=family_name, born_on=born_on, at=at
    )
    converted = convert(transcript, to, at=at)
    if seal is None:
        return converted
    if to == "elmo":
        return Converted(sign_document(converted.content, seal.key, seal.certificate), converted.losses)
    document = elm.build(transcript, at=at, eidas=seal.organisation)
    return Converted(sealed(document, seal, at=at), converted.losses)


def transcript_of(
    office: Office,
    learner: str,
    *,
    given_names: str = "",
    family_name: str = "",
    born_on: date | None = None,
    at: datetime,
) -> Transcript:
    """One report for each institution with what it awarded and stands; what counts, and each learning once.

    Raises NotFound (a learner, or one with nothing to take along), Erased, InvalidValue.
    """
    wallet = office.learner(learner).state
    by_institution = _counted(wallet)
    return Transcript(
        learner=did_key(wallet.key_multikey),
        given_names=text(given_names, "given names") if given_names else "",
        family_name=text(family_name, "a family name") if family_name else "",
        born_on=born_on,
        generated_at=at.replace(microsecond=0),
        reports=tuple(
            _report(office, str(number), institution, by_institution[institution], at)
            for number, institution in enumerate(sorted(by_institution), 1)
        ),
    )


def _counted(wallet: Wallet) -> dict[InstitutionId, list[Credit]]:
    by_institution: defaultdict[InstitutionId, list[Credit]] = defaultdict(list)
    for credit in counted(lines(wallet.credits)):
        by_institution[credit.institution].append(credit)
    if not by_institution:
        raise NotFound("There is no credit in this wallet that could be taken elsewhere.")
    return dict(by_institution)


def _report(
    office: Office, place: str, institution: InstitutionId, credits_: list[Credit], at: datetime
) -> Report:
    return Report(
        issuer=issuer_of(office, institution),
        issued_on=at.date(),
        opportunities=tuple(
            opportunity_of(office, credit, place=f"{place}.{number}")
            for number, credit in enumerate(credits_, 1)
        ),
    )


def issuer_of(office: Office, institution: InstitutionId) -> Issuer:
    awarding = office.institution(institution).state
    return Issuer(
        names=awarding.names,
        country=awarding.country,
        identifiers=(Identifier("did", awarding.did),),
        url=awarding.website or f"{office.registry().state.base_url}/institutions/{institution}",
    )


def opportunity_of(office: Office, credit: Credit, *, place: str = "1") -> Opportunity:
    """A line of the wallet, with what the catalogue says of its unit."""
    unit = office.unit(credit.unit).state if credit.unit else None
    page = f"{office.registry().state.base_url}/units/{credit.unit}"
    return Opportunity(
        place=place,
        names=unit.names if unit else {"und": credit.id},
        identifiers=_identifiers(credit, unit),
        kind="Course",
        field=credit.field,
        url=(unit.url or page) if unit else None,
        achieved_on=credit.since,
        grade=credit.grade.value if credit.grade else None,
        scale=credit.grade.scale if credit.grade else None,
        credits=(StatedCredit(credit.points.scheme.value, credit.points.points),),
        eqf_level=credit.level.value if credit.level and credit.level.framework == "EQF" else None,
        language=unit.language if unit else None,
        hours=unit.workload_hours if unit else None,
        outcomes=_outcomes(credit, unit, page),
        setting=credit.setting,
        assessment=unit.assessment if unit else None,
        quality=_quality(office, credit),
    )


def _identifiers(credit: Credit, unit: Unit | None) -> tuple[Identifier, ...]:
    if unit is None:
        return (Identifier("local", credit.id),)
    return Identifier("local", unit.id), Identifier("code", unit.code)


def _outcomes(credit: Credit, unit: Unit | None, page: str) -> tuple[StatedOutcome, ...]:
    return tuple(
        StatedOutcome(name=best(each.text, "en"), code=each.code or each.id, url=f"{page}#{each.id}")
        for each in (unit.outcomes if unit else ())
        if each.id in credit.outcomes
    )


def _quality(office: Office, credit: Credit) -> str | None:
    """Who accredited the institution for it, as it was on the day of the award."""
    awarding = office.institution(credit.institution).state
    held = next((each for each in awarding.accreditations if each.holds(credit.since)), None)
    return None if held is None else f"Accredited by {held.by}, {held.reference}."


# --- what is taken along as it was signed ---------------------------------------------------------------


def _as_signed(office: Office, learner: str, to: str, at: datetime) -> Converted:
    wallet = office.learner(learner).state
    members = badges_in_force(office, wallet)
    if not members:
        raise NotFound("No credential in force tells of this learner; an institution has to issue one first.")
    content = _zip(members) if to == "open-badges" else _learner_record(office, wallet, members, at)
    return Converted(content, tuple(_left_behind(office, wallet, members, at)))


def _zip(members: Sequence[Credential]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for number, member in enumerate(members, 1):
            # Always of the same day, so that the same badges are the same bytes.
            entry = ZipInfo(f"badge-{number}.json", date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, member.issued.document, ZIP_DEFLATED)
    return packed.getvalue()


def _learner_record(office: Office, wallet: Wallet, members: Sequence[Credential], at: datetime) -> bytes:
    """The learner vouches for nothing but having put them together: each stands on its issuer's signature."""
    signer = office.learner_keys.signer(wallet.learner)
    associated = associate(office, wallet, members)
    unsigned = clr.build(
        record=f"urn:uuid:{uuid4()}",
        issuer=signer.public.did,
        issuer_name="The learner",
        learner=signer.public.did,
        name="Learner record",
        members=[msgspec.json.decode(member.issued.document) for member in members],
        associations=associated.associations,
        achievements=associated.achievements,
        valid_from=at,
    )
    method = signer.public.verification_method
    return msgspec.json.encode(signed_and_checked(unsigned, method=method, signer=signer, at=at))


def _left_behind(
    office: Office, wallet: Wallet, members: Sequence[Credential], at: datetime
) -> Iterator[Loss]:
    """What the badges, as they were issued, do not say of the credits that count; and credits without a badge."""
    said = {
        line: open_badges.report(msgspec.json.decode(member.issued.document))
        for member in members
        if member.conferral is None
        for line in member.issued.credits
    }
    for place, (institution, credits_) in enumerate(sorted(_counted(wallet).items())):
        tree = facts(Transcript(reports=(_report(office, "1", institution, credits_, at),)))["reports"][0]
        issued = next((said[credit.id] for credit in credits_ if credit.id in said), None)
        if issued is not None:
            yield from difference(tree["issuer"], tree_of(issued.issuer), f"/reports/{place}/issuer")
        for number, (credit, ours) in enumerate(zip(credits_, tree["opportunities"], strict=True)):
            at_credit = f"/reports/{place}/opportunities/{number}"
            if credit.id not in said:
                yield Loss(at_credit, ours, "No credential in force tells of it.")
            else:
                theirs = tree_of(said[credit.id].opportunities[0])
                yield from difference(ours, theirs, at_credit)
