"""The state of the sandbox and all its rules. No I/O: time, journal and sockets are handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from sacterm.sandbox.letter import Letter, read_letter
from sacterm.sandbox.records import Address, Gone, Mail, Marks, Message, Record, Released
from sacterm.sandbox.registry import Refusal, Registry, domain_of, new_id, utc_now

PUBLIC_KEPT = 6  # messages of a public inbox
PUBLIC_AGE = timedelta(days=4)
# The test string that every spam filter knows: mail with it is spam here too.
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

Publish = Callable[[Message], int]
"""Shows a stored message to whoever listens; returns how many sockets it was sent to."""


class Mailroom(Registry):
    """The mail of one sandbox, and whose it is. For one thread.

    Attributes:
        listeners: called with each stored mail, in order.
    """

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(now=now)
        self.listeners: list[Publish] = []
        self._messages: dict[str, Message] = {}
        self._arrivals = 0

    def deliver(
        self,
        raw: bytes,
        envelope_from: str,
        envelope_to: Iterable[str],
        *,
        received: datetime | None = None,
        tls: bool = False,
        ip: str = "127.0.0.1",
        via: str = "",
        letter: Letter | None = None,
        marks: Marks | None = None,
    ) -> list[Message]:
        """Stores a mail for each recipient, counts it, and shows it to the listeners.

        Args:
            raw: the mail as it came.
            envelope_from: the sender as the envelope says; "" for a bounce.
            envelope_to: the recipients as the envelope says.
            received: when it came, if not now.
            tls: did it come encrypted?
            ip: who sent it.
            via: the name the sender gave.
            letter: what ``read_letter`` says of the raw mail, where that is known already.
            marks: what was done to it already; its id does not matter.
        """
        received = received or self.now()
        mails = [
            Mail(
                id=new_id(),
                inbox=self.inbox_for(written),
                original_inbox=written,
                envelope_from=envelope_from,
                received=received.replace(microsecond=received.microsecond // 1000 * 1000),
                arrival=self._arrivals + count,
                raw=raw,
                ip=ip,
                via=via,
                tls=tls,
            )
            for count, written in enumerate(dict.fromkeys(envelope_to), start=1)
        ]
        if marks is None and GTUBE in raw:
            marks = Marks(id="", folder="spam", spam=1.0)
        marked = [replace(marks, id=mail.id) for mail in mails] if marks else []
        letter = letter or read_letter(raw)
        self.keep((*mails, *marked))
        for mail in mails:
            self._store(mail, letter)
        for one in marked:
            self._apply(one)
        messages = [self._messages[mail.id] for mail in mails]
        for message in messages:
            self._announce(message)
        for inbox in {mail.inbox for mail in mails}:
            self._recycle(inbox)
        return messages

    def _announce(self, message: Message) -> None:
        publishes = sum(publish(message) for publish in self.listeners)
        if address := self._addresses.get(message.mail.inbox):
            # Nothing is really posted: the sandbox calls nobody.
            hooks = (address.forwarding.webhook, address.forwarding.webhook_slack)
            publishes += sum(map(bool, hooks))
        if owner := self.owner(message.mail.inbox):
            self.charge(owner, 1 + max(0, publishes - 1))

    def _recycle(self, inbox: str) -> None:
        """Lets the oldest unstarred mails go where an inbox or its account is over its limit."""
        owner = self.owner(inbox)
        if owner is None:
            too_old = self.now() - PUBLIC_AGE
            gone = [
                message
                for place, message in enumerate(self.of_inbox(inbox))
                if place >= PUBLIC_KEPT or message.mail.received < too_old
            ]
        elif len(self._messages) > self.plan(owner).messages:
            stored = self.of_account(owner)
            surplus = max(0, len(stored) - self.plan(owner).messages)
            unstarred = [message for message in reversed(stored) if not message.marks.saved_by]
            gone = unstarred[:surplus]
        else:
            gone = []
        self.delete(message for message in gone if not message.marks.saved_by)

    def message(self, account: str, email: str, message_id: str) -> Message:
        """One mail of one inbox.

        Raises:
            Refusal: 401 another account's inbox, 404 no such mail there.
        """
        inbox = self.accessible(account, email)
        self._recycle(inbox)
        message = self._messages.get(message_id)
        if message is None or message.mail.inbox != inbox:
            raise Refusal(404, "no such message: deleted or recycled")
        return message

    def of_inbox(self, inbox: str) -> list[Message]:
        """The mails of one inbox, newest first."""
        return self._newest_first(lambda message: message.mail.inbox == inbox)

    def of_domain(self, name: str) -> list[Message]:
        """The mails of all inboxes of a domain, newest first."""
        return self._newest_first(lambda message: domain_of(message.mail.inbox) == name)

    def of_account(self, account: str) -> list[Message]:
        """The mails of all the account's addresses and domains, newest first."""
        return self._newest_first(lambda message: self.owner(message.mail.inbox) == account)

    def starred_by(self, account: str) -> list[Message]:
        """The mails the account has starred, in whatever inbox, newest first."""
        return self._newest_first(lambda message: message.marks.saved_by == account)

    def _newest_first(self, wanted: Callable[[Message], bool]) -> list[Message]:
        return sorted(
            filter(wanted, self._messages.values()),
            key=lambda message: (message.mail.received, message.mail.arrival),
            reverse=True,
        )

    def public_inbox(self, account: str, email: str, *, status: int = 403) -> list[Message]:
        """The mails of an inbox the account may read, newest first.

        Raises:
            Refusal: with the status, where another account owns it.
        """
        inbox = self.accessible(account, email, status=status)
        self._recycle(inbox)
        return self.of_inbox(inbox)

    def mark(self, message: Message, marks: Marks) -> Message:
        """Replaces the marks of a mail."""
        self._commit(marks)
        return self._messages[message.mail.id]

    def delete(self, messages: Iterable[Message]) -> None:
        """Deletes mails, starred or not."""
        if ids := tuple(message.mail.id for message in messages):
            self._commit(Gone(ids))

    def release(self, account: str, email: str, *, delete_messages: bool = False) -> Address:
        """Gives an address back; its mail goes too, or becomes public.

        Mail of an address in one of the account's domains stays the account's.

        Raises:
            Refusal: 400 not reserved, 401 somebody else's.
        """
        address = self._reserved(account, email)
        gone = self.of_inbox(address.email) if delete_messages else []
        self._commit(Released(address.email), Gone(tuple(message.mail.id for message in gone)))
        self._recycle(address.email)
        return address

    def labels(self, account: str) -> list[str]:
        """All labels in use in the account."""
        return sorted(
            {label for message in self.of_account(account) for label in message.marks.labels}
        )

    # Records

    def records(self) -> Iterable[Record]:
        """See ``Registry.records``."""
        yield from super().records()
        for message in self._messages.values():
            yield message.mail
            yield message.marks

    def _apply(self, record: Record) -> None:
        match record:
            case Mail():
                self._store(record, read_letter(record.raw))
            case Marks():
                self._messages[record.id] = replace(self._messages[record.id], marks=record)
            case Gone():
                for message_id in record.ids:
                    self._messages.pop(message_id, None)
            case _:
                super()._apply(record)

    def _store(self, mail: Mail, letter: Letter) -> None:
        self._arrivals = max(self._arrivals, mail.arrival)
        self._messages[mail.id] = Message(mail, Marks(id=mail.id), letter)
