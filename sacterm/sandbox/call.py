"""One request of the REST API, as the routes see it: authenticated, with its parts decoded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from starlette.datastructures import QueryParams

from sacterm.sandbox.intake import Intake
from sacterm.sandbox.mailroom import Mailroom
from sacterm.sandbox.present import Json, message_json
from sacterm.sandbox.records import Forwarding, Message
from sacterm.sandbox.registry import Refusal

DEFAULT_LIMIT = 20
MAX_LIMIT = 1000


@dataclass(frozen=True)
class Call:
    """One request of a known account, as an endpoint sees it."""

    intake: Intake
    account: str
    path: dict[str, str]  # decoded
    query: QueryParams
    body: Json

    @property
    def mailroom(self) -> Mailroom:
        """The state and its rules."""
        return self.intake.mailroom

    @property
    def email(self) -> str:
        """The address in the path."""
        return self.path["email"]

    @property
    def message(self) -> Message:
        """The mail that the path names. Raises Refusal where there is none."""
        return self.mailroom.message(self.account, self.email, self.path["id"])

    def flag(self, name: str) -> bool:
        """A boolean of the query; missing is false."""
        return self.query.get(name, "").lower() in ("1", "true", "yes")

    def number(self, name: str, default: int) -> int:
        """A whole number of the query, 0 or more. Raises Refusal (400) for anything else."""
        text = self.query.get(name, "") or str(default)
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise Refusal(400, "bad request", f"{name} must be a whole number, 0 or more")
        return int(text)

    @property
    def limit(self) -> int:
        """How many messages are asked for; too many are as many as there may be."""
        return min(self.number("limit", DEFAULT_LIMIT), MAX_LIMIT)

    @property
    def skip(self) -> int:
        """How many messages to leave out at the top."""
        return self.number("skip", 0)

    def date(self, name: str) -> datetime | None:
        """A date of the query, ISO 8601, UTC if it does not say. Raises Refusal (400)."""
        text = self.query.get(name, "")
        if not text:
            return None
        try:
            time = datetime.fromisoformat(text)
        except ValueError as error:
            raise Refusal(400, "bad request", f"{name} must be a date in ISO 8601") from error
        return time if time.tzinfo else time.replace(tzinfo=UTC)

    def page(self, messages: list[Message]) -> list[Json]:
        """The part of a listing that is asked for. ``since`` and ``until`` are inclusive."""
        since, until = self.date("since"), self.date("until")
        within = [
            message
            for message in messages
            if (not since or message.mail.received >= since)
            and (not until or message.mail.received <= until)
        ]
        shown = within[self.skip : self.skip + self.limit]
        return [message_json(message) for message in shown]

    def forwarding(self) -> Forwarding:
        """The whole record: what the body does not give has its documented default.

        Raises:
            Refusal: 400, a field is of another type.
        """
        given = {name: value for name, value in self.body.items() if value is not None}
        given.setdefault("enablews", given.get("enabledws", False))
        try:
            return msgspec.convert(given, Forwarding)
        except msgspec.ValidationError as error:
            raise Refusal(400, "bad request", str(error)) from error

    def emails(self, name: str, limit: int) -> list[str]:
        """A list of addresses in the body, 1 to ``limit``. Raises Refusal (400)."""
        texts = self.body.get(name)
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise Refusal(400, "bad request", f"{name} must be a list of addresses")
        if not 1 <= len(texts) <= limit:
            raise Refusal(400, "bad request", f"{name} must hold 1 to {limit} addresses")
        return texts
