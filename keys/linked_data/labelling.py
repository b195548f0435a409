"""Names for blank nodes, the same whoever gives them: RDF Dataset Canonicalization (RDFC-1.0), section 4.

Most blank nodes are told apart by the statements they stand in (*first degree*). Where two are alike, the
names depend on their neighbours' neighbours, and that search is exponential for graphs made to be hard
(section 7.1). Such a graph takes a budget of work here and no more.
"""

from collections import defaultdict
from hashlib import sha256, sha384
from itertools import permutations
from typing import Any, Final, Literal, Protocol

from keys.errors import TooComplex

__all__ = ["HASHES", "HashName", "Related", "canonical_labels"]

HashName = Literal["sha256", "sha384"]


class _Hash(Protocol):
    def __call__(self, data: bytes, /) -> Any: ...


HASHES: Final[dict[HashName, _Hash]] = {"sha256": sha256, "sha384": sha384}

Related = tuple[str, int]
"""A blank node in a statement with another: its place ("s<predicate>", "o<predicate>" or "g"), and which."""

_Names = dict[int, str]  # blank node → the name it was issued, in order of issue

WORK: Final = 300_000
"""How many steps one graph may take, about 0.5 s. The hardest published vector takes 6,168."""

_DEPTH: Final = (
    200  # how far a search may go from neighbour to neighbour: three calls each, of Python's 1,000
)


def canonical_labels(hashes: list[str], related: list[list[Related]], hash_name: HashName) -> list[str]:
    """The canonical name, `_:c14n0` and so on, of each blank node.

    `hashes[i]` is the first degree hash of blank node i (section 4.6) and `related[i]` the blank nodes it
    shares a statement with, once for every statement.

    Raises: TooComplex when the graph is so regular that the search outgrows its budget.
    Source: section 4.4.3.
    """
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for node, digest in enumerate(hashes):
        alike[digest].append(node)
    search = _Search(hashes, related, hash_name)
    names = search.canonical
    for digest in sorted(alike):  # step 4: those that no other resembles
        if len(alike[digest]) == 1:
            names[alike[digest][0]] = f"_:c14n{len(names)}"
    for digest in sorted(alike):  # step 5: the rest, by what surrounds them
        if len(alike[digest]) > 1:
            found = [search.n_degree(node, {node: "_:b0"}, 0) for node in alike[digest] if node not in names]
            for _, issued in sorted(found, key=lambda result: result[0]):
                for node in issued:
                    if node not in names:
                        names[node] = f"_:c14n{len(names)}"
    return [names[node] for node in range(len(hashes))]


class _Search:
    """Hash N-Degree Quads (section 4.8) over one graph."""

    def __init__(self, hashes: list[str], related: list[list[Related]], hash_name: HashName) -> None:
        self.canonical: _Names = {}
        self._hashes = hashes
        self._related = related
        self._hash = HASHES[hash_name]
        self._left = WORK

    def n_degree(self, node: int, issued: _Names, depth: int) -> tuple[str, _Names]:
        """The hash of everything around `node`, and the names given on the way."""
        if depth > _DEPTH:
            raise TooComplex("The document's unnamed parts form too long a chain to be told apart.")
        by_hash: defaultdict[str, list[int]] = defaultdict(list)
        for place, other in self._related[node]:  # steps 2 and 3
            name = self.canonical.get(other) or issued.get(other) or self._hashes[other]
            by_hash[self._hash((place + name).encode()).hexdigest()].append(other)
        self._spend(len(self._related[node]))
        data: list[str] = []
        for digest in sorted(by_hash):  # step 5
            path, issued = self._shortest_path(by_hash[digest], issued, depth)
            data += (digest, path)
        return self._hash("".join(data).encode()).hexdigest(), issued

    def _shortest_path(self, others: list[int], issued: _Names, depth: int) -> tuple[str, _Names]:
        """The least path over every order of `others`, which look alike from here (step 5.4)."""
        chosen = ""
        chosen_names = issued
        for order in permutations(others):
            walked = self._walk(order, issued, chosen, depth)
            if walked is not None and (not chosen or walked[0] < chosen):
                chosen, chosen_names = walked
        return chosen, chosen_names

    def _walk(
        self, order: tuple[int, ...], issued: _Names, chosen: str, depth: int
    ) -> tuple[str, _Names] | None:
        """The path through `order`, or None once it cannot be less than `chosen`."""
        self._spend(len(order) + len(issued) // 16)  # the copy below is part of the work
        names = dict(issued)
        path = ""
        unnamed: list[int] = []
        for other in order:
            name = self.canonical.get(other) or names.get(other)
            if name is None:
                unnamed.append(other)
                name = names[other] = f"_:b{len(names)}"
            path += name
            if _beyond(path, chosen):
                return None
        for other in unnamed:
            digest, issued_further = self.n_degree(other, names, depth + 1)
            path += f"{names[other]}<{digest}>"
            names = issued_further
            if _beyond(path, chosen):
                return None
        return path, names

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise TooComplex("The document's unnamed parts are too alike to be told apart in time.")


def _beyond(path: str, chosen: str) -> bool:
    return bool(chosen) and len(path) >= len(chosen) and path > chosen
