"""What the web door itself refuses, before anybody in the wallet is asked.

    DoorError
    ├── NoKey                  nobody said who they are, or with a key that was never made or has ended
    ├── WrongRole              this key may not do this
    ├── OutOfScope             its holder may, and this key was made for less
    ├── ForeignForm            another site's page has sent this form
    ├── SignInFirst            this page is for somebody, and nobody has signed in
    ├── TooManyTries           so many from one place are guessing
    ├── NoSuchAddress          nothing is at this address
    ├── WrongMethod            something is, and this cannot be done with it
    ├── WrongHost              the name under which it was asked for is not this machine's own
    ├── WrongMediaType         the body is not declared to be JSON
    ├── TooLarge               the body is longer than is read
    ├── UnreadableBody         the body is not JSON with one meaning
    ├── InvalidRequest         it is, and says what cannot be said here; `.errors` says where
    ├── OutOfTime              no answer within the deadline
    ├── TooBusy                so many are waiting that this one would only wait in vain
    └── NotReady               the wallet cannot serve now

Every error's text is a plain sentence; `code` is for programs and never changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal


class DoorError(Exception):
    """Said by the door, and by nobody behind it."""

    code: ClassVar[str]


class NoKey(DoorError):
    code = "no-key"

    def __init__(self) -> None:
        super().__init__("This needs an API key that is in force: Authorization: Bearer lcw_…")


class WrongRole(DoorError):
    code = "wrong-role"


class OutOfScope(DoorError):
    """`scope` is the one that is needed."""

    code = "out-of-scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs a key with the scope {scope}, and this one was made without it.")
        self.scope = scope


class ForeignForm(DoorError):
    code = "foreign-form"

    def __init__(self) -> None:
        super().__init__("This form was not sent from a page of this site; open the page anew and try again.")


class SignInFirst(DoorError):
    """`to` is the address that was asked for."""

    code = "sign-in-first"

    def __init__(self, to: str) -> None:
        super().__init__("Sign in to see this page.")
        self.to = to


class TooManyTries(DoorError):
    code = "too-many-tries"

    def __init__(self) -> None:
        super().__init__("Too many tries. Wait a minute, and try again.")


class NoSuchAddress(DoorError):
    code = "no-such-address"

    def __init__(self) -> None:
        super().__init__("There is nothing at this address.")


class WrongMethod(DoorError):
    """`allowed` are the methods that are understood there."""

    code = "wrong-method"

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{method} cannot be done at this address.")
        self.allowed = tuple(allowed)


class WrongHost(DoorError):
    """A page of a stranger's, whose name leads to this machine, would ask under that name (DNS rebinding)."""

    code = "wrong-host"

    def __init__(self) -> None:
        super().__init__(
            "Open issuers are asked for under a name of this machine alone: localhost or 127.0.0.1."
        )


class WrongMediaType(DoorError):
    code = "wrong-media-type"

    def __init__(self) -> None:
        super().__init__("The body is to be JSON, sent as application/json in UTF-8.")


class TooLarge(DoorError):
    code = "too-large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is longer than the {limit} bytes that are read here.")


class UnreadableBody(DoorError):
    """`reason` is a code of `wallet.reading.MalformedJson`: `duplicate-member`, `number-too-big`, …"""

    code = "unreadable-body"

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


Place = Literal["body", "path", "query", "header"]


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that cannot be said: where, as a JSON Pointer (RFC 6901) into that part, and why."""

    place: Place
    pointer: str
    detail: str


class InvalidRequest(DoorError):
    code = "invalid-request"

    def __init__(self, errors: Sequence[Misfit]) -> None:
        super().__init__("The request says something that cannot be said here; `errors` says where.")
        self.errors = tuple(errors)


class OutOfTime(DoorError):
    """Nobody knows yet whether the request was carried out, and nothing here pretends to."""

    code = "out-of-time"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"There was no answer within {seconds:g} s. What was asked may have been recorded all the same: send "
            "the same request again under the same Idempotency-Key, and it is done once."
        )


class TooBusy(DoorError):
    """Nothing of the request was looked at, so nothing of it was done."""

    code = "too-busy"

    def __init__(self) -> None:
        super().__init__("Too many requests are waiting. Nothing was done; send it again in a moment.")


class NotReady(DoorError):
    code = "not-ready"
