"""Trust chains of OpenID Federation 1.0: who an issuer is, in statements signed one above the other.

    [ "eyJ…",     ES[0]  the issuer about itself, signed with its own federation key
      "eyJ…",     ES[1]  its superior about it: its federation keys, and what to call it
      "eyJ…" ]    ES[n]  the trust anchor about the highest of them, or about itself

The reader knows the anchor's key from elsewhere; everything else follows from it. An issuer that is named by a DID
has no statement of its own, since a DID does not publish one: its chain begins with its superior's, as in the
registry of the Digital Credentials Consortium.

Two things are stricter than they need be. A name an issuer gives itself is not believed: without one from above, an
issuer is called by its identifier. And a chain whose metadata policy speaks of a member that is read here is refused:
we do not apply policies, and must not read past one.

Source: OpenID Federation 1.0, sections 3.2 (statements), 4 (chains), 6.2 (constraints) and 10.2 (validation).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from keys import jose, strict_json
from keys.did import parse_did
from keys.errors import InvalidDid, InvalidKey, JoseError, KeysError, MalformedJson
from keys.jwk import public_key_of_jwk
from keys.rsa import RsaPublicKey, rsa_key_of_jwk
from keys.signing import PublicKey
from wallet.evidence import TrustMark
from wallet.formats.shape import absolute_uri
from wallet.trust_lists.trust_list import CLOCK_SKEW, Kind, ListedIssuer, TrustList, TrustListRefused

FederationKey: TypeAlias = PublicKey | RsaPublicKey
"""Many federations sign their statements with RSA, which OpenID Connect asks everybody to understand."""

TYPE: Final = "entity-statement+jwt"
MARK_TYPE: Final = "trust-mark+jwt"
MOST_STATEMENTS: Final = 8
"""A chain of eight has six authorities between the issuer and the anchor."""

ISSUER_TYPES: Final = ("vc_issuer", "openid_credential_issuer")
"""The entity types whose `jwks` sign credentials. Federation keys do not (3.1.1)."""
_NAMED_IN: Final = ("federation_entity", *ISSUER_TYPES)
_READ: Final = ("organization_name", "jwks")
"""The members of the metadata that are read; a policy about any other changes nothing here."""
_NOT_HERE: Final = frozenset({"crit", "metadata_policy_crit", "aud", "trust_anchor"})
"""Claims that demand what we do not have (13.4, 3.1.3), or that belong to a registration (3.1.4, 3.1.5)."""
_LONGEST_NAME: Final = 500
_MOST_MARKS: Final = 16
"""Looked at; each may cost a signature check, and the issuer writes as many as fit."""


@dataclass(frozen=True, kw_only=True)
class _Statement:
    """One statement as read; its signature is still to be checked."""

    jws: jose.Jws
    claims: Mapping[str, Any]
    issuer: str
    subject: str
    issued_at: datetime
    expires_at: datetime
    keys: Mapping[str, FederationKey]  # the subject's federation keys, by their ids

    @property
    def about_itself(self) -> bool:
        """Whether it is an Entity Configuration; else it is a Subordinate Statement."""
        return self.issuer == self.subject

    @property
    def name(self) -> str:
        return f"the statement of {self.issuer} about {'itself' if self.about_itself else self.subject}"

    def metadata(self, entity_type: str) -> Mapping[str, Any]:
        held: Any = self.claims.get("metadata", {}).get(entity_type, {})
        return held if isinstance(held, Mapping) else {}


def read_chain(data: bytes, *, anchor: FederationKey, name: str | None, at: datetime) -> TrustList:
    """The issuer at the beginning of a trust chain that ends with the anchor's key.

    `data` is a JSON array of statements, or one statement alone. The list goes by `name`, or else by its issuer.
    Raises TrustListRefused.
    """
    chain = [_statement(text, at) for text in _texts(data)]
    _check_order(chain)  # 4: each is about the issuer of the one before it
    _check_signatures(chain, anchor)  # 4: each is signed with a key that the next one lists
    _check_constraints(chain)  # 6.2
    above = chain[1:] if chain[0].about_itself else chain
    top = next(statement for statement in reversed(chain) if not statement.about_itself)
    marks = _marks(chain, anchor, at) if chain[0].about_itself else ()
    issuer = _issuer(chain[0], above[0], _allowed_types(above), marks)
    _refuse_policies(above)
    return TrustList(
        kind=Kind.FEDERATION,
        name=name or issuer.identifier,
        identifier=top.issuer,
        issuers={issuer.identifier: issuer},
        signer=top.issuer,
        made_at=top.issued_at,
        expires_at=min(statement.expires_at for statement in chain),  # 10.4
        statements={statement.name: statement.issued_at for statement in chain},
    )


# --- statements -----------------------------------------------------------------------------------------


def _texts(data: bytes) -> list[str]:
    try:
        text = data.decode().strip()
        value = strict_json.parse(text) if text.startswith("[") else [text]
    except (UnicodeDecodeError, MalformedJson) as error:
        raise TrustListRefused("unreadable", "The trust chain cannot be read as text or as JSON.") from error
    if not isinstance(value, list) or not 0 < len(value) <= MOST_STATEMENTS:
        raise TrustListRefused(
            "not-a-chain", f"A trust chain is an array of 1 to {MOST_STATEMENTS} statements."
        )
    texts = [statement for statement in value if isinstance(statement, str)]
    if len(texts) != len(value):
        raise TrustListRefused("not-a-chain", "A statement of the trust chain is not a text.")
    return texts


def _statement(text: str, at: datetime) -> _Statement:
    """One statement, by everything that can be said of it alone. Source: 3.2."""
    try:
        jws = jose.read(text, rsa=True)
        jws.expect(TYPE)
        claims = jws.claims()
        issued_at, expires_at = jose.numeric_date(claims, "iat"), jose.numeric_date(claims, "exp")
    except JoseError as error:
        raise TrustListRefused("malformed", f"A statement of the chain cannot be read. {error}") from error
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not _is_entity(issuer) or not (_is_entity(subject) or _is_did(subject)):
        raise TrustListRefused("malformed", "A statement does not say by whom it is, or about whom.")
    if issued_at is None or expires_at is None:
        raise TrustListRefused(
            "malformed", "A statement does not say when it was made, or until when it holds."
        )
    statement = _Statement(
        jws=jws,
        claims=claims,
        issuer=str(issuer),
        subject=str(subject),
        issued_at=issued_at,
        expires_at=expires_at,
        keys=_keys_by_id(claims.get("jwks"), optional=_is_did(subject)),
    )
    if issued_at > at + CLOCK_SKEW:
        raise TrustListRefused("from-the-future", f"{_capital(statement.name)} is dated later than now.")
    if at >= expires_at:
        raise TrustListRefused("ended", f"{_capital(statement.name)} has ended; a newer one is needed.")
    _check_claims(statement)
    return statement


def _check_claims(statement: _Statement) -> None:
    claims = statement.claims
    misplaced = (
        {"metadata_policy", "constraints", "source_endpoint"}
        if statement.about_itself
        else {
            "authority_hints",
            "trust_anchor_hints",
            "trust_marks",
            "trust_mark_issuers",
            "trust_mark_owners",
        }
    )
    if found := sorted((misplaced | _NOT_HERE) & claims.keys()):
        raise TrustListRefused(
            "claim-not-allowed",
            f"{_capital(statement.name)} has the claim {found[0]}, which is not for it or for us.",
        )
    metadata = claims.get("metadata", {})
    if not isinstance(metadata, Mapping) or not all(isinstance(held, Mapping) for held in metadata.values()):
        raise TrustListRefused("malformed", f"The metadata in {statement.name} is not an object of objects.")
    if any(value is None for held in metadata.values() for value in held.values()):
        raise TrustListRefused("malformed", f"The metadata in {statement.name} has a member that is null.")


def key_of_jwk(jwk: Mapping[str, Any]) -> FederationKey:
    """The key of a member of a federation, which may be one of RSA. Raises InvalidKey."""
    return rsa_key_of_jwk(jwk) if jwk.get("kty") == "RSA" else public_key_of_jwk(jwk)


def _keys_by_id(jwks: Any, *, optional: bool = False) -> dict[str, FederationKey]:
    """The keys of a JWK Set that we can check with. Each has an id of its own (3.1.1)."""
    if jwks is None and optional:
        return {}
    listed = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(listed, list):
        raise TrustListRefused("malformed", "A statement lists no keys.")
    keys: dict[str, FederationKey] = {}
    seen: set[str] = set()
    for jwk in listed:
        key_id = jwk.get("kid") if isinstance(jwk, Mapping) else None
        if not isinstance(key_id, str) or not key_id or key_id in seen:
            raise TrustListRefused("malformed", "A statement lists a key without an id of its own.")
        seen.add(key_id)
        try:
            keys[key_id] = key_of_jwk(jwk)
        except InvalidKey:
            continue  # a key of a kind we do not have: what it signs, we cannot check
    return keys


# --- the chain ------------------------------------------------------------------------------------------


def _check_order(chain: Sequence[_Statement]) -> None:
    """From the issuer to the anchor, nobody twice, and each under an authority it acknowledges. Source: 4."""
    first, last = chain[0], chain[-1]
    for statement, above in pairwise(chain):
        if statement.issuer != above.subject:
            raise TrustListRefused(
                "broken-chain", f"{_capital(above.name)} does not follow on the one before it."
            )
        if above.about_itself and above is not last:
            raise TrustListRefused(
                "broken-chain", f"{_capital(above.name)} stands in the middle of the chain."
            )
    if all(statement.about_itself for statement in chain):
        raise TrustListRefused("broken-chain", "Nobody in the trust chain says anything of anybody else.")
    entities = [statement.subject for statement in chain[1 if first.about_itself else 0 :]]
    if len(set(entities)) != len(entities) or (not last.about_itself and last.issuer in entities):
        raise TrustListRefused("broken-chain", "The trust chain goes in a circle.")
    if first.about_itself:
        hints = first.claims.get("authority_hints")
        if not isinstance(hints, list) or chain[1].issuer not in hints:
            raise TrustListRefused(
                "broken-chain",
                f"{first.subject} does not acknowledge {chain[1].issuer} as an authority over it.",
            )
    elif not _is_did(first.subject):
        raise TrustListRefused(
            "broken-chain", f"The chain does not begin with what {first.subject} says itself."
        )


def _check_signatures(chain: Sequence[_Statement], anchor: FederationKey) -> None:
    """The last by the anchor's key that the reader knows; every other by a key that the next one lists."""
    last = chain[-1]
    _check_one(last, anchor)
    if last.about_itself and anchor not in last.keys.values():
        raise TrustListRefused(
            "signature", "The anchor's statement about itself does not list the key it is known by."
        )
    for statement, above in pairwise(chain):
        _check_one(statement, _key_named(statement, above.keys))
    if chain[0].about_itself:
        _check_one(chain[0], _key_named(chain[0], chain[0].keys))


