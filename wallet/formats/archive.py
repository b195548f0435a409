"""A folder of credentials, or the same in a ZIP: files that are read one by one, each for what it is.

Nothing is ever written where an archive says: a path in it is a name to be shown. One that leads elsewhere (`../`,
`/etc`, a drive, a link) is refused with the whole archive all the same, because no honest program writes one. What
comes packed is counted as it is unpacked, and no further than the limits: a few kilobytes can become gigabytes.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from wallet.errors import WalletError

MOST_FILES: Final = 1_000
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of all files together, unpacked."""
MOST_BYTES_EACH: Final = 10 * 1024 * 1024

_MAGIC: Final = b"PK\x03\x04"
_EMPTY: Final = b"PK\x05\x06"


class ArchiveRefused(WalletError):
    """The archive is broken, too large, or leads out of itself; the message says which."""


class Packed(NamedTuple):
    name: str
    """Its path in the archive, with `/` between folders."""
    content: bytes


def is_archive(data: bytes) -> bool:
    return data.startswith((_MAGIC, _EMPTY))


def files_of(data: bytes) -> list[Packed]:
    """The files of a ZIP, in the order of their names. Raises ArchiveRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES:
                raise ArchiveRefused(f"The archive holds more than {MOST_FILES} files.")
            if len({entry.filename for entry in entries}) < len(entries):
                raise ArchiveRefused("The archive holds two files of one name.")
            return list(_unpacked(archive, sorted(entries, key=lambda entry: entry.filename)))
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise ArchiveRefused("The archive is damaged, or locked with a password.") from error


def files_in(folder: Path) -> list[Packed]:
    """The files of a folder and its folders, links and hidden files left out. Raises ArchiveRefused, OSError."""
    found: list[Packed] = []
    left = MOST_BYTES
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if (
            any(part.startswith(".") for part in parts)
            or _through_a_link(folder, parts)
            or not path.is_file()
        ):
            continue
        if len(found) == MOST_FILES:
            raise ArchiveRefused(f"The folder holds more than {MOST_FILES} files.")
        with path.open("rb") as file:
            content = file.read(min(left, MOST_BYTES_EACH) + 1)
        left -= len(content)
        _refuse_too_large("/".join(parts), content, left)
        found.append(Packed("/".join(parts), content))
    return found


def _through_a_link(folder: Path, parts: tuple[str, ...]) -> bool:
    return any(folder.joinpath(*parts[: number + 1]).is_symlink() for number in range(len(parts)))


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[Packed]:
    left = MOST_BYTES
    for entry in entries:
        _refuse_leading_out(entry)
        with archive.open(entry) as file:
            content = file.read(min(left, MOST_BYTES_EACH) + 1)
        left -= len(content)
        _refuse_too_large(entry.filename, content, left)
        if not any(part.startswith(".") for part in entry.filename.split("/")):
            yield Packed(entry.filename, content)


def _refuse_leading_out(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if is_link or name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
        raise ArchiveRefused(f"The archive leads out of itself: it has a file called {name[:100]!a}.")


def _refuse_too_large(name: str, content: bytes, left: int) -> None:
    if len(content) > MOST_BYTES_EACH:
        raise ArchiveRefused(f"The file {name[:100]!a} is larger than {MOST_BYTES_EACH} bytes.")
    if left < 0:
        raise ArchiveRefused(f"The files together are larger than {MOST_BYTES} bytes.")
