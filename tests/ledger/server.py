"""A PostgreSQL server of the tests' own: started in a temporary folder, as an unprivileged user, gone at the end.

It is Debian's (`apt-get install postgresql`, as `.ci/run` does), or whatever `PG_BIN` names.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path

import pg8000.dbapi
import pytest

_numbers = count(1)


def binaries() -> Path | None:
    """The folder of a server's programs, if one is installed."""
    named = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    found = [*named, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    return next((each for each in found if (each / "initdb").exists()), None)


WHERE_INSTALLED = pytest.mark.skipif(
    binaries() is None and not os.environ.get("CI"),
    reason="no PostgreSQL is installed here (apt-get install postgresql)",
)
"""For tests that need a server; where CI runs them, a server that is missing is a failure."""


class Server:
    """A running server; `kill` ends it as a power cut would, `start` starts it again on the same files."""

    def __init__(self, programs: Path, folder: Path, *, following: "Server | None" = None) -> None:
        """A new and empty one; or a copy of another, which it follows as its standby of the name `standby`."""
        self._programs = programs
        self.folder = folder
        self._as_whom: dict[str, object] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._as_whom = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
        self._process: subprocess.Popen[bytes] | None = None
        if following is None:
            made = ["initdb", "-D", folder / "data", "-A", "trust", "-U", "wallet", "-E", "UTF8"]
            self._run(*made, "--locale=C", "--no-sync", "--data-checksums")
        else:
            where = f"host={following.folder} user=wallet application_name=standby"
            self._run("pg_basebackup", "-D", folder / "data", "-d", where, "-R", "-c", "fast", "--no-sync")

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [str(self._programs / program), *map(str, arguments)],
            check=True,
            capture_output=True,
            cwd=self.folder,
            env=self._environment,
            **self._as_whom,  # type: ignore[call-overload]  # a user's three arguments, or none
        )

    def start(self, *, fsync: bool = False, **more: str) -> "Server":
        settings = {
            **more,
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "on" if fsync else "off",
            "full_page_writes": "on" if fsync else "off",
            "max_connections": "80",
        }
        given = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self.folder / "data"), *given],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self.folder,
                env=self._environment,
                **self._as_whom,  # type: ignore[call-overload]  # a user's three arguments, or none
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self._connection().close()
            except Exception:  # noqa: BLE001 - whatever it is that does not answer yet
                time.sleep(0.05)
            else:
                return self
        raise AssertionError((self.folder / "log").read_text())

    def kill(self) -> None:
        """Every process of the server at once, without a word."""
        assert self._process is not None
        number = self._process.pid
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        for each in (number, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self._process.wait()

    def promote(self) -> None:
        """From now on it follows nobody, and takes writes."""
        self._run("pg_ctl", "promote", "-D", self.folder / "data", "-w")

    def ask(self, statement: str) -> list[list[object]]:
        """What a database of no ledger answers; settings are changed so, too."""
        with closing(self._connection()) as connection:
            connection.autocommit = True
            return list(connection.execute_simple(statement).rows or [])

    def stop(self) -> None:
        """At once, whoever is connected: what it holds is thrown away."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)

    def _connection(self) -> pg8000.dbapi.Connection:
        socket = str(self.folder / ".s.PGSQL.5432")
        return pg8000.dbapi.connect("wallet", database="postgres", unix_sock=socket, timeout=5)

    def a_database(self) -> str:
        """The URL of a new, empty one: a schema that is seen by a user of its own, which takes milliseconds."""
        name = f"wallet_{next(_numbers)}_{os.getpid()}"
        self.ask(f"CREATE ROLE {name} LOGIN SUPERUSER")
        self.ask(f"CREATE SCHEMA {name} AUTHORIZATION {name}")
        return f"postgresql://{name}@/postgres?host={self.folder}"


@contextmanager
def a_server(*, fsync: bool = False, following: Server | None = None, **settings: str) -> Iterator[Server]:
    """`settings` are the server's own, as in postgresql.conf."""
    programs = binaries()
    assert programs is not None, "no PostgreSQL is installed"
    folder = Path(tempfile.mkdtemp(prefix="wallet-pg-", dir="/tmp"))
    try:
        server = Server(programs, folder, following=following)
        try:
            yield server.start(fsync=fsync, **settings)
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
