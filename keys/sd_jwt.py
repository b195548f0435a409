"""SD-JWT: a signed text of which the holder shows only what an occasion needs.

    <issuer's JWT> ~ <disclosure> ~ <disclosure> ~                     as issued, or shown
    <issuer's JWT> ~ <disclosure> ~ <key-binding JWT>                  shown to one reader, by the holder

    disclosure     base64url of ["salt", "name", value], or in an array of ["salt", value]
    in the JWT     {"_sd": ["digest", …]} stands for members, {"...": "digest"} for an item

A digest without its disclosure is left out in silence: it may be what the holder keeps back, or a decoy. A
disclosure without its digest is refused: the issuer never signed it. What is hidden may hide more inside.

A place in a document is a path, ("credentialSubject", "phoneNumbers", 0); people write it
`credentialSubject.phoneNumbers[0]`, or as the JSON Pointer `/credentialSubject/phoneNumbers/0`.

Source: RFC 9901, above all sections 4.2 (format), 6.1 (issuing) and 7 (verifying).
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, TypeAlias

from keys import strict_json
from keys.canonical import canonicalize
from keys.errors import (
    BrokenDisclosure,
    BrokenKeyBinding,
    InvalidKey,
    InvalidSignature,
    JoseError,
    MalformedJson,
    MalformedMessage,
    UnsupportedAlgorithm,
)
from keys.jose import Jws, from_base64url, numeric_date, sign, to_base64url
from keys.jose import read as read_jws
from keys.jwk import public_jwk, public_key_of_jwk
from keys.signing import PublicKey, Signer

__all__ = [
    "VC_TYP",
    "Disclosure",
    "Path",
    "SdJwt",
    "bind",
    "issue",
    "parse_path",
    "present",
    "read",
    "vc_type",
]

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in a document: names of members, and numbers of items from 0."""

KEY_BINDING: Final = "kb+jwt"
"""The `typ` of a key-binding JWT (RFC 9901, section 4.3)."""

VC_TYP: Final = "dc+sd-jwt"
"""The `typ` of an SD-JWT VC (SD-JWT-based Verifiable Credentials, section 3.2.1)."""

_HASHES: Final = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
_ORDINARY: Final = "sha-256"
_SD, _SD_ALG, _ITEM = "_sd", "_sd_alg", "..."
_RESERVED: Final = frozenset({_SD, _ITEM})
_SALT_BYTES: Final = 16
"""128 bits, against guessing what is hidden from its digest (RFC 9901, section 9.3)."""

_LONGEST: Final = 4 * 1024 * 1024
_MOST_DISCLOSURES: Final = 10_000
_DEEPEST: Final = strict_json.DEFAULT.depth

_ALWAYS_SHOWN: Final = frozenset({"iss", "aud", "exp", "nbf", "cnf", "status", "vct", "vct#integrity"})
"""Claims that limit what the message is good for: a holder must not be able to leave them out.

Sources: RFC 9901, section 9.7; SD-JWT-based Verifiable Credentials, "Registered JWT Claims".
"""


@dataclass(frozen=True)
class Disclosure:
    """One thing that may be shown: a member of an object, or with no name an item of an array."""

    text: str
    """As it stands in the message; the digest is of these characters."""
    name: str | None
    value: Any

    def digest(self, algorithm: str) -> str:
        """Of `text`, as it stands in the issuer's JWT."""
        return to_base64url(_HASHES[algorithm](self.text.encode("ascii")).digest())

    @classmethod
    def of(cls, salt: bytes, name: str | None, value: Any) -> "Disclosure":
        """A new one. Raises NotCanonicalizable for a value that is not JSON."""
        named = [] if name is None else [name]
        return cls(to_base64url(canonicalize([to_base64url(salt), *named, value])), name, value)

    @classmethod
    def read(cls, text: str) -> "Disclosure":
        """Raises MalformedMessage."""
        try:
            parts = strict_json.parse(from_base64url(text, "disclosure"))
        except MalformedJson as error:
            raise MalformedMessage(f"A disclosure is not JSON. {error}") from error
        match parts:
            case [str(), str(name), value]:
                return cls(text, name, value)
            case [str(), value]:
                return cls(text, None, value)
        raise MalformedMessage("A disclosure is not a salt with a value, or with a name and a value.")


