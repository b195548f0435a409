"""What the wallet publishes for anyone to check credentials with: keys, status lists, bundles.

A signed list is kept as it was signed, and signed anew when a flag has changed since, when it grows old, or when the
key that signed it is no longer in force: a list by a stolen key would be good for nothing to whoever knows. So a
reader without our passphrase can still be given the newest one; where a flag has changed and the list was not
signed since, nothing is given, and that reader *could not check*.
"""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from domain.errors import KeyNotInForce, NotFound
from domain.institution import Institution, key_in_force
from domain.status_list import Purpose, StatusList
from domain.values import InstitutionId, StatusListId
from keys.did import PublishedKey, did_document, did_web
from keys.proofs import add_proof, check_proofs
from keys.signing import PublicKey, Signer
from wallet.bootstrap import host_of
from wallet.bundle import digest_of, make_bundle
from wallet.evidence import StatusListEvidence, Witness
from wallet.formats.clr import members
from wallet.formats.data_model import issuer_id
from wallet.formats.status_list import entries, status_list_credential
from wallet.formats.token_status_list import checked_list, list_claims, sign_list
from wallet.office import Office
from wallet.projections import catalogue
from wallet.published import KeptList, keep, kept
from wallet.trusting import HERE, LedgerEvidence, known_issuer, terms_of

SUITE: Final = "eddsa-rdfc-2022"
"""What validators elsewhere accept for Open Badges, learner records and status lists."""

GOOD_FOR: Final = timedelta(days=30)
"""How long a list may be carried about offline. Revocations show at once to whoever asks us."""
RENEWED_AFTER: Final = timedelta(days=1)


def signed_and_checked(
    unsigned: dict[str, Any], *, method: str, signer: Signer, at: datetime
) -> dict[str, Any]:
    """The document under the institution's proof, once that holds as any stranger would check it."""
    signed = add_proof(unsigned, signer=signer, suite=SUITE, verification_method=method, created=at)
    check_proofs(signed, lambda _: signer.public)
    return signed


def list_url(base_url: str, institution: InstitutionId, number: int, purpose: Purpose) -> str:
    """Where a status list is published: `https://records.example/i/aitu/status/1/revocation`."""
    return f"{base_url}/i/{institution}/status/{number}/{purpose.value}"


def status_list_text(office: Office, institution: str, number: int, purpose: str, at: datetime) -> bytes:
    """The institution's signed list of that number, as JSON text. Raises NotFound, KeyNotInForce."""
    by = office.institution(institution).state
    try:
        asked = Purpose(purpose)
    except ValueError:
        raise NotFound(f"There is no status list about {purpose!a}.") from None
    status_list = office.status_list(StatusListId(f"{by.id}-{number}")).state
    return _newest(office, by, status_list, asked, at, office.registry().state.base_url).text


_REVOKED, _SUSPENDED = 0x01, 0x02
"""Token Status List, 7.1: INVALID and SUSPENDED."""
_TOKEN_LIST_GOOD_FOR: Final = timedelta(hours=12)
_TOKEN_LIST_TTL: Final = timedelta(minutes=1)


def token_status_list_text(office: Office, institution: str, number: int, at: datetime) -> str:
    """The same places and standings as a Token Status List, for tokens that refer to one: a JWT, signed now.

    Two bits a place, so that revoked and suspended are told apart. Raises NotFound, KeyNotInForce.
    Source: Token Status List, 5.1.
    """
    by = office.institution(institution).state
    status_list = office.status_list(StatusListId(f"{by.id}-{number}")).state
    method, signer = office.signer_of(by, at)
    statuses = dict.fromkeys(status_list.suspended, _SUSPENDED) | dict.fromkeys(status_list.revoked, _REVOKED)
    claims = list_claims(
        uri=token_list_url(office.registry().state.base_url, by.id, number),
        statuses=statuses,
        size=status_list.size,
        bits=2,
        issued_at=at,
        expires_at=at + _TOKEN_LIST_GOOD_FOR,
        ttl=_TOKEN_LIST_TTL,
        issuer=by.did,
    )
    text = sign_list(claims, signer=signer, kid=method)
    checked_list(text, signer.public)
    return text


def token_list_url(base_url: str, institution: InstitutionId, number: int) -> str:
    """Where a Token Status List is published: `https://records.example/i/aitu/token-status/1`."""
    return f"{base_url}/i/{institution}/token-status/{number}"


def publish(
    office: Office, institution: Institution, status_list: StatusListId, at: datetime, base_url: str
) -> None:
    """See to it that the kept copies of a list say what the list says: after every change of standing."""
    state = office.status_list(status_list).state
    for purpose in Purpose:
        _newest(office, institution, state, purpose, at, base_url)


def institution_document(office: Office, institution: str) -> dict[str, Any]:
    """The DID document of an institution: every key it ever published, with the end of those that ended."""
    state = office.institution(institution).state
    keys = [
        PublishedKey(
            term.method,
            PublicKey.from_multikey(term.multikey),
            revoked=term.compromised_since,
            expires=term.retired_at,
        )
        for term in state.keys
    ]
    return did_document(state.did, keys)


