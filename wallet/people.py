"""The tables behind the pages: accounts and how they are entered, shares and who looked, and who opened what.

None of it is history: an account may go, and nothing in the ledger changes. Secrets (links, codes, sessions) are 100
random bits or more, and only their SHA-256 is kept: the file tells nobody a way in.
"""

from typing import Final

ACCOUNTS: Final = (
    """
    CREATE TABLE accounts (
        account TEXT    PRIMARY KEY,
        learner TEXT    UNIQUE,
        name    TEXT    NOT NULL,
        made_at INTEGER NOT NULL,
        seen    INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE staff_roles (
        account     TEXT NOT NULL,
        institution TEXT NOT NULL,
        role        TEXT NOT NULL,
        PRIMARY KEY (account, institution, role)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE passkeys (
        passkey    BLOB    PRIMARY KEY,
        account    TEXT    NOT NULL,
        public_key BLOB    NOT NULL,
        sign_count INTEGER NOT NULL,
        made_at    INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE TABLE recovery_codes (digest BLOB PRIMARY KEY, account TEXT NOT NULL) STRICT",
    """
    CREATE TABLE invitations (
        digest  BLOB    PRIMARY KEY,
        learner TEXT,
        name    TEXT    NOT NULL,
        roles   TEXT    NOT NULL,
        made_at INTEGER NOT NULL,
        ends_at INTEGER NOT NULL,
        used_at INTEGER
    ) STRICT
    """,
    "CREATE TABLE challenges (digest BLOB PRIMARY KEY, purpose TEXT NOT NULL, ends_at INTEGER NOT NULL) STRICT",
    """
    CREATE TABLE sessions (
        digest  BLOB    PRIMARY KEY,
        account TEXT    NOT NULL,
        csrf    TEXT    NOT NULL,
        seen_at INTEGER NOT NULL,
        ends_at INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE accesses (
        at      INTEGER NOT NULL,
        account TEXT    NOT NULL,
        method  TEXT    NOT NULL,
        route   TEXT    NOT NULL,
        whose   TEXT    NOT NULL,
        allowed INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX accesses_by_whose ON accesses (whose, at)",
)
STAFF_ACCOUNTS: Final = (
    """
    CREATE TABLE staff_accounts (
        person      TEXT PRIMARY KEY,
        institution TEXT NOT NULL,
        account     TEXT NOT NULL,
        UNIQUE (institution, account)
    ) STRICT, WITHOUT ROWID
    """,
)
ACCESS_REASONS: Final = ("ALTER TABLE accesses ADD COLUMN why TEXT NOT NULL DEFAULT ''",)
SHARES: Final = (
    """
    CREATE TABLE shares (
        digest       BLOB    PRIMARY KEY,
        learner      TEXT    NOT NULL,
        sealed       BLOB    NOT NULL,
        until        INTEGER NOT NULL,
        withdrawn_at INTEGER
    ) STRICT
    """,
    "CREATE INDEX shares_by_learner ON shares (learner)",
    "CREATE TABLE looks (digest BLOB NOT NULL, at INTEGER NOT NULL) STRICT",
    """
    CREATE TABLE chosen_qualifications (
        learner TEXT NOT NULL, qualification TEXT NOT NULL, PRIMARY KEY (learner, qualification)
    ) STRICT, WITHOUT ROWID
    """,
)
VOUCHED: Final = (
    """
    CREATE TABLE identity_providers (
        institution TEXT    PRIMARY KEY,
        issuer      TEXT    NOT NULL,
        client_id   TEXT    NOT NULL,
        secret      BLOB,
        set_at      INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE vouched (
        issuer  TEXT    NOT NULL,
        subject TEXT    NOT NULL,
        account TEXT    NOT NULL,
        made_at INTEGER NOT NULL,
        PRIMARY KEY (issuer, subject)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE errands (
        state       BLOB    PRIMARY KEY,
        browser     BLOB    NOT NULL,
        institution TEXT    NOT NULL,
        invitation  TEXT,
        goal        TEXT    NOT NULL,
        nonce       TEXT    NOT NULL,
        verifier    TEXT    NOT NULL,
        ends_at     INTEGER NOT NULL
    ) STRICT
    """,
)
TWO_PERSONS: Final = (
    "CREATE TABLE two_persons (institution TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT",
    """
    CREATE TABLE proposals (
        proposal      TEXT    PRIMARY KEY,
        institution   TEXT    NOT NULL,
        act           TEXT    NOT NULL,
        proposer      TEXT    NOT NULL,
        proposer_name TEXT    NOT NULL,
        content       BLOB,
        made_at       INTEGER NOT NULL,
        ends_at       INTEGER NOT NULL,
        outcome       TEXT,
        decider       TEXT,
        decider_name  TEXT,
        decided_at    INTEGER
    ) STRICT
    """,
    "CREATE INDEX proposals_by_institution ON proposals (institution, made_at)",
)
