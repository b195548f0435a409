"""`wallet log`: the transparency log, what it proves, and a witness for another's."""

import sys
from pathlib import Path
from typing import Annotated, Final

from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk, new_passphrase, passphrase
from domain.errors import NotFound
from keys.errors import InvalidKey
from keys.keystore import Keystore
from keys.note import NoteKey, SignatureType
from wallet.errors import CheckpointRefused, LogProofBroken
from wallet.transparency.checkpoint import Checkpoint, ConsistencyProof, InclusionProof, stated_time
from wallet.transparency.merkle import leaf_hash
from wallet.transparency.proofs import check_consistency, check_inclusion

app = Typer(help="The transparency log: what nobody can take back unseen.")

WITNESS_KEY: Final = "witness/key-1"
STATE: Final = "witness.json"
LONGEST: Final = 1024 * 1024


def a_log_key(typed: str) -> NoteKey:
    """A verifier key of a log."""
    return _key(typed, SignatureType.ED25519)


def a_witness_key(typed: str) -> NoteKey:
    """A verifier key of a witness."""
    return _key(typed, SignatureType.COSIGNATURE)


def _key(typed: str, wanted: SignatureType) -> NoteKey:
    try:
        key = NoteKey.parse(typed.strip())
    except InvalidKey as error:
        raise BadParameter(str(error)) from error
    if key.type is not wanted:
        kind = "a log" if wanted is SignatureType.ED25519 else "a witness"
        raise BadParameter(f"{key.name} is not the key of {kind}.")
    return key


OutFile = Annotated[
    Path | None, Option("--out", "-o", metavar="FILE", help="Write it here; else to standard output.")
]
LogKeys = Annotated[
    list[NoteKey] | None,
    Option("--key", parser=a_log_key, metavar="KEY", help="A key of the log, name+id+key; may be repeated."),
]
WitnessKeys = Annotated[
    list[NoteKey] | None,
    Option(
        "--witness",
        parser=a_witness_key,
        metavar="KEY",
        help="A witness that must have cosigned; may be repeated.",
    ),
]


@command(app, "checkpoint")
def checkpoint(desk: Desk, out: OutFile = None) -> None:
    """Sign how far the log has come, and print it. Keep it, and give it to others to keep."""
    with desk.office() as office:
        signed = office.checkpoint(desk.now)
    told = signed.checkpoint
    document = {"origin": told.origin, "size": told.size, "root": told.root.hex(), "note": told.note.decode()}
    _hand_over(desk, told.note.decode(), out, document, f"The checkpoint of {told.size} events is in {out}.")


@command(app, "key")
def key(desk: Desk) -> None:
    """Print the keys that readers and witnesses check the log with; the present one is the last."""
    with desk.office() as office:
        keys = [each.text for each in office.log_keys()]
    if desk.as_json:
        desk.answer({"keys": keys})
    else:
        sys.stdout.write("".join(f"{each}\n" for each in keys))


@command(app, "inclusion")
def inclusion(
    desk: Desk,
    sequence: Annotated[
        int, Argument(min=1, metavar="EVENT", help="The event's place in the ledger, from 1.")
    ],
    out: OutFile = None,
) -> None:
    """Prove that an event stands in the log, under the newest checkpoint."""
    with desk.office() as office:
        proof = office.log.prove(sequence, office.checkpoint(desk.now))
    if proof is None:
        raise NotFound(f"There is no event {sequence}.")
    document = {
        "index": proof.index,
        "size": proof.checkpoint.size,
        "entry": proof.entry.hex(),
        "path": [each.hex() for each in proof.path],
        "checkpoint": proof.checkpoint.note.decode(),
    }
    _hand_over(desk, proof.to_text(), out, document, f"The proof for event {sequence} is in {out}.")


