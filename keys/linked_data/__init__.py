"""What a document says, as the canonical text that eddsa-rdfc-2022 and its like sign.

A JSON-LD document becomes statements, one a line, whose form does not depend on how the JSON was laid out:

    <urn:uuid:1> <https://schema.org/name> "Physics I" .

The contexts a document names are compiled into plans the first time each shape of object is met
(`linked_data.plans`); the plans write the lines straight from the document (`linked_data.statements`); blank
nodes are named by RDFC-1.0 (`linked_data.labelling`). There is one reading of a document and no second, laxer
one: what could be left out of the statements without a trace is refused.

Source: JSON-LD 1.1; RDF Dataset Canonicalization 1.0; VC Data Integrity EdDSA Cryptosuites 1.0, 3.2.4.
"""

from collections.abc import Mapping
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from keys.contexts import PINNED, Contexts
from keys.errors import NotLinkedData, TooComplex
from keys.linked_data.labelling import HashName
from keys.linked_data.nquads import rdfc10
from keys.linked_data.plans import Plans
from keys.linked_data.statements import Statements

__all__ = ["HashName", "canonical_nquads", "plans_for", "rdfc10"]

_plans: WeakKeyDictionary[Contexts, Plans] = WeakKeyDictionary()
_making = Lock()


def canonical_nquads(
    document: Mapping[str, Any], *, contexts: Contexts = PINNED, hash_name: HashName = "sha256"
) -> bytes:
    """The statements of a document in canonical form, UTF-8, one a line, sorted.

    `document` is JSON as `strict_json.parse` gives it. Members that are null or empty lists say nothing and
    leave no line; neither does `@direction`, which is layout. `hash_name` is "sha384" for ecdsa-rdfc-2019 on
    P-384.

    Raises: ContextNotAllowed for a context that is not among `contexts`, or one written out in the document that
    does more than name types (`linked_data.types_of_ones_own`);
    UndefinedTerm for a member, type or reference that no context defines; NotLinkedData for what is not
    JSON-LD, or is a part of it that credentials do not use; TooComplex for a document made to be hard.
    """
    try:
        return Statements(dict(document), plans_for(contexts).document).canonical(hash_name)
    except UnicodeEncodeError as error:
        raise NotLinkedData("A text of the document holds half a character.") from error
    except RecursionError as error:
        raise TooComplex("The document is nested too deep.") from error


def plans_for(contexts: Contexts) -> Plans:
    """What has been worked out under these contexts, kept as long as they are."""
    found = _plans.get(contexts)
    if found is None:
        with _making:
            found = _plans.setdefault(contexts, Plans(contexts))
    return found
