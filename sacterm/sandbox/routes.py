"""What each route of the REST API does: one small function for each, and one table."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace
from starlette.responses import Response

from sacterm.model import Recipient
from sacterm.sandbox.call import Call
from sacterm.sandbox.letter import split
from sacterm.sandbox.markup import sanitised
from sacterm.sandbox.outgoing import outgoing
from sacterm.sandbox.present import (
    Json,
    account_json,
    address_json,
    attachment_json,
    domain_json,
    headers_json,
    message_json,
    stats_json,
)
from sacterm.sandbox.records import Marks, Message
from sacterm.sandbox.registry import Refusal, domain_of, normal, valid

SEARCH_LIMIT = 100
BULK_LIMIT = 100  # addresses reserved by one call
CHECK_LIMIT = 50  # addresses validated by one call
FOLDERS = ("inbox", "all", "spam", "trash")
DISPOSABLE = frozenset(
    {"10minutemail.com", "guerrillamail.com", "mailinator.com", "mailsac.com", "yopmail.com"}
)
DENIED = frozenset({"192.0.2.1", "spam.example"})

Endpoint = Callable[[Call], Any]


# Account


def _me(call: Call) -> Json:
    return account_json(call.mailroom, call.account)


def _my_stats(call: Call) -> Json:
    return stats_json(call.mailroom, call.account)


# Addresses


def _list_addresses(call: Call) -> list[Json]:
    return [address_json(address) for address in call.mailroom.addresses(call.account)]


def _get_address(call: Call) -> Json:
    inbox = call.mailroom.accessible(call.account, call.email)
    if address := call.mailroom.address(inbox):
        return address_json(address)
    if owner := call.mailroom.owner(inbox):
        return {"_id": inbox, "owner": owner, "implicit": True}
    return {"_id": inbox}


def _availability(call: Call) -> Json:
    inbox = normal(call.email)
    owner = call.mailroom.owner(inbox)
    free = call.mailroom.address(inbox) is None and owner in (None, call.account)
    return {"email": inbox, "available": free, "owned": owner == call.account}


def _reserve(call: Call) -> Json:
    return address_json(call.mailroom.reserve(call.account, [call.email], call.forwarding())[0])


def _reserve_many(call: Call) -> list[Json]:
    emails = call.emails("addresses", BULK_LIMIT)
    return [address_json(address) for address in call.mailroom.reserve(call.account, emails)]


def _set_forwarding(call: Call) -> Json:
    return address_json(call.mailroom.set_forwarding(call.account, call.email, call.forwarding()))


def _release(call: Call) -> Json:
    address = call.mailroom.release(
        call.account, call.email, delete_messages=call.flag("deleteAddressMessages")
    )
    return {"_id": address.email}


# Listings


def _list_messages(call: Call) -> list[Json]:
    return call.page(call.mailroom.public_inbox(call.account, call.email))


def _count_messages(call: Call) -> Json:
    found = call.mailroom.public_inbox(call.account, call.email)
    return {"inbox": normal(call.email), "count": len(found)}


def _list_starred(call: Call) -> list[Json]:
    return [message_json(message) for message in call.mailroom.starred_by(call.account)]


def _list_inbox(call: Call) -> Json:
    stored = call.mailroom.of_account(call.account)
    return {
        "messages": call.page(stored),
        "unread": sum(not message.marks.read for message in stored),
        "limit": call.limit,
        "skip": call.skip,
    }


def _search_inbox(call: Call) -> Json:
    query = call.query.get("query", "")
    found = (
        message_json(message)
        for message in call.mailroom.of_account(call.account)
        if any(query.lower() in text for text in _searched(message))
    )
    return {"query": query, "messages": list(islice(found, SEARCH_LIMIT))}


def _filter_inbox(call: Call) -> Json:
    names = ("andTo", "andFrom", "andSubjectIncludes")
    wanted = [call.query.get(name, "").lower() for name in names]
    read = call.flag("andRead") if call.query.get("andRead") else None
    found = (
        message_json(message)
        for message in call.mailroom.of_account(call.account)
        if all(map(operator.contains, _searched(message), wanted))
        and read in (None, message.marks.read)
    )
    return {"messages": list(islice(found, SEARCH_LIMIT))}


def _searched(message: Message) -> tuple[str, str, str]:
    """To, from and subject, in lower case."""
    mail, letter = message.mail, message.letter
    to = [mail.inbox, mail.original_inbox, *map(_whole, letter.to)]
    return (
        " ".join(to).lower(),
        " ".join(map(_whole, letter.sender)).lower(),
        letter.subject.lower(),
    )


def _whole(person: Recipient) -> str:
    return f"{person.name} {person.address}"


# One mail


def _get_message(call: Call) -> Json:
    return message_json(call.message, links=True)


def _get_headers(call: Call) -> Json | Response:
    form = call.query.get("format") or call.query.get("messageHeadersFormat") or "json"
    message = call.message
    match form:
        case "json":
            return headers_json(message.letter.headers)
        case "json-ordered":
            return {
                str(place): {"name": name, "value": value}
                for place, (name, value) in enumerate(message.letter.headers)
            }
        case "plain":
            return _content(call, split(message.mail.raw)[0], "text/plain")
        case _:
            raise Refusal(400, "bad request", "format must be json, json-ordered or plain")


def _get_raw(call: Call) -> Response:
    return _content(call, call.message.mail.raw, "text/plain")


def _get_text(call: Call) -> Response:
    return _content(call, call.message.letter.text.encode(), "text/plain")


def _get_dirty(call: Call) -> Response:
    return _content(call, call.message.letter.html.encode(), "text/html")


async def _get_body(call: Call) -> Response:
    harmless = await call.intake.run(sanitised, call.message.letter.html)
    return _content(call, harmless.encode(), "text/html")


def _list_attachments(call: Call) -> list[Json]:
    return [attachment_json(attachment) for attachment in call.message.letter.attachments]


def _get_attachment(call: Call) -> Response:
    wanted = call.path["identifier"]
    for attachment in call.message.letter.attachments:
        if wanted in (attachment.checksum, attachment.content_id, attachment.name):
            name = attachment.name or attachment.checksum
            return _content(call, attachment.content, "application/octet-stream", name)
    raise Refusal(404, "no such attachment")


def _content(call: Call, content: bytes, kind: str, name: str = "") -> Response:
    """Content of a mail, which no browser may run."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if name or call.flag("download"):
        name = name or call.path["id"] + (".html" if kind == "text/html" else ".txt")
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, headers=headers, media_type=kind)


