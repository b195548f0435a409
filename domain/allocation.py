"""Sharing credit out between requirements: which serves which, and which part of a choice is taken.

Of all ways to do it, the one is taken that, each before the next,

    1. satisfies most requirements      (a choice counts once for each part it needs)
    2. leaves fewest leaves unsatisfied  inside what is asked
    3. leaves fewest points missing
    4. spends fewest points              so that nothing is used that is not needed
    5. spends what is preferred          (earlier in the learner's order weighs more)

Where all five are the same, flows and tables take what comes first in the order of the wallet, and the solver decides
the rest in its own way, which is always the same way.

What shares no credit is decided apart. Where points can be divided and all are satisfied, a maximum flow is the
optimum, and its proof; the rest is an integer programme, for a solver. From a solver only decisions are taken:
which parts, which whole credits, which requirements full. The points are shared out here, the levels reckoned
again from them, and compared with what the solver says it reached.

Amounts are whole numbers (`domain.progress` says of what), so nothing is ever rounded.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import combinations, islice, product
from math import gcd
from typing import Final, TypeVar

import msgspec

from domain.errors import SolverFault
from domain.programme import Draft, Solver, Sum

# --- the problem ----------------------------------------------------------------------------------------


class How(Enum):
    """How a credit serves a demand."""

    DIVIDED = "divided"
    """With any part of its points; the rest may serve others."""
    WHOLE = "whole"
    """With all its points, and it serves nothing else."""
    ONE = "one"
    """One credit is what is asked, whatever it is worth, and it serves nothing else."""


class Demand(msgspec.Struct, frozen=True):
    """What one requirement asks for: an amount, from credits by their index in the supplies.

    `limited` credits may fill at most `limit` of it together; `free` ones all of it. What `spends` nothing leaves
    its credits to the others. Of `ONE`, the amount is 1.
    """

    amount: int
    free: tuple[int, ...]
    limited: tuple[int, ...] = ()
    limit: int = 0
    how: How = How.DIVIDED
    spends: bool = True

    @property
    def accepted(self) -> tuple[int, ...]:
        return (*self.free, *self.limited)


class Leaf(msgspec.Struct, frozen=True):
    """A demand by its index; or, without one, something settled already: met or not."""

    demand: int | None = None
    met: bool = False


class Every(msgspec.Struct, frozen=True):
    parts: tuple["Tree", ...]


class Choice(msgspec.Struct, frozen=True):
    """Exactly `n` of the parts are taken; `number` tells choices apart, and never changes."""

    number: int
    n: int
    parts: tuple["Tree", ...]


Tree = Leaf | Every | Choice

Served = Mapping[int, int]
"""How much of which supply serves a demand, by the supply's index."""

Levels = tuple[int, int, int, int, int]


class Problem(msgspec.Struct, frozen=True):
    """`order` are the supplies' indices, the preferred first."""

    tree: Tree
    supplies: tuple[int, ...]
    demands: tuple[Demand, ...]
    order: tuple[int, ...]
    weights: tuple[int, ...]
    """Of n preferred supplies the first weighs n and the last 1; the others weigh nothing."""

    @classmethod
    def of(
        cls, tree: Tree, supplies: Iterable[int], demands: Iterable[Demand], preferred: Iterable[int] = ()
    ) -> "Problem":
        supplies, first = tuple(supplies), tuple(dict.fromkeys(preferred))
        weights = [0] * len(supplies)
        for place, supply in enumerate(first):
            weights[supply] = len(first) - place
        order = (*first, *(each for each in range(len(supplies)) if not weights[each]))
        return cls(tree, supplies, tuple(demands), order, tuple(weights))

    @property
    def unmeasured(self) -> int:
        """What counts as missing where nothing is measured in points: twice the largest requirement of points."""
        amounts = [demand.amount for demand in self.demands if demand.how is not How.ONE]
        return 2 * max(amounts) if amounts else gcd(*self.supplies) or 1


class Allocated(msgspec.Struct, frozen=True):
    """What serves each demand; of a demand in a part that was not taken, None."""

    served: Sequence[Served | None]
    levels: Levels


