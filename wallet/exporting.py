"""Taking a record elsewhere: what a learner was awarded here, as an ELMO document."""

from collections import defaultdict
from datetime import datetime

from domain.counting import counted, lines
from domain.credit import Credit
from domain.errors import NotFound
from domain.unit import Unit
from domain.values import InstitutionId, text
from wallet.formats.elmo import Written, WrittenReport, write_elmo
from wallet.office import Office


def export_elmo(
    office: Office, learner: str, *, given_names: str = "", family_name: str = "", at: datetime
) -> bytes:
    """One report for each institution with what it awarded and stands; what counts, and each learning once.

    The ledger knows nobody's name: the learner says hers, or the fields stay empty, which the format allows. What
    has no place in the format is left behind: outcomes, and that learning was not formal.
    Raises NotFound (a learner, or one with nothing to take along), Erased, InvalidValue.
    """
    wallet = office.learner(learner).state
    by_institution: defaultdict[InstitutionId, list[Credit]] = defaultdict(list)
    for credit in counted(lines(wallet.credits)):
        by_institution[credit.institution].append(credit)
    if not by_institution:
        raise NotFound("There is no credit in this wallet that could be taken elsewhere.")
    return write_elmo(
        [_report(office, institution, by_institution[institution]) for institution in sorted(by_institution)],
        given_names=text(given_names, "given names") if given_names else "",
        family_name=text(family_name, "a family name") if family_name else "",
        generated_at=at,
    )


def _report(office: Office, institution: InstitutionId, credits_: list[Credit]) -> WrittenReport:
    awarding = office.institution(institution).state
    return WrittenReport(
        names=awarding.names,
        country=awarding.country,
        did=awarding.did,
        url=awarding.website or f"{office.registry().state.base_url}/institutions/{institution}",
        courses=tuple(
            _course(credit, office.unit(credit.unit).state if credit.unit else None) for credit in credits_
        ),
    )


def _course(credit: Credit, unit: Unit | None) -> Written:
    level = credit.level
    return Written(
        identifier=credit.unit or credit.id,
        names=unit.names if unit else {"und": credit.id},
        achieved_on=credit.since,
        scheme=credit.points.scheme,
        points=credit.points.points,
        field=credit.field,
        eqf_level=level.value if level is not None and level.framework == "EQF" else None,
        grade=credit.grade.value if credit.grade else None,
        scale=credit.grade.scale if credit.grade else None,
        language=unit.language if unit else None,
    )
