"""The access matrix: every route of the application, and whom it lets in.

Callers of the interface come with a key each; of two institutions one has to do with the learner and one has not, and
so it is with learners and staff. Pages have their own table, by which their door goes: `api.pages.doors.RULES`.
"""

from typing import Final

CALLERS: Final = (
    "anybody",
    "registry",
    "university",
    "host",
    "stranger",
    "learner",
    "other",
    "judge",
    "outsider",
)
"""The university opened the wallet and has the case before it; the host is the agreement's other institution; the
judge is an expert of the case. The stranger is an institution, the other a learner and the outsider of an institution's
staff, who have nothing to do with any of it."""

EVERYBODY: Final = frozenset(CALLERS)
_WITH_A_KEY: Final = EVERYBODY - {"anybody"}
_REGISTRY: Final = frozenset({"registry"})
_UNIVERSITY: Final = frozenset({"university"})
_INSTITUTIONS: Final = frozenset({"university", "host", "stranger"})
_PARTNERS: Final = frozenset({"university", "host"})
_PARTIES: Final = frozenset({"university", "host", "learner"})
_PARTIES_OR_ANY: Final = _INSTITUTIONS | {"learner", "other"}
_RECORD: Final = frozenset({"learner", "university"})
_HERS: Final = frozenset({"learner"})
_LEARNERS: Final = frozenset({"learner", "other"})
_CASE: Final = frozenset({"learner", "university", "judge"})
_JUDGE: Final = frozenset({"judge"})

