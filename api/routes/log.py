"""The transparency log, for anybody to copy and to check: checkpoints, tiles, proofs.

What is in it are digests (`wallet.transparency.entries`); it names nobody. Source: C2SP tlog-tiles, tlog-checkpoint,
tlog-proof.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response, status

from api.bodies import StrictRoute
from api.callers import TheOffice
from api.clock import Now
from api.errors import InvalidRequest
from api.media import PlainText, TileBytes
from api.posting import reading
from domain.errors import NotFound

router = APIRouter(prefix="/log", tags=["Log"], route_class=StrictRoute)

_ANYBODY: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_NEVER_CHANGES: Final = {**_ANYBODY, "Cache-Control": "public, max-age=31536000, immutable"}
_CHANGES: Final = {**_ANYBODY, "Cache-Control": "public, max-age=5"}

_LEVEL: Final = r"^(entries|[0-9]|[1-5][0-9]|6[0-3])$"
_NUMBER: Final = r"^(x[0-9]{3}/){0,5}[0-9]{3}(\.p/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?$"

Sequence = Annotated[int, Path(ge=1, le=2**53 - 1, description="The event's place in the ledger, from 1.")]


def _text(*refused: type[Exception]) -> dict[str, Any]:
    """What the reference says of an answer that is a text with signatures beneath it."""
    told = reading(*refused)
    content = {"text/plain; charset=utf-8": {"schema": {"type": "string"}}}
    told["responses"][status.HTTP_200_OK] = {"description": "The text, as it was signed.", "content": content}
    return {**told, "response_class": PlainText}


@router.get("/checkpoint", operation_id="log-checkpoint", summary="The log's newest checkpoint", **_text())
def log_checkpoint(office: TheOffice, at: Now) -> Response:
    """How many events there are and the root over them, signed: keep it, and ask later whether the log follows from it.

    At most ten seconds old where something was recorded since.
    """
    return PlainText(office.recent_checkpoint(at).checkpoint.note, headers=_CHANGES)


@router.get("/key", operation_id="log-keys", summary="The log's keys", **_text())
def log_keys(office: TheOffice) -> Response:
    """The verifier keys of the log (C2SP signed-note), a line each, the present one last."""
    return PlainText("".join(f"{key.text}\n" for key in office.log_keys()), headers=_CHANGES)


_TILE: Final[dict[str, Any]] = reading(NotFound, InvalidRequest)
_TILE["responses"][status.HTTP_200_OK] = {
    "description": "Hashes, or entries, one after the other.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


@router.get(
    "/tile/{level}/{number:path}",
    operation_id="log-tile",
    summary="A tile of the tree, or its entries",
    response_class=TileBytes,
    **_TILE,
)
def log_tile(
    office: TheOffice,
    level: Annotated[str, Path(pattern=_LEVEL, description="Its height in the tree, or `entries`.")],
    number: Annotated[
        str,
        Path(
            pattern=_NUMBER, description="Its number in threes, `x001/234`, and `.p/17` where it is not full."
        ),
    ],
) -> Response:
    """256 hashes, or as many as `.p/` says; at `entries`, what the leaves are of: two digests an event."""
    path, _, partial = number.partition(".p/")
    index, width = int(path.replace("x", "").replace("/", "")), int(partial or 256)
    found = (
        office.log.entries(index, width) if level == "entries" else office.log.tile(int(level), index, width)
    )
    if found is None:
        raise NotFound("The log has no such tile yet.")
    return TileBytes(found, headers=_NEVER_CHANGES)


@router.get(
    "/inclusion/{sequence}",
    operation_id="log-inclusion",
    summary="Prove that an event stands in the log",
    **_text(NotFound, InvalidRequest),
)
def log_inclusion(sequence: Sequence, office: TheOffice, at: Now) -> Response:
    """The proof under the newest checkpoint (C2SP tlog-proof); `extra` is the entry."""
    proof = office.log.prove(sequence, office.recent_checkpoint(at))
    if proof is None:
        raise NotFound(f"No checkpoint covers event {sequence} yet.")
    return PlainText(proof.to_text(), headers=_CHANGES)


@router.get(
    "/consistency/{old}",
    operation_id="log-consistency",
    summary="Prove that the log only grew",
    **_text(NotFound, InvalidRequest),
)
def log_consistency(
    old: Annotated[int, Path(ge=0, le=2**53 - 1, description="The size of the checkpoint you have kept.")],
    office: TheOffice,
    at: Now,
) -> Response:
    """The proof that the newest checkpoint's tree begins with the one of `old` events, in the words of tlog-witness."""
    proof = office.log.prove_consistency(old, office.recent_checkpoint(at))
    if proof is None:
        raise NotFound(f"No checkpoint of as many as {old} events was signed yet.")
    return PlainText(proof.to_text(), headers=_CHANGES)
