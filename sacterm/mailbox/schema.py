"""The tables of the store, and how an older file becomes a current one.

``user_version`` holds the schema's version. A step in :data:`MIGRATIONS` leads from the version
of its index to the next; a new file takes them all. Counts are kept by triggers, so that no
writer can forget them and asking for them is one look-up at any size.
"""

from __future__ import annotations

SEARCHED = "sender, recipients, cc, subject, body, attachments"
"""What the search index holds of a message, in the order of a document."""

TOKENIZER = "unicode61 remove_diacritics 2"
"""How it is cut into words."""


def _count(row: str, sign: str, folders: str = "", seen: str = "true") -> str:
    """SQL that adds (``+``) or takes (``-``) one row to or from the counts of its views.

    Args:
        row: ``OLD`` or ``NEW``.
        sign: ``+`` or ``-``.
        folders: SQL for the scopes of folders, if there are any.
        seen: SQL that is true where the row is in any view at all.
    """
    return f"""
        INSERT INTO counts (scope, total, unread)
        SELECT scope, {sign}1, {sign}{row}.unread FROM (
            SELECT 'inbox:' || {row}.inbox AS scope
            UNION ALL SELECT 'domain:' || {row}.domain WHERE {row}.owned
            UNION ALL SELECT 'all' WHERE {row}.owned
            UNION ALL SELECT 'starred' WHERE {row}.star
            {folders}
        ) WHERE {seen}
        ON CONFLICT (scope) DO UPDATE
            SET total = total + excluded.total, unread = unread + excluded.unread;
    """


def _count_in_folders(row: str, sign: str) -> str:
    folders = f"UNION ALL SELECT 'folder:' || {row}.folder_now WHERE {row}.owned"
    return _count(row, sign, folders, f"NOT {row}.hidden")


_FIRST = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE messages (
    row            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    inbox          TEXT NOT NULL,
    domain         TEXT NOT NULL,
    original_inbox TEXT,              -- NULL: the inbox
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
CREATE TRIGGER count_update
    AFTER UPDATE OF owned, read, read_here, starred, starred_here, inbox, domain ON messages
    BEGIN {_count("OLD", "-")} {_count("NEW", "+")} END;

CREATE TABLE bodies (
    row      INTEGER PRIMARY KEY REFERENCES messages (row) ON DELETE CASCADE,
    raw      BLOB,                    -- see packing; NULL until it is known
    document BLOB NOT NULL            -- what `search` holds of it, see packing
);
-- the body first: of other columns, the index notes the column of each word that it holds
CREATE VIRTUAL TABLE search USING fts5 (
    body, sender, recipients, cc, subject, attachments,
    content = '', columnsize = 0, tokenize = '{TOKENIZER}'
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

_TRIAGE = f"""
ALTER TABLE messages ADD COLUMN labels_here TEXT;  -- as wanted here, until the service agrees
ALTER TABLE messages ADD COLUMN folder_here TEXT;
ALTER TABLE messages ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;  -- about to be deleted
ALTER TABLE messages ADD COLUMN code TEXT;         -- the one-time code found in it
ALTER TABLE messages ADD COLUMN link TEXT;         -- the link that asks to be followed
ALTER TABLE messages ADD COLUMN labels_now AS (coalesce(labels_here, labels));
ALTER TABLE messages ADD COLUMN folder_now AS (coalesce(folder_here, folder, 'inbox'));

DROP INDEX messages_owned;
DROP INDEX messages_inbox;
DROP INDEX messages_domain;
DROP INDEX messages_star;
CREATE INDEX messages_owned  ON messages (received) WHERE owned = 1 AND hidden = 0;
CREATE INDEX messages_inbox  ON messages (inbox, received) WHERE hidden = 0;
CREATE INDEX messages_domain ON messages (domain, received) WHERE owned AND hidden = 0;
CREATE INDEX messages_folder ON messages (folder_now, received) WHERE owned AND hidden = 0;
CREATE INDEX messages_star   ON messages (received)
    WHERE coalesce(starred_here, starred, 0) AND hidden = 0;

-- all that views and operators ask of a message, in the order of lists: see finding
CREATE INDEX messages_found  ON messages (
    received, row, owned, hidden, inbox, domain, original_inbox, subject, read_here, read,
    starred_here, starred, labels_here, labels, folder_here, folder, size, spam,
    gone, attachments, code, link
);

-- what was changed here and is still to be told to the service
CREATE TABLE unsent (
    row   INTEGER NOT NULL REFERENCES messages (row) ON DELETE CASCADE,
    field TEXT    NOT NULL,           -- read, starred, labels, folder
    doubt INTEGER NOT NULL DEFAULT 0, -- told without hearing an answer
    PRIMARY KEY (row, field)
) WITHOUT ROWID;
INSERT INTO unsent SELECT row, 'starred', 1 FROM messages WHERE starred_here IS NOT NULL;

CREATE TABLE searches (query TEXT PRIMARY KEY, added INTEGER NOT NULL) WITHOUT ROWID;

DROP TRIGGER count_insert;
DROP TRIGGER count_delete;
DROP TRIGGER count_update;
CREATE TRIGGER count_insert AFTER INSERT ON messages BEGIN {_count_in_folders("NEW", "+")} END;
CREATE TRIGGER count_delete AFTER DELETE ON messages BEGIN {_count_in_folders("OLD", "-")} END;
CREATE TRIGGER count_update
    AFTER UPDATE OF owned, hidden, read, read_here, starred, starred_here, folder, folder_here,
        inbox, domain ON messages
    BEGIN {_count_in_folders("OLD", "-")} {_count_in_folders("NEW", "+")} END;
INSERT INTO counts
    SELECT 'folder:' || folder_now, count(*), sum(unread) FROM messages WHERE owned GROUP BY 1;
"""

_REMOVED = """
-- what was deleted at the service, for some days: a listing may lag, and tell of it once more
CREATE TABLE removed (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;  -- ms since 1970

-- hidden is the time until which that holds, in ms since 1970, or 0
CREATE INDEX messages_hidden ON messages (hidden) WHERE hidden > 0;
"""

_POSTPONED = """
-- what is kept, and still to be read: for its code, its link, and the search index
CREATE TABLE postponed (row INTEGER PRIMARY KEY REFERENCES messages (row) ON DELETE CASCADE);
INSERT INTO postponed
    SELECT row FROM bodies JOIN messages USING (row) WHERE raw IS NOT NULL AND code IS NULL;
DELETE FROM meta WHERE name = 'looked-for-codes';
"""

_DICTIONARIES = """
-- what was learned from mail, to pack mail with: see packing
CREATE TABLE dictionaries (
    name  BLOB PRIMARY KEY,           -- as packed mail names it
    words BLOB NOT NULL,
    at    INTEGER NOT NULL            -- how much mail there was when it was learned
);
"""

MIGRATIONS = (_FIRST, _TRIAGE, _REMOVED, _POSTPONED, _DICTIONARIES)
VERSION = len(MIGRATIONS)
