"""The style sheet and the scripts: served from here, named by what is in them, and kept by a browser for a year.

/assets/style.3f2a9c41.css
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).with_name("assets")
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    address: str
    content: bytes
    media_type: str


def _read() -> Mapping[str, Asset]:
    assets = {}
    for path in sorted(_FOLDER.iterdir()):
        if (media_type := _MEDIA_TYPES.get(path.suffix)) is not None:
            content = path.read_bytes()
            digest = sha256(content).hexdigest()[:8]
            address = f"/assets/{path.stem}.{digest}{path.suffix}"
            assets[path.name] = Asset(address, content, media_type)
    return assets


ASSETS: Final = _read()
"""By file name."""
BY_ADDRESS: Final = {asset.address: asset for asset in ASSETS.values()}


def address_of(name: str) -> str:
    """Where a page finds the file `style.css`."""
    return ASSETS[name].address