def allocate(problem: Problem, solver: Solver) -> Allocated:
    """The best way there is. Raises SolverFault, and whatever the solver raises."""
    served: list[Served | None] = [None] * len(problem.demands)
    levels = [0, 0, 0, 0, 0]
    for items in _apart(problem):
        decided = _decide(problem, items, solver)
        for demand, by in decided.served.items():
            served[demand] = by
        levels = [sum(pair) for pair in zip(levels, decided.levels, strict=True)]
    return Allocated(served, (levels[0], levels[1], levels[2], levels[3], levels[4]))


# --- what shares nothing is decided apart ---------------------------------------------------------------

_Items = list[Tree]


def _top(tree: Tree) -> Iterator[Tree]:
    """The parts that are asked in any case: leaves and choices."""
    if isinstance(tree, Every):
        for part in tree.parts:
            yield from _top(part)
    else:
        yield tree


def _leaves(tree: Tree) -> Iterator[Leaf]:
    if isinstance(tree, Leaf):
        yield tree
    else:
        for part in tree.parts:
            yield from _leaves(part)


def _demands(tree: Tree) -> Iterator[int]:
    for leaf in _leaves(tree):
        if leaf.demand is not None:
            yield leaf.demand


def _apart(problem: Problem) -> list[_Items]:
    """The items of the tree in groups: no credit can serve in two of them."""
    accepting = [
        (item, [supply for demand in _demands(item) for supply in problem.demands[demand].accepted])
        for item in _top(problem.tree)
    ]
    return _grouped(accepting)


Grouped = TypeVar("Grouped")


def _grouped(accepting: Sequence[tuple[Grouped, Iterable[int]]]) -> list[list[Grouped]]:
    """What accepts credit, in groups that have no credit in common; in the order given."""
    group = list(range(len(accepting)))

    def find(item: int) -> int:
        while group[item] != item:
            group[item] = group[group[item]]
            item = group[item]
        return item

    first: dict[int, int] = {}
    for number, (_, supplies) in enumerate(accepting):
        for supply in supplies:
            other = first.setdefault(supply, number)
            if other != number:
                group[find(number)] = find(other)
    grouped: dict[int, list[Grouped]] = {}
    for number, (item, _) in enumerate(accepting):
        grouped.setdefault(find(number), []).append(item)
    return list(grouped.values())


# --- deciding one group ---------------------------------------------------------------------------------


class _Decided(msgspec.Struct, frozen=True):
    """What serves the demands that are asked, and what that comes to."""

    served: dict[int, Served]
    levels: Levels


_MOST_WAYS: Final = 100
"""How many combinations of choices are tried by flow, before a solver is asked."""


def _decide(problem: Problem, items: _Items, solver: Solver) -> _Decided:
    return _decided_by_flow(problem, items) or _decided_by_solver(problem, items, solver)


def _decided_by_flow(problem: Problem, items: _Items) -> _Decided | None:
    """The optimum, where it is plain without a solver: way by way, of demands that are each plain.

    Where all of them divide points, whatever satisfies everything is optimal in the first three levels. It spends
    exactly what is asked, so that ways are tried from the fewest points up; among the ways that spend as little,
    preference decides, and a flow that lets in the preferred credit first spends as much of it as any flow can.
    """
    ways = list(islice(_ways(items), _MOST_WAYS + 1))
    if len(ways) > _MOST_WAYS:
        return None
    asked = [problem.demands[demand] for item in items for demand in _demands(item)]
    if len(ways) > 1 and all(demand.how is How.DIVIDED for demand in asked):
        return _cheapest(problem, items, ways)
    best: _Decided | None = None
    for way in ways:
        served = _plain(problem, way.demands)
        if served is None:
            return None
        decided = _judged(problem, items, served, way.taken)
        best = decided if best is None or decided.levels > best.levels else best
    return best