@command(app, "consistency")
def consistency(
    desk: Desk,
    old: Annotated[int, Argument(min=0, metavar="SIZE", help="The size of the checkpoint that was kept.")],
    out: OutFile = None,
) -> None:
    """Prove that the log of today begins with the log of then."""
    with desk.office() as office:
        proof = office.log.prove_consistency(old, office.checkpoint(desk.now))
        size = office.ledger.last_sequence()
    if proof is None:
        raise NotFound(f"The log never had {old} events: it has {size}.")
    document = {
        "old": old,
        "size": proof.checkpoint.size,
        "path": [each.hex() for each in proof.path],
        "checkpoint": proof.checkpoint.note.decode(),
    }
    _hand_over(
        desk,
        proof.to_text(),
        out,
        document,
        f"The proof from {old} to {proof.checkpoint.size} events is in {out}.",
    )


@command(app, "verify")
def verify(
    desk: Desk,
    file: Annotated[
        Path, Argument(metavar="FILE", help="A checkpoint, or a proof of inclusion or consistency.")
    ],
    keys: LogKeys = None,
    witnesses: WitnessKeys = None,
    kept: Annotated[
        Path | None,
        Option("--kept", metavar="FILE", help="The earlier checkpoint, for a proof of consistency."),
    ] = None,
) -> None:
    """Check a checkpoint or a proof with nothing but the log's keys: needs no wallet and no network."""
    if not keys:
        raise BadParameter(
            "Give the log's key with --key; without one nothing is proven.", param_hint="--key"
        )
    data = _read(file)
    proof: InclusionProof | ConsistencyProof | None = None
    if data.startswith(b"c2sp.org/tlog-proof"):
        proof = InclusionProof.parse(data)
    elif data.startswith(b"old "):
        proof = ConsistencyProof.parse(data)
    told = Checkpoint.parse(data) if proof is None else proof.checkpoint
    signed_by = told.check(keys)
    by = told.cosigned(witnesses or ())
    lacking = [each.name for each in witnesses or () if each not in by]
    if lacking:
        raise CheckpointRefused(f"The checkpoint is not cosigned by {', '.join(lacking)}.")
    shown = f"The log {told.origin} had {told.size} events."
    if isinstance(proof, InclusionProof):
        if not proof.entry:
            raise LogProofBroken("The proof does not carry the entry it is of.")
        check_inclusion(leaf_hash(proof.entry), proof.index, told.size, proof.path, told.root)
        shown = f"Event {proof.index + 1} stands in the log {told.origin} of {told.size} events."
    elif proof is not None:
        shown = _follows(proof, kept, keys)
    stated = stated_time(told, signed_by)
    desk.answer(
        {
            "holds": True,
            "origin": told.origin,
            "size": told.size,
            "root": told.root.hex(),
            "signed": None if stated is None else stated.isoformat(),
            "cosigned": {each.name: at.isoformat() for each, at in by.items()},
        },
        shown,
        signed=None if stated is None else f"{stated:%Y-%m-%d %H:%M:%S} UTC, by the log's own clock",
        cosigned=", ".join(f"{each.name} ({at:%Y-%m-%d %H:%M:%S} UTC)" for each, at in by.items()) or None,
        root=told.root.hex(),
    )


@command(app, "cosign")
def cosign(
    desk: Desk,
    url: Annotated[str, Argument(metavar="URL", help="The witness's address, before /add-checkpoint.")],
    witness: Annotated[
        NoteKey, Option("--witness", parser=a_witness_key, metavar="KEY", help="Its key, name+id+key.")
    ],
) -> None:
    """Have the newest checkpoint cosigned by a witness, and keep what it signed beside it."""
    from wallet.transparency.cosigning import cosign as ask  # a client that the other commands do without

    with desk.office() as office:
        signed = ask(office, url, witness, at=desk.now)
    size = signed.checkpoint.size
    desk.answer(
        {"size": size, "cosignatures": signed.cosignatures, "note": signed.checkpoint.note.decode()},
        f"{witness.name} has cosigned the checkpoint of {size} events.",
        cosignatures=str(signed.cosignatures),
    )


