"""A follower to be killed: brings the views forward one event at a time, and says each time how far they have come.

Before each it waits for a line, so that it is never ahead of whoever kills it.

python -m tests.faults.following HOME
"""

import sys
from pathlib import Path

from tests.offices import PASSPHRASE
from wallet.ledger.follower import Follower
from wallet.office import Office
from wallet.projections import VIEWS
from wallet.settings import Settings

if __name__ == "__main__":
    with Office.open(Settings(Path(sys.argv[1])), PASSPHRASE) as office:
        follower = Follower(office.ledger, VIEWS, page=1)
        while sys.stdin.readline() and follower._step():
            sys.stdout.write(f"{follower.position()}\n")
            sys.stdout.flush()