def _key_named(statement: _Statement, keys: Mapping[str, FederationKey]) -> FederationKey:
    key = keys.get(statement.jws.key_id or "")
    if key is None:
        raise TrustListRefused(
            "signature", f"{_capital(statement.name)} is signed with a key that is not listed."
        )
    return key


def _check_one(statement: _Statement, key: FederationKey) -> None:
    try:
        statement.jws.check(key)
    except KeysError as error:
        raise TrustListRefused("signature", f"{_capital(statement.name)} does not hold. {error}") from error


def _check_constraints(chain: Sequence[_Statement]) -> None:
    """What an authority allows below it: how long the chain, and whose names. Source: 6.2.1, 6.2.2."""
    below = chain[1:] if chain[0].about_itself else chain
    for depth, statement in enumerate(below):
        constraints = _constraints(statement)
        longest = constraints.get("max_path_length", depth)
        if type(longest) is not int or depth > longest:
            raise TrustListRefused(
                "constraint", f"{_capital(statement.issuer)} does not allow so long a chain below it."
            )
        names = constraints.get("naming_constraints")
        if names is not None:
            for entity in below[: depth + 1]:
                _check_name(entity.subject, names, statement.issuer)


def _check_name(entity: str, names: Any, authority: str) -> None:
    permitted = names.get("permitted") if isinstance(names, Mapping) else ""
    excluded = names.get("excluded", []) if isinstance(names, Mapping) else ""
    if not isinstance(excluded, list) or not isinstance(permitted, list | None):
        raise TrustListRefused("malformed", f"The names that {authority} allows are not listed.")
    host = urlsplit(entity).hostname
    if host is None:
        raise TrustListRefused(
            "constraint", f"{authority} allows only some names, and {entity} has no host's name."
        )
    if any(_within(host, domain) for domain in excluded) or (
        permitted is not None and not any(_within(host, domain) for domain in permitted)
    ):
        raise TrustListRefused("constraint", f"{authority} does not allow {entity} below it.")


