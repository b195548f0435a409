"""The OpenAPI document as a contract: operations keep their names, and every body has an example that is one."""

from typing import Any

import jsonschema_rs
import pytest

from api.problems import STATUSES, code_of, status_of
from domain import errors as domain
from tests.api.world import Door
from wallet import errors as wallet

OPERATIONS = {
    "accredit-institution", "admit-learner", "alive", "allow-sharing", "assess-achievement", "award-credit",
    "bundle-credential", "revise-qualification", "revise-unit", "withdraw-accreditation",
    "claim-achievement", "confer-qualification", "derive-credential", "describe-qualification", "describe-unit",
    "end-sharing", "institution-did-document", "issue-credential", "list-credentials", "list-credits", "list-events",
    "list-institutions", "list-issuers", "list-qualifications", "list-recognised-units", "list-units",
    "log-checkpoint", "log-consistency", "log-inclusion", "log-keys", "log-tile",
    "make-api-key", "ready", "register-institution", "registry-did-document", "reinstate-credential",
    "report-compromise", "revoke-credential", "rotate-key", "show-credential", "show-event", "show-institution",
    "show-progress", "show-qualification", "show-record", "show-unit", "sign-credential", "status-list",
    "supersede-credential", "suspend-credential", "transfer-credit", "verify-credential", "verify-document",
    "verify-presentation", "withdraw-credit",
    "list-recognition-policies", "publish-recognition-policy",
    "appeal-recognition", "apply-for-recognition", "assign-experts", "cast-ballot", "cast-vote", "compose-commission",
    "conclude", "declare-decision", "declare-election", "declare-interest", "enter-recognition", "keep-document",
    "list-recognitions", "make-staff-key", "open-session", "read-case-document", "read-document", "register-staff",
    "show-commission", "show-extract", "show-recognition", "show-staff",
}  # fmt: skip
OPERATIONS |= {"token-status-list"}
OPERATIONS |= {"bring-in", "export-elmo", "propose-import"}
OPERATIONS |= {"export-record", "show-losses", "show-type-metadata"}
OPERATIONS |= {
    "decline-agreement", "end-memorandum", "leave-out-component", "list-agreements", "list-memoranda",
    "propose-agreement", "propose-change", "propose-memorandum", "recognise-component", "record-mobility-phase",
    "record-partnership-phase", "record-transcript", "report-indicator", "show-agreement",
    "show-institution-quality", "show-memorandum", "show-partnership-quality", "sign-agreement", "sign-memorandum",
    "validate-component",
}  # fmt: skip
OPERATIONS |= {
    "agree-grade-correspondence", "convert-grade", "fix-grading-policy", "publish-grade-distribution",
    "publish-grade-scale", "record-failure", "show-averages", "show-grading", "withdraw-failure",
    "list-conversion-rules", "publish-conversion-rule", "show-conversion-rule", "show-record-in-scheme",
    "weigh-units", "withdraw-conversion-rule",
}  # fmt: skip
OPERATIONS |= {"allow-sharing", "ask-what-if", "make-plan", "offer-unit", "report-progress"}
OPERATIONS |= {"withdraw-conferral"}
OPERATIONS |= {"certify-decision", "rerun-progress-report"}
OPERATIONS |= {"verify-documents", "verify-documents-with-receipt"}
OPERATIONS |= {"metrics"}
OPERATIONS |= {"print-document", "take-along", "verify-file"}
OPERATIONS |= {"compare-outcomes", "list-frameworks", "show-framework", "show-record-in-levels"}
OPERATIONS |= {"erase-learner", "list-accesses", "list-shares"}
"""The names programs are generated with: they may grow, and none of them changes."""


@pytest.fixture
def document(door: Door) -> dict[str, Any]:
    said: dict[str, Any] = door.anybody.get("/openapi.json").json()
    return said


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {said["operationId"]: said for methods in document["paths"].values() for said in methods.values()}


def test_no_operation_loses_its_name(document: dict[str, Any]):
    assert set(operations(document)) == OPERATIONS


def test_every_body_has_an_example_that_its_schema_allows(document: dict[str, Any]):
    components = {"components": document["components"]}
    tried = 0
    for said in operations(document).values():
        for content in said.get("requestBody", {}).get("content", {}).values():
            name = content["schema"]["$ref"].rpartition("/")[2]
            examples = document["components"]["schemas"][name]["examples"]
            for example in examples:
                jsonschema_rs.validate({**components, **content["schema"]}, example)
                tried += 1
    assert tried > 12


def test_every_operation_that_acts_for_somebody_asks_for_a_key_and_says_what_it_refuses(
    document: dict[str, Any],
):
    for methods in document["paths"].values():
        for method, said in methods.items():
            told = said["responses"]
            assert "default" in told
            only_reads = said["tags"] in (["Verification"], ["Comparison"], ["Papers"])
            records = not only_reads and said["operationId"] != "propose-import"
            if method == "post" and said["tags"] == ["Advice"]:
                assert said["security"] == [{"apiKey": []}]
                assert {"200", "400", "401", "403", "413", "415", "422", "503"} <= set(told)
            elif method == "post" and records:
                assert said["security"] == [{"apiKey": []}]
                assert {"201", "400", "401", "403", "409", "413", "415", "422", "503"} <= set(told)


def every(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(each for below in kind.__subclasses__() for each in every(below))]


@pytest.mark.parametrize("kind", every(domain.Refused)[1:], ids=lambda kind: kind.__name__)
def test_every_refusal_of_the_domain_has_a_status_of_the_callers_making(kind: type[Exception]):
    assert 400 <= status_of(kind) < 500


def test_what_is_damaged_is_a_fault_and_what_is_busy_may_be_tried_again():
    assert status_of(domain.BrokenHistory) == status_of(wallet.TamperFound) == 500
    assert status_of(wallet.StorageUnavailable) == status_of(wallet.StreamMoved) == 503


def test_no_two_errors_that_are_told_share_a_code():
    told = [kind for root in STATUSES for kind in every(root)]
    codes = {kind: code_of(kind) for kind in told}

    assert len(set(codes.values())) == len(codes)
