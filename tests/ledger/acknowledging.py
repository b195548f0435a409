"""A writer to be killed: records lamps for ever, and says each on standard output once it is saved.

    python -m tests.ledger.acknowledging HOME STREAM [COUNT]

in the file there, or in the database of the URL that WALLET_DATABASE_URL holds.

With a count it stops there; it tries again when another writer was faster.
"""

import os
import sys
from itertools import count
from pathlib import Path

from keys.signing import Ed25519Signer
from tests.ledger.world import light, open_ledger
from wallet.errors import StreamMoved
from wallet.settings import DATABASE

if __name__ == "__main__":
    home, stream = Path(sys.argv[1]), sys.argv[2]
    numbers = iter(range(int(sys.argv[3]))) if len(sys.argv) > 3 else count()
    signer = Ed25519Signer.generate()
    with open_ledger(home, database=os.environ.get(DATABASE, "")) as ledger:
        for number in numbers:
            while True:
                try:
                    [entry] = light(ledger, stream, str(number), signer=signer)
                except StreamMoved:
                    continue
                break
            sys.stdout.write(f"{entry.sequence} {number}\n")
            sys.stdout.flush()
