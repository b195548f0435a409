"""The story the demonstration tells: one learner, two institutions, and everything that can happen to credit.

    for chapter in Story(settings, passphrase, base_url=…, out=…, clock=…).chapters():
        print(chapter.title, chapter.happened, …)

It is told in use cases alone, the same that the command line and the interface call, so that whatever it shows
anybody can do. The institutions are invented; the units and their outcomes are of a kind taught today.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import msgspec

from domain.achievement import Result
from domain.conferral import QualificationConferred
from domain.credential import CredentialIssued
from domain.values import CreditScheme, Evidence, Grade, Names, Setting, best
from domain.wallet import CreditAwarded
from keys.keystore import Argon2Params
from wallet import access, awarding, bootstrap, issuing, publishing, registering
from wallet.advising import show_progress
from wallet.auditing import audit
from wallet.bundle import BundleEvidence
from wallet.demonstration.degree import Degree
from wallet.demonstration.telling import (
    DATA,
    Chapter,
    Checked,
    Excerpt,
    Offer,
    Part,
    Script,
    refused,
)
from wallet.demonstration.visitors import Visitors, make_visitors
from wallet.descriptions import InstitutionEntry, QualificationEntry, UnitEntry, read
from wallet.entering import enter_institution, enter_qualification, enter_unit
from wallet.evidence import KnownFacts
from wallet.office import Office
from wallet.projections import catalogue
from wallet.projections.record import CreditRow
from wallet.settings import Settings
from wallet.showing import show_record
from wallet.verifying import verify

Clock = Callable[[], datetime]
Described = TypeVar("Described", InstitutionEntry, UnitEntry, QualificationEntry)


# --- the files ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Written:
    """The files of the story, for whoever wants to try them."""

    credential: Path
    altered: Path
    revoked: Path
    record: Path
    diploma: Path
    bundle: Path
    bundle_after: Path
    report: Path
    report_bundle: Path

    def by_name(self) -> dict[str, Path]:
        return asdict(self)


# --- the script -----------------------------------------------------------------------------------------


class _Credit(Script, frozen=True):
    unit: str
    scheme: CreditScheme
    awarded_on: date
    grade: Grade


class _Error(_Credit, frozen=True):
    withdrawn_because: str
    withdrawn_on: date


class _Conferral(Script, frozen=True):
    qualification: str
    conferred_on: date


class _College(Script, frozen=True):
    institution: str
    credits: tuple[_Credit, ...]
    confers: _Conferral


class _University(Script, frozen=True):
    institution: str
    credits: tuple[_Credit, ...]
    in_error: _Error
    target: str


class _Document(Script, frozen=True):
    name: str
    text: str

    def evidence(self) -> Evidence:
        digest = sha256(self.text.encode()).hexdigest()
        return Evidence(name=self.name, sha256=digest, media_type="application/pdf")


class _Assessment(Script, frozen=True):
    unit: str
    assessed_on: date
    grade: Grade


class _Claim(Script, frozen=True):
    names: Names
    provider: str
    achieved_on: date
    evidence: _Document
    hours: Decimal | None = None


class _CreditedClaim(_Claim, frozen=True, kw_only=True):
    assessment: _Assessment


class _Story(Script, frozen=True):
    registry: str
    college: _College
    university: _University
    non_formal: _CreditedClaim
    informal: _Claim


# --- the telling ----------------------------------------------------------------------------------------


@dataclass
class Story:
    """`out` is the folder for the files; `clock` says what time each fact is recorded at."""

    settings: Settings
    passphrase: bytes
    base_url: str
    out: Path
    clock: Clock
    params: Argon2Params | None = None
    """What a guess at the passphrase costs; None is the usual."""
    progress: Callable[[int, int], None] | None = None
    """Told how far the audit has come."""
    registry: str = ""
    """The did:key of the registry, once it is open: what a reader of the bundle trusts."""
    learner: str = ""
    """The learner, once her wallet is open."""
    learner_key: str = ""
    """Her key to the interface: a secret, though of a demonstration."""
    visitors: Visitors | None = None
    """The people whom a browser can be, once the story has been told."""

    _issued_twice: CredentialIssued = field(init=False, repr=False)
    _conferred: QualificationConferred = field(init=False, repr=False)

    @cached_property
    def written(self) -> Written:
        names = (
            "credential",
            "altered",
            "revoked",
            "record",
            "diploma",
            "bundle",
            "bundle-after-revocation",
            "progress-report",
            "progress-bundle",
        )
        return Written(*(self.out / f"{name}.json" for name in names))

    @cached_property
    def script(self) -> _Story:
        return msgspec.json.decode((DATA / "story.json").read_bytes(), type=_Story)

    def chapters(self) -> Iterator[Chapter]:
        """The whole story, a chapter at a time: each has happened when it is told."""
        opened = bootstrap.create(
            self.settings,
            self.passphrase,
            name=self.script.registry,
            base_url=self.base_url,
            at=self.clock(),
            params=self.params,
        )
        self.registry = opened.did
        self.out.mkdir(parents=True, exist_ok=True)
        with Office.open(self.settings, self.passphrase) as office:
            yield self._institutions_open(office)
            yield self._the_college_awards(office)
            yield self._the_university_awards(office)
            yield self._an_error_is_withdrawn(office)
            yield self._non_formal_learning_is_credited(office)
            yield self._informal_learning_is_claimed(office)
            yield self._progress_is_told(office)
            yield self._credentials_are_issued(office)
            yield self._a_stranger_verifies()
            yield self._a_credential_is_revoked(office)
            degree = Degree(office, self.learner, self.clock, self.written.report, self.written.report_bundle)
            yield from degree.chapters()
            yield self._everything_is_audited(office)
            degree.file_a_case()
            self.visitors = self._let_people_in(office)

    def _institutions_open(self, office: Office) -> Chapter:
        for institution in _described("institutions.json", InstitutionEntry):
            enter_institution(office, institution, at=self.clock())
        for unit in _described("units.json", UnitEntry):
            enter_unit(office, unit, at=self.clock())
        for qualification in _described("qualifications.json", QualificationEntry):
            enter_qualification(office, qualification, at=self.clock())
        offers = tuple(
            _offer(office, each)
            for each in (self.script.college.institution, self.script.university.institution)
        )
        return Chapter(
            "Two institutions open",
            "A college and a university are registered, accredited, and say what they teach.",
            "Nobody awards anything here that somebody has not trusted them to award.",
            offers,
        )

    def _the_college_awards(self, office: Office) -> Chapter:
        college = self.script.college
        self.learner = registering.register_learner(office, at=self.clock()).learner
        self.learner_key = access.grant(
            office, holder=self.learner, role=access.Role.LEARNER, label="demonstration", at=self.clock()
        ).secret
        for credit in college.credits:
            self._award(office, college.institution, credit)
        self._conferred = conferred = awarding.confer(
            office,
            college.institution,
            learner=self.learner,
            qualification=college.confers.qualification,
            conferred_on=college.confers.conferred_on,
            at=self.clock(),
        )
        name = best(office.qualification(conferred.qualification).state.names, "en")
        return Chapter(
            "Formal learning at the college",
            f"A learner completes three units, and the college confers: {name}.",
            "Credit is awarded for learning outcomes, unit by unit; the certificate rests on exactly these.",
            (self._excerpt(office, Part.LINES),),
        )

    def _the_university_awards(self, office: Office) -> Chapter:
        university = self.script.university
        for credit in university.credits:
            self._award(office, university.institution, credit)
        return Chapter(
            "Formal learning at the university",
            "The learner moves on, and the university awards credit in the national scheme, with grades.",
            "Points of two schemes stand side by side. They are never added, and nothing converts them silently.",
            (self._excerpt(office, Part.SUMS),),
        )

    def _an_error_is_withdrawn(self, office: Office) -> Chapter:
        university, error = self.script.university, self.script.university.in_error
        awarded = self._award(office, university.institution, error)
        issuing.withdraw_credit(
            office,
            university.institution,
            learner=self.learner,
            credit=awarded.credit,
            reason=error.withdrawn_because,
            on=error.withdrawn_on,
            at=self.clock(),
        )
        return Chapter(
            "A credit awarded in error",
            f"The university takes a credit back: {error.withdrawn_because.rstrip('.').lower()}.",
            "Nothing is deleted. The line stays, with the reason, and no longer counts.",
            (self._excerpt(office, Part.LINES),),
        )

    def _non_formal_learning_is_credited(self, office: Office) -> Chapter:
        university, said = self.script.university, self.script.non_formal
        claimed = self._claim(office, Setting.NON_FORMAL, said)

        def award() -> CreditAwarded:
            return awarding.award(
                office,
                university.institution,
                learner=self.learner,
                unit=said.assessment.unit,
                scheme=CreditScheme.KZ,
                achievement=claimed,
                awarded_on=said.assessment.assessed_on,
                at=self.clock(),
            )

        refusal = refused("Award credit for the claim as it is", award)
        awarding.assess(
            office,
            university.institution,
            learner=self.learner,
            achievement=claimed,
            result=Result.PASSED,
            assessed_on=said.assessment.assessed_on,
            unit=said.assessment.unit,
            grade=said.assessment.grade,
            at=self.clock(),
        )
        award()
        return Chapter(
            "A course taken outside formal education",
            f"The learner claims “{best(said.names, 'en')}”; the university assesses it, and awards credit.",
            "A claim alone carries no credit. Once assessed it does, and stays marked as non-formal for ever.",
            (refusal, self._excerpt(office, Part.CLAIMS), self._excerpt(office, Part.SUMS)),
        )

    def _informal_learning_is_claimed(self, office: Office) -> Chapter:
        said = self.script.informal
        self._claim(office, Setting.INFORMAL, said)
        return Chapter(
            "Something learnt from life",
            f"The learner enters an achievement of her own: {best(said.names, 'en')}.",
            "It is welcome, it is signed by her, and it is shown as what it is: claimed, without credit.",
            (self._excerpt(office, Part.CLAIMS),),
        )

    def _progress_is_told(self, office: Office) -> Chapter:
        towards = show_progress(office, self.learner, self.script.university.target, on=self.clock().date())
        return Chapter(
            "How far is it to the next stage?",
            "The wallet compares what counts at the university with what the stage asks for.",
            "It names what is missing, and never counts a withdrawn credit or one of another scheme.",
            (towards,),
        )

    def _credentials_are_issued(self, office: Office) -> Chapter:
        university = self.script.university.institution
        lines = [line for line in show_record(office, self.learner).credits if line.withdrawn is None]
        issued = [self._issue(office, line) for line in lines]
        whole = issuing.issue_record(office, university, learner=self.learner, at=self.clock())
        kept, line = next(
            (event, line) for event, line in zip(issued, lines, strict=True) if line.institution == university
        )
        self._issued_twice = self._issue(office, line)
        diploma = issuing.issue_qualification(
            office,
            self._conferred.institution,
            learner=self.learner,
            conferral=self._conferred.conferral,
            at=self.clock(),
        )
        written = self.written
        _write(written.credential, kept.document)
        _write(written.altered, _with_more_points(kept.document))
        _write(written.revoked, self._issued_twice.document)
        _write(written.record, whole.document)
        _write(written.diploma, diploma.document)
        written.bundle.write_bytes(self._bundle(office, kept, whole, self._issued_twice, diploma))
        return Chapter(
            "Signed, and handed over",
            f"{len(issued)} credits and the certificate become Open Badges 3.0, the credits one record (CLR 2.0).",
            "They belong to the learner: files that open anywhere, with a bundle that proves them offline.",
            written=(written.credential, written.diploma, written.record, written.bundle),
        )

    def _a_stranger_verifies(self) -> Chapter:
        written = self.written
        bundle = BundleEvidence.open(written.bundle.read_bytes(), {self.registry})
        credential, altered = written.credential.read_bytes(), written.altered.read_bytes()
        whole = verify(credential, at=self.clock(), evidence=bundle)
        issuer = bundle.issuer(whole.subject.issuer or "") if whole.subject is not None else None
        without_lists = KnownFacts(issuers={} if issuer is None else {issuer.did: issuer})
        return Chapter(
            "A stranger verifies, with no network",
            "An admissions office checks the credential with the bundle alone, then one with a changed number.",
            "There are three answers, never two: what could not be checked is not called good, nor false.",
            (
                Checked("the credential, with its bundle", whole, seen_before=False),
                Checked(
                    "the certificate that the college conferred",
                    verify(written.diploma.read_bytes(), at=self.clock(), evidence=bundle),
                ),
                Checked(
                    "the same with more points written into it",
                    verify(altered, at=self.clock(), evidence=bundle),
                ),
                Checked(
                    "the credential again, but without its status list",
                    verify(credential, at=self.clock(), evidence=without_lists),
                ),
            ),
            (written.altered,),
        )

    def _a_credential_is_revoked(self, office: Office) -> Chapter:
        document = self._issued_twice.document.encode()
        before = BundleEvidence.open(self.written.bundle.read_bytes(), {self.registry})
        good = verify(document, at=self.clock(), evidence=before)
        issuing.revoke(
            office,
            self._issued_twice.institution,
            self._issued_twice.credential,
            reason="It was issued twice; the first one stands.",
            at=self.clock(),
        )
        self.written.bundle_after.write_bytes(self._bundle(office, self._issued_twice))
        after = BundleEvidence.open(self.written.bundle_after.read_bytes(), {self.registry})
        return Chapter(
            "A credential is revoked",
            "The university sees that it issued one badge twice, and revokes the second.",
            "The learner's file is unchanged: its status is a signed list, fetched by the reader or brought along.",
            (
                Checked("before the revocation", good),
                Checked("after it, with today's list", verify(document, at=self.clock(), evidence=after)),
            ),
            (self.written.revoked, self.written.bundle_after),
        )

    def _everything_is_audited(self, office: Office) -> Chapter:
        return Chapter(
            "Everything is checked again, from the first event",
            "The audit reads the whole ledger: every hash, every seal, every signature, and who may sign what.",
            "A changed, removed or inserted event is found, and the first one that does not hold is named.",
            (audit(office.ledger, progress=self.progress),),
        )

    def _let_people_in(self, office: Office) -> Visitors:
        university = self.script.university
        return make_visitors(
            office,
            learner=self.learner,
            institution=university.institution,
            qualification=university.target,
            employer="Silk Road Logistics",
            purpose="Application for a position",
            at=self.clock(),
        )

    # --- what recurs ------------------------------------------------------------------------------------

    def _award(self, office: Office, institution: str, credit: _Credit) -> CreditAwarded:
        return awarding.award(
            office,
            institution,
            learner=self.learner,
            unit=credit.unit,
            scheme=credit.scheme,
            grade=credit.grade,
            awarded_on=credit.awarded_on,
            at=self.clock(),
        )

    def _issue(self, office: Office, line: CreditRow) -> CredentialIssued:
        return issuing.issue_credit(
            office, line.institution, learner=self.learner, credit=line.credit, at=self.clock()
        )

    def _claim(self, office: Office, setting: Setting, said: _Claim) -> str:
        return awarding.claim(
            office,
            self.learner,
            setting=setting,
            names=said.names,
            achieved_on=said.achieved_on,
            provider=said.provider,
            hours=said.hours,
            evidence=(said.evidence.evidence(),),
            at=self.clock(),
        ).achievement

    def _excerpt(self, office: Office, part: Part) -> Excerpt:
        record = show_record(office, self.learner)
        units: dict[str, Names] = {row.unit: row.names for row in catalogue.units(office.ledger.database)}
        return Excerpt(record, part, units)

    def _bundle(self, office: Office, *issued: CredentialIssued) -> bytes:
        return publishing.bundle(
            office, [event.credential for event in issued], at=self.clock(), with_credentials=False
        )


def _described(file: str, kind: type[Described]) -> list[Described]:
    return read((DATA / file).read_bytes(), kind, source=file)


def _offer(office: Office, institution: str) -> Offer:
    return Offer(
        office.institution(institution).state,
        tuple(
            office.unit(entry.unit).state
            for entry in _described("units.json", UnitEntry)
            if entry.institution == institution
        ),
        tuple(
            office.qualification(entry.qualification).state
            for entry in _described("qualifications.json", QualificationEntry)
            if entry.institution == institution
        ),
    )


def _with_more_points(document: str) -> str:
    """The document as a swindler would hand it in: five points have become sixty, and the proof is as it was."""
    told = json.loads(document)
    told["credentialSubject"]["creditsEarned"] = 60
    told["credentialSubject"]["achievement"]["creditsAvailable"] = 60
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _write(path: Path, document: str) -> None:
    path.write_text(document, encoding="utf-8")
