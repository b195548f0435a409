"""The web door.

    uvicorn --factory api.app:from_environment

One process, many threads: an endpoint waits for the ledger in a thread of its own, and answers 201 only when what
was recorded is on the disk.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI

from api.edge import DEADLINE, Edge, OwnNamesOnly
from api.logs import told
from api.metrics import Metrics
from api.openapi import openapi
from api.pages.forms import tell_people
from api.pages.tries import Tries
from api.problems import handle_errors
from api.routes import (
    advice,
    agreements,
    batches,
    catalogue,
    check,
    comparison,
    credentials,
    demo,
    desk,
    desk_agreements,
    desk_grading,
    desk_quality,
    desk_recognition,
    frameworks,
    grading,
    health,
    imports,
    institutions,
    log,
    memoranda,
    metrics,
    my,
    my_agreements,
    my_files,
    my_plan,
    my_recognition,
    pages,
    papers,
    programs,
    proposals,
    publication,
    quality,
    recognition,
    records,
    schemes,
    shown,
    sign_in,
    vc_api,
    verification,
    vouched,
    wallets,
)
from wallet.answering import KEPT_FOR
from wallet.demonstration.visitors import visitors_of
from wallet.errors import LedgerError, NoPassphrase
from wallet.fetching import Fetcher
from wallet.office import Office
from wallet.open_issuers import OpenIssuers
from wallet.settings import Settings, metrics_are_public, passphrase_from_environment

_log = logging.getLogger(__name__)

_ROUTERS = (
    verification.vc_api,  # first, because the whole world asks it, and addresses are tried in this order
    verification.router,
    pages.router,
    check.router,
    sign_in.router,
    vouched.router,
    my.router,
    my_agreements.router,
    my_plan.router,
    my_files.router,
    my_files.erasing_router,
    my_recognition.router,
    shown.router,
    desk.router,
    desk_agreements.router,
    desk_grading.router,
    desk_quality.router,
    desk_recognition.router,
    programs.pages,
    proposals.router,
    programs.router,
    institutions.router,
    catalogue.router,
    memoranda.router,
    grading.router,
    recognition.router,
    agreements.router,
    quality.router,
    recognition.documents,
    wallets.router,
    records.router,
    imports.router,
    papers.router,
    papers.files,
    advice.router,
    schemes.router,
    comparison.router,
    frameworks.router,
    vc_api.router,
    batches.router,
    credentials.router,
    publication.router,
    log.router,
    health.router,
)


def create_app(
    office: Office,
    *,
    deadline: float = DEADLINE,
    owns_office: bool = False,
    open_issuers: OpenIssuers | None = None,
    public_metrics: bool = False,
) -> FastAPI:
    """The application over an office. `deadline` in seconds.

    With `public_metrics` anybody may read the numbers at `/metrics`, else only the registry.

    With `open_issuers` it signs credentials for anybody, so it must be out of the reach of others.

    With `owns_office` the views are followed while the application runs, and the office is closed at its end; else
    both are the affair of whoever opened it.
    """
    app = FastAPI(
        title="Learner credit wallet",
        summary="Credit that counts once, and a record anybody can verify.",
        version=version("learner-credit-wallet"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=partial(_life, office, owns_office),
    )
    app.state.office = office
    app.state.open_issuers = open_issuers
    app.state.fetcher = Fetcher()
    app.state.tries = Tries()
    app.state.metrics = Metrics(office)
    app.state.visitors = visitors_of(office.settings)
    app.state.https = office.registry().state.base_url.startswith("https:")
    signing = (vc_api.by_institutions,) if open_issuers is None else (vc_api.by_anybody, vc_api.lists)
    numbers = metrics.for_anybody if public_metrics else metrics.for_the_registry
    for router in (*_ROUTERS, *signing, numbers):
        app.include_router(router)
    if app.state.visitors is not None:
        app.include_router(demo.router)
    handle_errors(app)
    tell_people(app)
    if open_issuers is not None:
        app.add_middleware(OwnNamesOnly)
    app.add_middleware(Edge, metrics=app.state.metrics, deadline=deadline, https=app.state.https)
    app.openapi = partial(openapi, app)  # type: ignore[method-assign]  # the framework's own way to replace it
    return app


def from_environment() -> FastAPI:
    """The application over the home that the environment names (`wallet.settings`), for uvicorn's `--factory`."""
    passphrase = passphrase_from_environment()
    if passphrase is None:
        raise NoPassphrase(
            "The keystore's passphrase is in neither WALLET_PASSPHRASE nor WALLET_PASSPHRASE_FILE."
        )
    office = Office.open(Settings.from_environment(), passphrase)
    return create_app(office, owns_office=True, public_metrics=metrics_are_public())


_HOUR = 3600.0


@asynccontextmanager
async def _life(office: Office, owned: bool, _app: FastAPI) -> AsyncIterator[None]:
    """From start to end: every hour, answers that nobody will ask for again are deleted."""
    with ExitStack() as opened:
        if owned:
            opened.enter_context(office)
            opened.enter_context(office.follower)
        forgetting = asyncio.create_task(_forget_answers(office))
        try:
            yield
        finally:
            forgetting.cancel()
            with suppress(asyncio.CancelledError):
                await forgetting


async def _forget_answers(office: Office) -> None:
    while True:
        try:
            await asyncio.to_thread(office.ledger.forget_answers, datetime.now(UTC) - KEPT_FOR)
        except LedgerError:
            _log.exception("answers-not-forgotten", extra=told())
        await asyncio.sleep(_HOUR)
