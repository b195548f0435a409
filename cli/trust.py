"""`wallet trust`: whose word on issuers is believed here. No passphrase is asked for: nothing here is a secret."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.tables import a_table
from keys import strict_json
from keys.did import self_contained_key
from keys.errors import InvalidDid, InvalidKey, MalformedJson
from keys.signing import PublicKey
from wallet.settings import Settings
from wallet.trust_lists import kept
from wallet.trust_lists.evidence import TrustListEvidence
from wallet.trust_lists.federation import FederationKey, key_of_jwk
from wallet.trust_lists.kept import KeptTrustList
from wallet.trust_lists.trust_list import Kind

app = Typer(help="Keep the trust lists that issuers are looked up in.")

Fetch = Callable[[str], bytes]

_LONGEST_JWK: Final = 64 * 1024


def anchor(typed: str) -> FederationKey:
    """A public key: a multikey, a did:key, a did:jwk, a JSON Web Key, or the file that holds one."""
    try:
        if typed.startswith("did:"):
            return self_contained_key(f"{typed}#0" if typed.startswith("did:jwk:") else typed)
        if not typed.startswith("{") and Path(typed).is_file():
            typed = _read(Path(typed), _LONGEST_JWK).decode(errors="replace").strip()
        if not typed.startswith("{"):
            return PublicKey.from_multikey(typed)
        jwk = strict_json.parse(typed)
        return key_of_jwk(jwk if isinstance(jwk, dict) else {})
    except (InvalidDid, InvalidKey, MalformedJson) as error:
        raise BadParameter(f"This is no key of an anchor, nor a file with one. {error}") from error


if TYPE_CHECKING:
    _AnyKey = FederationKey
else:
    _AnyKey = PublicKey  # Typer reads one class and no union; which key it is, the parser decides

Anchor = Annotated[
    _AnyKey | None,
    Option(
        "--anchor", parser=anchor, metavar="KEY", help="The anchor's key: multikey, DID or JWK, or its file."
    ),
]


@command(app, "add")
def add(
    desk: Desk,
    file: Annotated[
        str, Argument(metavar="FILE", help="The list: a file, or an address that begins with https.")
    ],
    kind: Annotated[Kind, Option("--kind", help="Its format: a known-issuer registry, or a trust chain.")],
    name: Annotated[
        str | None, Option("--name", metavar="TEXT", help="What to call it; a chain may go without.")
    ] = None,
    anchor: Anchor = None,
) -> None:
    """Believe a list from now on, in the place of the one of the same name.

    An older list than the one kept is refused, and so is one that has ended.
    """
    from wallet.fetching import Fetcher  # only this command of the three may ask the network

    data = _got(file, lambda url: Fetcher().get(url).body)
    added = kept.add(desk.settings, data, kind, source=file, now=desk.now, name=name, anchor=anchor)
    left_out = added.list.left_out
    desk.answer(
        _document(added, desk.now),
        f"Trusted from now on: {added.list.described()}.",
        **_described(added),
        left_out=f"{len(left_out)} entries that cannot be read" if left_out else None,
    )


@command(app, "list")
def show(desk: Desk) -> None:
    """Show the lists that are kept: whose they are, how old, and where they came from."""
    lists = kept.kept(desk.settings)
    if not lists:
        desk.answer([], "No trust list is kept.")
        return
    table = a_table("Name", "Kind", "Issuers", "Signed by", "Got", "Good until", right=("Issuers",))
    for each in lists:
        ended = "ended " if desk.now >= each.good_until else ""
        table.add_row(
            each.list.name,
            each.list.kind,
            str(len(each.list.issuers)),
            each.list.signer or "nobody",
            f"{each.got_at:%Y-%m-%d}",
            f"{ended}{each.good_until:%Y-%m-%d}",
        )
    desk.answer([_document(each, desk.now) for each in lists], table)


@command(app, "remove")
def remove(
    desk: Desk, name: Annotated[str, Argument(metavar="NAME", help="What the list is kept as.")]
) -> None:
    """Believe a list no longer."""
    kept.remove(desk.settings, name)
    desk.answer({"removed": name}, f"Not trusted any more: {name}.")


def lists_of(
    settings: Settings, files: Iterable[Path], anchor: FederationKey | None, now: datetime
) -> TrustListEvidence:
    """The evidence of the lists named for once, which are asked first, and of those kept in the home.

    Raises TrustListRefused, OSError.
    """
    named = [
        kept.got_now(
            data,
            kind,
            source=str(path),
            now=now,
            name=path.stem if kind is Kind.DCC else None,
            anchor=anchor if kind is Kind.FEDERATION else None,
        )
        for path in files
        for data in (_read(path, kept.MOST_BYTES),)
        for kind in (kept.kind_of(data),)
    ]
    return TrustListEvidence([*named, *kept.kept(settings)], now)


def _got(where: str, fetch: Fetch) -> bytes:
    """From the guarded network for an address, from the disk for anything else."""
    return fetch(where) if where.startswith("https://") else _read(Path(where), kept.MOST_BYTES)


def _read(path: Path, limit: int) -> bytes:
    """The file's bytes, one more than `limit` at most: whoever reads them sees that they are too many."""
    with path.open("rb") as file:
        return file.read(limit + 1)


def _document(each: KeptTrustList, now: datetime) -> dict[str, object]:
    return {
        "name": each.list.name,
        "kind": each.list.kind,
        "identifier": each.list.identifier,
        "issuers": len(each.list.issuers),
        "leftOut": list(each.list.left_out),
        "signer": each.list.signer,
        "madeAt": each.list.made_at,
        "goodUntil": each.good_until,
        "ended": now >= each.good_until,
        "source": each.source,
        "gotAt": each.got_at,
        "sha256": each.sha256,
    }


def _described(each: KeptTrustList) -> dict[str, str | None]:
    return {
        "name": each.list.name,
        "policy_name": each.list.identifier if each.list.identifier != each.list.name else None,
        "issuers": str(len(each.list.issuers)),
        "signed_by": each.list.signer or "nobody",
        "good_until": f"{each.good_until:%Y-%m-%d %H:%M:%S} UTC",
        "source": each.source,
        "sha256": each.sha256,
    }