def _toggle_star(call: Call) -> Json:
    marks = call.message.marks
    return _mark(call, replace(marks, saved_by="" if marks.saved_by else call.account))


def _set_read(call: Call) -> Json:
    read = call.path["read"]
    if read not in ("true", "false"):
        raise Refusal(400, "bad request", "read must be true or false")
    marked = _mark(call, replace(call.message.marks, read=read == "true"))
    return {"_id": marked["_id"], "read": marked["read"]}


def _set_folder(call: Call) -> Json:
    folder = call.path["folder"]
    if folder not in FOLDERS:
        raise Refusal(400, "bad request", f"folder must be one of {', '.join(FOLDERS)}")
    marked = _mark(call, replace(call.message.marks, folder=folder))
    return {"_id": marked["_id"], "folder": marked["folder"]}


def _add_label(call: Call) -> Json:
    marks = call.message.marks
    return _set_labels(call, dict.fromkeys((*marks.labels, call.path["label"])))


def _remove_label(call: Call) -> Json:
    labels = call.message.marks.labels
    return _set_labels(call, (label for label in labels if label != call.path["label"]))


def _set_labels(call: Call, labels: Iterable[str]) -> Json:
    marked = _mark(call, replace(call.message.marks, labels=tuple(labels)))
    return {"_id": marked["_id"], "labels": marked["labels"]}


def _mark(call: Call, marks: Marks) -> Json:
    return message_json(call.mailroom.mark(call.message, marks))


def _delete_message(call: Call) -> Json:
    message = call.message
    call.mailroom.delete([message])
    return {"_id": message.mail.id, "inbox": message.mail.inbox, "message": "Message deleted."}


def _purge_inbox(call: Call) -> Response:
    inbox = normal(call.email)
    if call.mailroom.owner(inbox) != call.account:
        raise Refusal(401, f"{inbox} does not belong to this account")
    stored = call.mailroom.of_inbox(inbox)
    call.mailroom.delete(message for message in stored if not message.marks.saved_by)
    return Response(status_code=204)


# Domains


def _list_domains(call: Call) -> list[Json]:
    return [domain_json(domain) for domain in call.mailroom.domains(call.account)]