@command(app, "timestamp")
def timestamp(
    desk: Desk,
    url: Annotated[str, Argument(metavar="URL", help="The address of a time-stamp authority (RFC 3161).")],
    authority: Annotated[Path, Option("--authority", metavar="FILE", help="Its root certificate, in PEM.")],
) -> None:
    """Have the newest checkpoint stamped by an authority, and keep the stamp beside it."""
    from wallet.transparency.cosigning import timestamp as ask  # a client that the other commands do without
    from wallet.transparency.timestamping import authorities

    roots = authorities(_read(authority))
    with desk.office() as office:
        signed, at = ask(office, url, roots, at=desk.now)
    size = signed.checkpoint.size
    desk.answer(
        {"size": size, "stamped": at.isoformat()},
        f"The checkpoint of {size} events was stamped.",
        stamped=f"{at:%Y-%m-%d %H:%M:%S} UTC",
    )


@command(app, "witness")
def witness(
    desk: Desk,
    name: Annotated[str, Argument(metavar="NAME", help="What the witness is called: witness.example/w1.")],
    logs: Annotated[
        list[NoteKey],
        Option(
            "--log", parser=a_log_key, metavar="KEY", help="A log to witness, name+id+key; may be repeated."
        ),
    ],
    host: Annotated[str, Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Option("--port", min=0, max=65535, help="The port to listen on; 0 for any.")] = 8410,
) -> None:
    """Be a witness of others' logs, until stopped with Ctrl-C.

    It cosigns what follows from what it cosigned before, and nothing else. Its key and what it has seen are kept in
    the folder --home, which should be another's than the log's: best on another machine, in other hands.
    """
    from wallet.transparency.witness import Witness  # a server that the other commands do without
    from wallet.transparency.witness_server import witness_server

    desk.settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if desk.settings.keystore.exists():
        keystore = Keystore.open(desk.settings.keystore, passphrase())
    else:
        keystore = Keystore.create(desk.settings.keystore, new_passphrase())
    signer = (
        keystore.signer(WITNESS_KEY)
        if WITNESS_KEY in {each.name for each in keystore.names()}
        else keystore.new_signing_key(WITNESS_KEY, created=desk.now)
    )
    ours = Witness(name, signer, logs, desk.settings.home / STATE)
    with witness_server(ours, host, port) as server:
        address = f"http://{host}:{server.server_address[1]}"
        desk.answer(
            {"address": address, "key": ours.key.text, "logs": [each.name for each in logs]},
            f"Witnessing {', '.join(each.name for each in logs)} at {address}. Give this key to their readers:",
            key=ours.key.text,
        )
        sys.stdout.flush()
        server.serve_forever()


def _follows(proof: ConsistencyProof, kept: Path | None, keys: list[NoteKey]) -> str:
    told = proof.checkpoint
    if kept is None:
        raise BadParameter("Give the checkpoint that was kept, with --kept.", param_hint="--kept")
    earlier = Checkpoint.parse(_read(kept))
    earlier.check(keys)
    if (earlier.origin, earlier.size) != (told.origin, proof.old):
        raise LogProofBroken(
            f"The proof is of the {proof.old} events of {told.origin}, and the checkpoint that was kept is another."
        )
    check_consistency(proof.old, told.size, proof.path, earlier.root, told.root)
    return f"The log {told.origin} of {told.size} events begins with the {proof.old} events of the one that was kept."


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise CheckpointRefused(f"{path} is longer than anything about a log.")
    return data


def _hand_over(desk: Desk, text: str, out: Path | None, document: object, done: str) -> None:
    if out is not None:
        out.write_text(text, encoding="utf-8")
        desk.answer(document, done)
    elif desk.as_json:
        desk.answer(document)
    else:
        sys.stdout.write(text)
