"""Every event there is, by its stored name: the closed list that decides what can be read from a ledger.

Nothing outside this list is ever decoded, so a row in a database cannot name a class to be loaded. The list
may grow. A name is never removed, and never comes to mean something else.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from domain import (
    achievement,
    agreement,
    attempt,
    brought,
    commission,
    conferral,
    conversion_rule,
    credential,
    credit,
    erasure,
    grade_conversion,
    grading,
    institution,
    memorandum,
    qualification,
    quality,
    recognition,
    recognition_policy,
    registry,
    share,
    staff,
    status_list,
    unit,
    wallet,
)
from domain.errors import DamagedEvent, UnknownEvent
from domain.event import Event, encode, stored_name

__all__ = ["EVENTS", "decode", "encode", "stored_name"]

_CLASSES: tuple[type[Event], ...] = (
    registry.RegistryOpened,
    registry.RegistryKeyPublished,
    institution.InstitutionRegistered,
    institution.InstitutionAccredited,
    institution.AccreditationWithdrawn,
    institution.KeyPublished,
    institution.KeyRetired,
    institution.KeyCompromised,
    unit.UnitDescribed,
    unit.UnitRevised,
    unit.UnitOffered,
    qualification.QualificationDescribed,
    qualification.QualificationRevised,
    qualification.SharingAllowed,
    qualification.SharingEnded,
    conversion_rule.ConversionRulePublished,
    conversion_rule.ConversionRuleWithdrawn,
    wallet.WalletOpened,
    achievement.AchievementClaimed,
    achievement.AchievementAssessed,
    credit.CreditAwarded,
    credit.CreditTransferred,
    credit.CreditRecognised,
    credit.CreditTransferredByRule,
    credit.CreditWithdrawn,
    conferral.QualificationConferred,
    conferral.ConferralWithdrawn,
    credential.CredentialIssued,
    credential.QualificationCredentialIssued,
    credential.CredentialSuspended,
    credential.CredentialReinstated,
    credential.CredentialRevoked,
    credential.CredentialSuperseded,
    status_list.StatusListOpened,
    status_list.StatusListAllocated,
    status_list.StatusListFlagged,
    recognition_policy.RecognitionPolicyPublished,
    grading.ScalePublished,
    grading.DistributionPublished,
    grading.CorrespondenceAgreed,
    grading.PolicyFixed,
    grade_conversion.GradeConverted,
    attempt.UnitFailed,
    attempt.FailureWithdrawn,
    staff.StaffRegistered,
    staff.StaffRevised,
    commission.CommissionComposed,
    commission.BallotCast,
    commission.OfficersElected,
    recognition.RecognitionApplied,
    recognition.InterestDeclared,
    recognition.DocumentsAssigned,
    recognition.ExpertConcluded,
    recognition.SessionOpened,
    recognition.VoteCast,
    recognition.RecognitionGranted,
    recognition.RecognitionRefused,
    recognition.RecognitionAppealed,
    recognition.RecognitionEntered,
    memorandum.MemorandumProposed,
    memorandum.MemorandumSigned,
    memorandum.MemorandumEnded,
    agreement.AgreementProposed,
    agreement.AgreementSigned,
    agreement.AgreementDeclined,
    agreement.ChangeProposed,
    agreement.TranscriptRecorded,
    agreement.ComponentValidated,
    agreement.ComponentRecognised,
    agreement.ComponentLeftOut,
    memorandum.MemorandumPhaseRecorded,
    agreement.AgreementPhaseRecorded,
    quality.IndicatorReported,
    brought.LearningBrought,
    erasure.LearnerErased,
    share.ShareMade,
    share.ShareWithdrawn,
)

EVENTS: Mapping[str, type[Event]] = MappingProxyType({stored_name(event): event for event in _CLASSES})
"""Stored name → class."""

_DECODERS = {name: msgspec.json.Decoder(event) for name, event in EVENTS.items()}


def decode(name: str, payload: bytes) -> Event:
    """The event that `encode` wrote under this stored name.

    Raises: UnknownEvent (no such name here: the ledger is newer than this program, or not ours), DamagedEvent
    (the payload is not JSON, or is not what this name's version holds).
    """
    decoder = _DECODERS.get(name)
    if decoder is None:
        raise UnknownEvent(f"No event is stored under the name {name!a}.")
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedEvent(f"The payload of a {name} cannot be read: {error}.") from error