MATRIX: Final[dict[tuple[str, str], frozenset[str]]] = {
    # institutions
    ("POST", "/institutions"): _REGISTRY,
    ("GET", "/institutions"): EVERYBODY,
    ("GET", "/institutions/{institution}"): EVERYBODY,
    ("POST", "/institutions/{institution}/accreditations"): _REGISTRY,
    ("POST", "/institutions/{institution}/accreditations/withdrawals"): _REGISTRY,
    ("POST", "/institutions/{institution}/keys"): _UNIVERSITY,
    ("POST", "/institutions/{institution}/keys/compromise"): _UNIVERSITY | _REGISTRY,
    ("POST", "/institutions/{institution}/api-keys"): _UNIVERSITY | _REGISTRY,
    # what is taught
    ("POST", "/institutions/{institution}/units"): _UNIVERSITY,
    ("POST", "/institutions/{institution}/units/{unit}/revisions"): _UNIVERSITY,
    ("POST", "/institutions/{institution}/units/{unit}/offering"): _UNIVERSITY,
    ("POST", "/institutions/{institution}/qualifications"): _UNIVERSITY,
    ("POST", "/institutions/{institution}/qualifications/{qualification}/revisions"): _UNIVERSITY,
    ("POST", "/institutions/{institution}/qualifications/{qualification}/sharing"): _UNIVERSITY,
    ("POST", "/institutions/{institution}/qualifications/{qualification}/sharing/{other}/end"): _UNIVERSITY,
    ("POST", "/institutions/{institution}/qualifications/{qualification}/weights"): _UNIVERSITY,
    ("GET", "/units"): EVERYBODY,
    ("GET", "/units/{unit}"): EVERYBODY,
    ("GET", "/qualifications"): EVERYBODY,
    ("GET", "/qualifications/{qualification}"): EVERYBODY,
    # mobility
    ("POST", "/memoranda"): _INSTITUTIONS,
    ("GET", "/memoranda"): EVERYBODY,
    ("GET", "/memoranda/{memorandum}"): EVERYBODY,
    ("POST", "/memoranda/{memorandum}/signatures"): _PARTNERS,
    ("POST", "/memoranda/{memorandum}/end"): _PARTNERS,
    ("POST", "/memoranda/{memorandum}/phases"): _PARTNERS,
    ("GET", "/memoranda/{memorandum}/quality"): EVERYBODY,
    ("GET", "/institutions/{institution}/quality"): EVERYBODY,
    ("POST", "/institutions/{institution}/indicators"): _UNIVERSITY,
    ("POST", "/agreements"): _PARTIES_OR_ANY,
    ("GET", "/agreements"): _PARTIES_OR_ANY,
    ("GET", "/agreements/{agreement}"): _PARTIES,
    ("POST", "/agreements/{agreement}/signatures"): _PARTIES,
    ("POST", "/agreements/{agreement}/refusals"): _PARTIES,
    ("POST", "/agreements/{agreement}/changes"): _PARTIES,
    ("POST", "/agreements/{agreement}/transcripts"): frozenset({"host"}),
    ("POST", "/agreements/{agreement}/components/{host_unit}/validation"): _UNIVERSITY,
    ("POST", "/agreements/{agreement}/components/{host_unit}/recognition"): _UNIVERSITY,
    ("POST", "/agreements/{agreement}/components/{host_unit}/omission"): _UNIVERSITY,
    ("POST", "/agreements/{agreement}/phases"): _PARTIES,
    # grades and schemes
    ("GET", "/institutions/{institution}/grading"): EVERYBODY,
    ("POST", "/grade-scales"): _INSTITUTIONS,
    ("POST", "/grade-distributions"): _INSTITUTIONS,
    ("POST", "/grade-correspondences"): _INSTITUTIONS,
    ("POST", "/grading-policies"): _INSTITUTIONS,
    ("POST", "/learners/{learner}/grade-conversions"): _INSTITUTIONS,
    ("POST", "/learners/{learner}/failures"): _INSTITUTIONS,
    ("POST", "/learners/{learner}/failures/{attempt}/withdrawal"): _UNIVERSITY,
    ("GET", "/learners/{learner}/averages/{institution}"): _RECORD,
    ("POST", "/institutions/{institution}/conversion-rules"): _UNIVERSITY,
    ("POST", "/institutions/{institution}/conversion-rules/{rule}/withdrawal"): _UNIVERSITY,
    ("GET", "/conversion-rules"): EVERYBODY,
    ("GET", "/conversion-rules/{rule}"): EVERYBODY,
    ("GET", "/learners/{learner}/schemes/{scheme}"): _RECORD,
    ("POST", "/comparisons"): _WITH_A_KEY,
    ("GET", "/frameworks"): EVERYBODY,
    ("GET", "/frameworks/{country}"): EVERYBODY,
    ("GET", "/learners/{learner}/levels/{country}"): _RECORD,
    # recognition
    ("POST", "/institutions/{institution}/recognition-policies"): _UNIVERSITY,
    ("GET", "/institutions/{institution}/recognition-policies"): EVERYBODY,
    ("POST", "/institutions/{institution}/staff"): _UNIVERSITY,
    ("GET", "/staff/{person}"): EVERYBODY,
    ("POST", "/institutions/{institution}/staff/{person}/api-keys"): _UNIVERSITY,
    ("POST", "/institutions/{institution}/commissions"): _UNIVERSITY,
    ("GET", "/commissions/{commission}"): EVERYBODY,
    ("POST", "/commissions/{commission}/ballots"): _JUDGE,
    ("POST", "/commissions/{commission}/election"): _UNIVERSITY,
    ("POST", "/learners/{learner}/documents"): _HERS,
    ("GET", "/learners/{learner}/documents/{document}"): _HERS,
    ("POST", "/learners/{learner}/recognitions"): _HERS,
    ("GET", "/recognitions/{recognition}"): _CASE,
    ("GET", "/recognitions/{recognition}/documents/{document}"): _CASE,
    ("GET", "/recognitions/{recognition}/extract"): _CASE,
    ("GET", "/recognitions/{recognition}/extract/credential"): _CASE,
    ("GET", "/institutions/{institution}/recognitions"): _UNIVERSITY,
    ("POST", "/recognitions/{recognition}/appeal"): _HERS,
    ("POST", "/recognitions/{recognition}/assignment"): _UNIVERSITY,
    ("POST", "/recognitions/{recognition}/interests"): _JUDGE,
    ("POST", "/recognitions/{recognition}/conclusions"): _JUDGE,
    ("POST", "/recognitions/{recognition}/session"): _JUDGE,
    ("POST", "/recognitions/{recognition}/votes"): _JUDGE,
    ("POST", "/recognitions/{recognition}/decision"): _JUDGE,
    ("POST", "/recognitions/{recognition}/entry"): _UNIVERSITY,
    # wallets
    ("POST", "/learners"): _INSTITUTIONS | _REGISTRY,
    ("POST", "/learners/{learner}/erasure"): _HERS | _REGISTRY,
    ("POST", "/learners/{learner}/achievements"): _HERS,
    ("POST", "/learners/{learner}/achievements/{achievement}/assessments"): _INSTITUTIONS,
    ("POST", "/learners/{learner}/credits"): _INSTITUTIONS,
    ("POST", "/learners/{learner}/credits/{credit}/withdrawal"): _UNIVERSITY,
    ("POST", "/learners/{learner}/credits/{credit}/transfers"): _INSTITUTIONS,
    ("POST", "/learners/{learner}/conferrals"): _INSTITUTIONS,
    ("POST", "/learners/{learner}/conferrals/{conferral}/withdrawal"): _INSTITUTIONS,
    ("GET", "/learners/{learner}/record"): _RECORD,
    ("GET", "/learners/{learner}/credits"): _RECORD,
    ("GET", "/learners/{learner}/units"): _RECORD,
    ("GET", "/learners/{learner}/progress/{qualification}"): _RECORD,
    ("GET", "/learners/{learner}/events"): _RECORD,
    ("GET", "/learners/{learner}/events/{sequence}"): _RECORD,
    ("GET", "/learners/{learner}/credentials"): _RECORD,
    ("GET", "/learners/{learner}/accesses"): _HERS,
    ("GET", "/learners/{learner}/shares"): _HERS,
    ("POST", "/learners/{learner}/progress/{qualification}/what-if"): _RECORD,
    ("POST", "/learners/{learner}/progress/{qualification}/plan"): _RECORD,
    ("POST", "/learners/{learner}/progress/{qualification}/report"): _UNIVERSITY,
    ("POST", "/imports"): _LEARNERS,
    ("POST", "/imports/confirmed"): _LEARNERS,
    ("POST", "/learners/{learner}/bundle"): _HERS,
    ("GET", "/learners/{learner}/elmo"): _HERS,
    ("GET", "/learners/{learner}/exports/{format}"): _HERS,
    ("GET", "/learners/{learner}/exports/{format}/losses"): _HERS,
    ("GET", "/vct/learning-credit"): EVERYBODY,
    # credentials
    ("POST", "/papers"): _RECORD,
    ("GET", "/metrics"): _REGISTRY,
    ("POST", "/credentials"): _INSTITUTIONS,
    ("GET", "/credentials/{credential:urn}"): _RECORD | _REGISTRY,
    ("GET", "/credentials/{credential:urn}/bundle"): _RECORD | _REGISTRY,
    ("POST", "/credentials/{credential:urn}/suspension"): _UNIVERSITY,
    ("POST", "/credentials/{credential:urn}/reinstatement"): _UNIVERSITY,
    ("POST", "/credentials/{credential:urn}/revocation"): _UNIVERSITY,
    ("POST", "/credentials/{credential:urn}/supersession"): _UNIVERSITY,
    ("POST", "/issuers/{profile}/credentials/issue"): _UNIVERSITY,
    ("GET", "/issuers"): EVERYBODY,
    ("POST", "/institutions/{institution}/verifications/batches"): _UNIVERSITY,
}
"""By method and by the pattern of the address: who is let in. Everybody else is kept out, and nothing is recorded."""