def _within(host: str, domain: Any) -> bool:
    """RFC 5280, section 4.2.1.10: a domain that begins with a dot stands for every host in it."""
    if not isinstance(domain, str) or not domain:
        raise TrustListRefused("malformed", "A name in a constraint is not a text.")
    return host.endswith(domain.lower()) if domain.startswith(".") else host == domain.lower()


def _constraints(statement: _Statement) -> Mapping[str, Any]:
    constraints = statement.claims.get("constraints", {})
    if not isinstance(constraints, Mapping):
        raise TrustListRefused("malformed", f"The constraints in {statement.name} are not an object.")
    return constraints


def _allowed_types(above: Sequence[_Statement]) -> frozenset[str]:
    """The entity types of an issuer that every authority allows. Source: 6.2.3."""
    allowed = frozenset(ISSUER_TYPES)
    for statement in above:
        listed = _constraints(statement).get("allowed_entity_types")
        if listed is None:
            continue
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise TrustListRefused(
                "malformed", f"The constraints in {statement.name} do not list entity types."
            )
        allowed &= frozenset(listed)
    return allowed


def _refuse_policies(above: Sequence[_Statement]) -> None:
    for statement in above:
        policy = statement.claims.get("metadata_policy", {})
        if not isinstance(policy, Mapping):
            raise TrustListRefused("malformed", f"The metadata policy in {statement.name} is not an object.")
        for entity_type in _NAMED_IN:
            held = policy.get(entity_type, {})
            if not isinstance(held, Mapping) or any(member in held for member in _READ):
                raise TrustListRefused(
                    "policy",
                    f"{_capital(statement.name)} has a metadata policy that this program does not apply.",
                )


