"""The portfolio: the documents a learner shows for what she learnt elsewhere.

    portfolios/7f9a8c1e-…/5d41402a….sealed

A document is sealed with the learner's own data key and bound to her and to its SHA-256; the ledger keeps that hash,
sealed as well. The file's name is a keyed hash, so that a folder of names tells nobody which diplomas are in it. When
the learner is erased, her key is gone, and what is left in the folder is noise.

Three types are taken, each known by its first bytes, whatever its name says: PDF, PNG and JPEG.
"""

import hmac
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from domain.errors import InvalidValue, NotFound
from domain.values import Evidence, LearnerId, text
from keys.errors import SealBroken
from keys.sealing import DataKey
from wallet.errors import AnswerExists, Erased, WalletError
from wallet.files import replace_file
from wallet.ledger import answers
from wallet.ledger.answers import Answer
from wallet.ledger.database import IntegrityError
from wallet.ledger.envelope import microseconds
from wallet.office import Office, Once

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of one document."""
MOST: Final = 200
"""Documents of one learner."""

_TYPES: Final = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
"""By the first bytes of a file."""
MEDIA_TYPES: Final = tuple(_TYPES.values())


class DocumentDamaged(WalletError):
    """A document in a portfolio is not what was handed in."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was handed in."""

    content: bytes
    media_type: str


def keep(
    office: Office,
    learner: str,
    content: bytes,
    *,
    name: str,
    media_type: str | None = None,
    at: datetime,
    once: Once[Evidence] | None = None,
) -> Evidence:
    """Put a document into the learner's portfolio; what her application may name from now on.

    The same document again changes nothing.
    Refuses: InvalidValue (empty, too large, of another type than it says or than we take, one too many), NotFound,
    Erased.
    """
    whose = office.learner(learner).state.learner
    name = text(name, "a document's name", limit=200)
    if not content:
        raise InvalidValue(f"{name} is empty.")
    if len(content) > LARGEST:
        raise InvalidValue(f"{name} is larger than the {LARGEST // 1024 // 1024} MiB a document may have.")
    found = type_of(content)
    if found is None:
        raise InvalidValue(f"{name} is no PDF, PNG or JPEG, by its first bytes.")
    if media_type is not None and media_type != found:
        raise InvalidValue(f"{name} is {found}, by its first bytes, and not {media_type[:100]!a}.")
    digest = sha256(content).hexdigest()
    key = _key_of(office, whose)
    path = _path(office, whose, key, digest)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sum(1 for each in path.parent.iterdir() if each.suffix == ".sealed") >= MOST:
            raise InvalidValue(f"A portfolio holds {MOST} documents, and this one is full.")
        replace_file(path, key.seal(content, _place(whose, digest)))
    kept = Evidence(name=name, sha256=digest, media_type=found)
    if once is not None:
        _answer(office, Answer(once.key, once.fingerprint, once.render(kept)), at)
    return kept


def _answer(office: Office, answer: Answer, at: datetime) -> None:
    try:
        with office.ledger.database.writer() as cursor:
            answers.keep(cursor, answer, microseconds(at))
    except IntegrityError as error:
        raise AnswerExists(answer.key) from error


def read(office: Office, learner: str, digest: str) -> Document:
    """A document by its SHA-256 in hex, opened and found to be that one. Raises NotFound, Erased, DocumentDamaged."""
    whose = office.learner(learner).state.learner
    key = _key_of(office, whose)
    try:
        sealed = _path(office, whose, key, digest).read_bytes()
    except FileNotFoundError:
        raise _absent(digest) from None
    try:
        content = key.open(sealed, _place(whose, digest))
    except SealBroken as error:
        raise DocumentDamaged(f"The document {digest} was changed since it was handed in.") from error
    return Document(content, type_of(content) or "application/octet-stream")


_BUNDLE: Final = "bundle {}"


def keep_bundle(office: Office, learner: str, packed: bytes) -> None:
    """Keep a bundle that she came with, whole and sealed with her key; the same once only. Raises NotFound, Erased."""
    whose = office.learner(learner).state.learner
    held = list(bundles(office, whose))
    if packed in held:
        return
    key, named = _key_of(office, whose), _BUNDLE.format(len(held) + 1)
    path = _path(office, whose, key, named)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(path, key.seal(packed, _place(whose, named)))


def bundles(office: Office, learner: str) -> Iterator[bytes]:
    """The bundles that she came with, the first one first. Raises NotFound, Erased, DocumentDamaged."""
    whose = office.learner(learner).state.learner
    key = _key_of(office, whose)
    for number in itertools.count(1):
        named = _BUNDLE.format(number)
        path = _path(office, whose, key, named)
        if not path.exists():
            return
        try:
            yield key.open(path.read_bytes(), _place(whose, named))
        except SealBroken as error:
            raise DocumentDamaged("A bundle in the portfolio was changed since it was kept.") from error


def holds(office: Office, learner: LearnerId, document: Evidence) -> bool:
    """Whether the portfolio has this document."""
    return _path(office, learner, _key_of(office, learner), document.sha256).exists()


def refuse_absent(office: Office, learner: LearnerId, *documents: Evidence) -> None:
    """Refuses: NotFound, for a document that the portfolio does not hold."""
    for document in documents:
        if not holds(office, learner, document):
            raise _absent(document.sha256)


def type_of(content: bytes) -> str | None:
    """The media type that the first bytes tell, among those we take."""
    return next((name for first, name in _TYPES.items() if content.startswith(first)), None)


def _absent(digest: str) -> NotFound:
    return NotFound(f"There is no document {digest[:64]!a} in this portfolio.")


def _key_of(office: Office, learner: LearnerId) -> DataKey:
    key = office.learner_keys.data_key(learner)
    if key is None:
        raise Erased(learner)
    return key


def _path(office: Office, learner: LearnerId, key: DataKey, digest: str) -> Path:
    name = hmac.digest(key.raw, b"portfolio file\n" + digest.encode(errors="replace"), "sha256").hex()
    return office.settings.portfolios / learner / f"{name}.sealed"


def _place(learner: LearnerId, digest: str) -> bytes:
    return f"portfolio\n{learner}\n{digest}".encode()
