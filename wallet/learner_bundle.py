"""The learner's bundle: everything that is hers, in one encrypted file that opens with no server and no network.

    BASE64URL(header) . BASE64URL(key) . BASE64URL(iv) . BASE64URL(ciphertext) . BASE64URL(tag)

It is a JWE in its compact form (RFC 7516) under a passphrase: `{"alg": "PBES2-HS512+A256KW", "enc": "A256GCM",
"p2c": 300000, "cty": "application/zip"}` (RFC 7518, 4.8, 5.3). What is inside is a ZIP:

    bundle.json               what is in it, file by file with its SHA-256, signed by the learner's own key
    credentials/1.json …      every credential, in the bytes in which it was issued
    verification.json         the registry's signed bundle: keys and their histories, status lists, when each was seen
    events.jsonl              every event that is about her, opened, with its signature and its proof from the log
    evidence/<sha256>.pdf     the documents of her portfolio that her events name
    key.json                  her own key, as a JSON Web Key: whoever has it signs in her name
    earlier/1.zip …           the bundles she came here with, as they were

docs/formats.md tells how to open it with other programs.
"""

import base64
import io
import json
import warnings
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from domain.errors import InvalidValue
from keys import strict_json
from keys.canonical import canonicalize
from keys.errors import KeysError
from keys.proofs import check_proof, proofs_of
from keys.signing import Ed25519Signer, PublicKey
from wallet.bundle import BundleEvidence, BundleRefused
from wallet.errors import CheckpointRefused, LogProofBroken, WalletError
from wallet.evidence import Combined, Evidence
from wallet.formats.archive import ArchiveRefused, files_of
from wallet.ledger.envelope import GENESIS, HEAD
from wallet.transparency.checkpoint import InclusionProof
from wallet.transparency.logged import Inclusion, LoggedEvent, follow
from wallet.verdict import Outcome, Verdict, overall
from wallet.verifying import verify
from wallet.verifying.step import quoted

ROUNDS: Final = 300_000
"""Of PBKDF2 with SHA-512, for one guess at the passphrase."""
SHORTEST_PASSPHRASE: Final = 12
MOST_BYTES: Final = 128 * 1024 * 1024
VERSION: Final = 1
SUITE: Final = "eddsa-jcs-2022"
MEDIA_TYPE: Final = "application/jose"

_ALG: Final = "PBES2-HS512+A256KW"
_ENC: Final = "A256GCM"
_HEADER_LIMITS: Final = strict_json.Limits(size=4096)
_LIMITS: Final = strict_json.Limits(size=4 * 1024 * 1024)
_MANIFEST: Final = "bundle.json"
_VERIFICATION: Final = "verification.json"
_EVENTS: Final = "events.jsonl"
_KEY: Final = "key.json"


class LearnerBundleRefused(WalletError):
    """The file is no learner's bundle, is damaged, or the passphrase is another; nothing of it is used."""


class _Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """How the parts of a bundle are written."""


class Manifest(_Wire, frozen=True, kw_only=True, tag_field="type", tag="LearnerBundle"):
    """What is in a bundle, its signature left out."""

    version: int
    made_at: Annotated[datetime, msgspec.Meta(tz=True)]
    registry: str
    """The did:key of the registry where it was made: what a reader trusts, or does not."""
    learner: str
    did: str
    """Hers: the did:key that the credentials are about."""
    files: dict[str, str]
    """Path -> SHA-256 in hex."""
    names: dict[str, str]
    """Of documents, by their SHA-256: what she called them."""


class EventLine(_Wire, frozen=True, kw_only=True):
    """A recorded event, opened; `proof` is that of the log, None where no checkpoint covered it yet."""

    stream: str
    position: int
    name: str
    head: bytes
    signature: bytes
    salted: bytes
    stored: bytes
    proof: str | None

    @property
    def logged(self) -> LoggedEvent:
        return LoggedEvent(
            self.stream, self.position, self.name, self.head, self.signature, self.salted, self.stored
        )


@dataclass(frozen=True, slots=True)
class LearnerBundle:
    """A bundle that was opened: whole, and as the learner signed it."""

    manifest: Manifest
    files: Mapping[str, bytes]
    packed: bytes
    """The ZIP itself."""

    @property
    def credentials(self) -> list[bytes]:
        return [content for name, content in self.files.items() if name.startswith("credentials/")]

    @property
    def evidence(self) -> dict[str, bytes]:
        """By SHA-256."""
        return {
            self.manifest.files[name]: content
            for name, content in self.files.items()
            if name.startswith("evidence/")
        }

    @property
    def earlier(self) -> list[bytes]:
        return [content for name, content in self.files.items() if name.startswith("earlier/")]

    @property
    def events(self) -> list[EventLine]:
        return [msgspec.json.decode(line, type=EventLine) for line in self.files[_EVENTS].splitlines()]

    @property
    def signer(self) -> Ed25519Signer:
        """Her own key."""
        return _key_in(self.files[_KEY])

    def evidence_of_registry(self, trusted: Collection[str]) -> BundleEvidence:
        """What the registry it comes from says. Raises BundleRefused."""
        return BundleEvidence.open(self.files[_VERIFICATION], trusted)


