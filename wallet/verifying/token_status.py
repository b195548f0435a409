"""Step 6 for tokens: the status of an SD-JWT VC or a JWT credential, by a signed list of the issuer's.

    claims {"status": {"status_list": {"idx": 412, "uri": "https://registry.example/tokens/1"}}, …}

The list is not trusted in transit: whoever alters or withholds it can only make us say *could not check*. Its key
has to be one of the issuer's, in force when the list was signed. Whose keys those are, the caller knows, who has
just verified the token itself; `keys_of_case` is the answer for whoever has a `Case`.

Source: Token Status List, draft-ietf-oauth-status-list-21, section 8.3.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from keys.errors import InvalidKey, MalformedMessage
from keys.jose import numeric_date
from keys.signing import PublicKey
from wallet.evidence import Evidence, StatusListEvidence
from wallet.formats.shape import written_time
from wallet.formats.status_list import StatusListRefused
from wallet.formats.token_status_list import (
    INVALID,
    SUSPENDED,
    VALID,
    PublishedList,
    TokenStatusEntry,
    TokenStatusList,
    checked_list,
    open_list,
    read_entry,
)
from wallet.verdict import Check, NotApplicable, Problem
from wallet.verifying.case import Case, Signature
from wallet.verifying.freshness import too_old
from wallet.verifying.keys_of_issuers import belongs, in_force
from wallet.verifying.policy import DEFAULT, Policy
from wallet.verifying.remembering import Remembered
from wallet.verifying.step import TOKEN_STATUS, quoted

ListKeys = Callable[[PublishedList], PublicKey]
"""The issuer's key that a list names in its header, if it was in force when the list says that it was signed.

The list's signature is still to be checked with it. Raises StatusListRefused where there is no such key.
"""


def token_not_revoked(
    claims: Mapping[str, Any], keys: ListKeys, *, at: datetime, evidence: Evidence, policy: Policy = DEFAULT
) -> Check | NotApplicable:
    """(6) What the issuer's list says of the token with these claims, whose own signature has been checked."""
    try:
        entry = read_entry(claims)
    except StatusListRefused as refused:
        if refused.reason == "malformed-entry":
            return TOKEN_STATUS.failed(refused.reason, str(refused), Problem.MALFORMED_VALUE)
        return TOKEN_STATUS.could_not_check(refused.reason, str(refused), Problem.STATUS_VERIFICATION)
    if entry is None:
        if policy.require_status:
            return TOKEN_STATUS.failed(
                "status-required",
                "You require a status, and the credential names none.",
                Problem.MALFORMED_VALUE,
            )
        return TOKEN_STATUS.not_applicable(
            "The credential names no status list: it cannot be revoked, or nobody can see it."
        )
    worst: Check | None = None
    for copy in evidence.status_lists(entry.uri):
        check = _by_copy(entry, copy, keys, at, policy)
        if check.reason not in _ANOTHER_COPY_MAY_SERVE:
            return check
        worst = worst or check
    return worst or TOKEN_STATUS.could_not_check(
        "no-list",
        f"No copy of the status list {quoted(entry.uri)} could be had.",
        Problem.STATUS_RETRIEVAL,
        **_looked_at(entry),
    )


def keys_of_case(case: Case) -> ListKeys:
    """The keys of the issuer of a document, by our registry, a trusted list, or the issuer's own DID document.

    A list names its key by the whole of its name, `did:web:example.edu#key-1`, or by what follows the DID.
    """

    def key_of(published: PublishedList) -> PublicKey:
        named = published.key_id or ""
        method = named if "#" in named else f"{case.issuer}#{named}"
        try:
            key, origin = case.key_of(method)
            issued_at = numeric_date(published.claims, "iat")
        except InvalidKey as error:
            raise StatusListRefused(
                "list-key", f"The status list names a key that is none. {error}"
            ) from error
        except MalformedMessage as error:
            raise StatusListRefused("list-unreadable", f"The status list cannot be read. {error}") from error
        created = None if issued_at is None else written_time(issued_at)
        signature = Signature({"created": created}, method, key, origin)
        whose, own = belongs(case, [signature])
        if key is None or whose.problem is not None:
            raise StatusListRefused("list-key", f"The status list cannot be relied on: {whose.sentence}")
        term = in_force(case, own, witness=None)
        if isinstance(term, Check) and term.problem is not None:
            raise StatusListRefused("list-key", f"The status list cannot be relied on: {term.sentence}")
        return key

    return key_of


_ANOTHER_COPY_MAY_SERVE: Final = frozenset(
    {
        "another-list", "list-bits", "list-key", "list-proof", "list-unreadable", "malformed-list",
        "not-a-status-list", "not-base64url", "not-zlib", "stale-list", "too-long",
    }
)  # fmt: skip
"""Reasons that are about the copy, and not about the token."""


def _by_copy(
    entry: TokenStatusEntry, copy: StatusListEvidence, keys: ListKeys, at: datetime, policy: Policy
) -> Check:
    """What one copy of the list says of the token."""
    try:
        found = _checked(copy.text, keys(open_list(copy.text)))
        if found.uri != entry.uri:  # 8.3, step 4a
            raise StatusListRefused("another-list", "What was got is another status list than the one named.")
        status = found.status(entry.index)
    except StatusListRefused as refused:
        if refused.reason == "index-out-of-range":  # 8.3, step 6: the token is to be rejected
            return TOKEN_STATUS.failed(refused.reason, str(refused), Problem.RANGE, **_looked_at(entry))
        return TOKEN_STATUS.could_not_check(
            refused.reason, str(refused), Problem.STATUS_VERIFICATION, **_looked_at(entry)
        )
    said = written_time(found.valid_from)
    evidence = _looked_at(entry) | {"listDate": said, "status": status}
    if status == INVALID:  # what is revoked stays so: even an old list will do
        sentence = f"The issuer has revoked the credential, by its list of {said}."
        return TOKEN_STATUS.failed("revoked", sentence, Problem.STATUS_VERIFICATION, **evidence)
    stale = too_old(found, copy, at=at, max_age=policy.max_status_age)  # 8.3, steps 4b to 4d
    if stale is not None:
        return TOKEN_STATUS.could_not_check("stale-list", stale, Problem.STATUS_RETRIEVAL, **evidence)
    if status == VALID:
        return TOKEN_STATUS.passed(f"Not revoked or suspended, by the issuer's list of {said}.", **evidence)
    if status == SUSPENDED:
        sentence = f"The issuer has suspended the credential, by its list of {said}."
        return TOKEN_STATUS.failed("suspended", sentence, Problem.STATUS_VERIFICATION, **evidence)
    return TOKEN_STATUS.could_not_check(
        "unknown-status",
        f"The issuer gave it the status {status}, whatever that means.",
        Problem.STATUS_VERIFICATION,
        **evidence,
    )


@Remembered
def _checked(text: bytes, key: PublicKey) -> TokenStatusList:
    """True of a text and a key for ever, and so remembered; what raises is not."""
    return checked_list(text, key)


def _looked_at(entry: TokenStatusEntry) -> dict[str, Any]:
    return {"list": quoted(entry.uri), "index": entry.index}
