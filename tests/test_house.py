"""The house rules that no other tool checks."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = ("wallet", "domain", "api", "cli", "keys")


def test_no_installed_distribution_ships_a_package_of_one_of_our_names():
    owners = metadata.packages_distributions()

    strangers = {name: owners.get(name, []) for name in OURS}

    assert all(set(who) <= {"learner-credit-wallet"} for who in strangers.values()), strangers


def test_the_lock_pins_every_package_by_hash_and_names_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())

    assert [pin.split("\n")[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links|file:", lock)


def test_every_direct_dependency_is_in_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))

    missing = {re.split(r"[<>=;\[ ]", name)[0].lower() for name in asked} - locked

    assert missing == set()


def test_the_top_level_holds_what_was_agreed_and_nothing_else():
    agreed = {
        *OURS,
        "tests",
        "benchmarks",
        "docs",
        "pyproject.toml",
        "README.md",
        "Makefile",
        "requirements.lock",
    }
    agreed |= {"LICENSE", "CHANGELOG.md"}

    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}

    # A build leaves dist/ and *.egg-info; they are ignored by git and are no part of the house.
    assert {
        name for name in found - agreed if name not in {"dist", "build"} and not name.endswith(".egg-info")
    } == set()


# The licences under which a package may be linked into what we ship.
FREE = ("MIT", "BSD", "APACHE", "ISC", "PSF", "PYTHON SOFTWARE FOUNDATION", "ZLIB", "UNLICENSE", "0BSD")
# Read by hand, where the metadata says nothing or says something that is not linking.
EXAMINED = {
    "certifi": "a list of certificate authorities: data under MPL-2.0, read and never changed",
    "pysqlite3": "zlib licence, in its source; its metadata names none",
}


def test_nothing_copyleft_is_linked_into_what_we_ship():
    suspects = {}
    for name in _shipped():
        about = metadata.metadata(name)
        classifiers = [
            c.rsplit("::", 1)[-1] for c in about.get_all("Classifier", []) if c.startswith("License")
        ]
        licence = " ".join(
            [about.get("License-Expression", ""), about.get("License", "")[:200], *classifiers]
        ).upper()
        if name not in EXAMINED and (
            not any(word in licence for word in FREE) or re.search(r"\bL?GPL|\bAGPL|MPL", licence)
        ):
            suspects[name] = licence

    assert suspects == {}


def _shipped() -> set[str]:
    """Every distribution that installing the project draws in, without the development group."""
    seen: set[str] = set()
    waiting = ["learner-credit-wallet"]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # wanted on another platform only
            continue
        seen.add(name)
        waiting += [re.split(r"[<>=!~;\[( ]", need)[0].lower() for need in needs if "extra ==" not in need]
    return seen - {"learner-credit-wallet"}