@dataclass(frozen=True)
class SdJwt:
    """A message that could be read. Nothing in it is anybody's word until `check` has not raised."""

    jwt: Jws
    """The issuer's."""
    disclosures: tuple[Disclosure, ...]
    key_binding: Jws | None
    shown: str
    """The whole text but for the key-binding JWT: what the holder signs the digest of."""

    def check(self, key: PublicKey) -> dict[str, Any]:
        """The claims as shown, once the issuer's signature and every disclosure hold.

        Raises AlgorithmNotAllowed, InvalidSignature, MalformedMessage, UnsupportedAlgorithm, BrokenDisclosure.
        """
        self.jwt.check(key)
        return self.claims

    @cached_property
    def claims(self) -> dict[str, Any]:
        """The claims as shown, whoever signed them. Source: RFC 9901, section 7.1, steps 3 to 5.

        Raises MalformedMessage, UnsupportedAlgorithm, BrokenDisclosure.
        """
        claims, _ = self._assembled
        return claims

    @property
    def places(self) -> Mapping[Path, Disclosure]:
        """Where in `claims` each disclosure stands."""
        _, places = self._assembled
        return places

    @cached_property
    def _assembled(self) -> tuple[dict[str, Any], Mapping[Path, Disclosure]]:
        assembly = _Assembly(self.digest_algorithm, self.disclosures)
        claims = assembly.whole(self.jwt.claims())
        return claims, assembly.places

    @property
    def digest_algorithm(self) -> str:
        """Raises UnsupportedAlgorithm, MalformedMessage."""
        named = self.jwt.claims().get(_SD_ALG, _ORDINARY)
        if not isinstance(named, str) or named not in _HASHES:
            raise UnsupportedAlgorithm(f"This program cannot check digests by {str(named)[:60]!r}.")
        return named

    def check_key_binding(
        self, *, audience: str, nonce: str, at: datetime, max_age: timedelta = timedelta(minutes=5)
    ) -> None:
        """Raise BrokenKeyBinding unless the holder showed exactly this, to `audience`, for `nonce`.

        The holder's key is the one the issuer bound (`cnf`, RFC 7800), so this proves something only after
        `check`. The holder's clock may be `max_age` away from `at`. Source: RFC 9901, section 7.3.
        """
        if self.key_binding is None:
            raise BrokenKeyBinding("The holder has not signed what is shown.")
        try:
            self.key_binding.expect(KEY_BINDING)
            self.key_binding.check(_bound_key(self.claims))
            bound = self.key_binding.claims()
            made = numeric_date(bound, "iat")
        except (JoseError, InvalidSignature) as error:
            raise BrokenKeyBinding(f"The holder's signature does not hold. {error}") from error
        if bound.get("sd_hash") != self._sd_hash:
            raise BrokenKeyBinding("The holder signed that something else is shown.")
        if bound.get("aud") != audience or bound.get("nonce") != nonce:
            raise BrokenKeyBinding("The holder showed it to another reader, or on another occasion.")
        if made is None or abs(at - made) > max_age:
            raise BrokenKeyBinding("The holder did not show it just now.")

    @property
    def _sd_hash(self) -> str:
        digest = _HASHES[self.digest_algorithm](self.shown.encode("ascii")).digest()
        return to_base64url(digest)


