"""A server to be stopped or killed: serves the home it is given.

python -m tests.api.serving HOME PORT
"""

import sys
from pathlib import Path

from api.serve import serve
from tests.offices import PASSPHRASE
from wallet.settings import Settings

if __name__ == "__main__":
    serve(Settings(Path(sys.argv[1])), PASSPHRASE, port=int(sys.argv[2]))
