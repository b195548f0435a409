"""`wallet admin`: the first link, links for others, and no second first one."""

from pathlib import Path
from urllib.parse import urlsplit

from tests.cli.conftest import Enrolled, Program


def test_the_first_administrator_is_let_in_by_a_link_at_the_wallets_own_address(wallet: Program):
    made = wallet.json("admin", "bootstrap", "saryarqa", "--name", "Aigerim")
    link = urlsplit(made["link"])

    assert (link.scheme, link.netloc) == ("https", "records.example")
    assert link.path.startswith("/welcome/")
    assert len(link.path) > 30


def test_others_are_invited_with_roles_that_there_are(wallet: Program):
    invite = ("admin", "invite", "saryarqa", "--name", "Daniyar")

    assert wallet.json(*invite, "--role", "issuer", "--role", "expert")["roles"] == ["issuer", "expert"]
    assert "emperor" in wallet(*invite, "--role", "emperor", code=2).err
    assert "nowhere" in wallet("admin", "invite", "nowhere", "--name", "D", "--role", "issuer", code=1).err


def test_a_learner_is_invited_to_her_own_wallet_and_a_stranger_to_none(wallet: Program, enrolled: Enrolled):
    assert "/welcome/" in wallet.json("admin", "invite-learner", enrolled.learner)["link"]
    wallet("admin", "invite-learner", "00000000-0000-4000-8000-000000000000", code=1)
    wallet("admin", "invite-learner", "rubbish", code=1)


def test_a_university_vouches_for_its_staff_until_it_is_told_to_stop(wallet: Program, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    provider = ("admin", "provider", "saryarqa")
    named = (*provider, "--issuer", "https://id.saryarqa.example", "--client-id", "wallet")

    assert "No identity provider" in wallet(*provider, code=1).err
    made = wallet.json(*named, "--secret-file", str(secret))
    assert made["has_secret"] is True
    assert made["redirect_uri"].endswith("/sign-in/returned")
    assert "s3cret" not in str(made)
    assert wallet.json(*provider) == made
    assert wallet.json(*named)["has_secret"] is False
    assert "no identity provider" in wallet(*provider, "--issuer", "ftp://x", "--client-id", "w", code=1).err
    assert "--client-id" in wallet(*provider, "--issuer", "https://x.example", code=2).err
    wallet(*named, "--secret-file", str(tmp_path / "absent"), code=1)
    wallet(*provider, "--remove")
    wallet(*provider, "--remove", code=1)
