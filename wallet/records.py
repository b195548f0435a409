"""Records from elsewhere, read: what a document is, what it says, and whether it is what its issuer signed.

One table says what is read here. What carries others (an archive, another wallet's backup, a learner record) is read
part by part, and each part stands or falls by itself: it has a signature of its own, and a verdict.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

import msgspec
from cryptography.x509 import Certificate
from lxml import etree

from keys import strict_json
from keys.errors import MalformedJson
from wallet.errors import WalletError
from wallet.evidence import Evidence, NoEvidence
from wallet.formats import (
    archive,
    clr,
    elm,
    elm_seal,
    elmo,
    emrex,
    ewp,
    open_badges,
    plain_credential,
    sd_jwt_vc,
    wallet_backup,
)
from wallet.formats.archive import Packed
from wallet.formats.baking import is_picture, unbaked
from wallet.formats.elm import NotAEuropeanCredential
from wallet.formats.elm_seal import SealRefused
from wallet.formats.enveloped import is_wrapper
from wallet.formats.ewp import GradeTable, StatedAgreement
from wallet.formats.open_badges import NotAnOpenBadge
from wallet.formats.sd_jwt_vc import TypeMetadataRefused
from wallet.formats.shape import types_of
from wallet.formats.transcript import UNDETERMINED, Line, Report, Transcript, lines, totals
from wallet.formats.xml import read_xml
from wallet.formats.xml_signature import SignatureAnswer, check_signature
from wallet.verdict import Outcome, Verdict, overall
from wallet.verifying import verify
from wallet.verifying.messages import (
    document_in,
    is_badge_jwt,
    is_sd_jwt_vc,
    shown_claims,
    verify_badge_jwt,
    verify_sd_jwt_vc,
)
from wallet.verifying.policy import DEFAULT, Policy
from wallet.verifying.proving import opened
from wallet.verifying.seals import verify_sealed, verify_unsealed
from wallet.verifying.step import MEMBERS, quoted


class UnknownRecord(WalletError):
    """The document is of no kind that can be brought in; the message names those that can."""


_NOBODY: Final = NoEvidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a record is read: as of when, by what facts, on what terms, and whose signatures are expected."""

    at: datetime
    evidence: Evidence = _NOBODY
    policy: Policy = DEFAULT
    trusted: Sequence[Certificate] = ()
    """Of whom signatures of XML are expected."""
    passphrase: str | None = None
    """With which another wallet locked its backup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A record as it was read, before anything is asked of a wallet."""

    kind: str
    document: str
    """The SHA-256 in hex of its bytes."""
    signature: SignatureAnswer
    name: str = ""
    """Of a part: its place in what carries it."""
    holders: tuple[str, ...] = ()
    """Whom it names. Nothing here can tell whether that is the learner."""
    own: tuple[Line, ...] = ()
    """What it says itself, and no part of it does."""
    remarks: tuple[str, ...] = ()
    tables: tuple[GradeTable, ...] = ()
    agreements: tuple[StatedAgreement, ...] = ()
    verdict: Verdict | None = None
    """Of a credential, by the numbered list."""
    parts: tuple["Reading", ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its own, and those of its parts, in their order."""
        return tuple(line for _, line in self.found())

    def found(self) -> Iterator[tuple["Reading", Line]]:
        """Every line, with the reading that it stands in."""
        for line in self.own:
            yield self, line
        for part in self.parts:
            yield from part.found()

    @property
    def totals(self) -> dict[str, Decimal]:
        """By scheme, of the lines that count."""
        return totals(self.lines)

    @property
    def added_up(self) -> dict[str, Decimal]:
        """By scheme, of every line: what a reader gets who counts containers with their parts."""
        return totals(self.lines, counted_only=False)


def read_record(data: bytes, reader: Reader) -> Reading:
    """Find out what kind of record this is, read it, and check whether it is what its issuer signed.

    Raises UnknownRecord, XmlRefused, NotElmo, NotEwp, NothingBaked, ArchiveRefused, BackupRefused.
    """
    if archive.is_archive(data):
        return _heap("archive", data, archive.files_of(data), reader)
    return _one_document(data, reader)


def read_folder(files: Sequence[Packed], reader: Reader) -> Reading:
    """The same of the files of a folder; its digest is of their names and contents. Raises UnknownRecord."""
    listed = [[each.name, hashlib.sha256(each.content).hexdigest()] for each in files]
    return _heap("folder", json.dumps(listed).encode(), files, reader)


def identity(line: Line) -> str:
    """An id made from what tells the learning from any other: the same line, in whatever document, has the same."""
    said = line.opportunity
    told: Iterable[object] = (
        line.issuer.key,
        said.kind,
        sorted((each.kind, each.value) for each in said.identifiers) or sorted(said.names.items()),
        [str(credit) for credit in said.credits],
        str(said.achieved_on),
        said.grade,
    )
    return hashlib.sha256(json.dumps(list(told), ensure_ascii=False).encode()).hexdigest()[:40]


def _one_document(data: bytes, reader: Reader) -> Reading:
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if is_picture(data):
        text = unbaked(data).strip()
    if text.startswith(b"<"):
        return _xml(text, data, reader)
    if emrex.is_return(text):
        return _xml(emrex.document_of(text), data, reader)
    if text.startswith((b"{", b"[")):
        return _json(text, data, reader)
    if text.startswith(b"ey"):
        return _message(text, data, reader)
    raise UnknownRecord(f"This is no record that can be brought in; those read here are {_READ_HERE}.")


# --- XML ------------------------------------------------------------------------------------------------


def _xml(text: bytes, data: bytes, reader: Reader) -> Reading:
    """`data` is what was brought, by whose digest it is confirmed; `text` the XML that is, or is in, it."""
    root = read_xml(text)
    for is_of_this_kind, read in _XML:
        if is_of_this_kind(root):
            return read(root, _digest(data), reader.trusted)
    raise UnknownRecord(
        f"This is XML, but no record that can be brought in; those read here are {_READ_HERE}."
    )


def _elmo(root: etree._Element, digest: str, trusted: Sequence[Certificate]) -> Reading:
    transcript, signature = _checked(root, trusted)
    return Reading(
        kind="elmo",
        document=digest,
        signature=signature,
        holders=(_holder(transcript),),
        own=lines(transcript),
        remarks=transcript.remarks,
    )


def _checked(root: etree._Element, trusted: Sequence[Certificate]) -> tuple[Transcript, SignatureAnswer]:
    """What the document says; where its signature is good, what the signed document says."""
    transcript = elmo.read_elmo(root)
    signature = check_signature(root, trusted, written_at=transcript.generated_at)
    if signature.signed is not None:
        transcript = elmo.read_elmo(signature.signed)
    return transcript, signature


def _checked_inside(
    root: etree._Element, trusted: Sequence[Certificate]
) -> tuple[Transcript, SignatureAnswer]:
    """Of a document that was taken out of another: what it was signed as cannot always be told any more."""
    transcript, signature = _checked(root, trusted)
    if signature.reason == "changed":
        sentence = "Its signature does not fit it, as it may not once it stands inside another document."
        signature = SignatureAnswer(Outcome.COULD_NOT_CHECK, "inside", sentence)
    return transcript, signature


def _transcripts(root: etree._Element, digest: str, trusted: Sequence[Certificate]) -> Reading:
    read = ewp.read_transcripts(root)
    checked = [_checked_inside(each, trusted) for each in ewp.elmos_in(root)]
    if not checked:
        raise ewp.NotEwp("The answer holds no transcript.")
    return Reading(
        kind="ewp-transcript",
        document=digest,
        signature=_worst([answer for _, answer in checked]),
        holders=tuple(_holder(transcript) for transcript, _ in checked),
        own=tuple(line for transcript, _ in checked for line in lines(transcript)),
        remarks=tuple(remark for each in read for remark in (*each.transcript.remarks, *each.remarks)),
        tables=tuple(table for each in read for table in each.tables),
    )


def _agreements(root: etree._Element, digest: str, _trusted: Sequence[Certificate]) -> Reading:
    read = ewp.read_agreements(root)
    sentence = "A learning agreement of Erasmus Without Paper is believed for where it was fetched from."
    return Reading(
        kind="ewp-learning-agreement",
        document=digest,
        signature=SignatureAnswer(Outcome.COULD_NOT_CHECK, "unsigned", sentence),
        holders=tuple(each.learner for each in read),
        remarks=("A learning agreement is a plan: it states no learning to be brought in.",),
        agreements=read,
    )


def _holder(transcript: Transcript) -> str:
    names = f"{transcript.given_names} {transcript.family_name}".strip()
    return names if transcript.born_on is None else f"{names}, born {transcript.born_on}"


_XML: Final[
    tuple[
        tuple[
            Callable[[etree._Element], bool],
            Callable[[etree._Element, str, Sequence[Certificate]], Reading],
        ],
        ...,
    ]
] = (
    (elmo.is_elmo, _elmo),
    (ewp.is_transcripts, _transcripts),
    (ewp.is_agreements, _agreements),
)


# --- credentials ----------------------------------------------------------------------------------------


def _json(text: bytes, data: bytes, reader: Reader) -> Reading:
    try:
        value = strict_json.parse(text)
    except MalformedJson as error:
        raise UnknownRecord(f"This is no record that can be brought in: {error}") from error
    if isinstance(value, dict) and set(value) == {"credential"}:
        value = value["credential"]  # as Europass takes it for sealing
    if isinstance(value, dict) and (elm_seal.is_sealed(value) or elm.is_european(value)):
        return _european(value, _digest(data), reader)
    if wallet_backup.is_backup(value):
        return _backup(value, _digest(data), reader)
    if not isinstance(value, dict) or not (is_wrapper(value) or plain_credential.is_credential(value)):
        raise UnknownRecord(
            f"This is JSON, but no record that can be brought in; those read here are {_READ_HERE}."
        )
    if is_wrapper(value):
        return _message(text, data, reader)
    verdict = verify(text, policy=reader.policy, at=reader.at, evidence=reader.evidence)
    return _credential(value, verdict, _digest(data), reader)


def _european(value: Mapping[str, Any], digest: str, reader: Reader) -> Reading:
    """A European Digital Credential: sealed, or as anybody may have written it."""
    sealed = elm_seal.is_sealed(value)
    verdict = (
        verify_sealed(value, reader.trusted, at=reader.at) if sealed else verify_unsealed(value, at=reader.at)
    )
    own, holder, remarks = tuple[Line, ...](), None, tuple[str, ...]()
    try:
        document = elm_seal.document_in(elm_seal.read_seal(value)) if sealed else value
        own, holder = lines(elm.read_elm(document)), elm.holder(document)
    except (SealRefused, NotAEuropeanCredential) as error:
        remarks = (str(error),)
    return Reading(
        kind="european-digital-credential",
        document=digest,
        signature=_answer(verdict),
        holders=() if holder is None else (holder,),
        own=own,
        remarks=remarks,
        verdict=verdict,
    )


def _message(text: bytes, data: bytes, reader: Reader) -> Reading:
    """A credential in a signed message, or in an object that carries one."""
    if is_sd_jwt_vc(text):
        return _sd_jwt_vc(text, _digest(data), reader, {})
    if is_badge_jwt(text):
        verdict = verify_badge_jwt(text, policy=reader.policy, at=reader.at, evidence=reader.evidence)
        document: Mapping[str, Any] | None = document_in(text)
    else:
        verdict = verify(text, policy=reader.policy, at=reader.at, evidence=reader.evidence)
        _, document, _ = opened(text)
    if not document:
        raise UnknownRecord(f"This is a signed message that cannot be read. {verdict.headline}")
    return _credential(document, verdict, _digest(data), reader)


def _credential(document: Mapping[str, Any], verdict: Verdict, digest: str, reader: Reader) -> Reading:
    if "ClrCredential" in types_of(document):
        return _learner_record(document, verdict, digest, reader)
    kind, report, remarks = _report_of(document)
    return Reading(
        kind=kind,
        document=digest,
        signature=_answer(verdict),
        holders=plain_credential.holders(document),
        own=() if report is None else _lines_of(report, verdict),
        remarks=remarks,
        verdict=verdict,
    )


def _report_of(document: Mapping[str, Any]) -> tuple[str, Report | None, tuple[str, ...]]:
    """What kind of credential it is, what it says of learning, and what there is to be remarked on."""
    if open_badges.ACHIEVEMENT_CREDENTIALS & set(types_of(document)):
        try:
            return "open-badge", open_badges.report(document), ()
        except NotAnOpenBadge as error:
            return "open-badge", None, (str(error),)
    if "EndorsementCredential" in types_of(document):
        return "endorsement", None, ("An endorsement praises what others issued: it states no learning.",)
    sentence = "It is of no format of learning: only its name, its issuer and its day are read."
    return "credential", plain_credential.report(document), (sentence,)


def _sd_jwt_vc(text: bytes, digest: str, reader: Reader, types: Mapping[str, bytes]) -> Reading:
    """`types` are the metadata at hand, by the type they are of."""
    verdict = verify_sd_jwt_vc(text, policy=reader.policy, at=reader.at, evidence=reader.evidence)
    claims = shown_claims(text)
    signature, metadata, remarks = _answer(verdict), None, list[str]()
    if (data := types.get(str(claims.get("vct")))) is not None:
        try:
            metadata = sd_jwt_vc.checked_metadata(claims, data)
        except TypeMetadataRefused as error:
            signature = SignatureAnswer(Outcome.FAILED, "type-metadata", str(error))
    if claims and not any(name in claims for name in sd_jwt_vc.STATED):
        remarks.append("It shows nothing of what it was awarded for: more can be shown by whoever holds it.")
    return Reading(
        kind="sd-jwt-vc",
        document=digest,
        signature=signature,
        holders=sd_jwt_vc.holders(claims),
        own=_lines_of(sd_jwt_vc.report(claims, metadata), verdict) if claims else (),
        remarks=tuple(remarks),
        verdict=verdict,
    )


def _learner_record(document: Mapping[str, Any], verdict: Verdict, digest: str, reader: Reader) -> Reading:
    """A record stands by its own proof, and each of its members by the member's own."""
    remarks = ["Its publisher knows of more than is in it."] if clr.is_partial(document) else []
    parts = []
    members = clr.members(document)
    for number, (member, pointer) in enumerate(members):
        if isinstance(member, str) and member.startswith("ey"):
            part = _part(partial(_one_document, member.encode(), reader), pointer)
        elif isinstance(member, dict) and number < len(verdict.members):
            part = _credential(member, verdict.members[number], digest, reader)
        else:
            part = None
        if part is None:
            remarks.append(f"What stands at {pointer} cannot be read.")
        parts.append(None if part is None else replace(part, document=digest, name=pointer))
    for part_at, whole_at in clr.wholes(document).items():
        part, whole = parts[part_at], parts[whole_at]
        if part is not None and whole is not None and _counts(whole):
            parts[part_at] = _left_out(part, f"it is a part of {whole.name}, which counts as a whole")
    own = overall(tuple(check.outcome for check in verdict.checks if check.code != MEMBERS.code))
    return _gathered(
        Reading(
            kind="clr",
            document=digest,
            signature=_answer(verdict, own),
            holders=plain_credential.holders(document),
            remarks=tuple(remarks),
            verdict=verdict,
        ),
        [part for part in parts if part is not None],
    )


def _lines_of(report: Report, verdict: Verdict) -> tuple[Line, ...]:
    """The lines of a credential; its issuer is called by the name that a registry gives, where one does."""
    named = None if verdict.subject is None else verdict.subject.issuer_name
    if named is not None:
        issuer = msgspec.structs.replace(report.issuer, names={UNDETERMINED: named})
        report = msgspec.structs.replace(report, issuer=issuer)
    return lines(Transcript(reports=(report,)))


def _answer(verdict: Verdict, outcome: Outcome | None = None) -> SignatureAnswer:
    """The verdict as the answer on a signature: its decisive check, and its sentence."""
    outcome = outcome or verdict.outcome
    decisive = next((check for check in verdict.checks if check.outcome is outcome), None)
    if outcome is Outcome.PASSED or decisive is None:
        return SignatureAnswer(outcome, "holds", verdict.headline)
    return SignatureAnswer(outcome, decisive.reason, decisive.sentence)


# --- what carries others --------------------------------------------------------------------------------


def _heap(kind: str, data: bytes, files: Sequence[Packed], reader: Reader) -> Reading:
    """Files one by one, each for what it is; what is none of ours is remarked on and passed over."""
    types = dict(_types_in(files))
    parts, remarks = [], []
    for file in files:
        if file.content in types.values():
            continue
        text = file.content.strip()
        try:
            if is_sd_jwt_vc(text):
                part = _sd_jwt_vc(text, _digest(file.content), reader, types)
            else:
                part = _one_document(file.content, reader)
        except WalletError as error:
            remarks.append(f"{quoted(file.name)} is passed over. {error}")
            continue
        parts.append(replace(part, name=file.name))
    if not parts:
        raise UnknownRecord(f"Nothing of the {kind} is a record; those read here are {_READ_HERE}.")
    return _gathered(_carrier(kind, _digest(data), parts, remarks), parts)


def _types_in(files: Sequence[Packed]) -> Iterator[tuple[str, bytes]]:
    """The metadata of types of SD-JWT VC, by the type."""
    for file in files:
        if b'"vct"' in file.content and file.content.lstrip().startswith(b"{"):
            try:
                value = strict_json.parse(file.content)
            except MalformedJson:
                continue
            if isinstance(value, dict) and isinstance(vct := value.get("vct"), str) and "iss" not in value:
                yield vct, file.content


def _backup(value: Any, digest: str, reader: Reader) -> Reading:
    found = wallet_backup.read_backup(value, reader.passphrase)
    parts, remarks = [], []
    for number, credential in enumerate(found.credentials, 1):
        text = credential.encode() if isinstance(credential, str) else msgspec.json.encode(credential)
        part = _part(partial(_one_document, text, reader), str(number))
        if part is None:
            remarks.append(f"Credential {number} cannot be read, and is passed over.")
        else:
            parts.append(part)
    carrier = _carrier("wallet-backup", digest, parts, remarks)
    return _gathered(replace(carrier, holders=(*found.profiles, *carrier.holders)), parts)


def _part(read: Callable[[], Reading], name: str) -> Reading | None:
    try:
        return replace(read(), name=name)
    except WalletError:
        return None


def _carrier(kind: str, digest: str, parts: Sequence[Reading], remarks: Sequence[str]) -> Reading:
    """What carries others has no signature: it says as much as they do."""
    sentence = (
        f"The {kind.replace('-', ' ')} is signed by nobody: each of the {len(parts)} in it stands by itself."
    )
    return Reading(
        kind=kind,
        document=digest,
        signature=SignatureAnswer(Outcome.COULD_NOT_CHECK, "carrier", sentence),
        holders=tuple(dict.fromkeys(holder for part in parts for holder in part.holders)),
        remarks=tuple(remarks),
    )


def _gathered(carrier: Reading, parts: Sequence[Reading]) -> Reading:
    """The carrier with its parts: nothing of a part that failed counts, and nothing twice."""
    seen: set[str] = set()
    kept = []
    for part in parts:
        if part.signature.outcome is Outcome.FAILED:
            part = _left_out(part, f"it does not hold: {part.signature.sentence}")
        kept.append(_once(part, seen))
    return replace(carrier, parts=tuple(kept))


def _once(reading: Reading, seen: set[str]) -> Reading:
    own = []
    for line in reading.own:
        if line.counts and identity(line) in seen:
            line = msgspec.structs.replace(line, left_out="it stands in another of the documents")
        elif line.counts:
            seen.add(identity(line))
        own.append(line)
    return replace(reading, own=tuple(own), parts=tuple(_once(part, seen) for part in reading.parts))


def _left_out(reading: Reading, why: str) -> Reading:
    own = (msgspec.structs.replace(line, left_out=why) if line.counts else line for line in reading.own)
    return replace(reading, own=tuple(own), parts=tuple(_left_out(part, why) for part in reading.parts))


def _counts(whole: Reading) -> bool:
    """Whether it states credit that counts: a whole without is only the sum of its parts."""
    return whole.signature.outcome is not Outcome.FAILED and any(
        line.counts and line.opportunity.credits for line in whole.lines
    )


def _worst(answers: Sequence[SignatureAnswer]) -> SignatureAnswer:
    return next(
        (answer for outcome in _WORST_FIRST for answer in answers if answer.outcome is outcome), answers[0]
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


_WORST_FIRST: Final = (Outcome.FAILED, Outcome.COULD_NOT_CHECK)
_READ_HERE: Final = (
    "Open Badges 3.0, CLR 2.0, European Digital Credentials, SD-JWT VC and other credentials (as JSON, as a message, "
    "or baked into a picture), ELMO 1.7 (also as EMREX returns it), transcripts and learning agreements of Erasmus "
    "Without Paper, a backup of the Learner Credential Wallet, and a ZIP or a folder of these"
)
