"""How the sandbox misbehaves on command."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

HELP = """\
It misbehaves on command, to see what a client does then:

  curl -H "Mailsac-Key: $KEY" http://127.0.0.1:PORT/sandbox/faults \\
       -d '{"status": 429, "retry_after": 2, "times": 3, "path": "/inbox"}'

POST sets all faults at once (what is not given is off), GET shows them, DELETE ends them.

  REST     status 401|403|404|418|420|429|500|503, retry_after SECONDS, delay SECONDS,
           truncate, garbage; only for the next times N and for paths that begin with path;
           null_account (a wrong key gets 200 and null from /me)
  sockets  refuse_sockets HTTP_STATUS, status_frame STATUS (instead of Listening),
           close_sockets CODE (right after Listening), stall_sockets (accepted, then silence)
  frames   drop_frames, duplicate_frames, reorder_frames, garbage_frames,
           bare_frames (mail without {"status", "email"})
  at once  drop_sockets (cut all that are open), notice STATUS (a status frame to all)
"""

Status = Literal[401, 403, 404, 418, 420, 429, 500, 503]
Seconds = Annotated[float, Meta(ge=0, le=600)]


class Faults(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What goes wrong at present. See ``HELP`` for each field.

    Attributes:
        times: how many more requests the faults of REST hit; None: all.
        path: they hit only routes below ``/api`` that begin with this, as ``/inbox``.
        reorder_frames: every other frame is sent after its successor, or 50 ms late.
    """

    status: Status | None = None
    retry_after: Seconds | None = None
    delay: Seconds = 0.0
    truncate: bool = False
    garbage: bool = False
    times: Annotated[int, Meta(ge=0)] | None = None
    path: str = ""
    null_account: bool = False

    refuse_sockets: Annotated[int, Meta(ge=400, le=599)] | None = None
    status_frame: int | None = None
    close_sockets: Annotated[int, Meta(ge=1000, le=4999)] | None = None
    stall_sockets: bool = False

    drop_frames: bool = False
    duplicate_frames: bool = False
    reorder_frames: bool = False
    garbage_frames: bool = False
    bare_frames: bool = False

    drop_sockets: bool = False
    notice: int | None = None

    def hits(self, path: str) -> bool:
        """Do the faults of REST hit a request for this path? Counts it if so."""
        if not (self.status or self.delay or self.truncate or self.garbage):
            return False
        if self.times == 0 or not path.startswith(self.path):
            return False
        if self.times is not None:
            self.times -= 1
        return True
