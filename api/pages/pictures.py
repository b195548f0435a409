"""Pictures made here, as SVG: bars of credit and rings of progress. Each says in words what it shows.

No style stands in them: colours come from the style sheet, so that they follow the dark and the printer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import pi

from markupsafe import Markup, escape

from api.pages.languages import Language
from wallet.advising import Towards


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar: of how much, of which kind (a class of the style sheet), and what it is called."""

    amount: Decimal
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    pieces: tuple[Piece, ...]

    @property
    def total(self) -> Decimal:
        return sum((piece.amount for piece in self.pieces), Decimal(0))


_WIDTH = 400
_ROW = 44
_GAP = 2


def bars(rows: Sequence[Bar], words: str) -> Markup:
    """Bars beneath each other, all to one measure; `words` say what the picture shows."""
    longest = max((bar.total for bar in rows), default=Decimal(1)) or Decimal(1)
    drawn = Markup().join(_bar(bar, row * _ROW, longest) for row, bar in enumerate(rows))
    return Markup(
        '<svg class="picture" viewBox="0 0 {width} {height}" role="img" aria-label="{words}">{drawn}</svg>'
    ).format(width=_WIDTH, height=len(rows) * _ROW, words=words, drawn=drawn)


def _bar(bar: Bar, top: int, longest: Decimal) -> Markup:
    parts = [Markup('<text x="0" y="{y}">{label}</text>').format(y=top + 14, label=bar.label)]
    parts.append(
        Markup('<rect class="rail" x="0" y="{y}" width="{width}" height="14" rx="4"/>').format(
            y=top + 20, width=_WIDTH
        )
    )
    left = 0.0
    for piece in bar.pieces:
        width = float(piece.amount / longest) * _WIDTH
        parts.append(
            Markup(
                '<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="14" rx="4"><title>{words}</title></rect>'
            ).format(
                kind=piece.kind,
                x=f"{left:.1f}",
                y=top + 20,
                width=f"{max(width - _GAP, 1):.1f}",
                words=piece.words,
            )
        )
        left += width
    return Markup().join(parts)


def ring(share: Fraction, shown: str, words: str) -> Markup:
    """A ring filled to the share, from 0 to 1, with `shown` in its middle."""
    radius = 42
    around = 2 * pi * radius
    done = float(share) * around
    arc = (
        Markup(
            '<circle class="done" cx="50" cy="50" r="{r}" stroke-width="10" '
            'stroke-dasharray="{done} {around}" transform="rotate(-90 50 50)"/>'
        ).format(r=radius, done=f"{done:.1f}", around=f"{around:.1f}")
        if share
        else Markup()
    )
    return Markup(
        '<svg class="ring" viewBox="0 0 100 100" role="img" aria-label="{words}">'
        '<circle class="rail" cx="50" cy="50" r="{r}" stroke-width="10"/>{arc}'
        '<text x="50" y="58">{shown}</text></svg>'
    ).format(words=words, r=radius, arc=arc, shown=escape(shown))


def ring_towards(towards: Towards, spoken: Language) -> Markup:
    """How far it is to a qualification."""
    share = towards.progress.share
    shown = spoken.percent(share)
    name = spoken.name(towards.qualification.names)
    return ring(share, shown, f"{name}: {shown}")
