"""Untrusted JSON to the model, pure.

One odd field never loses a message: whatever is missing, null or of another type becomes what
the model calls unknown, and only what cannot be told apart or placed (a message without an id or
an inbox) is left out. Only a body that is no JSON, or of another shape at its top, raises
:class:`sacterm.errors.Unexpected`. Strings stay as they came, control characters and lone
surrogates included: they are cleaned where they become display text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from sacterm.errors import Unexpected
from sacterm.mailsac.values import Json, each, flag, moment, number, parse, text, whole
from sacterm.model import (
    Account,
    AccountStats,
    Address,
    AddressCheck,
    Attachment,
    Availability,
    Domain,
    DomainDetail,
    InboxPage,
    Message,
    Recipient,
)

T = TypeVar("T")

LONGEST = 10_000  # characters of a subject, a name or an address that are kept

# Bodies


def one(body: bytes, of: Callable[[Json], T | None], **asked: str) -> T:
    """The thing that a body tells of.

    Args:
        body: a JSON object.
        of: decodes it; one of the functions below.
        asked: fields that the request named, for an answer that does not repeat them: OpenAPI
            1.0.8 gives the answer to a star no ``_id``.

    Raises:
        Unexpected: the body is no object, or not such a thing.
    """
    data = parse(body)
    if not isinstance(data, dict):
        raise Unexpected("the answer is not a JSON object")
    found = of({**data, **{key: value for key, value in asked.items() if not data.get(key)}})
    if found is None:
        raise Unexpected("the answer is not what was asked for")
    return found


def one_if_any(body: bytes, of: Callable[[Json], T | None]) -> T | None:
    """The same for a body that may as well be empty or something else."""
    try:
        return one(body, of)
    except Unexpected:
        return None


def listed(body: bytes, of: Callable[[Json], T | None]) -> tuple[T, ...]:
    """The things of a list, without those that cannot be used.

    Raises:
        Unexpected: the body is no list.
    """
    return _entries(parse(body), of)


def messages(body: bytes) -> tuple[Message, ...]:
    """A listing of messages, as a list or under ``messages`` of an object, in the order sent.

    Raises:
        Unexpected: the body holds no list.
    """
    return _messages(parse(body))


def inbox_page(body: bytes) -> InboxPage:
    """The listing of ``GET /inbox``.

    Raises:
        Unexpected: the body holds no list.
    """
    data = parse(body)
    said = data if isinstance(data, dict) else {}
    return InboxPage(
        _messages(data),
        whole(said.get("unread")),
        whole(said.get("limit")),
        whole(said.get("skip")),
    )


def me(body: bytes) -> Account | None:
    """Whose key it is; None for ``null`` or an object without an id, as a wrong key may get.

    Raises:
        Unexpected: the body is neither.
    """
    data = parse(body)
    if data is not None and not isinstance(data, dict):
        raise Unexpected("the answer is not a JSON object")
    return account(data or {})


def attachments(body: bytes) -> tuple[Attachment, ...]:
    """What a message carries. OpenAPI 1.0.8 shows one bare object where the guides have a list.

    Raises:
        Unexpected: the body is neither.
    """
    data = parse(body)
    return _entries([data] if isinstance(data, dict) else data, attachment)


def headers(body: bytes) -> tuple[tuple[str, str], ...]:
    """The headers of a message as name and value, in the order sent. Never raises.

    Takes every format of the service: ``json-ordered`` (objects of name and value, in a list or
    by number), ``json`` (a value or a list of values by name) and ``plain``.
    """
    try:
        data = parse(body)
    except Unexpected:
        data = body.decode("utf-8", "replace")
    if isinstance(data, dict):
        return tuple(pair for name, value in data.items() for pair in _header(name, value))
    entries = data if isinstance(data, list) else [data]
    return tuple(pair for entry in entries for pair in _header("", entry))


def error_text(body: bytes) -> str:
    """What the service says of an error; empty where it says nothing."""
    return one_if_any(body, _error) or ""


# Things


def message(data: Json) -> Message | None:
    """One message of a listing, of a request for it, or of a frame."""
    to = each(data, "to", _recipient)
    id = data.get("_id")
    original = text(data.get("originalInbox"))
    first = next((one.address for one in to or () if one.address), "")
    inbox = (text(data.get("inbox")) or original or first).strip().lower()
    if not isinstance(id, str) or not id or not inbox:
        return None  # a number would be another message than the same one told rightly
    return Message(
        id=id,
        inbox=inbox,
        original_inbox=original,
        domain=text(data.get("domain")),
        subject=_short(data.get("subject")),
        sender=each(data, "from", _recipient),
        to=to,
        cc=each(data, "cc", _recipient),
        bcc=each(data, "bcc", _recipient),
        received=moment(data.get("received")),
        size=whole(data.get("size")),
        attachments=each(data, "attachments", text),
        links=each(data, "links", text),
        labels=each(data, "labels", text),
        folder=text(data.get("folder")),
        read=flag(data["read"] or False) if "read" in data else None,
        starred=bool(data["savedBy"]) if "savedBy" in data else None,
        spam=number(data.get("spam")),
        tls=flag(data.get("rtls")),
        ip=text(data.get("ip")),
        via=text(data.get("via")),
        raw=_raw(data.get("raw")),
        text=text(data.get("text")),
        html=text(data.get("html")) or text(data.get("body")),
    )


def account(data: Json) -> Account | None:
    """Whose key it is, and what its plan allows."""
    id_ = data.get("_id")
    if not (isinstance(id_, str) and id_):  # taken for another account, mail would stop
        return None
    return Account(
        id=id_,
        email=text(data.get("email")),
        ops_used=whole(data.get("moAPICount")),
        ops_limit=whole(data.get("apiMonthlyLimit")),
        message_limit=whole(data.get("messageLimit")),
        address_credits=whole(data.get("privateAddressCredits")),
        labels=each(data, "labels", text) or (),
        billing_hold=_reason(data.get("billingHold")),
        disabled=_reason(data.get("disabled")),
    )


def stats(data: Json) -> AccountStats:
    """What is stored for the account."""
    return AccountStats(
        stored=whole(data.get("storedMessages")),
        starred=whole(data.get("starredMessages")),
        inbox_bytes=whole(data.get("inboxBytes")),
        last_month_ops=whole(data.get("lastMonthOps")),
        default_domain=text(data.get("defaultDomain")),
        addresses=each(data, "addresses", text) or (),
        domains=each(data, "domains", text) or (),
    )


def address(data: Json) -> Address | None:
    """A reserved address and its forwarding record."""
    email = (text(data.get("_id")) or "").strip().lower()
    if not email:
        return None
    return Address(
        email=email,
        owner=text(data.get("owner")),
        info=text(data.get("info")),
        forward=text(data.get("forward")),
        webhook=text(data.get("webhook")),
        webhook_slack=text(data.get("webhookSlack")),
        webhook_slack_to_from=flag(data.get("webhookSlackToFrom")),
        websocket=_websocket(data),
        encrypted_inbox=text(data.get("encryptedInbox")),
        catch_all=text(data.get("catchAll")),
        created=moment(data.get("created")),
        updated=moment(data.get("updated")),
    )


def availability(data: Json) -> Availability:
    """Whether an address can be reserved; what is not said counts as no."""
    return Availability(
        text(data.get("email")) or "",
        flag(data.get("available")) or False,
        flag(data.get("owned")) or False,
    )


def domain(data: Json) -> Domain | None:
    """A custom domain of the account."""
    name = (text(data.get("_id")) or "").strip().lower()
    if not name:
        return None
    return Domain(
        name=name,
        websocket=_websocket(data),
        verified=flag(data.get("verified")),
        verified_mx=flag(data.get("verifiedMx")),
        private=flag(data.get("isPrivate")),
        hosted=flag(data.get("hosted")),
        is_default=flag(data.get("isDefault")),
        owner=text(data.get("owner")),
        verification_txt=text(data.get("verificationTxt")),
        last_verification_errors=text(data.get("lastVerificationErrors")),
        created=moment(data.get("created")),
        updated=moment(data.get("updated")),
    )


def domain_detail(data: Json) -> DomainDetail | None:
    """A domain with its message count and its catch-all address."""
    inner, catch_all = data.get("domain"), data.get("catchAllAddress")
    found = domain(inner if isinstance(inner, dict) else data)
    if found is None:
        return None
    return DomainDetail(
        found,
        whole(data.get("totalMessages")),
        address(catch_all) if isinstance(catch_all, dict) else None,
    )


def attachment(data: Json) -> Attachment:
    """What the service says of one attachment."""
    return Attachment(
        name=text(data.get("fileName")) or text(data.get("filename")) or "",
        content_type=text(data.get("contentType")) or "application/octet-stream",
        size=whole(data.get("length")),
        checksum=text(data.get("checksum")),
        content_id=text(data.get("contentId")),
        disposition=text(data.get("contentDisposition")),
    )


def check(data: Json) -> AddressCheck:
    """Whether an address is well formed and disposable."""
    return AddressCheck(
        email=text(data.get("email")) or "",
        valid_format=flag(data.get("validFormat")) or False,
        local=text(data.get("local")),
        domain=text(data.get("domain")),
        is_disposable=flag(data.get("isDisposable")),
        disposable_domains=each(data, "disposableDomains", text) or (),
        aliases=each(data, "aliases", text) or (),
    )


def labels(data: Json) -> tuple[str, ...] | None:
    """The labels of a message after a change."""
    return each(data, "labels", text)


def count(data: Json) -> int | None:
    """The number of messages in an inbox."""
    return whole(data.get("count"))


# Frames of the socket


class Confirmed(Struct, frozen=True):
    """What "Listening" confirms: the addresses and domains that are forwarded, lower case."""

    names: frozenset[str]


class Mail(Struct, frozen=True):
    """A mail."""

    message: Message


class Said(Struct, frozen=True):
    """A notice."""

    text: str


class Failed(Struct, frozen=True):
    """An error status."""

    status: int
    text: str

    def said(self) -> str:
        """In a few words."""
        return f"{self.text or 'the service answered'} ({self.status})"


class Garbled(Struct, frozen=True):
    """Not what the service documents: a mail may be lost in it."""

    text: str


Frame = Confirmed | Mail | Said | Failed | Garbled


def frame(data: bytes) -> Frame:
    """One frame of the socket: mail comes under ``email`` or bare. Never raises."""
    try:
        said = parse(data)
    except Unexpected:
        return Garbled("a frame that is not JSON")
    if not isinstance(said, dict):
        return Garbled("a frame that is not a JSON object")
    status = whole(said.get("status"))
    words = text(said.get("msg")) or text(said.get("message")) or ""
    if status is not None and status >= 400:
        return Failed(status, words)
    mail = said.get("email", said if "_id" in said else None)
    if mail is not None and not isinstance(mail, str):
        found = message(mail) if isinstance(mail, dict) else None
        return Mail(found) if found else Garbled("a mail without an id or an inbox")
    if "addresses" in said or "domains" in said or words.strip().lower() == "listening":
        names = (each(said, "addresses", text) or ()) + (each(said, "domains", text) or ())
        return Confirmed(frozenset(name.strip().lower() for name in names))
    if status is None and not words:
        return Garbled("a frame of an unknown kind")
    return Said(words or f"status {status}")


# Parts


def _entries(data: object, of: Callable[[Json], T | None]) -> tuple[T, ...]:
    if not isinstance(data, list):
        raise Unexpected("the answer is not a JSON list")
    found = [of(entry) for entry in data if isinstance(entry, dict)]
    understood = tuple(one for one in found if one is not None)
    if data and not understood:
        raise Unexpected("nothing in the answer can be understood")  # and so it is not empty
    return understood


def _messages(data: object) -> tuple[Message, ...]:
    """OpenAPI 1.0.8 describes the entries of ``/inbox`` as lists of messages: taken as well."""
    if isinstance(data, dict) and "messages" in data:
        data = data["messages"] or []
    if isinstance(data, list):
        data = [one for entry in data for one in (entry if isinstance(entry, list) else [entry])]
    return _entries(data, message)


def _error(data: Json) -> str:
    said = text(data.get("message")) or text(data.get("error"))
    return said or ", ".join(each(data, "validationErrors", text) or ())


def _reason(value: object) -> str | None:
    """Why something is so, ``yes`` where only that is said, or "" where it is not so."""
    said = flag(value)
    return text(value) if said is None else "yes" if said else ""


def _websocket(data: Json) -> bool:
    """The guides write ``enablews``, the OpenAPI schema of an address ``enabledws``."""
    said = flag(data.get("enablews"))
    return (flag(data.get("enabledws")) if said is None else said) or False


def _short(value: object) -> str | None:
    """Text of a sender's; what is longer than anybody reads of a line would fill every listing."""
    said = text(value)
    return said if said is None else said[:LONGEST]


