"""A university that prints, a learner to print for, and what is needed to look into a PDF."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.offices import NOON, a_credit, a_learner, a_unit, a_university
from wallet import issuing
from wallet.documents.verifying import verify_pdf
from wallet.office import Office
from wallet.office_evidence import OfficeEvidence
from wallet.printing import Holder
from wallet.verdict import Verdict

AIGERIM = Holder(
    family_name="Қасымова",
    given_names="Әйгерім Ғалымқызы",
    born=date(2004, 3, 17),
    identifier="STU-2022-0417",
    confirmed=True,
)


@dataclass(frozen=True)
class World:
    office: Office
    learner: str
    credential: str
    """Of algorithms."""
    record: str

    def verify(self, pdf: bytes, *, at: datetime = NOON) -> Verdict:
        return verify_pdf(pdf, at=at, evidence=OfficeEvidence(self.office, at))


def a_world(office: Office) -> World:
    """Two units awarded, with a badge each and a record of both."""
    a_university(office)
    a_unit(office)
    a_unit(office, "databases")
    learner = a_learner(office).learner
    issued = [
        issuing.issue_credit(
            office, "aitu", learner=learner, credit=a_credit(office, learner, unit).credit, at=NOON
        )
        for unit in ("algorithms", "databases")
    ]
    office.follower.catch_up()
    record = issuing.issue_record(office, "aitu", learner=learner, at=NOON)
    return World(office, learner, issued[0].credential, record.credential)


def tool(name: str) -> str:
    """A program of Debian's. Where there is none the test is skipped, but not where everything has to be tested."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing, and nothing may be left out here")
        pytest.skip(f"{name} is not installed")
    return found


def run(name: str, *arguments: str | Path) -> str:
    done = subprocess.run([tool(name), *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()
