"""The tables of the store, and how an older file becomes a current one.

``user_version`` holds the schema's version. A step in :data:`MIGRATIONS` leads from the version
of its index to the next; a new file takes them all. Counts are kept by triggers, so that no
writer can forget them and asking for them is one look-up at any size.
"""

from __future__ import annotations

_LISTED = "owned, read, read_here, starred, starred_here, inbox, domain"


def _count(row: str, sign: str) -> str:
    """SQL that adds (``+``) or takes (``-``) one row to or from the counts of its views."""
    return f"""
        INSERT INTO counts (scope, total, unread)
        SELECT scope, {sign}1, {sign}{row}.unread FROM (
            SELECT 'inbox:' || {row}.inbox AS scope
            UNION ALL SELECT 'domain:' || {row}.domain WHERE {row}.owned
            UNION ALL SELECT 'all' WHERE {row}.owned
            UNION ALL SELECT 'starred' WHERE {row}.star
        ) WHERE true
        ON CONFLICT (scope) DO UPDATE
            SET total = total + excluded.total, unread = unread + excluded.unread;
    """


_FIRST = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE messages (
    row            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    inbox          TEXT NOT NULL,
    domain         TEXT NOT NULL,
    original_inbox TEXT,
    subject        TEXT,
    sender         TEXT,              -- JSON: [[name, address], …], as are to, cc and bcc
    to_            TEXT,
    cc             TEXT,
    bcc            TEXT,
    received       INTEGER NOT NULL,  -- ms since 1970, UTC
    size           INTEGER,
    attachments    TEXT,              -- JSON: [md5, …]
    labels         TEXT,              -- JSON: [label, …]
    folder         TEXT,
    spam           REAL,
    tls            INTEGER,
    ip             TEXT,
    via            TEXT,
    owned          INTEGER NOT NULL,  -- 1: the account's, 0: a public inbox's
    pushed         INTEGER NOT NULL DEFAULT 0,
    gone           INTEGER NOT NULL DEFAULT 0,
    read           INTEGER,           -- as the service says
    starred        INTEGER,
    read_here      INTEGER,           -- as said here, until the service agrees or changes its mind
    starred_here   INTEGER,
    unread AS (NOT coalesce(read_here, read, 0)),
    star   AS (coalesce(starred_here, starred, 0))
);
CREATE INDEX messages_owned  ON messages (owned, received);
CREATE INDEX messages_inbox  ON messages (inbox, received);
CREATE INDEX messages_domain ON messages (domain, received) WHERE owned;
CREATE INDEX messages_star   ON messages (received) WHERE coalesce(starred_here, starred, 0);

CREATE TABLE counts (
    scope  TEXT PRIMARY KEY,
    total  INTEGER NOT NULL,
    unread INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER count_insert AFTER INSERT ON messages BEGIN {_count("NEW", "+")} END;
CREATE TRIGGER count_delete AFTER DELETE ON messages BEGIN {_count("OLD", "-")} END;
CREATE TRIGGER count_update AFTER UPDATE OF {_LISTED} ON messages
    BEGIN {_count("OLD", "-")} {_count("NEW", "+")} END;

CREATE TABLE bodies (
    row      INTEGER PRIMARY KEY REFERENCES messages (row) ON DELETE CASCADE,
    raw      BLOB,                    -- zlib; NULL until it is known
    document BLOB NOT NULL            -- zlib of the JSON list of what `search` holds of it
);
CREATE VIRTUAL TABLE search USING fts5 (
    sender, recipients, cc, subject, body, attachments,
    content = '', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE TABLE addresses (email TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE domains   (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE watched   (
    email  TEXT PRIMARY KEY,
    added  INTEGER NOT NULL,          -- ms since 1970, as is listed
    listed INTEGER
) WITHOUT ROWID;
CREATE TABLE labels    (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE ops (
    month TEXT NOT NULL,              -- YYYY-MM, UTC
    kind  TEXT NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (month, kind)
) WITHOUT ROWID;
"""

MIGRATIONS = (_FIRST,)
VERSION = len(MIGRATIONS)
