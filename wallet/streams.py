"""The names of the ledger's streams: one for each thing that has a life of its own."""

from typing import Final

from domain.values import (
    AgreementId,
    CaseId,
    CommissionId,
    ConversionRuleId,
    CredentialId,
    InstitutionId,
    LearnerId,
    MemorandumId,
    PersonId,
    QualificationId,
    StatusListId,
    UnitId,
)

REGISTRY: Final = "registry/main"


def of_institution(institution: InstitutionId) -> str:
    return f"institution/{institution}"


def of_unit(unit: UnitId) -> str:
    return f"unit/{unit}"


def of_qualification(qualification: QualificationId) -> str:
    return f"qualification/{qualification}"


def of_learner(learner: LearnerId) -> str:
    """The learner's wallet: everything that is hers, so that "a credit counts once" is decided in one place."""
    return f"wallet/{learner}"


def of_shares(learner: LearnerId) -> str:
    """What the learner has agreed to show, and taken back."""
    return f"shares/{learner}"


def of_credential(credential: CredentialId) -> str:
    return f"credential/{credential}"


def of_status_list(status_list: StatusListId) -> str:
    return f"status-list/{status_list}"


def of_staff(person: PersonId) -> str:
    return f"staff/{person}"


def of_commission(commission: CommissionId) -> str:
    return f"commission/{commission}"


def of_case(case: CaseId) -> str:
    return f"recognition/{case}"


def of_recognition_policy(institution: InstitutionId) -> str:
    return f"recognition-policy/{institution}"


def of_memorandum(memorandum: MemorandumId) -> str:
    return f"memorandum/{memorandum}"


def of_agreement(agreement: AgreementId) -> str:
    return f"agreement/{agreement}"


def of_quality(institution: InstitutionId) -> str:
    """The indicators that an institution has reported."""
    return f"quality/{institution}"


def of_grading(institution: InstitutionId) -> str:
    """What an institution has published on grades."""
    return f"grading/{institution}"


def of_conversion_rule(rule: ConversionRuleId) -> str:
    return f"conversion-rule/{rule}"