# --- sealing --------------------------------------------------------------------------------------------


def seal(packed: bytes, passphrase: str) -> bytes:
    """The packed bundle under the passphrase. Refuses: InvalidValue, a passphrase too short to keep anything."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InvalidValue(f"A passphrase for a bundle has at least {SHORTEST_PASSPHRASE} characters.")
    header = {"alg": _ALG, "enc": _ENC, "p2c": ROUNDS, "cty": "application/zip"}
    return jwe.encrypt_compact(header, packed, _secret(passphrase), algorithms=[_ALG, _ENC]).encode()


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """What is inside. Raises LearnerBundleRefused.

    The header is read before anything is reckoned: a stranger does not choose how long we reckon, nor how.
    """
    if len(sealed) > MOST_BYTES:
        raise LearnerBundleRefused(f"The bundle is larger than {MOST_BYTES // 1024 // 1024} MiB.")
    text = sealed.strip()
    try:
        header = strict_json.parse(_base64url(text.partition(b".")[0]), limits=_HEADER_LIMITS)
    except (KeysError, ValueError) as error:
        raise LearnerBundleRefused("This is no learner's bundle.") from error
    if not isinstance(header, dict) or header.get("alg") != _ALG or header.get("enc") != _ENC:
        raise LearnerBundleRefused(f"This is no learner's bundle: it is not sealed with {_ALG} and {_ENC}.")
    rounds = header.get("p2c")
    if "zip" in header or type(rounds) is not int or not 1000 <= rounds <= ROUNDS:
        raise LearnerBundleRefused("The bundle is sealed in a way that is not opened here.")
    try:
        opened = jwe.decrypt_compact(text, _secret(passphrase), algorithms=[_ALG, _ENC])
    except (JoseError, ValueError) as error:
        raise LearnerBundleRefused("The passphrase is not the one, or the bundle is damaged.") from error
    assert opened.plaintext is not None, "what was decrypted has a text"
    return opened.plaintext


def _secret(passphrase: str) -> OctKey:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # the library thinks any passphrase of few bytes too short to be a key
        return OctKey.import_key(passphrase.encode())


def _base64url(text: bytes) -> bytes:
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


# --- packing --------------------------------------------------------------------------------------------


def pack(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of the files, the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def written_key(signer: Ed25519Signer) -> bytes:
    """Her key as a private JSON Web Key. Source: RFC 8037, 2."""
    return json.dumps(
        {"kty": "OKP", "crv": "Ed25519", "x": _written(signer.public.raw), "d": _written(signer.seed)}
    ).encode()


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _key_in(text: bytes) -> Ed25519Signer:
    said = strict_json.parse(text, limits=_HEADER_LIMITS)
    if not isinstance(said, dict) or said.get("crv") != "Ed25519" or not isinstance(said.get("d"), str):
        raise LearnerBundleRefused("The key in the bundle is none.")
    return Ed25519Signer.from_seed(_base64url(str(said["d"]).encode()))


def read_packed(packed: bytes) -> LearnerBundle:
    """The bundle in a ZIP, once it is whole and as the learner signed it. Raises LearnerBundleRefused."""
    try:
        files = {each.name: each.content for each in files_of(packed)}
    except ArchiveRefused as error:
        raise LearnerBundleRefused(f"What is in the bundle cannot be unpacked. {error}") from error
    manifest = _manifest(files.pop(_MANIFEST, b""))
    if set(files) != set(manifest.files):
        raise LearnerBundleRefused("The bundle has files that it does not name, or lacks some that it names.")
    for name, content in files.items():
        if sha256(content).hexdigest() != manifest.files[name]:
            raise LearnerBundleRefused(f"The file {name!a} in the bundle is not the one that was put in.")
    if not {_VERIFICATION, _EVENTS, _KEY} <= set(files):
        raise LearnerBundleRefused("The bundle lacks its events, its key, or what it is verified with.")
    ordered = dict(sorted(files.items(), key=lambda each: (len(each[0]), each[0])))
    bundle = LearnerBundle(manifest, ordered, packed)
    try:
        for line in bundle.events:
            if line.proof is not None:
                InclusionProof.parse(line.proof.encode())
        if bundle.signer.public.did != manifest.did:
            raise LearnerBundleRefused("The key in the bundle is not the learner's.")
    except (msgspec.MsgspecError, CheckpointRefused, KeysError, ValueError) as error:
        raise LearnerBundleRefused("The events or the key in the bundle cannot be read.") from error
    return bundle


def open_bundle(sealed: bytes, passphrase: str) -> LearnerBundle:
    """Raises LearnerBundleRefused."""
    return read_packed(unseal(sealed, passphrase))


def _manifest(text: bytes) -> Manifest:
    try:
        document = strict_json.parse(text, limits=_LIMITS)
        if not isinstance(document, dict):
            raise LearnerBundleRefused("The bundle does not say what is in it.")
        unsigned = {member: value for member, value in document.items() if member != "proof"}
        manifest = msgspec.convert(unsigned, Manifest)
        if manifest.version != VERSION:
            raise LearnerBundleRefused(f"This program reads bundles of version {VERSION} only.")
        (proof,) = proofs_of(document)
        own = PublicKey.from_did_key(manifest.did)
        if proof.get("verificationMethod") != f"{own.did}#{own.multikey}":
            raise LearnerBundleRefused("The bundle is not signed by the learner it is of.")
        check_proof(document, proof, own)
    except (KeysError, msgspec.ValidationError, ValueError) as error:
        raise LearnerBundleRefused("The bundle is not as the learner signed it.") from error
    if canonicalize(msgspec.to_builtins(manifest)) != canonicalize(unsigned):
        raise LearnerBundleRefused("The bundle says something in a way that this program would not write.")
    return manifest


# --- examining ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a part: `about` is `credentials`, `events`, `log` or `evidence`."""

    about: str
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What a bundle is worth to its reader, with no network."""

    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def outcome(self) -> Outcome:
        return overall(tuple(finding.outcome for finding in self.findings))

    @property
    def exit_code(self) -> int:
        """0 passed, 1 failed, 3 could not check."""
        return {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.COULD_NOT_CHECK: 3}[self.outcome]


def examine(
    bundle: LearnerBundle, *, trusted: Collection[str], also: Evidence | None = None, at: datetime
) -> Examined:
    """Verify everything that is in it. `trusted` are the DIDs of registries; `also` what else is believed here.

    No bundle that could be opened makes this raise.
    """
    try:
        own = bundle.evidence_of_registry(trusted)
    except BundleRefused as error:
        return Examined((Finding("credentials", Outcome.FAILED, str(error)),), ())
    evidence = own if also is None else Combined(also, own)
    verdicts = tuple(verify(text, at=at, evidence=evidence) for text in bundle.credentials)
    findings = [_credentials(verdicts), _events(bundle.events), *_log(bundle, own), _documents(bundle)]
    return Examined(tuple(findings), verdicts)


def _credentials(verdicts: tuple[Verdict, ...]) -> Finding:
    outcome = overall(tuple(verdict.outcome for verdict in verdicts))
    if outcome is Outcome.PASSED:
        return Finding("credentials", outcome, f"Each of the {len(verdicts)} credentials holds.")
    worst = next(verdict for verdict in verdicts if verdict.outcome is outcome)
    count = sum(verdict.outcome is not Outcome.PASSED for verdict in verdicts)
    return Finding("credentials", outcome, f"{count} of {len(verdicts)} do not pass. {worst.headline}")


def _events(events: list[EventLine]) -> Finding:
    heads: dict[str, tuple[int, bytes]] = {}
    for line in events:
        position, head = heads.get(line.stream, (0, GENESIS))
        try:
            hash_ = line.logged.checked()
        except LogProofBroken as error:
            return Finding("events", Outcome.FAILED, f"{_place(line)}: {error}")
        if line.position != position + 1 or line.head[_PREVIOUS] != head:
            return Finding("events", Outcome.FAILED, f"{_place(line)} does not follow the event before it.")
        heads[line.stream] = (line.position, hash_)
    return Finding(
        "events", Outcome.PASSED, f"Each of the {len(events)} events is signed, and follows the one before."
    )


_PREVIOUS: Final = slice(9, 41)
"""Where the hash of the envelope before it stands in a head: after the format and the time."""
assert HEAD.size > _PREVIOUS.stop


def _log(bundle: LearnerBundle, registry: BundleEvidence) -> Iterator[Finding]:
    events = bundle.events
    keys = registry.log_keys
    if not registry.trusted:
        sentence = (
            f"Nobody you trust says which key the log has. Trust {quoted(bundle.manifest.registry)} to check."
        )
        yield Finding("log", Outcome.COULD_NOT_CHECK, sentence)
        return
    unproven = 0
    for line in events:
        if line.proof is None:
            unproven += 1
            continue
        try:
            follow(Inclusion(line.logged, InclusionProof.parse(line.proof.encode()), keys))
        except (LogProofBroken, CheckpointRefused) as error:
            yield Finding("log", Outcome.FAILED, f"{_place(line)} does not stand in the log: {error}")
            return
    if unproven:
        sentence = f"{unproven} of {len(events)} events came after the last checkpoint of the log."
        yield Finding("log", Outcome.COULD_NOT_CHECK, sentence)
    else:
        yield Finding("log", Outcome.PASSED, f"Each of the {len(events)} events stands in the log.")


def _documents(bundle: LearnerBundle) -> Finding:
    documents = bundle.evidence
    named = set(bundle.manifest.names)
    missing = len(named - set(documents))
    if missing:
        sentence = f"{missing} of {len(named)} documents that the events name were not in her portfolio."
        return Finding("evidence", Outcome.COULD_NOT_CHECK, sentence)
    return Finding(
        "evidence", Outcome.PASSED, f"{len(documents)} documents are there, each as it was handed in."
    )


def _place(line: EventLine) -> str:
    return f"Event {line.position} of {quoted(line.stream)}"


def manifest_document(manifest: Manifest) -> dict[str, Any]:
    """What the learner signs."""
    document: dict[str, Any] = msgspec.to_builtins(manifest)
    return document
