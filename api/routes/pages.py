"""Pages for people: what this is, and how it is asked."""

from functools import cache

from fastapi import APIRouter, FastAPI, Request, Response

from api.bodies import StrictRoute
from api.callers import TheOffice
from api.html import page
from api.reference import reference

router = APIRouter(include_in_schema=False, route_class=StrictRoute)

_START = """\
<p>Institutions award credit here for what people have learnt: by study, on courses, at work. Whoever learnt it
holds it, sees what it adds up to, and can show it to anybody. Whoever is shown it can check it, without asking us.</p>
<h2>What holds here</h2>
<dl>
<dt>Credit counts once</dt>
<dd>The same learning is never added twice, and points of two schemes are never added at all.</dd>
<dt>Every number opens</dt><dd>A total names the events it is made of; each event names who signed it.</dd>
<dt>Nothing is rewritten</dt><dd>What is withdrawn stays in the history, with the reason.</dd>
<dt>Nobody reads by chance</dt><dd>A wallet is for its learner, and for institutions that answer for entries in it.</dd>
</dl>
<h2>Where things are</h2>
<dl>
<dt><a href="/docs">Reference</a></dt><dd>Every address, what it takes and what it answers.</dd>
<dt><a href="/openapi.json">OpenAPI document</a></dt><dd>The same, for programs.</dd>
<dt><a href="/institutions">Institutions</a></dt><dd>Who is registered, by whom accredited, with which keys.</dd>
<dt><a href="/units">Units</a>, <a href="/qualifications">qualifications</a></dt>
<dd>What can be learnt, and what it earns.</dd>
<dt><a href="/.well-known/did.json">The registry's keys</a></dt><dd>With which our own statements are verified.</dd>
</dl>
<h2>Verify a document</h2>
<p>Send it to <code>POST /verifications</code>; no key is needed, and it is not kept:</p>
<pre tabindex="0"><code>curl -H 'Content-Type: application/json' -d '{"document": …}' …/verifications</code></pre>
<p>The answer lists every check, each with a sentence:
<em>passed</em>, <em>failed</em> or <em>could not be made</em>.</p>
"""


@router.get("/")
def start(office: TheOffice) -> Response:
    """What this is and where things are."""
    return page(office.registry().state.name, "A learner credit wallet, and the register behind it.", _START)


@router.get("/docs")
def docs(request: Request) -> Response:
    """The reference."""
    return page("Reference", "Every address, what it takes and what it answers.", _reference(request.app))


@cache
def _reference(app: FastAPI) -> str:
    return reference(app.openapi())
