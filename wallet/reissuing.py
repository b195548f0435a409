"""The same credential in another form: what an institution issued as a badge, as an SD-JWT VC for the learner's wallet.

Nothing new is said, so nothing is recorded: it has the badge's id, its place in the institution's status lists (by
the token status list, which is made of the same events), the same key of the issuer behind it. Revoking the badge
revokes both. It is bound to the learner's key: whoever shows it proves that it is hers.
"""

from datetime import date, datetime
from typing import Any

from msgspec.structs import replace

from domain.credential import Credential, CredentialKind, Standing
from domain.errors import InvalidValue, NotInForce, WrongInstitution
from domain.values import text
from keys import sd_jwt
from keys.canonical import canonicalize
from keys.signing import PublicKey
from wallet.exporting import issuer_of, opportunity_of
from wallet.formats import sd_jwt_vc
from wallet.formats.losses import Converted, Loss, lost
from wallet.formats.token_status_list import status_claim
from wallet.formats.transcript import Identifier, Report, Transcript
from wallet.issuing import IssuingDesk
from wallet.office import Office
from wallet.publishing import token_list_url


def as_sd_jwt(
    office: Office,
    institution: str,
    credential: str,
    *,
    given_names: str = "",
    family_name: str = "",
    born_on: date | None = None,
    at: datetime,
) -> Converted:
    """A badge of the institution's, in force, as an SD-JWT VC, and what of the credit has no place in one.

    Refuses: WrongInstitution, NotInForce, InvalidValue (no badge of one credit), KeyNotInForce, NotFound, Erased.
    """
    desk = IssuingDesk.of(office, institution, at)
    held = office.credential(credential).state
    line = _line_of(held, desk)
    wallet = office.learner(held.issued.learner).state
    learned = opportunity_of(office, wallet.credit(line))
    by = issuer_of(office, desk.by.id)
    transcript = Transcript(reports=(Report(issuer=by, opportunities=(learned,)),))
    number = int(held.issued.status_list.rpartition("-")[2])
    vct = type_of(office)
    claims: dict[str, Any] = {
        **sd_jwt_vc.claims_of(learned, by),
        "vct": vct,
        "vct#integrity": sd_jwt_vc.integrity(type_metadata_text(office)),
        "iss": desk.by.did,
        "jti": held.issued.credential,
        "iat": int(at.timestamp()),
        "status": status_claim(
            uri=token_list_url(desk.base_url, desk.by.id, number), index=held.issued.status_index
        ),
        **_named(given_names, family_name, born_on),
    }
    message = sd_jwt.issue(
        claims,
        desk.signer,
        hidden=sd_jwt_vc.hidden(claims),
        typ=sd_jwt.VC_TYP,
        kid=desk.method,
        holder=PublicKey.from_multikey(wallet.key_multikey),
    )
    sd_jwt.read(message).check(desk.signer.public)
    return Converted(message.encode(), _losses(transcript))


def type_of(office: Office) -> str:
    """The address of our own type, which is where its metadata are."""
    return office.registry().state.base_url + sd_jwt_vc.OUR_TYPE


def type_metadata_text(office: Office) -> bytes:
    """The metadata as they are published, byte for byte: credentials pin them by their digest. Raises NotFound."""
    return canonicalize(sd_jwt_vc.type_metadata(type_of(office)))


def _line_of(held: Credential, desk: IssuingDesk) -> str:
    issued = held.issued
    if issued.institution != desk.by.id:
        raise WrongInstitution(
            f"{issued.credential} was issued by {issued.institution}, not by {desk.by.id}."
        )
    if issued.kind is not CredentialKind.OPEN_BADGE or len(issued.credits) != 1:
        raise InvalidValue("Only a badge of one credit is issued as an SD-JWT VC too.")
    if held.standing is not Standing.IN_FORCE:
        raise NotInForce(f"{issued.credential} is not in force, and has no other form.")
    return issued.credits[0]


def _named(given_names: str, family_name: str, born_on: date | None) -> dict[str, str]:
    said = {
        "given_name": text(given_names, "given names") if given_names else None,
        "family_name": text(family_name, "a family name") if family_name else None,
        "birthdate": born_on.isoformat() if born_on else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _losses(transcript: Transcript) -> tuple[Loss, ...]:
    """The issuer's DID is its `iss`, so that the identifier it is kept under here is not lost."""
    [report] = transcript.reports
    known = tuple(
        Identifier("uri", each.value) if each.kind == "did" else each for each in report.issuer.identifiers
    )
    return lost(
        replace(transcript, reports=(replace(report, issuer=replace(report.issuer, identifiers=known)),)),
        sd_jwt_vc.PLACES,
    )
