"""Moving: a learner takes everything that is hers along, and moves into another wallet with nothing lost.

Credit stays where it was awarded: in another wallet what she brings is learning from elsewhere, each line with its own
credential behind it, until an institution there recognises it. The bundle itself is kept beside it as it came, sealed
with her key, and goes along when she moves again.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from domain import wallet as wallets
from domain.errors import AlreadyOpened, InvalidValue, NotFound
from domain.event import Event
from domain.values import CredentialId, Evidence, LearnerId, learner_id
from keys.canonical import canonicalize
from keys.did import did_key
from keys.proofs import add_proof, check_proofs
from wallet import portfolio, publishing, streams
from wallet.bringing import SignatureFalse, bring_in
from wallet.errors import LearnerKeyExists
from wallet.evidence import Combined
from wallet.evidence import Evidence as Facts
from wallet.learner_bundle import (
    SUITE,
    VERSION,
    EventLine,
    LearnerBundle,
    Manifest,
    manifest_document,
    pack,
    seal,
    written_key,
)
from wallet.ledger.entry import Entry
from wallet.office import Office
from wallet.office_evidence import OfficeEvidence
from wallet.projections.agreements import agreements as agreements_of
from wallet.projections.credentials import credentials_of
from wallet.projections.recognition import cases_of_learner
from wallet.records import Reader, UnknownRecord, read_record
from wallet.registering import register_learner
from wallet.transparency.proving import inclusion_of

_EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class MovedIn:
    """What became of a bundle: whose wallet it is in, what was brought in, and what was left out, with the reason."""

    learner: LearnerId
    brought: int
    documents: int
    left_out: tuple[str, ...]


def take_along(office: Office, learner: str, passphrase: str, *, at: datetime) -> bytes:
    """The learner's bundle, sealed. Nothing is recorded.

    Raises NotFound, Erased, InvalidValue (a passphrase that is too short).
    """
    wallet = office.learner(learner).state
    office.follower.catch_up()
    office.checkpoint(at)
    signer = office.learner_keys.signer(wallet.learner)
    issued = [row.credential for row in credentials_of(office.ledger.database, wallet.learner)]
    entries = list(_entries(office, wallet.learner, issued))
    names = _documents_named(entry.event for entry in entries if entry.event is not None)
    files = {
        "verification.json": publishing.bundle(office, issued, at=at),
        "events.jsonl": b"".join(msgspec.json.encode(_line(office, entry)) + b"\n" for entry in entries),
        "key.json": written_key(signer),
    }
    for number, credential in enumerate(issued, 1):
        document = office.credential(credential).state.issued.document
        files[f"credentials/{number}.json"] = document.encode()
    for digest in names:
        try:
            found = portfolio.read(office, wallet.learner, digest)
        except NotFound:
            continue  # a claim names documents by their hash alone, and she need not have handed them in
        files[f"evidence/{digest}.{_EXTENSIONS.get(found.media_type, 'bin')}"] = found.content
    for number, earlier in enumerate(portfolio.bundles(office, wallet.learner), 1):
        files[f"earlier/{number}.zip"] = earlier
    manifest = Manifest(
        version=VERSION,
        made_at=at.replace(microsecond=0),
        registry=office.registry_signer().public.did,
        learner=wallet.learner,
        did=did_key(wallet.key_multikey),
        files={name: sha256(content).hexdigest() for name, content in files.items()},
        names=names,
    )
    signed = add_proof(
        manifest_document(manifest),
        signer=signer,
        suite=SUITE,
        verification_method=f"{signer.public.did}#{signer.public.multikey}",
        created=manifest.made_at,
    )
    check_proofs(signed, lambda _: signer.public)
    return seal(pack({**files, "bundle.json": canonicalize(signed)}), passphrase)


def _entries(office: Office, learner: LearnerId, issued: Collection[CredentialId]) -> Iterator[Entry]:
    """Every event that is about her: of her wallet, her credentials, her cases and her agreements."""
    database = office.ledger.database
    yield from office.ledger.history(streams.of_learner(learner)).entries
    for credential in issued:
        yield from office.ledger.history(streams.of_credential(credential)).entries
    for case in cases_of_learner(database, learner):
        yield from office.ledger.history(streams.of_case(case)).entries
    for agreement in agreements_of(database, learner=learner):
        yield from office.ledger.history(streams.of_agreement(agreement)).entries


def _line(office: Office, entry: Entry) -> EventLine:
    inclusion = inclusion_of(office.ledger, office.log_keys(), entry.sequence)
    assert inclusion is not None, "the log was brought up to the last event before"
    event = inclusion.event
    return EventLine(
        stream=event.stream,
        position=event.position,
        name=event.name,
        head=event.head,
        signature=event.signature,
        salted=event.salted,
        stored=event.stored,
        proof=inclusion.proof.to_text(),
    )


def _documents_named(events: Iterator[Event]) -> dict[str, str]:
    """What her events name as evidence: name by SHA-256."""
    named: dict[str, str] = {}
    for event in events:
        for found in _evidence_in(event):
            named.setdefault(found.sha256, found.name)
    return named


def _evidence_in(value: object) -> Iterator[Evidence]:
    if isinstance(value, Evidence):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _evidence_in(getattr(value, name))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _evidence_in(each)


# --- moving in ------------------------------------------------------------------------------------------


def move_in(
    office: Office,
    bundle: LearnerBundle,
    *,
    learner: str | None = None,
    trusted: Collection[str] = (),
    also: Facts | None = None,
    at: datetime,
) -> MovedIn:
    """Open a wallet for her under her own id and key, or use the one she has here, and bring everything along.

    `trusted` are the registries whose word is believed. What fails is left out, and said; the bundle is kept whole.
    The same bundle twice adds nothing.
    Refuses: AlreadyOpened (a wallet of this id is here, and is not named), BundleRefused, Erased, NotFound.
    """
    verification = bundle.evidence_of_registry(trusted)
    whose = _own_wallet(office, bundle, at) if learner is None else office.learner(learner).state.learner
    facts = Combined(OfficeEvidence(office, at), *(() if also is None else (also,)), verification)
    brought, left_out = 0, []
    for text in bundle.credentials:
        try:
            reading = read_record(text, Reader(at=at, evidence=facts))
            brought += len(bring_in(office, whose, reading, confirmed=reading.document, at=at).brought)
        except (SignatureFalse, UnknownRecord, InvalidValue) as error:
            left_out.append(str(error))
    documents = 0
    for digest, content in bundle.evidence.items():
        name = bundle.manifest.names.get(digest, digest)
        portfolio.keep(office, whose, content, name=name, at=at)
        documents += 1
    portfolio.keep_bundle(office, whose, bundle.packed)
    return MovedIn(whose, brought, documents, tuple(left_out))


def _own_wallet(office: Office, bundle: LearnerBundle, at: datetime) -> LearnerId:
    """A new wallet under the id and the key she had: what was issued to her stays hers to show."""
    whose = learner_id(bundle.manifest.learner)
    if office.find(streams.of_learner(whose), wallets.fold).state is not None:
        raise AlreadyOpened(
            f"There is a wallet of learner {whose} here already; name it to bring this along."
        )
    try:
        office.learner_keys.create(whose, bundle.signer)
    except LearnerKeyExists:
        if office.learner_keys.signer(whose).public != bundle.signer.public:
            raise AlreadyOpened(f"Another learner has had the id {whose} here.") from None
    return register_learner(office, learner=whose, at=at).learner


__all__ = ["MovedIn", "move_in", "take_along"]
