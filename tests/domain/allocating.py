"""Random problems of sharing credit out, and the best answer to each by trying everything.

The second opinion knows nothing of flows, programmes or groups: it takes every choice and every assignment there is,
and reckons each by the five levels as they are defined.

    .venv/bin/python -m tests.domain.allocating 20000

tries as many, and ends with 1 at the first that differs.
"""

import random
import sys
from collections.abc import Iterator
from itertools import combinations, product
from math import gcd

from domain.allocation import Choice, Demand, Every, How, Leaf, Problem, Tree, allocate
from wallet.solving import solve


def a_problem(number: int) -> Problem:
    """The problem of that number: at most 4 credits of 1 to 3 points, and 4 demands in a tree with choices."""
    drawn = random.Random(number)
    supplies = [drawn.randint(1, 3) for _ in range(drawn.randint(1, 4))]
    demands = [_a_demand(drawn, len(supplies)) for _ in range(drawn.randint(1, 4))]
    leaves: list[Tree] = [Leaf(each) for each in range(len(demands))]
    if drawn.random() < 0.3:
        leaves.append(Leaf(met=drawn.random() < 0.5))
    drawn.shuffle(leaves)
    preferred = drawn.sample(range(len(supplies)), drawn.randint(0, len(supplies)))
    tree = _a_tree(drawn, leaves, iter(range(100)))
    return Problem.of(tree, supplies, demands, preferred)


def _a_demand(drawn: random.Random, supplies: int) -> Demand:
    how = drawn.choice([How.DIVIDED, How.DIVIDED, How.WHOLE, How.ONE])
    kinds = [drawn.choice("nffl") for _ in range(supplies)]
    if how is How.ONE:
        return Demand(1, tuple(each for each in range(supplies) if kinds[each] in "fl"), how=how)
    return Demand(
        drawn.randint(1, 4),
        tuple(each for each in range(supplies) if kinds[each] == "f"),
        tuple(each for each in range(supplies) if kinds[each] == "l"),
        drawn.randint(0, 2),
        how,
    )


def _a_tree(drawn: random.Random, leaves: list[Tree], numbers: Iterator[int]) -> Tree:
    if len(leaves) == 1:
        return leaves[0]
    cut = drawn.randint(1, len(leaves) - 1)
    parts = (
        tuple(leaves)
        if drawn.random() < 0.4
        else (_a_tree(drawn, leaves[:cut], numbers), _a_tree(drawn, leaves[cut:], numbers))
    )
    if drawn.random() < 0.5:
        return Every(parts)
    return Choice(next(numbers), drawn.randint(1, len(parts)), parts)


def by_trying_everything(problem: Problem) -> tuple[int, ...]:
    """The five levels of the best answer, and whether a tree is satisfied at its top counted as the tree says."""
    return max(
        _reckoned(problem, taken, served)
        for taken in _takings(problem.tree)
        for served in _servings(problem, sorted(set(_asked(problem.tree, taken))))
    )


_Taken = frozenset[tuple[int, int]]


def _takings(tree: Tree) -> Iterator[_Taken]:
    if isinstance(tree, Leaf):
        yield frozenset()
    elif isinstance(tree, Every):
        for each in product(*(list(_takings(part)) for part in tree.parts)):
            yield frozenset().union(*each)
    else:
        for chosen in combinations(range(len(tree.parts)), tree.n):
            for each in product(*(list(_takings(tree.parts[part])) for part in chosen)):
                yield frozenset((tree.number, part) for part in chosen).union(*each)


def _open(tree: Tree, taken: _Taken) -> Iterator[Leaf]:
    if isinstance(tree, Leaf):
        yield tree
    else:
        for number, part in enumerate(tree.parts):
            if isinstance(tree, Every) or (tree.number, number) in taken:
                yield from _open(part, taken)


def _asked(tree: Tree, taken: _Taken) -> Iterator[int]:
    return (leaf.demand for leaf in _open(tree, taken) if leaf.demand is not None)


