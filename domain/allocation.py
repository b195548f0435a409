"""Sharing points out between requirements, so that no point serves two of them.

A maximum flow from credits to the requirements that accept them. Requirements are served in the order given,
and an earlier one keeps what it has; within that, each gets as much as is possible at all. Two consequences
the rest relies on: all are filled if any sharing out fills all; and more credit never leaves any of them with
less.

Amounts are whole numbers here (see `domain.progress` for the unit), so nothing is ever rounded.
"""

from collections import deque
from collections.abc import Sequence

import msgspec


class Demand(msgspec.Struct, frozen=True):
    """What one requirement asks for: an amount, from credits by their index in the supplies.

    `limited` credits may fill at most `limit` of it together; `free` ones all of it.
    """

    amount: int
    free: tuple[int, ...]
    limited: tuple[int, ...] = ()
    limit: int = 0


Served = dict[int, int]
"""How much of which supply serves a demand, by the supply's index."""


def share_out(supplies: Sequence[int], demands: Sequence[Demand]) -> list[Served]:
    """For each demand, what serves it. Deterministic: where any supply would do, the first is taken."""
    flow = _Flow(supplies, demands)
    for demand in range(len(demands)):
        flow.fill(demand)
    return [flow.served(demand) for demand in range(len(demands))]


class _Flow:
    """Every demand has two gates: 2·d lets in its free supplies, 2·d+1 its limited ones up to the limit."""

    def __init__(self, supplies: Sequence[int], demands: Sequence[Demand]) -> None:
        self.left = list(supplies)
        self.demands = demands
        self.accepts = [gate for demand in demands for gate in (demand.free, demand.limited)]
        self.inside: list[Served] = [{} for _ in self.accepts]
        self.gates_of: list[list[int]] = [[] for _ in supplies]
        for gate, accepted in enumerate(self.accepts):
            for supply in accepted:
                self.gates_of[supply].append(gate)

    def served(self, demand: int) -> Served:
        through = {**self.inside[2 * demand], **self.inside[2 * demand + 1]}
        return {supply: through[supply] for supply in sorted(through) if through[supply]}

    def fill(self, demand: int) -> None:
        missing = self.demands[demand].amount
        while missing and (moved := self._move_towards(demand, missing)):
            missing -= moved

    def _room(self, gate: int) -> int:
        demand = self.demands[gate // 2]
        return (demand.limit if gate % 2 else demand.amount) - sum(self.inside[gate].values())

    def _move_towards(self, demand: int, missing: int) -> int:
        """Find one way for more supply to reach the demand, directly or by others making way, and use it.

        A breadth-first search backwards from the demand. `came_from` holds, for each gate, the supply that
        would leave it (None: nothing leaves, it has room) and the gate before it in the search.
        """
        came_from: dict[int, tuple[int | None, int | None]] = {
            gate: (None, None) for gate in (2 * demand, 2 * demand + 1) if self._room(gate) > 0
        }
        queue = deque(came_from)
        seen = set()
        while queue:
            gate = queue.popleft()
            for supply in self.accepts[gate]:
                if self.left[supply]:
                    return self._move(supply, gate, came_from, missing)
                if supply in seen:
                    continue
                seen.add(supply)
                for other in self.gates_of[supply]:
                    if other not in came_from and self.inside[other].get(supply):
                        came_from[other] = (supply, gate)
                        queue.append(other)
            sibling = gate ^ 1
            if sibling not in came_from and self._room(sibling) > 0:
                came_from[sibling] = (None, gate)
                queue.append(sibling)
        return 0

    def _move(
        self, supply: int, gate: int, came_from: dict[int, tuple[int | None, int | None]], most: int
    ) -> int:
        """Let `supply` in at `gate`, what leaves there in at the gate before, and so on to the demand."""
        most = min(most, self.left[supply])
        steps: list[tuple[int, int, int]] = []  # (gate, what enters, its change: +1 enters, -1 leaves)
        entering: int | None = supply
        at: int | None = gate
        while at is not None:
            leaving, before = came_from[at]
            if entering is not None:
                steps.append((at, entering, +1))
            if leaving is None:
                most = min(most, self._room(at))
            else:
                most = min(most, self.inside[at][leaving])
                steps.append((at, leaving, -1))
            entering, at = leaving, before
        self.left[supply] -= most
        for changed, moved, change in steps:
            self.inside[changed][moved] = self.inside[changed].get(moved, 0) + change * most
        return most