def _cheapest(problem: Problem, items: _Items, ways: "list[_Way]") -> _Decided | None:
    """Of the ways that satisfy everything the one that spends fewest points; None where no way does."""
    needs = [(sum(problem.demands[each].amount for each in way.demands), way) for way in ways]
    best: _Decided | None = None
    for need, way in sorted(needs, key=lambda each: each[0]):
        if best is not None and need > -best.levels[3]:
            break
        served = share_out(
            problem.supplies, {each: problem.demands[each] for each in way.demands}, problem.order
        )
        decided = _judged(problem, items, served, way.taken)
        if _all_satisfied(decided) and (best is None or decided.levels > best.levels):
            best = decided
    return best


def _plain(problem: Problem, demands: Sequence[int]) -> dict[int, Served] | None:
    """What best serves all of these demands; None where that takes a solver to see."""
    served: dict[int, Served] = {}
    for group in _grouped([(demand, problem.demands[demand].accepted) for demand in demands]):
        if len(group) > 1:
            asked = {demand: problem.demands[demand] for demand in group}
            if any(demand.how is not How.DIVIDED for demand in asked.values()):
                return None
            by = share_out(problem.supplies, asked, problem.order)
            if any(sum(by[number].values()) < demand.amount for number, demand in asked.items()):
                return None
            served |= by
            continue
        (number,) = group
        demand = problem.demands[number]
        if demand.how is How.DIVIDED:
            served |= share_out(problem.supplies, {number: demand}, problem.order)
        elif demand.how is How.ONE:
            served[number] = _one_credit(problem, demand)
        elif (whole := _whole_credits(problem, demand)) is not None:
            served[number] = whole
        else:
            return None
    return served


def _all_satisfied(decided: _Decided) -> bool:
    """Nothing is missing in any leaf that is asked."""
    return decided.levels[1] == decided.levels[2] == 0


def _one_credit(problem: Problem, demand: Demand) -> Served:
    """The smallest there is, the preferred of equals."""
    fit = sorted(demand.accepted, key=lambda supply: (problem.supplies[supply], -problem.weights[supply]))
    return {supply: problem.supplies[supply] for supply in fit[:1]}


_MOST_SUMS: Final = 4_000


def _whole_credits(problem: Problem, demand: Demand) -> Served | None:
    """By the table of all sums that whole credits can make, while it is small and nothing is preferred."""
    if any(problem.weights[supply] for supply in demand.accepted):
        return None
    limited = set(demand.limited)
    made: dict[tuple[int, int], tuple[int, ...]] = {
        (0, 0): ()
    }  # points of the free and of the limited, by whom

    def counts(sums: tuple[int, int]) -> int:
        return min(sums[0] + min(sums[1], demand.limit), demand.amount)

    for supply in demand.accepted:
        size = problem.supplies[supply]
        for (free, rest), by in list(made.items()):
            more = (free, rest + size) if supply in limited else (free + size, rest)
            if counts((free, rest)) < demand.amount and more not in made:
                made[more] = (*by, supply)
        if len(made) > _MOST_SUMS:
            return None
    best = max(made, key=lambda sums: (counts(sums), -sum(sums)))
    return {supply: problem.supplies[supply] for supply in sorted(made[best])}


class _Way(msgspec.Struct, frozen=True):
    """One combination of choices: the branches taken, as (choice, part), and the demands that are then asked."""

    taken: frozenset[tuple[int, int]]
    demands: tuple[int, ...]


def _ways(items: Sequence[Tree]) -> Iterator[_Way]:
    for parts in product(*(tuple(islice(_ways_of(item), _MOST_WAYS + 1)) for item in items)):
        yield _Way(
            frozenset[tuple[int, int]]().union(*(part.taken for part in parts)),
            tuple(demand for part in parts for demand in part.demands),
        )


def _ways_of(tree: Tree) -> Iterator[_Way]:
    match tree:
        case Leaf():
            yield _Way(frozenset(), () if tree.demand is None else (tree.demand,))
        case Every():
            yield from _ways(tree.parts)
        case Choice():
            for chosen in combinations(range(len(tree.parts)), tree.n):
                for way in _ways([tree.parts[part] for part in chosen]):
                    yield _Way(way.taken | {(tree.number, part) for part in chosen}, way.demands)


# --- reckoning ------------------------------------------------------------------------------------------