def _servings(problem: Problem, asked: list[int]) -> Iterator[dict[int, dict[int, int]]]:
    """Every credit in every way: whole to one demand, or point by point to those that divide it."""
    ways = []
    for supply, size in enumerate(problem.supplies):
        fit = [each for each in asked if supply in problem.demands[each].accepted]
        whole = [{each: size} for each in fit if problem.demands[each].how is not How.DIVIDED]
        dividing = [each for each in fit if problem.demands[each].how is How.DIVIDED]
        parts = [
            {each: amount for each, amount in zip(dividing, amounts, strict=True) if amount}
            for amounts in product(range(size + 1), repeat=len(dividing))
            if sum(amounts) <= size
        ]
        ways.append([*whole, *parts])
    for chosen in product(*ways):
        served: dict[int, dict[int, int]] = {each: {} for each in asked}
        for supply, shares in enumerate(chosen):
            for each, amount in shares.items():
                served[each][supply] = amount
        if all(_allowed(problem.demands[each], by) for each, by in served.items()):
            yield served


def _allowed(demand: Demand, by: dict[int, int]) -> bool:
    if demand.how is How.ONE:
        return len(by) <= 1
    if demand.how is How.WHOLE:
        return True
    limited = sum(amount for supply, amount in by.items() if supply in demand.limited)
    return limited <= demand.limit and sum(by.values()) <= demand.amount


def _lacking(problem: Problem, leaf: Leaf, served: dict[int, dict[int, int]]) -> int:
    amounts = [d.amount for d in problem.demands if d.how is not How.ONE]
    far = 2 * max(amounts) if amounts else gcd(*problem.supplies)
    if leaf.demand is None:
        return 0 if leaf.met else far
    demand, by = problem.demands[leaf.demand], served[leaf.demand]
    if demand.how is How.ONE:
        return 0 if by else far
    limited = sum(amount for supply, amount in by.items() if supply in demand.limited)
    return max(0, demand.amount - (sum(by.values()) - limited) - min(limited, demand.limit))


def _reckoned(problem: Problem, taken: _Taken, served: dict[int, dict[int, int]]) -> tuple[int, ...]:
    lacking = [_lacking(problem, leaf, served) for leaf in _open(problem.tree, taken)]
    spent = dict.fromkeys(range(len(problem.supplies)), 0)
    for by in served.values():
        for supply, amount in by.items():
            spent[supply] += amount
    return (
        _count(problem, problem.tree, taken, served),
        -sum(each > 0 for each in lacking),
        -sum(lacking),
        -sum(spent.values()),
        sum(problem.weights[supply] * amount for supply, amount in spent.items()),
    )


def _count(problem: Problem, tree: Tree, taken: _Taken, served: dict[int, dict[int, int]]) -> int:
    if isinstance(tree, Every):
        return sum(_count(problem, part, taken, served) for part in tree.parts)
    if isinstance(tree, Leaf):
        return int(_met(problem, tree, taken, served))
    return sum(
        _met(problem, part, taken, served)
        for number, part in enumerate(tree.parts)
        if (tree.number, number) in taken
    )


def _met(problem: Problem, tree: Tree, taken: _Taken, served: dict[int, dict[int, int]]) -> bool:
    if isinstance(tree, Leaf):
        return _lacking(problem, tree, served) == 0
    if isinstance(tree, Every):
        return all(_met(problem, part, taken, served) for part in tree.parts)
    met = [
        _met(problem, part, taken, served)
        for number, part in enumerate(tree.parts)
        if (tree.number, number) in taken
    ]
    return sum(met) >= tree.n


def main(arguments: list[str]) -> int:
    """Try as many problems as asked for."""
    for number in range(int(arguments[0]) if arguments else 2000):
        problem = a_problem(number)
        ours, theirs = allocate(problem, solve).levels, by_trying_everything(problem)
        if ours != theirs:
            print(f"Problem {number}: {ours} where {theirs} is best.\n{problem}")  # noqa: T201 - a command's output
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
