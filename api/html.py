"""Pages: whole in themselves. No script, no picture, nothing from anywhere else; a browser is told to hold us to it."""

import base64
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Final

from api.media import Page

_STYLE: Final = Path(__file__).with_name("style.css").read_text("utf-8")
_STYLE_HASH: Final = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(title: str, lead: str, body: str) -> Page:
    """A page in English. `title` and `lead` are text; `body` is HTML already."""
    content = f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>{escape(title)}</h1>
<p class="soft">{escape(lead)}</p>
</header>
<main id="content">
{body}
</main>
<footer>
<p><a href="/">Start</a> · <a href="/docs">Reference</a> · <a href="/openapi.json">OpenAPI document</a></p>
</footer>
</body>
</html>
"""
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "public, max-age=300"}
    return Page(content, headers=headers)