def registry_document(office: Office) -> dict[str, Any]:
    """The DID document of the registry itself, at `/.well-known/did.json`."""
    registry = office.registry().state
    did = did_web(host_of(registry.base_url))
    keys = [
        PublishedKey(f"{did}#key-{number}", PublicKey.from_multikey(multikey))
        for number, multikey in enumerate(registry.keys, 1)
    ]
    return did_document(did, keys)


def bundle(
    office: Office,
    credentials: Sequence[str] = (),
    *,
    at: datetime,
    with_credentials: bool = False,
    also: Collection[str] = (),
    documents: Iterable[bytes] = (),
) -> bytes:
    """A signed bundle with which these credentials can be verified offline; without any, for all institutions.

    `also` are institutions to be in it besides the issuers; `documents` other signed documents, seen by now.

    Raises NotFound, Erased, InvalidValue.
    """
    office.follower.catch_up()
    office.checkpoint(at)
    held = [office.credential(credential) for credential in credentials]
    badges = [msgspec.json.decode(read.state.issued.document) for read in held]
    named = [inner for document in badges for inner in _with_members(document)]
    dids = {issuer_id(document) for document in named}
    urls = {entry["statusListCredential"] for document in named for entry in entries(document)}
    registry = office.registry().state

    known, lists = [], {}
    for row in catalogue.institutions(office.ledger.database):
        if held and row.did not in dids and row.institution not in also:
            continue
        institution = office.institution(row.institution).state
        known.append((known_issuer(institution), terms_of(institution)))
        for url, copy in _lists_of(office, institution, at, registry.base_url):
            if not held or url in urls:
                lists[url] = StatusListEvidence(text=copy.text, got_at=at, source=HERE)
    return make_bundle(
        registry_name=registry.name,
        signer=office.registry_signer(),
        made_at=at,
        issuers=known,
        status_lists=lists,
        witnesses=_witnesses(office, named, at)
        | {digest_of(msgspec.json.decode(document)): Witness(at=at, source=HERE) for document in documents},
        credentials=[read.state.issued.document.encode() for read in held] if with_credentials else (),
    )


def _witnesses(office: Office, documents: Sequence[Mapping[str, Any]], at: datetime) -> dict[bytes, Witness]:
    """When the ledger recorded each of these, by its digest; what is not recorded here has no witness here."""
    ledger = LedgerEvidence(office.ledger, at)
    found = {}
    for document in documents:
        digest = digest_of(document)
        if (witness := ledger.witness(str(document.get("id", "")), digest)) is not None:
            found[digest] = witness
    return found


def _newest(
    office: Office,
    institution: Institution,
    status_list: StatusList,
    purpose: Purpose,
    at: datetime,
    base_url: str,
) -> KeptList:
    """The kept copy while it is good, else a new one.

    Raises KeyNotInForce where there is no key to sign a new one with.
    """
    number = int(status_list.id.removeprefix(f"{institution.id}-"))
    url = list_url(base_url, institution.id, number, purpose)
    with office.ledger.database.reader() as cursor:
        last = kept(cursor, url)
    flags = status_list.flagged(purpose)
    if (
        last is not None
        and last.says(flags)
        and at - last.signed_at < RENEWED_AFTER
        and key_in_force(institution, _signed_with(last), at)
    ):
        return last
    method, signer = office.signer_of(institution, at)
    unsigned = status_list_credential(
        list_url=url,
        issuer=institution.did,
        purpose=purpose.value,
        set_indices=flags,
        valid_from=at,
        valid_until=at + GOOD_FOR,
        size=status_list.size,
    )
    signed = signed_and_checked(unsigned, method=method, signer=signer, at=at)
    new = KeptList.of(url, flags, at, msgspec.json.encode(signed))
    with office.ledger.database.writer() as cursor:
        keep(cursor, new)
    return new


def _signed_with(copy: KeptList) -> str:
    """The method of the key that signed a list of ours."""
    return msgspec.json.decode(copy.text, type=_Signed).proof.method


class _Proof(msgspec.Struct):
    method: str = msgspec.field(name="verificationMethod")


class _Signed(msgspec.Struct):
    """Of a list, the one thing looked at here."""

    proof: _Proof


def publish_all(office: Office, institution: str, at: datetime) -> None:
    """See to it that every list of the institution is by a key in force: after every change of its keys.

    Where none is in force, the kept copies stay as they are, and whoever reads one *could not check*.
    """
    by = office.institution(institution).state
    with suppress(KeyNotInForce):
        for _ in _lists_of(office, by, at, office.registry().state.base_url):
            pass


def _lists_of(
    office: Office, institution: Institution, at: datetime, base_url: str
) -> Iterator[tuple[str, KeptList]]:
    for number in itertools.count(1):
        state = office.find_status_list(StatusListId(f"{institution.id}-{number}")).state
        if state is None:
            return
        for purpose in Purpose:
            copy = _newest(office, institution, state, purpose, at, base_url)
            yield copy.url, copy


def _with_members(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The document, and every credential a record carries."""
    yield document
    for member, _ in members(document):
        yield from _with_members(member)
