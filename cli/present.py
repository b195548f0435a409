"""`wallet present`: show credentials to somebody who asked, signed by the learner they are about."""

import json
from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import Learner, OutFile
from wallet import presenting

app = Typer(help="Present credentials, signed for one occasion.")


@command(app, "present")
def present(
    desk: Desk,
    credentials: Annotated[
        list[str],
        Argument(metavar="CREDENTIAL...", help="The id of one issued here, or a file that holds one."),
    ],
    learner: Learner,
    challenge: Annotated[str, Option("--challenge", help="What the one who asks wants signed.")],
    domain: Annotated[str, Option("--domain", help="Who asks: nobody else can use the presentation.")],
    pointers: Annotated[
        list[str] | None,
        Option(
            "--pointers",
            metavar="POINTER",
            help="What to show where there is a choice: /credentialSubject/achievement/name; may be repeated.",
        ),
    ] = None,
    out: OutFile = None,
) -> None:
    """Present credentials as the learner, to whoever asked.

    It answers their challenge and is for their domain, so it is worth nothing to anybody else, and nothing twice.
    """
    with desk.office() as office:
        texts = [
            office.credential(named).state.issued.document
            if named.startswith("urn:")
            else Path(named).read_bytes()
            for named in credentials
        ]
        made = presenting.present(
            office,
            learner,
            texts,
            challenge=challenge,
            domain=domain,
            pointers=pointers or (),
            at=desk.now,
        )
    text = json.dumps(made, ensure_ascii=False, indent=2)
    if out is None:
        print(text)  # noqa: T201 - this is the output
        return
    out.write_text(text + "\n", encoding="utf-8")
    desk.answer(
        {"file": str(out), "holder": made["holder"]},
        f"Presented: {len(texts)} for {domain}.",
        file=str(out),
        holder=made["holder"],
    )