def issue(
    claims: Mapping[str, Any],
    signer: Signer,
    *,
    hidden: Collection[Path] = (),
    typ: str | None = None,
    cty: str | None = None,
    kid: str | None = None,
    holder: PublicKey | None = None,
    always_shown: Collection[str] = (),
    decoys: int = 0,
    salt: Callable[[], bytes] = lambda: secrets.token_bytes(_SALT_BYTES),
) -> str:
    """The claims, signed, with what stands at the `hidden` paths behind digests; every disclosure follows.

    `holder` is the key that may bind what is shown to an occasion. `always_shown` are top-level names that
    may not be hidden, besides those no message may hide. `decoys` are digests of nothing, added wherever
    something is hidden, so that their number says less. Source: RFC 9901, section 6.1.

    Raises BrokenDisclosure for a path that leads nowhere or may not be hidden, and for claims that look like
    digests already; NotCanonicalizable.
    """
    _refuse_reserved(claims)
    kept = _ALWAYS_SHOWN | frozenset(always_shown)
    for path in hidden:
        if not path:
            raise BrokenDisclosure("The whole of a message cannot be hidden.")
        if path[0] in kept:
            raise BrokenDisclosure(
                f"{written(path)!r} limits what is signed, so it may not be left to the holder to show."
            )
    hiding = _Hiding(_tree(hidden), decoys, salt)
    payload = hiding.of_object(claims, hiding.tree, ())
    if holder is not None:
        payload["cnf"] = {"jwk": public_jwk(holder)}
    if hiding.disclosures:
        payload[_SD_ALG] = _ORDINARY
    jwt = sign(canonicalize(payload), signer, typ=typ, cty=cty, kid=kid)
    return _joined(jwt, hiding.disclosures)


def read(text: str, *, allowing: Collection[str] = ()) -> SdJwt:
    """Read an SD-JWT, with or without key binding. `allowing` is as in `keys.jose.read`.

    Raises MalformedMessage, AlgorithmNotAllowed, UnsupportedAlgorithm, HeaderNotAllowed.
    """
    if len(text) > _LONGEST:
        raise MalformedMessage(f"The message is longer than the {_LONGEST} characters accepted.")
    jwt, *disclosed = text.split("~")
    if not disclosed:
        raise MalformedMessage("The text is not an SD-JWT: it has no tilde (~).")
    if len(disclosed) > _MOST_DISCLOSURES:
        raise MalformedMessage(f"The message holds more than the {_MOST_DISCLOSURES} disclosures accepted.")
    binding = disclosed.pop()
    return SdJwt(
        read_jws(jwt, allowing=allowing),
        tuple(Disclosure.read(each) for each in disclosed),
        read_jws(binding) if binding else None,
        text[: len(text) - len(binding)],
    )


def present(message: SdJwt, show: Collection[Path]) -> str:
    """The message with only the disclosures at these paths, and of whatever they lie in.

    Raises BrokenDisclosure for a path at which nothing is disclosed.
    """
    for path in show:
        if path not in message.places:
            raise BrokenDisclosure(f"Nothing that could be shown stands at {written(path)!r}.")
    chosen = [
        disclosure
        for place, disclosure in message.places.items()
        if any(path[: len(place)] == place for path in show)
    ]
    return _joined(message.shown.partition("~")[0], chosen)


def bind(text: str, holder: Signer, *, audience: str, nonce: str, at: datetime) -> str:
    """What is shown, with the holder's word that it is shown to this reader on this occasion.

    Raises BrokenKeyBinding where it is bound already, or its issuer bound it to another key.
    """
    message = read(text)
    if message.key_binding is not None:
        raise BrokenKeyBinding("It has been shown to somebody already; show it anew from what was issued.")
    if _bound_key(message.claims) != holder.public:
        raise BrokenKeyBinding("It was issued to the holder of another key.")
    claims = {"aud": audience, "nonce": nonce, "iat": int(at.timestamp()), "sd_hash": message._sd_hash}
    return text + sign(canonicalize(claims), holder, typ=KEY_BINDING)


def vc_type(message: SdJwt) -> str:
    """The type (`vct`) of an SD-JWT VC, which stands in the open like all that limits it.

    Raises WrongMediaType for another kind of SD-JWT, MalformedMessage without a type, BrokenDisclosure where
    the holder was free to leave out a limit. Source: SD-JWT-based Verifiable Credentials, section 3.2.2.
    """
    message.jwt.expect(VC_TYP)
    if loose := sorted(str(place[0]) for place in message.places if place[0] in _ALWAYS_SHOWN):
        raise BrokenDisclosure(
            f"What limits the credential was left to its holder to show: {', '.join(loose)}."
        )
    named = message.claims.get("vct")
    if not isinstance(named, str) or not named:
        raise MalformedMessage("The credential does not say of what type it is (vct).")
    return named


