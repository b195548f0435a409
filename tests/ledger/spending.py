"""A process that spends one credit as often as it can: many threads at once, each with a key of its own.

    python -m tests.ledger.spending HOME LEARNER CREDIT TIMES

in the ledger that WALLET_DATABASE_URL names. It says how many were told that theirs was the one.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from domain.errors import Refused
from tests.offices import DAY, NOON, PASSPHRASE
from wallet import awarding
from wallet.office import Office
from wallet.settings import Settings


def main(home: str, learner: str, credit: str, times: int) -> int:
    with Office.open(Settings(Path(home)), PASSPHRASE) as office:

        def spend(_number: int) -> bool:
            try:
                awarding.transfer(
                    office,
                    "college",
                    learner=learner,
                    from_credit=credit,
                    agreement="agreement 7",
                    transferred_on=DAY,
                    at=NOON,
                )
            except Refused:
                return False
            return True

        with ThreadPoolExecutor(10) as pool:
            return sum(pool.map(spend, range(times)))


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))  # noqa: T201 - what it has to say
