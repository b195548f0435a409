"""The ladder of qualifications: skilled worker, mid-level specialist, bachelor, master, doctor.

A learner may go on, or change profile, at every rung, and come to it by non-formal education too. Beside the
ladder stand micro-credentials and programmes, which lead to no rung by themselves but may be stacked.
"""

from enum import StrEnum
from typing import Final


class QualificationKind(StrEnum):
    """The rungs of the national ladder, and what stands beside it."""

    SKILLED_WORKER = "skilled_worker"
    MID_LEVEL_SPECIALIST = "mid_level_specialist"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"
    MICRO_CREDENTIAL = "micro_credential"
    PROGRAMME = "programme"
    """A module or continuing programme that ends in a certificate."""


RUNGS: Final = (
    QualificationKind.SKILLED_WORKER,
    QualificationKind.MID_LEVEL_SPECIALIST,
    QualificationKind.BACHELOR,
    QualificationKind.MASTER,
    QualificationKind.DOCTOR,
)
"""From the lowest up."""


def reaches(held: QualificationKind, rung: QualificationKind) -> bool:
    """Whether who holds `held` stands on that rung of the ladder, or on a higher one."""
    return held in RUNGS and rung in RUNGS and RUNGS.index(held) >= RUNGS.index(rung)
