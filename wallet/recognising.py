"""Recognising prior learning: the policy an institution publishes, by which every case of its own is decided."""

from datetime import date, datetime

from domain import recognition_policy as policies
from domain.recognition_policy import RecognitionPolicyPublished, RecognitionRules
from domain.values import institution_id
from wallet import streams
from wallet.office import Office, Once


def publish_policy(
    office: Office,
    institution: str,
    rules: RecognitionRules,
    *,
    in_force_from: date,
    reference: str,
    at: datetime,
    once: Once[RecognitionPolicyPublished] | None = None,
) -> RecognitionPolicyPublished:
    """Publish the next version of the institution's policy, signed by the institution; cases filed before keep theirs.

    Refuses: NotFound, KeyNotInForce, InvalidValue.
    """
    stream = streams.of_recognition_policy(institution_id(institution))

    def decide() -> RecognitionPolicyPublished:
        by = office.institution(institution).state
        existing = office.find(stream, policies.fold)
        event = policies.publish(
            existing.state,
            rules,
            by=by,
            in_force_from=in_force_from,
            reference=reference,
            on=rules.calendar.day_of(at),
        )
        _, signer = office.signer_of(by, at)
        return office.record(existing.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(stream, decide)