def _judged(
    problem: Problem, items: _Items, served: dict[int, Served], taken: frozenset[tuple[int, int]]
) -> _Decided:
    """What an allocation comes to, level by level: reckoned from the points alone."""
    count = unmet = missing = 0
    for item in items:
        parts = item.parts if isinstance(item, Choice) else (item,)
        for number, part in enumerate(parts):
            if not isinstance(item, Choice) or (item.number, number) in taken:
                count += _satisfied(problem, part, served, taken)
        for leaf in _asked_leaves(item, taken):
            short = _short(problem, leaf, served)
            unmet += short > 0
            missing += short
    spent = preferred = 0
    for demand, by in served.items():
        if problem.demands[demand].spends:
            spent += sum(by.values())
            preferred += sum(problem.weights[supply] * amount for supply, amount in by.items())
    return _Decided(served, (count, -unmet, -missing, -spent, preferred))


def _asked_leaves(tree: Tree, taken: frozenset[tuple[int, int]]) -> Iterator[Leaf]:
    match tree:
        case Leaf():
            yield tree
        case Every():
            for part in tree.parts:
                yield from _asked_leaves(part, taken)
        case Choice():
            for number, part in enumerate(tree.parts):
                if (tree.number, number) in taken:
                    yield from _asked_leaves(part, taken)


def _satisfied(
    problem: Problem, tree: Tree, served: Mapping[int, Served], taken: frozenset[tuple[int, int]]
) -> bool:
    match tree:
        case Leaf():
            return _short(problem, tree, served) == 0
        case Every():
            return all(_satisfied(problem, part, served, taken) for part in tree.parts)
        case Choice():
            met = sum(
                _satisfied(problem, part, served, taken)
                for number, part in enumerate(tree.parts)
                if (tree.number, number) in taken
            )
            return met >= tree.n


def _short(problem: Problem, leaf: Leaf, served: Mapping[int, Served]) -> int:
    """How many points the leaf lacks."""
    if leaf.demand is None:
        return 0 if leaf.met else problem.unmeasured
    demand = problem.demands[leaf.demand]
    by = served.get(leaf.demand, {})
    if demand.how is How.ONE:
        return 0 if by else problem.unmeasured
    return max(demand.amount - credited(demand, by), 0)


def credited(demand: Demand, by: Served) -> int:
    """How much of what serves a demand counts in it: of the limited no more than their limit."""
    limited = set(demand.limited)
    free = sum(amount for supply, amount in by.items() if supply not in limited)
    rest = sum(amount for supply, amount in by.items() if supply in limited)
    return free + min(rest, demand.limit)


# --- by a solver ----------------------------------------------------------------------------------------


def _decided_by_solver(problem: Problem, items: _Items, solver: Solver) -> _Decided:
    stated = Statement(problem)
    for item in items:
        stated.ask(item)
    optimum = solver(stated.draft.programme(stated.levels()))
    if optimum is None:
        raise SolverFault("The solver finds no way at all to share credit out, and to use none is one.")
    decided = _carried_out(problem, items, stated, optimum.values)
    claimed = [level * stated.unit for level in optimum.levels[2:5]]
    told = (optimum.levels[0] + stated.settled, optimum.levels[1] + stated.unmet.constant)
    reckoned = decided.levels
    constants = (stated.missing.constant * stated.unit, 0, 0)
    if told != reckoned[:2] or any(
        level + constant != own for level, constant, own in zip(claimed, constants, reckoned[2:], strict=True)
    ):
        raise SolverFault("The solver's answer does not come to what it says.")
    return decided


def _carried_out(problem: Problem, items: _Items, stated: "Statement", values: Sequence[int]) -> _Decided:
    """The solver's decisions, with the divisible points shared out here."""
    taken = frozenset(branch for branch, variable in stated.taken.items() if values[variable])
    asked = {leaf.demand for item in items for leaf in _asked_leaves(item, taken) if leaf.demand is not None}
    left = list(problem.supplies)
    served: dict[int, Served] = {}
    for demand in sorted(asked):
        if problem.demands[demand].how is not How.DIVIDED:
            by = {supply: left[supply] for supply, use in stated.uses[demand].items() if values[use]}
            if problem.demands[demand].how is How.ONE and len(by) > 1:
                raise SolverFault("The solver lets two credits serve where one is asked.")
            for supply in by:
                left[supply] = 0
            if 0 in by.values():
                raise SolverFault("The solver lets one whole credit serve twice.")
            served[demand] = by
    divided = {
        each: problem.demands[each] for each in sorted(asked) if problem.demands[each].how is How.DIVIDED
    }
    full = [demand for demand in divided if values[stated.full[demand]]]
    served |= share_out(left, divided, problem.order, first=full)
    return _judged(problem, items, served, taken)


