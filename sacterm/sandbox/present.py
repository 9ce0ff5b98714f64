"""Records as the JSON of the API, in the field names of the OpenAPI description 1.0.8.

No field is null: what is not set is an empty text, an empty list or false, as the schemas want.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from sacterm.model import Recipient
from sacterm.sandbox.letter import Attachment, Headers
from sacterm.sandbox.mailroom import Mailroom
from sacterm.sandbox.records import Address, Domain, Message
from sacterm.sandbox.registry import domain_of

Json = dict[str, Any]


def moment(time: datetime) -> str:
    """ISO 8601, UTC, in whole milliseconds, with a ``Z``."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message_json(message: Message, *, links: bool = False) -> Json:
    """A mail as listings show it; ``links`` come with one mail alone."""
    mail, marks, letter = message.mail, message.marks, message.letter
    sender = letter.sender
    if not sender and not any(name.lower() == "from" for name, _ in letter.headers):
        sender = (Recipient("", mail.envelope_from),) if mail.envelope_from else ()
    shown = {
        "_id": mail.id,
        "inbox": mail.inbox,
        "originalInbox": mail.original_inbox,
        "domain": domain_of(mail.inbox),
        "from": _people(sender),
        "to": _people(letter.to),
        "cc": _people(letter.cc),
        "bcc": _people(letter.bcc),
        "subject": letter.subject,
        "received": moment(mail.received),
        "size": len(mail.raw),
        "attachments": [attachment.checksum for attachment in letter.attachments],
        "ip": mail.ip,
        "via": mail.via,
        "rtls": mail.tls,
        "folder": marks.folder,
        "labels": list(marks.labels),
        "read": marks.read,
        "savedBy": marks.saved_by,
        "spam": marks.spam,
    }
    if links:
        shown["links"] = list(letter.links)
    return shown


def frame_json(message: Message) -> Json:
    """A mail as the socket sends it: with all it says.

    The OpenAPI description calls the HTML ``body``, the guides ``html``: it is sent as both.
    """
    letter = message.letter
    return message_json(message, links=True) | {
        "raw": message.mail.raw.decode("utf-8", "replace"),
        "text": letter.text,
        "html": letter.html,
        "body": letter.html,
        "headers": {
            name: values if len(values) > 1 else values[0]
            for name, values in headers_json(letter.headers).items()
        },
    }


def headers_json(headers: Headers) -> dict[str, list[str]]:
    """Each header's values, by lower-case name."""
    shown: dict[str, list[str]] = {}
    for name, value in headers:
        shown.setdefault(name.lower(), []).append(value)
    return shown


def address_json(address: Address) -> Json:
    """A reserved address with its forwarding record.

    The guides call web sockets ``enablews``, the OpenAPI description ``enabledws``: both are
    here.
    """
    shown: Json = msgspec.to_builtins(address.forwarding) | {
        "_id": address.email,
        "owner": address.owner,
        "enabledws": address.forwarding.enablews,
        "encryptedInbox": address.encrypted_inbox,
        "created": moment(address.created),
        "updated": moment(address.updated),
    }
    if address.email.startswith("*@"):
        shown["catchAll"] = domain_of(address.email)
    return shown


def domain_json(domain: Domain) -> Json:
    """A custom domain."""
    return {
        "_id": domain.name,
        "owner": domain.owner,
        "enablews": domain.websocket,
        "isPrivate": domain.private,
        "hosted": False,
        "isDefault": False,
        "verified": True,
        "verifiedMx": True,
        "verificationTxt": f"mailsac-verification={domain.name}",
        "lastVerificationErrors": "",
        "created": moment(domain.created),
        "updated": moment(domain.created),
    }


def account_json(mailroom: Mailroom, account: str) -> Json:
    """Who the key belongs to, what the plan allows and what is spent."""
    plan = mailroom.plan(account)
    return {
        "_id": account,
        "email": f"{account}@example.com",
        "apiMonthlyLimit": plan.ops,
        "moAPICount": mailroom.ops(account),
        "messageLimit": plan.messages,
        "privateAddressCredits": mailroom.credits(account),
        "privateDomain": len(mailroom.domains(account)),
        "labels": mailroom.labels(account),
        "billingHold": "",
        "disabled": "",
        "apiAccess": 1,
        "wsDomain": int(any(domain.websocket for domain in mailroom.domains(account))),
    }


def stats_json(mailroom: Mailroom, account: str) -> Json:
    """What the account stores."""
    stored = mailroom.of_account(account)
    domains = [domain.name for domain in mailroom.domains(account)]
    return {
        "addresses": [address.email for address in mailroom.addresses(account)],
        "domains": domains,
        "defaultDomain": domains[0] if domains else "",
        "storedMessages": len(stored),
        "starredMessages": len(mailroom.starred_by(account)),
        "inboxBytes": sum(len(message.mail.raw) for message in stored),
        "lastMonthOps": mailroom.ops(account, months_ago=1),
    }


def attachment_json(attachment: Attachment) -> Json:
    """An attachment without its content."""
    return {
        "checksum": attachment.checksum,
        "contentDisposition": attachment.disposition,
        "contentId": attachment.content_id,
        "contentType": attachment.content_type,
        "fileName": attachment.name,
        "length": len(attachment.content),
        "transferEncoding": attachment.encoding,
    }


def _people(recipients: tuple[Recipient, ...]) -> list[Json]:
    return [{"name": person.name, "address": person.address} for person in recipients]
