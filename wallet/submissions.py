"""What applicants hand in, one by one: a folder, a ZIP file, a list of files and addresses, or JSON Lines.

    intake/ann/badge.json          a folder or ZIP; a folder inside it is an applicant
    applicant,path,link            a CSV file, whose paths lead from where it stands to files beside and below it
    {"applicant": "ann", "credential": {…}}        JSON Lines; or a credential alone in a line

Nothing that is handed in is trusted, down to its name. A ZIP file is never unpacked onto the disk; of each file in it
no more is read than a credential may have. Links are not followed, neither those of a file system nor, unless the
caller can fetch, those to the web. What cannot be read is handed on with the reason, and the others are read.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from keys import strict_json
from keys.errors import MalformedJson
from keys.strict_json import DEFAULT
from wallet.errors import WalletError
from wallet.sheets import Row, Sheet, SheetRefused

__all__ = ["Pile", "PileRefused", "Submission"]

MOST_BYTES: Final = DEFAULT.size
"""Of one credential, as for one that comes alone."""
MOST_IN_A_ZIP: Final = 200_000
_MOST_RATIO: Final = 1000
"""Of a file's size to its packed size: JSON does not pack better, zeros do."""
_LONGEST_LINE: Final = 2 * MOST_BYTES
_COLUMNS: Final = ("row", "applicant", "path", "link")

Fetch = Callable[[str], bytes]
"""Gets what stands at an address. Raises WalletError, in a sentence."""


class PileRefused(WalletError):
    """What was named holds no submissions that can be read."""


@dataclass(frozen=True, slots=True)
class Submission:
    number: int
    """From 1, in the order in which they are read."""
    source: str
    """A file's name, an address, or a line."""
    applicant: str | None
    data: bytes | None
    problem: str | None = None
    """Why there is no data, in a sentence."""


class Pile:
    """Submissions that can be gone through."""

    def __init__(self, path: Path, *, fetch: Fetch | None = None) -> None:
        """`fetch` follows the links of a list; without it, they are not followed. Raises PileRefused."""
        self.path = path
        self._fetch = fetch
        try:
            kind = path.stat().st_mode
        except OSError as error:
            raise PileRefused(f"{path} cannot be read: {error.strerror or error}.") from error
        if stat.S_ISDIR(kind):
            self._read: Callable[[], Iterator[Submission]] = self._folder
        elif not stat.S_ISREG(kind):
            raise PileRefused(f"{path} is neither a file nor a folder.")
        else:
            readers = {".zip": self._zip, ".csv": self._list, ".jsonl": self._lines, ".ndjson": self._lines}
            self._read = readers.get(path.suffix.lower(), self._one)

    def count(self) -> int:
        """How many there are: they are gone through once, without what is in them."""
        if self._read == self._folder:
            return sum(1 for _ in _files_in(self.path))
        if self._read == self._zip:
            with self._opened_zip() as archive:
                return sum(1 for entry in archive.infolist() if _is_handed_in(entry.filename))
        if self._read == self._list:
            return self._sheet().count
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Submission]:
        """Raises PileRefused where what was named cannot be read on."""
        try:
            yield from self._read()
        except OSError as error:
            raise PileRefused(f"{self.path} cannot be read: {error.strerror or error}.") from error

    # --- one file, a folder -----------------------------------------------------------------------------

    def _one(self) -> Iterator[Submission]:
        yield _file(1, self.path.name, None, self.path)

    def _folder(self) -> Iterator[Submission]:
        for number, path in enumerate(_files_in(self.path), 1):
            within = path.relative_to(self.path)
            yield _file(number, within.as_posix(), _applicant(within.parts), path)

    # --- a ZIP file -------------------------------------------------------------------------------------

    def _zip(self) -> Iterator[Submission]:
        with self._opened_zip() as archive:
            entries = [entry for entry in archive.infolist() if _is_handed_in(entry.filename)]
            for number, entry in enumerate(entries, 1):
                name = PurePosixPath(entry.filename)
                if (
                    name.is_absolute()
                    or ".." in name.parts
                    or "\\" in entry.filename
                    or "\0" in entry.filename
                ):
                    problem = "Its name leads out of the ZIP file."
                    yield Submission(number, entry.filename[:200], None, None, problem)
                    continue
                try:
                    data = _unpacked(archive, entry)
                except _Unreadable as error:
                    yield Submission(number, entry.filename, _applicant(name.parts), None, str(error))
                else:
                    yield Submission(number, entry.filename, _applicant(name.parts), data)

    def _opened_zip(self) -> zipfile.ZipFile:
        try:
            archive = zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise PileRefused(f"{self.path.name} is no ZIP file that can be read.") from error
        if len(archive.infolist()) > MOST_IN_A_ZIP:
            archive.close()
            raise PileRefused(f"{self.path.name} holds more than {MOST_IN_A_ZIP} files.")
        return archive

    # --- a list of files and addresses ------------------------------------------------------------------

    def _sheet(self) -> Sheet:
        try:
            sheet = Sheet(self.path, columns=_COLUMNS)
        except SheetRefused as error:
            raise PileRefused(str(error)) from error
        return sheet

    def _list(self) -> Iterator[Submission]:
        for row in self._sheet().rows():
            source = row.cells.get("path") or row.cells.get("link") or f"row {row.number}"
            applicant = row.cells.get("applicant")
            try:
                yield Submission(row.number, source, applicant, self._of_row(row))
            except (_Unreadable, WalletError) as error:
                yield Submission(row.number, source, applicant, None, str(error))

    def _of_row(self, row: Row) -> bytes:
        if row.faults:
            raise _Unreadable(row.faults[0].sentence)
        path, link = row.cells.get("path"), row.cells.get("link")
        if (path is None) == (link is None):
            raise _Unreadable("The row is to name one path or one link.")
        if link is not None:
            if self._fetch is None:
                raise _Unreadable("The link was not followed: nobody is asked on the network here.")
            return self._fetch(link)
        folder = self.path.parent.resolve()
        try:
            found = (folder / str(path)).resolve(strict=True)
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: links in a circle
            raise _Unreadable("There is no such file.") from error
        if not found.is_relative_to(folder):
            raise _Unreadable("The path leads out of the folder that the list stands in.")
        return _bytes_of(found)

    # --- JSON Lines -------------------------------------------------------------------------------------

    def _lines(self) -> Iterator[Submission]:
        number = 0
        with self.path.open("rb") as file:
            while line := file.readline(_LONGEST_LINE):
                if not line.strip():
                    continue
                number += 1
                whole = line.endswith(b"\n") or len(line) < _LONGEST_LINE
                while not whole and (rest := file.readline(_LONGEST_LINE)):
                    whole = rest.endswith(b"\n")
                    line = b""
                if not line or len(line) > MOST_BYTES:
                    problem = f"The line is longer than {MOST_BYTES} bytes."
                    yield Submission(number, f"line {number}", None, None, problem)
                else:
                    yield submission_in(number, f"line {number}", line.strip())