# --- the issuer -----------------------------------------------------------------------------------------


def _issuer(
    subject: _Statement, superior: _Statement, allowed: frozenset[str], marks: tuple[TrustMark, ...]
) -> ListedIssuer:
    """Whom the chain is about: named by its superior, with its keys as its superior has let them stand (3.1.1)."""
    keys: dict[str, PublicKey] = {}
    for entity_type in ISSUER_TYPES:
        declared = entity_type in subject.claims.get("metadata", {})
        if entity_type not in allowed or not declared:
            continue
        jwks = {**subject.metadata(entity_type), **superior.metadata(entity_type)}.get("jwks")
        for key_id, key in _keys_by_id(jwks, optional=True).items():
            if isinstance(key, RsaPublicKey):
                continue  # no credential here is signed with RSA
            keys[key_id if key_id.partition("#")[0] == subject.subject else f"{subject.subject}#{key_id}"] = (
                key
            )
    named = (_name(superior.metadata(entity_type).get("organization_name")) for entity_type in _NAMED_IN)
    about = superior.metadata("federation_entity")
    url = about.get("organization_uri", about.get("homepage_uri"))
    return ListedIssuer(
        identifier=subject.subject,
        name=next((name for name in named if name is not None), subject.subject),
        url=url if absolute_uri(url) else None,
        keys=keys,
        marks=marks,
    )


def _marks(chain: Sequence[_Statement], anchor: FederationKey, at: datetime) -> tuple[TrustMark, ...]:
    """The trust marks the issuer shows that an authority of the chain has given it. Source: 7.1, 7.3.

    The issuer shows them, and anybody can make one: a mark whose signature cannot be checked with a key of the
    chain, or whose giver the anchor does not name for it, counts for nothing.
    """
    subject, last = chain[0], chain[-1]
    top = last.issuer
    keys: dict[str, list[FederationKey]] = {top: [anchor]}
    for statement in chain[1:]:
        keys.setdefault(statement.subject, []).extend(statement.keys.values())
    keys.pop(subject.subject, None)
    named = last.claims.get("trust_mark_issuers", {}) if last.about_itself else {}
    shown = subject.claims.get("trust_marks", [])
    marks: list[TrustMark] = []
    for each in shown[:_MOST_MARKS] if isinstance(shown, list) else ():
        mark = _mark(each, subject.subject, keys, at)
        if mark is None:
            continue
        givers = named.get(mark.type) if isinstance(named, Mapping) else None
        if mark.by == top or (isinstance(givers, list) and (mark.by in givers or not givers)):
            marks.append(mark)
    return tuple(marks)


def _mark(
    shown: Any, subject: str, keys: Mapping[str, Sequence[FederationKey]], at: datetime
) -> TrustMark | None:
    if not isinstance(shown, Mapping) or not isinstance(text := shown.get("trust_mark"), str):
        return None
    try:
        jws = jose.read(text, rsa=True)
        jws.expect(MARK_TYPE)
        claims = jws.claims()
        issued_at, until = jose.numeric_date(claims, "iat"), jose.numeric_date(claims, "exp")
    except JoseError:
        return None
    kind, by = claims.get("trust_mark_type"), claims.get("iss")
    about_it = (
        claims.get("sub") == subject and kind == shown.get("trust_mark_type") and "delegation" not in claims
    )
    in_time = issued_at is not None and issued_at <= at + CLOCK_SKEW and (until is None or at < until)
    if not about_it or not in_time or not absolute_uri(kind) or not isinstance(by, str):
        return None
    return TrustMark(type=str(kind), by=by, until=until) if _held(jws, keys.get(by, ())) else None


def _held(jws: jose.Jws, keys: Sequence[FederationKey]) -> bool:
    """Whether one of these keys made the signature: the only question here whose answer may be no."""
    for key in keys:
        try:
            jws.check(key)
        except KeysError:
            continue
        return True
    return False


def _name(value: Any) -> str | None:
    """A name fit to be shown: short, on one line, with nothing a terminal obeys."""
    if not isinstance(value, str) or len(value) > _LONGEST_NAME or not value.isprintable():
        return None
    return value.strip() or None


def _is_entity(value: Any) -> bool:
    """An Entity Identifier: an address of https with a host, and no fragment (1.2)."""
    return (
        absolute_uri(value)
        and value.startswith("https://")
        and bool(urlsplit(value).hostname)
        and "#" not in value
    )


def _is_did(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(parse_did(value))
    except InvalidDid:
        return False


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
