"""The web door as a program of its own: `python -m api --host 127.0.0.1 --port 8400`.

The home and the passphrase come from the environment (WALLET_HOME, WALLET_PASSPHRASE, WALLET_PASSPHRASE_FILE).
`wallet serve` becomes this program: the doors share the wallet and do not import each other.
"""

import argparse
from pathlib import Path

from api.serve import serve
from wallet.errors import NoPassphrase, WalletError
from wallet.settings import Settings, passphrase_from_environment


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m api", description="Serve the wallet over HTTP.")
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=8400)
    arguments.add_argument("--tls-cert", type=Path)
    arguments.add_argument("--tls-key", type=Path)
    arguments.add_argument(
        "--tls-self-signed", action="store_true", help="HTTPS with a certificate made for this machine"
    )
    arguments.add_argument(
        "--open-issuers", action="store_true", help="sign whatever anybody on this machine brings"
    )
    arguments.add_argument(
        "--workers", type=int, default=1, help="how many processes, on a PostgreSQL ledger"
    )
    asked = arguments.parse_args()
    try:
        passphrase = passphrase_from_environment()
        if passphrase is None:
            raise NoPassphrase("No passphrase: set WALLET_PASSPHRASE or WALLET_PASSPHRASE_FILE.")
        serve(
            Settings.from_environment(),
            passphrase,
            host=asked.host,
            port=asked.port,
            tls_certificate=asked.tls_cert,
            tls_key=asked.tls_key,
            tls_self_signed=asked.tls_self_signed,
            open_issuers=asked.open_issuers,
            workers=asked.workers,
        )
    except WalletError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