class _Unreadable(Exception):
    """One submission that cannot be read; the text is a sentence."""


class _Wrapped(msgspec.Struct, forbid_unknown_fields=True):
    """A credential with the name of whoever handed it in: an object, or the text of a document or message."""

    credential: msgspec.Raw
    applicant: str | None = None


_WRAPPED: Final = msgspec.json.Decoder(_Wrapped)
_TEXT: Final = msgspec.json.Decoder(str)


def submission_in(number: int, source: str, sent: bytes) -> Submission:
    """One that was sent as JSON: a credential alone, the text of one, or either with its applicant.

    What is no JSON is handed on as it is, for the verification to say so.
    """
    applicant = None
    try:
        wrapped = _WRAPPED.decode(sent)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        data = sent
    else:
        data, applicant = bytes(wrapped.credential), wrapped.applicant
        try:
            strict_json.parse(sent)  # one text, one meaning: not two credentials in one line
        except MalformedJson as error:
            return Submission(number, source, None, None, str(error))
    with suppress(msgspec.MsgspecError, UnicodeError):  # an object, as most are
        data = _TEXT.decode(data).encode()
    return Submission(number, source, applicant, data)


def _files_in(folder: Path) -> Iterator[Path]:
    """Every file in the folder and below, in the order of names; a link is a file that will not be opened."""
    for entry in sorted(os.scandir(folder), key=lambda found: found.name):
        if not _is_handed_in(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files_in(Path(entry.path))
        else:
            yield Path(entry.path)


def _is_handed_in(name: str) -> bool:
    """Not a folder of a ZIP file, and not what systems leave behind: `.DS_Store`, `__MACOSX/`, `Thumbs.db`."""
    parts = PurePosixPath(name).parts
    return not name.endswith("/") and not any(
        (part.startswith(".") and not part.startswith("..")) or part in ("__MACOSX", "Thumbs.db")
        for part in parts
    )


def _applicant(parts: tuple[str, ...]) -> str | None:
    return parts[0] if len(parts) > 1 else None


def _file(number: int, source: str, applicant: str | None, path: Path) -> Submission:
    try:
        return Submission(number, source, applicant, _bytes_of(path))
    except _Unreadable as error:
        return Submission(number, source, applicant, None, str(error))


def _bytes_of(path: Path) -> bytes:
    """The file, as long as a credential may be. Raises _Unreadable; never follows a link, nor waits at a pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _Unreadable(f"It cannot be opened: {error.strerror or error}.") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _Unreadable("It is no file.")
    try:
        with os.fdopen(descriptor, "rb") as file:
            return _not_too_long(file.read(MOST_BYTES + 1))
    except OSError as error:
        raise _Unreadable(f"It cannot be read: {error.strerror or error}.") from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The file in the archive. What it says of its own size is not believed. Raises _Unreadable."""
    if entry.flag_bits & 0x1:
        raise _Unreadable("It is encrypted.")
    if entry.file_size > MOST_BYTES or entry.file_size > _MOST_RATIO * max(entry.compress_size, 1):
        raise _Unreadable("It would be far longer unpacked than a credential is.")
    try:
        with archive.open(entry) as file:
            return _not_too_long(file.read(MOST_BYTES + 1))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise _Unreadable("It cannot be unpacked.") from error


def _not_too_long(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise _Unreadable(f"It is longer than {MOST_BYTES} bytes.")
    return data