def _get_domain(call: Call) -> Json:
    domain = call.mailroom.domain(call.account, call.path["domain"])
    shown: Json = {
        "domain": domain_json(domain),
        "totalMessages": len(call.mailroom.of_domain(domain.name)),
    }
    if catch_all := call.mailroom.address(f"*@{domain.name}"):
        shown["catchAllAddress"] = address_json(catch_all)
    return shown


def _list_domain_messages(call: Call) -> list[Json]:
    domain = call.mailroom.domain(call.account, call.path["domain"], status=403)
    return call.page(call.mailroom.of_domain(domain.name))


def _purge_domain(call: Call) -> Response:
    domain = call.mailroom.domain(call.account, call.path["domain"])
    call.mailroom.delete(call.mailroom.of_domain(domain.name))
    return Response(status_code=204)


# Validation, statistics, sending


def _validate(call: Call) -> Json:
    return _integrity(call.email)


def _validate_many(call: Call) -> list[Json]:
    return [_integrity(email) for email in call.emails("emails", CHECK_LIMIT)]


def _integrity(email: str) -> Json:
    if not valid(email):
        return {"email": email, "validFormat": False}
    domain = domain_of(email)
    return {
        "email": email,
        "validFormat": True,
        "local": email.rpartition("@")[0],
        "domain": domain,
        "isDisposable": domain in DISPOSABLE,
        "disposableDomains": [domain] if domain in DISPOSABLE else [],
        "aliases": [],
    }


def _is_denied(call: Call) -> Json:
    return {"blacklisted": call.path["name"].lower() in DENIED}


async def _send(call: Call) -> Json:
    sender, recipients, raw = outgoing(call.body)
    taken = await call.intake.take(raw, sender, recipients, via="api")
    return {"to": recipients, "messages": [message.mail.id for message in taken]}


ROUTES: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/me", _me),
    ("GET", "/me/stats", _my_stats),
    ("GET", "/addresses", _list_addresses),
    ("POST", "/private-addresses-bulk", _reserve_many),
    ("GET", "/addresses/starred/messages", _list_starred),
    ("GET", "/addresses/{email}", _get_address),
    ("POST", "/addresses/{email}", _reserve),
    ("PUT", "/addresses/{email}", _set_forwarding),
    ("PUT", "/private-address-forwarding/{email}", _set_forwarding),
    ("DELETE", "/addresses/{email}", _release),
    ("GET", "/addresses/{email}/availability", _availability),
    ("GET", "/addresses/{email}/message-count", _count_messages),
    ("GET", "/addresses/{email}/messages", _list_messages),
    ("DELETE", "/addresses/{email}/messages", _purge_inbox),
    ("GET", "/addresses/{email}/messages/{id}", _get_message),
    ("DELETE", "/addresses/{email}/messages/{id}", _delete_message),
    ("GET", "/addresses/{email}/messages/{id}/headers", _get_headers),
    ("GET", "/addresses/{email}/messages/{id}/attachments", _list_attachments),
    ("GET", "/addresses/{email}/messages/{id}/attachments/{identifier}", _get_attachment),
    ("PUT", "/addresses/{email}/messages/{id}/star", _toggle_star),
    ("PUT", "/addresses/{email}/messages/{id}/read/{read}", _set_read),
    ("PUT", "/addresses/{email}/messages/{id}/folder/{folder}", _set_folder),
    ("PUT", "/addresses/{email}/messages/{id}/labels/{label}", _add_label),
    ("DELETE", "/addresses/{email}/messages/{id}/labels/{label}", _remove_label),
    ("GET", "/raw/{email}/{id}", _get_raw),
    ("GET", "/text/{email}/{id}", _get_text),
    ("GET", "/body/{email}/{id}", _get_body),
    ("GET", "/dirty/{email}/{id}", _get_dirty),
    ("GET", "/inbox", _list_inbox),
    ("GET", "/inbox-search", _search_inbox),
    ("GET", "/inbox-filter", _filter_inbox),
    ("GET", "/domains", _list_domains),
    ("GET", "/domains/{domain}", _get_domain),
    ("GET", "/domains/{domain}/messages", _list_domain_messages),
    ("POST", "/domains/{domain}/delete-all-domain-mail", _purge_domain),
    ("GET", "/validations/addresses/{email}", _validate),
    ("POST", "/validations/addresses", _validate_many),
    ("GET", "/mailstats/blacklist/{name}", _is_denied),
    ("POST", "/outgoing-messages", _send),
)