OPEN: Final = frozenset(
    {
        ("GET", "/"),
        ("GET", "/docs"),
        ("GET", "/docs/{operation}"),
        ("GET", "/openapi.json"),
        ("GET", "/assets/{name}"),
        ("GET", "/verify"),
        ("POST", "/verify"),
        ("GET", "/check"),
        ("POST", "/check"),
        ("GET", "/embed"),
        ("POST", "/embed"),
        ("GET", "/embed.js"),
        ("POST", "/credentials/verify"),
        ("POST", "/presentations/verify"),
        ("POST", "/credentials/derive"),
        ("POST", "/verifications"),
        ("POST", "/verifications/batches"),
        ("POST", "/verifications/files"),
        ("POST", "/progress-reports/verifications"),
        ("POST", "/oauth/token"),
        ("GET", "/.well-known/oauth-authorization-server"),
        ("GET", "/.well-known/did.json"),
        ("GET", "/i/{institution}/did.json"),
        ("GET", "/i/{institution}/status/{number}/{purpose}"),
        ("GET", "/i/{institution}/token-status/{number}"),
        ("GET", "/log/checkpoint"),
        ("GET", "/log/key"),
        ("GET", "/log/tile/{level}/{number:path}"),
        ("GET", "/log/inclusion/{sequence}"),
        ("GET", "/log/consistency/{old}"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
    }
)
"""Open to the world, and asked by nobody in particular: none of these reads who is calling."""
