"""Documents for people: a transcript of ten components, printed and signed, against typst setting its pages alone.

*Printed* is from the ledger to the file: read, laid out in words, signed, compared with the credentials, set.
"""

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Line, rate
from keys.canonical import canonicalize
from tests.offices import DAY, NOON, a_learner, a_unit, a_university, an_office
from wallet import awarding, issuing, printing
from wallet.documents.setting import set_pdf
from wallet.documents.unpacking import unpack
from wallet.documents.verifying import printed_in

COMPONENTS = 10
TIMES = 3


def lines() -> list[Line]:
    with TemporaryDirectory() as folder, an_office(Path(folder)) as office:
        a_university(office)
        learner = a_learner(office).learner
        for number in range(COMPONENTS):
            a_unit(office, f"unit-{number}", points=Decimal(6))
            credit = awarding.award(
                office, "aitu", learner=learner, unit=f"unit-{number}", awarded_on=DAY, at=NOON
            ).credit
            issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
        office.follower.catch_up()
        issuing.issue_record(office, "aitu", learner=learner, at=NOON)

        def printed() -> int:
            for _ in range(TIMES):
                printing.print_transcript(office, "aitu", learner=learner, languages=("kk", "en"), at=NOON)
            return TIMES

        pdf = printing.print_transcript(office, "aitu", learner=learner, languages=("kk", "en"), at=NOON).pdf
        carried = printed_in(pdf)
        signed = canonicalize(dict(carried.document))

        def typeset() -> int:
            for _ in range(TIMES):
                set_pdf(carried.printed, signed, carried.attached)
            return TIMES

        def unpacked() -> int:
            unpack(pdf)
            return 1

        alone = rate(typeset)
        return [
            Line(
                "documents",
                f"Transcript of {COMPONENTS} components, in two languages: printed and signed",
                rate(printed),
                "typst setting the same pages",
                alone,
            ),
            Line(
                "documents",
                "PDF: what it carries taken out, in a process of its own",
                rate(unpacked),
                "typst setting the same pages",
                alone,
            ),
        ]