class Statement:
    """The integer programme of a tree: one variable for each decision there is.

    Amounts are divided by what divides them all, `unit`, so that the numbers are small. `present` says of a supply
    whether it is there at all, where that is itself to be decided (`domain.planning`).
    """

    def __init__(self, problem: Problem, present: Mapping[int, Sum] | None = None) -> None:
        self.problem = problem
        self.draft = Draft()
        self.present: Mapping[int, Sum] = {} if present is None else present
        self.taken: dict[tuple[int, int], int] = {}
        self.uses: dict[int, dict[int, int]] = {}
        self.full: dict[int, int] = {}
        self.satisfied = Sum()
        self.settled = 0
        """What is satisfied in any case."""
        self.unmet, self.missing, self.spent, self.preferred = (Sum() for _ in range(4))
        self._used: dict[int, Sum] = {}
        self._stated = False
        amounts = [demand.amount for demand in problem.demands if demand.how is not How.ONE]
        limits = [demand.limit for demand in problem.demands if demand.limited]
        self.unit = gcd(*problem.supplies, *amounts, *limits) or 1

    def ask(self, item: Tree) -> Sum:
        """Ask for an item of the tree in any case. The sum says whether, or how far, it is satisfied."""
        if isinstance(item, Choice):
            told = Sum()
            for each in self._branches(item, Sum(1)):
                told.add(each)
        else:
            told = self._asked(item, Sum(1))
        self.settled += told.constant
        self.satisfied.add(Sum(0, told.terms))
        return told

    def levels(self) -> list[Sum]:
        """What is to be made large, the first before the second; what is used is bounded by what there is."""
        if not self._stated:
            for supply, used in self._used.items():
                there = self.present.get(supply, Sum(1)).times(self._size(supply))
                self.draft.at_most(used, there)
            self._stated = True
        levels = [self.satisfied, self.unmet, self.missing, self.spent.times(-1), self.preferred]
        return [Sum(0, {each: by for each, by in level.terms.items() if by}) for level in levels]

    def _size(self, supply: int) -> int:
        return self.problem.supplies[supply] // self.unit

    def _asked(self, tree: Tree, asked: Sum) -> Sum:
        """State a part of the tree; the answer is whether it is satisfied, which it can be only where asked."""
        match tree:
            case Leaf(demand=None):
                if tree.met:
                    return asked
                self._lacks(asked, Sum(), asked.times(self.problem.unmeasured // self.unit))
                return Sum()
            case Leaf():
                assert tree.demand is not None, "the case above has the others"
                return self._demand(tree.demand, asked)
            case Every():
                parts = [self._asked(part, asked) for part in tree.parts]
                if len(parts) == 1:
                    return parts[0]
                all_met = self.draft.variable()
                for part in parts:
                    self.draft.at_most(all_met, part)
                return all_met
            case Choice():
                met = Sum()
                for part in self._branches(tree, asked):
                    met.add(part)
                enough = self.draft.variable()
                self.draft.at_most(enough.times(tree.n), met)
                return enough

    def _branches(self, tree: Choice, asked: Sum) -> list[Sum]:
        """Each part's satisfaction; exactly n parts are taken where the choice is asked."""
        taken, met = Sum(), []
        for number, part in enumerate(tree.parts):
            takes = self.draft.variable()
            (variable,) = takes.terms
            self.taken[tree.number, number] = variable
            taken.add(takes)
            met.append(self._asked(part, takes))
        self.draft.equal(taken, asked.times(tree.n))
        return met

    def _demand(self, number: int, asked: Sum) -> Sum:
        demand = self.problem.demands[number]
        full = self.draft.variable()
        (self.full[number],) = full.terms
        self.draft.at_most(full, asked)
        if demand.how is How.ONE:
            chosen = Sum()
            for use in self._whole(number, demand, asked):
                chosen.add(use)
            self.draft.at_most(chosen, asked)
            self.draft.at_most(full, chosen)
            far = asked.times(self.problem.unmeasured // self.unit)
            self._lacks(asked, full, far.add(full, -(self.problem.unmeasured // self.unit)))
            return full
        amount = demand.amount // self.unit
        divided = demand.how is How.DIVIDED
        shares = self._divided(demand) if divided else self._whole(number, demand, asked)
        free, limited = Sum(), Sum()
        for supply, share in zip(demand.accepted, shares, strict=True):
            part = share if divided else share.times(self._size(supply))
            (limited if supply in demand.limited else free).add(part)
        counted = free
        if demand.limited:
            within = self.draft.variable(demand.limit // self.unit, whole=False)
            self.draft.at_most(within, limited)
            if divided:
                self.draft.at_most(limited, within)
            counted = Sum().add(free).add(within)
        reached = counted
        if not divided:
            reached = self.draft.variable(amount, whole=False)
            self.draft.at_most(reached, counted)
        self.draft.at_most(reached, asked.times(amount))
        self.draft.at_most(full.times(amount), reached)
        self._lacks(asked, full, asked.times(amount).add(reached, -1))
        return full

    def _divided(self, demand: Demand) -> list[Sum]:
        shares = []
        for supply in demand.accepted:
            share = self.draft.variable(self._size(supply), whole=False)
            shares.append(share)
            self._uses(supply, share, demand)
        return shares

    def _whole(self, number: int, demand: Demand, asked: Sum) -> list[Sum]:
        uses = []
        self.uses[number] = {}
        for supply in demand.accepted:
            use = self.draft.variable()
            (self.uses[number][supply],) = use.terms
            self.draft.at_most(use, asked)
            self._uses(supply, use.times(self._size(supply)), demand)
            uses.append(use)
        return uses

    def _uses(self, supply: int, amount: Sum, demand: Demand) -> None:
        if demand.spends:
            self._used.setdefault(supply, Sum()).add(amount)
            self.spent.add(amount)
            self.preferred.add(amount, self.problem.weights[supply])
        elif supply in self.present:
            self.draft.at_most(amount, self.present[supply].times(self._size(supply)))

    def _lacks(self, asked: Sum, full: Sum, points: Sum) -> None:
        self.unmet.add(asked, -1).add(full)
        self.missing.add(points, -1)


# --- the flow -------------------------------------------------------------------------------------------


def share_out(
    supplies: Sequence[int],
    demands: Mapping[int, Demand],
    order: Iterable[int],
    first: Iterable[int] = (),
) -> dict[int, Served]:
    """Share divisible points out: as many as can be, of preferred credits as much as can be.

    A maximum flow from credits to demands. `order` are the supplies, the preferred first. The demands in `first`
    are filled before the others, where that is possible at all. Deterministic.
    """
    order, first = tuple(order), tuple(first)
    flow = _Flow(supplies, demands, order)
    flow.open(demands)
    if not first or len(first) == len(demands) or flow.full(demands):
        return flow.served()
    # What of each credit is used stands now; which demands it fills is open still.
    again = _Flow(flow.moved, demands, order)
    again.open(first)
    again.open(demands)
    return again.served()


class _Flow:
    """Every demand has two gates: (d, 0) lets in its free supplies, (d, 1) its limited ones up to the limit."""

    def __init__(
        self, supplies: Sequence[int], demands: Mapping[int, Demand], order: tuple[int, ...]
    ) -> None:
        self.left = list(supplies)
        self.moved = [0] * len(supplies)
        self.demands = demands
        self.opened: set[int] = set()
        self.room = {number: demand.amount for number, demand in demands.items()}
        self.gate_room = {(number, 1): demand.limit for number, demand in demands.items()}
        self.inside: dict[tuple[int, int], dict[int, int]] = {}
        self.gates_of: dict[int, list[tuple[int, int]]] = {}
        for number, demand in demands.items():
            for kind, accepted in enumerate((demand.free, demand.limited)):
                self.inside[number, kind] = {}
                for supply in accepted:
                    self.gates_of.setdefault(supply, []).append((number, kind))
        self.order = tuple(supply for supply in order if supply in self.gates_of)

    def open(self, demands: Iterable[int]) -> None:
        """Let in, for these demands too, whatever can come in."""
        self.opened.update(demands)
        dead: set[tuple[int, int]] = set()
        for supply in self.order:
            while self.left[supply] and any(self.room[number] for number in self.opened):
                if not self._let_in(supply, dead):
                    break

    def full(self, demands: Iterable[int]) -> bool:
        return not any(self.room[number] for number in demands)

    def served(self) -> dict[int, Served]:
        return {
            number: {
                supply: amount
                for supply, amount in sorted({**self.inside[number, 0], **self.inside[number, 1]}.items())
                if amount
            }
            for number in self.demands
        }

    def _let_in(self, supply: int, dead: set[tuple[int, int]]) -> bool:
        """Find a way for more of this supply to come in, directly or by others making way, and use it.

        A breadth-first search over gates. `came_from` has for each gate the supply that would enter it and the
        gate which that one would leave; `through` the gate whose demand makes room by letting one of its own leave.
        From a gate that was searched in vain nothing ever finds room again.
        """
        came_from: dict[tuple[int, int], tuple[int, tuple[int, int] | None, bool]] = {}
        queue: deque[tuple[int, int]] = deque()

        def reach(entering: int, leaving: tuple[int, int] | None, swapped: bool) -> None:
            for gate in self.gates_of.get(entering, ()):
                if gate not in came_from and gate not in dead and gate[0] in self.opened:
                    came_from[gate] = (entering, leaving, swapped)
                    queue.append(gate)

        reach(supply, None, False)
        while queue:
            gate = queue.popleft()
            number, kind = gate
            has_room = kind == 0 or self.gate_room[gate] > 0
            if has_room and self.room[number]:
                self._move(supply, gate, came_from)
                return True
            # One of the same gate makes way; or, where the gate has room and the demand has none, of either gate.
            for other in ((number, 0), (number, 1)) if has_room else (gate,):
                for inside, amount in self.inside[other].items():
                    if amount:
                        self._reach_from(inside, other, gate, came_from, queue, dead)
        dead.update(came_from)
        return False

    def _reach_from(
        self,
        inside: int,
        other: tuple[int, int],
        gate: tuple[int, int],
        came_from: dict[tuple[int, int], tuple[int, tuple[int, int] | None, bool]],
        queue: deque[tuple[int, int]],
        dead: set[tuple[int, int]],
    ) -> None:
        for further in self.gates_of[inside]:
            if further not in came_from and further not in dead and further[0] in self.opened:
                came_from[further] = (inside, gate, other != gate)
                queue.append(further)

    def _move(
        self,
        supply: int,
        gate: tuple[int, int],
        came_from: Mapping[tuple[int, int], tuple[int, tuple[int, int] | None, bool]],
    ) -> None:
        """Let in at the last gate who enters there, at the gate before it who takes that one's place, and so on."""
        steps: list[tuple[tuple[int, int], int, int]] = []  # (gate, who, +1 enters or -1 leaves)
        most = min(self.left[supply], self.room[gate[0]])
        at: tuple[int, int] = gate
        if at[1] == 1:
            most = min(most, self.gate_room[at])
        while True:
            entering, before, crossed = came_from[at]
            steps.append((at, entering, +1))
            if before is None:
                break
            left_gate = (before[0], 1 - before[1]) if crossed else before
            most = min(most, self.inside[left_gate][entering])
            if crossed and before[1] == 1:
                most = min(most, self.gate_room[before])
            steps.append((left_gate, entering, -1))
            at = before
        self.left[supply] -= most
        self.moved[supply] += most
        for changed, who, change in steps:
            self.inside[changed][who] = self.inside[changed].get(who, 0) + change * most
            if changed[1] == 1:
                self.gate_room[changed] -= change * most
        self.room[gate[0]] -= most
