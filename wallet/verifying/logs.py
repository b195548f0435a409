"""What a proof of inclusion in a log is worth, on the reader's terms."""

from dataclasses import dataclass
from datetime import datetime

from keys.errors import KeysError
from keys.note import NoteKey
from wallet.errors import LogError, TimestampRefused
from wallet.transparency import logged
from wallet.transparency.checkpoint import stated_time
from wallet.transparency.logged import Inclusion
from wallet.verifying.policy import Policy


@dataclass(frozen=True)
class Logged:
    """A proof that was looked at. `broken` says why it shows nothing; then the rest is empty."""

    origin: str = ""
    index: int = 0
    size: int = 0
    stated: datetime | None = None
    """When the log itself says that it signed the checkpoint."""
    cosigned: tuple[tuple[str, datetime], ...] = ()
    """Which of the reader's witnesses have cosigned it, and when, the earliest first."""
    stamped: datetime | None = None
    """When an authority of the reader's stamped it."""
    enough: bool = True
    """Whether the witnesses and the stamp are those that the reader asked for."""
    proven_at: datetime | None = None
    """The time that the reader's own witnesses and authorities vouch for; None where none are asked for."""
    broken: str = ""


def check_logged(inclusion: Inclusion, digest: bytes, policy: Policy) -> Logged:
    """Check the proof, and count whose word stands beside the log's."""
    checkpoint = inclusion.proof.checkpoint
    try:
        signed_by = logged.check(inclusion, digest)
        cosigned = checkpoint.cosigned(map(NoteKey.parse, policy.log_witnesses or ()))
        stated = stated_time(checkpoint, signed_by)
    except (LogError, KeysError) as error:
        return Logged(broken=str(error))
    by_time = sorted(((key.name, at) for key, at in cosigned.items()), key=lambda each: each[1])
    stamped = _stamped(inclusion, policy)
    wanted = policy.require_witnesses
    enough = len(by_time) >= wanted and not (policy.timestamp_authorities and stamped is None)
    vouched = [by_time[wanted - 1][1]] if wanted and len(by_time) >= wanted else []
    vouched += [stamped] if stamped is not None else []
    return Logged(
        origin=checkpoint.origin,
        index=inclusion.proof.index,
        size=checkpoint.size,
        stated=stated,
        cosigned=tuple(by_time),
        stamped=stamped,
        enough=enough,
        proven_at=min(vouched, default=None),
    )


def _stamped(inclusion: Inclusion, policy: Policy) -> datetime | None:
    """The earliest stamp of one of the reader's authorities. Others are ignored: anybody can stamp."""
    if not policy.timestamp_authorities:
        return None
    # It brings in a parser of certificates that most verifications have no use for.
    from wallet.transparency.timestamping import authorities, check_stamp

    roots = [each for pem in policy.timestamp_authorities for each in authorities(pem.encode())]
    found = []
    for stamp in inclusion.timestamps:
        try:
            found.append(check_stamp(stamp, inclusion.proof.checkpoint, roots))
        except TimestampRefused:
            continue
    return min(found, default=None)
