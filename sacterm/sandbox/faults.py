"""How the sandbox misbehaves on command."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

HELP = """\
It misbehaves on command, to see what a client does then:

  curl -H "Mailsac-Key: $KEY" http://127.0.0.1:PORT/sandbox/faults \\
       -d '{"status": 429, "retry_after": 2, "times": 3, "path": "/inbox"}'

POST sets all faults at once (what is not given is off), GET shows them, DELETE ends them.

  REST     status 400 to 599 (instead of doing it), retry_after SECONDS, delay SECONDS,
           and what was done, told badly: drop (cut off without an answer), truncate (cut off
           in the middle), slow SECONDS (in small pieces), garbage (no JSON), wrong_schema
           (JSON of other types); only for the next times N and for paths that begin with
           path; null_account (a wrong key gets 200 and null from /me)
  sockets  refuse_sockets 400 to 599, status_frame STATUS (instead of Listening),
           close_sockets CODE (right after Listening), stall_sockets (half open: those there
           are and those to come are silent for ever)
  frames   drop_frames, duplicate_frames, reorder_frames, garbage_frames (before each mail),
           truncate_frames, wrong_schema_frames, bare_frames (mail without {"status", "email"})
  at once  drop_sockets (cut all that are open), notice STATUS (a status frame to all)

A scenario sets faults at its times, in seconds from the start. --scenario plays a file:

  {"steps": [{"at": 5, "faults": {"status": 503}}, {"at": 20, "faults": {}}]}

--chaos makes up one a minute, of what passes by itself (no 401, no 403), with pauses of health;
minute N of --chaos SEED is minute 0 of --chaos SEED+N.
"""

Status = Annotated[int, Meta(ge=400, le=599)]
Seconds = Annotated[float, Meta(ge=0, le=600)]


class Faults(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What goes wrong at present. See ``HELP`` for each field.

    What the faults of REST hit is done all the same, unless they answer with a status.

    Attributes:
        times: how many more requests the faults of REST hit; None: all.
        path: they hit only routes below ``/api`` that begin with this, as ``/inbox``.
        slow: seconds that the body of an answer takes.
        reorder_frames: every other frame is sent after its successor, or 50 ms late.
    """

    status: Status | None = None
    retry_after: Seconds | None = None
    delay: Seconds = 0.0
    slow: Seconds = 0.0
    drop: bool = False
    truncate: bool = False
    garbage: bool = False
    wrong_schema: bool = False
    times: Annotated[int, Meta(ge=0)] | None = None
    path: str = ""
    null_account: bool = False

    refuse_sockets: Status | None = None
    status_frame: int | None = None
    close_sockets: Annotated[int, Meta(ge=1000, le=4999)] | None = None
    stall_sockets: bool = False

    drop_frames: bool = False
    duplicate_frames: bool = False
    reorder_frames: bool = False
    garbage_frames: bool = False
    truncate_frames: bool = False
    wrong_schema_frames: bool = False
    bare_frames: bool = False

    drop_sockets: bool = False
    notice: int | None = None

    def hits(self, path: str) -> bool:
        """Do the faults of REST hit a request for this path? Counts it if so."""
        spoils = self.drop or self.truncate or self.garbage or self.wrong_schema
        if not (self.status or self.delay or self.slow or spoils):
            return False
        if self.times == 0 or not path.startswith(self.path):
            return False
        if self.times is not None:
            self.times -= 1
        return True