def _bound_key(claims: Mapping[str, Any]) -> PublicKey:
    """The key of `cnf`, in the one form we read: a JWK. Raises BrokenKeyBinding."""
    match claims.get("cnf"):
        case {"jwk": dict() as jwk}:
            try:
                return public_key_of_jwk(jwk)
            except InvalidKey as error:
                raise BrokenKeyBinding(f"The holder's key cannot be used. {error}") from error
    raise BrokenKeyBinding("The issuer bound it to no holder's key.")


def _joined(jwt: str, disclosures: Sequence[Disclosure]) -> str:
    return "".join(f"{part}~" for part in (jwt, *(disclosure.text for disclosure in disclosures)))


# --- paths --------------------------------------------------------------------------------------------

_NUMBER: Final = "0|[1-9][0-9]{0,8}"
_STEP: Final = re.compile(rf"[.]?(?P<name>[^.\[\]]+)|\[(?P<number>{_NUMBER})\]", re.ASCII)
_PATH: Final = re.compile(rf"[^.\[\]]+(?:[.][^.\[\]]+|\[(?:{_NUMBER})\])*", re.ASCII)


def parse_path(text: str) -> Path:
    """`a.b[0]`, or the JSON Pointer `/a/b/0`, as a path. Raises BrokenDisclosure.

    In a pointer a number names an item; a member with such a name cannot be reached.
    """
    if text.startswith("/"):
        steps = [step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/")]
        return tuple(int(step) if re.fullmatch(_NUMBER, step) else step for step in steps)
    if _PATH.fullmatch(text) is None:
        raise BrokenDisclosure(f"{text[:200]!r} is not a path such as credentialSubject.results[0].")
    return tuple(found["name"] or int(found["number"]) for found in _STEP.finditer(text))


def written(path: Path) -> str:
    """The path as people write it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")[:200]


# --- hiding -------------------------------------------------------------------------------------------

_Tree: TypeAlias = "dict[str | int, _Node]"


@dataclass
class _Node:
    """A place on the way to something hidden, or hidden itself."""

    hidden: bool
    inside: _Tree


def _tree(paths: Collection[Path]) -> _Tree:
    root = _Node(hidden=False, inside={})
    for path in paths:
        node = root
        for step in path:
            node = node.inside.setdefault(step, _Node(hidden=False, inside={}))
        node.hidden = True
    return root.inside


@dataclass
class _Hiding:
    """Puts digests where values were, from the inside out, and collects the disclosures."""

    tree: _Tree
    decoys: int
    salt: Callable[[], bytes]

    def __post_init__(self) -> None:
        self.disclosures: list[Disclosure] = []

    def of_object(self, value: Mapping[str, Any], tree: _Tree, path: Path) -> dict[str, Any]:
        self._refuse_unknown(tree, value.keys(), path)
        shown: dict[str, Any] = {}
        digests: list[str] = []
        for name, member in value.items():
            node = tree.get(name)
            if node is None:
                shown[name] = member
                continue
            inner = self._inside(member, node.inside, (*path, name))
            if node.hidden:
                digests.append(self._hide(name, inner))
            else:
                shown[name] = inner
        if digests:
            # Sorted, so that their order says nothing of the order of what is hidden.
            shown[_SD] = sorted(digests + [self._decoy() for _ in range(self.decoys)])
        return shown

    def _of_array(self, value: Sequence[Any], tree: _Tree, path: Path) -> list[Any]:
        self._refuse_unknown(tree, range(len(value)), path)
        shown = list(value)
        for number, node in tree.items():
            if isinstance(number, int):
                inner = self._inside(value[number], node.inside, (*path, number))
                shown[number] = {_ITEM: self._hide(None, inner)} if node.hidden else inner
        if any(node.hidden for node in tree.values()):
            shown += [{_ITEM: self._decoy()} for _ in range(self.decoys)]
        return shown

    def _inside(self, value: Any, tree: _Tree, path: Path) -> Any:
        if not tree:
            return value
        if isinstance(value, Mapping):
            return self.of_object(value, tree, path)
        if isinstance(value, list | tuple):
            return self._of_array(value, tree, path)
        raise BrokenDisclosure(f"{written(path)!r} has no parts that could be hidden.")

    @staticmethod
    def _refuse_unknown(tree: _Tree, known: Collection[str | int], path: Path) -> None:
        for step in tree:
            if step not in known:
                raise BrokenDisclosure(f"There is nothing at {written((*path, step))!r} to hide.")

    def _hide(self, name: str | None, value: Any) -> str:
        disclosure = Disclosure.of(self.salt(), name, value)
        self.disclosures.append(disclosure)
        return disclosure.digest(_ORDINARY)

    def _decoy(self) -> str:
        return to_base64url(_HASHES[_ORDINARY](self.salt()).digest())


def _refuse_reserved(value: Any) -> None:
    """RFC 9901, section 4: what would be read as digests must not be in what is to be signed."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, Mapping):
            if _SD_ALG in each or not _RESERVED.isdisjoint(each):
                raise BrokenDisclosure("The claims have a member with a name that SD-JWT keeps for itself.")
            stack += each.values()
        elif isinstance(each, list | tuple):
            stack += each


# --- showing ------------------------------------------------------------------------------------------


class _Assembly:
    """Puts values where digests are, and sees that every digest and every disclosure is there once."""

    def __init__(self, algorithm: str, disclosures: Sequence[Disclosure]) -> None:
        self._offered = {disclosure.digest(algorithm): disclosure for disclosure in disclosures}
        if len(self._offered) != len(disclosures):
            raise BrokenDisclosure("A disclosure is given twice.")
        self._seen: set[str] = set()
        self.places: dict[Path, Disclosure] = {}

    def whole(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        claims = self._object({name: value for name, value in payload.items() if name != _SD_ALG}, ())
        if len(self.places) != len(self._offered):
            raise BrokenDisclosure("A disclosure is not one that the issuer signed for.")
        return claims

    def _value(self, value: Any, path: Path) -> Any:
        if len(path) > _DEEPEST:
            raise BrokenDisclosure(f"The disclosures nest more than {_DEEPEST} levels.")
        if isinstance(value, dict):
            return self._object(value, path)
        if isinstance(value, list):
            return self._array(value, path)
        return value

    def _object(self, value: Mapping[str, Any], path: Path) -> dict[str, Any]:
        if _ITEM in value or _SD_ALG in value:
            raise BrokenDisclosure("A digest, or the name of its algorithm, stands where none may.")
        whole = {name: self._value(member, (*path, name)) for name, member in value.items() if name != _SD}
        digests = value.get(_SD, [])
        if not isinstance(digests, list):
            raise BrokenDisclosure("The digests of hidden members are not in an array.")
        for digest in digests:
            if (disclosure := self._disclosed(digest)) is None:
                continue
            name = disclosure.name
            if name is None or name in _RESERVED or name == _SD_ALG or name in whole:
                raise BrokenDisclosure("A disclosure has no name that a member of its object could have.")
            place = (*path, name)
            self.places[place] = disclosure
            whole[name] = self._value(disclosure.value, place)
        return whole

    def _array(self, value: Sequence[Any], path: Path) -> list[Any]:
        whole: list[Any] = []
        for item in value:
            place = (*path, len(whole))
            if not isinstance(item, dict) or _ITEM not in item:
                whole.append(self._value(item, place))
                continue
            if len(item) != 1:
                raise BrokenDisclosure("An item stands both in the open and behind a digest.")
            if (disclosure := self._disclosed(item[_ITEM])) is None:
                continue
            if disclosure.name is not None:
                raise BrokenDisclosure("An item of an array is disclosed with a name.")
            self.places[place] = disclosure
            whole.append(self._value(disclosure.value, place))
        return whole

    def _disclosed(self, digest: Any) -> Disclosure | None:
        if not isinstance(digest, str):
            raise BrokenDisclosure("A digest is not a text.")
        if digest in self._seen:
            raise BrokenDisclosure("A digest stands in two places.")
        self._seen.add(digest)
        return self._offered.get(digest)