def _recipient(value: object) -> Recipient | None:
    if isinstance(value, dict):
        return Recipient(_short(value.get("name")) or "", _short(value.get("address")) or "")
    bare = _short(value)
    return Recipient(address=bare) if bare else None


def _raw(value: object) -> bytes | None:
    """The octets of a message that the service put into a JSON string.

    It read them as UTF-8, so that is undone: 8-bit text in UTF-8 comes back whole. Octets that
    were no UTF-8 are lost then (they arrive as U+FFFD) and only ``/raw`` has them: such a text
    is no raw, and None. U+DC80 to U+DCFF stand for single octets, as Python itself writes them,
    and any other lone surrogate becomes ``?``.
    """
    if not isinstance(value, str) or "\ufffd" in value:
        return None
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")


def _header(name: str, value: object) -> list[tuple[str, str]]:
    """The pairs of one entry; an entry without a name is an object, a pair, or whole lines."""
    match value:
        case {"name": str(given), "value": inner}:
            return [(given, said) for said in _texts(inner)]
        case [str(given), inner] if not name:
            return [(given, said) for said in _texts(inner)]
        case str() if not name:
            return _header_lines(value)
    return [(name, said) for said in _texts(value) if name]


def _texts(value: object) -> tuple[str, ...]:
    return each({"": value}, "", text) or ()


def _header_lines(lines: str) -> list[tuple[str, str]]:
    unfolded: list[str] = []
    for line in lines.splitlines():
        if line[:1] in (" ", "\t") and unfolded:
            unfolded[-1] += " " + line.strip()
        else:
            unfolded.append(line)
    parts = (line.partition(":") for line in unfolded)
    return [(name.strip(), value.strip()) for name, colon, value in parts if colon]
