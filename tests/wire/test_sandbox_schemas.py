"""Each JSON answer of the sandbox against the schemas of the service's OpenAPI description 1.0.8.

The description has slips, which are read as what they mean:

- ``/inbox``, ``/inbox-search`` and ``/inbox-filter`` nest a list of messages in the items of
  ``messages``: one list is meant.
- ``…/attachments`` shows one object: a list of them is meant.
- ``format: array`` without a type stands for ``type: array``.
- ``GET …/messages`` lists full messages; like the others it has no ``_id`` in the short form.

The schemas require next to nothing. So an answer must also have no field that they do not know.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

from sacterm.sandbox.records import Forwarding
from sacterm.sandbox.registry import new_key
from sacterm.sandbox.server import ACCOUNT, STRANGER, TAKEN, Sandbox
from tests.wire.independent import Rest, letter, listening, segment
from tests.wire.test_sandbox_api import FORWARDING, HELLO_MD5, MULTIPART

OPENAPI: dict[str, Any] = json.loads(Path(__file__).with_name("openapi.json").read_text())
SCHEMAS: dict[str, Any] = OPENAPI["components"]["schemas"]
BOX, OWN = "box@mailsac.com", "own.example"

# Fields of the guides that the description lacks, or has under another name.
_KNOWN_BESIDES = {"_id", "enablews", "read", "status", "email", "html", "implicit"}


class Asked(NamedTuple):
    method: str
    path: str
    body: object = None


# One request for each operation of the description, by its operationId.
OPERATIONS = {
    "ListAddresses": Asked("GET", "/addresses"),
    "GetAddress": Asked("GET", "/addresses/{email}"),
    "CreateAddress": Asked("POST", "/addresses/new@mailsac.com", {"info": "x"}),
    "UpdateAddress": Asked("PUT", "/addresses/{email}", FORWARDING),
    "DeleteAddress": Asked("DELETE", "/addresses/{email}"),
    "CheckAvailability": Asked("GET", "/addresses/{email}/availability"),
    "CreateAddresses": Asked("POST", "/private-addresses-bulk", {"addresses": ["n@mailsac.com"]}),
    "ValidateAddress": Asked("GET", "/validations/addresses/{email}"),
    "ValidateAddressesBulk": Asked("POST", "/validations/addresses", {"emails": [BOX, "x"]}),
    "CountMessages": Asked("GET", "/addresses/{email}/message-count"),
    "ListMessages": Asked("GET", "/addresses/{email}/messages"),
    "DeleteAllMessages": Asked("DELETE", "/addresses/{email}/messages"),
    "ListStarredMessages": Asked("GET", "/addresses/starred/messages"),
    "GetMessageMetadata": Asked("GET", "/addresses/{email}/messages/{id}"),
    "DeleteMessage": Asked("DELETE", "/addresses/{email}/messages/{id}"),
    "GetFullRawMessage": Asked("GET", "/raw/{email}/{id}"),
    "GetHeaders": Asked("GET", "/addresses/{email}/messages/{id}/headers"),
    "GetBodyDirty": Asked("GET", "/dirty/{email}/{id}"),
    "GetBodySanitized": Asked("GET", "/body/{email}/{id}"),
    "GetBodyPlainText": Asked("GET", "/text/{email}/{id}"),
    "ToggleMessageStar": Asked("PUT", "/addresses/{email}/messages/{id}/star"),
    "AddMessageLabel": Asked("PUT", "/addresses/{email}/messages/{id}/labels/new"),
    "DeleteMessageLabel": Asked("DELETE", "/addresses/{email}/messages/{id}/labels/new"),
    "SetMessageFolder": Asked("PUT", "/addresses/{email}/messages/{id}/folder/spam"),
    "SetMessageReadStatus": Asked("PUT", "/addresses/{email}/messages/{id}/read/true"),
    "ListInboxMessages": Asked("GET", "/inbox"),
    "FilterInboxMessages": Asked("GET", "/inbox-filter?andTo=box"),
    "SearchInboxMessages": Asked("GET", "/inbox-search?query=box"),
    "ListDomains": Asked("GET", "/domains"),
    "GetDomain": Asked("GET", "/domains/{domain}"),
    "ListDomainMessages": Asked("GET", "/domains/{domain}/messages"),
    "DeleteAllDomainMessages": Asked("POST", "/domains/{domain}/delete-all-domain-mail"),
    "User": Asked("GET", "/me"),
    "AccountStats": Asked("GET", "/me/stats"),
    "ListMessageAttachments": Asked("GET", "/addresses/{email}/messages/{id}/attachments"),
    "DownloadAttachment": Asked(
        "GET", f"/addresses/{{email}}/messages/{{id}}/attachments/{HELLO_MD5}"
    ),
}


def described() -> dict[str, dict[str, Any]]:
    """The operations of the description, by operationId."""
    return {
        operation["operationId"]: operation
        for path in OPENAPI["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    }


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema, or a response, that is not a reference."""
    while "$ref" in schema:
        target: Any = OPENAPI
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    return schema


def json_schema(operation: dict[str, Any], status: str) -> dict[str, Any] | None:
    """What an answer in JSON must be; None where the description shows none."""
    content = resolved(operation["responses"][status]).get("content", {})
    schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return schema


def meant(operation_id: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without the slips that this module's docstring lists."""
    if operation_id == "ListMessageAttachments":
        return {"type": "array", "items": schema}
    messages = schema.get("properties", {}).get("messages")
    if messages:
        short = resolved(messages["items"])["items"]
        fixed = {**schema["properties"], "messages": {"type": "array", "items": short}}
        return {**schema, "properties": fixed}
    if resolved(schema).get("format") == "array":
        return {"type": "array", **resolved(schema)}
    return schema


def check(answer: Any, schema: dict[str, Any]) -> None:
    """Fails with all that does not fit."""
    whole = {"$schema": Draft202012Validator.META_SCHEMA["$id"], **schema}
    errors = Draft202012Validator(whole | {"components": OPENAPI["components"]}).iter_errors(answer)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []
    assert sorted(strangers(answer, schema)) == []


def strangers(answer: Any, schema: dict[str, Any]) -> set[str]:
    """The fields of the answer that the schema does not know."""
    schema = resolved(schema)
    if isinstance(answer, list):
        return {name for item in answer for name in strangers(item, schema.get("items", {}))}
    if not isinstance(answer, dict) or not {"properties", "allOf"} & set(schema):
        return set()
    known: dict[str, Any] = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        known |= resolved(part).get("properties", {})
    unknown = set(answer) - set(known) - _KNOWN_BESIDES
    for name in set(answer) & set(known):
        unknown |= strangers(answer[name], known[name])
    return unknown


@pytest.fixture
def message_id(sandbox: Sandbox) -> str:
    """An account with something of everything; the id of a mail with everything in it."""
    room = sandbox.mailroom
    room.add_domain(ACCOUNT, OWN, websocket=True)
    room.reserve(ACCOUNT, [BOX], Forwarding(info="for CI", enablews=True))
    room.reserve(ACCOUNT, [f"*@{OWN}"])
    room.deliver(letter(), "a@example.com", [f"any@{OWN}"])
    message = room.deliver(MULTIPART, "shop@example.com", ["box+tag@mailsac.com"])[0]
    room.mark(message, message.marks.__class__(id=message.mail.id, saved_by=ACCOUNT, labels=("x",)))
    return message.mail.id


def test_every_operation_of_the_description_is_asked() -> None:
    assert set(OPERATIONS) == set(described())


@pytest.mark.parametrize("operation_id", OPERATIONS)
async def test_answers_fit(rest: Rest, message_id: str, operation_id: str) -> None:
    asked, operation = OPERATIONS[operation_id], described()[operation_id]
    path = asked.path.format(email=segment(BOX), id=message_id, domain=OWN)
    answer = await rest(asked.method, path, body=asked.body)
    status = "204" if "204" in operation["responses"] else "200"
    assert answer.status == int(status)
    schema = json_schema(operation, status)
    if schema is None:
        return
    assert answer.headers["content-type"] == "application/json"
    if "message" in operation_id.lower() or "List" in operation_id:
        assert answer.json, "an empty answer proves nothing"
    check(answer.json, meant(operation_id, schema))


@pytest.mark.parametrize("operation_id", OPERATIONS)
async def test_a_refused_key_fits(rest: Rest, operation_id: str) -> None:
    asked = OPERATIONS[operation_id]
    path = asked.path.format(email=segment(BOX), id="x", domain=OWN)
    answer = await rest(asked.method, path, key="k_wrong", body=asked.body)
    assert answer.status == 401
    check(answer.json, SCHEMAS["ErrorResponseBody"])


async def test_errors_fit(rest: Rest, sandbox: Sandbox, message_id: str) -> None:
    sandbox.mailroom.create_account(STRANGER, key=new_key())
    for status, method, path, body in (
        (400, "POST", f"/addresses/{BOX}", None),
        (400, "PUT", f"/addresses/{BOX}", {"enablews": 1}),
        (400, "GET", "/inbox?limit=x", None),
        (401, "GET", f"/addresses/{TAKEN}", None),
        (403, "GET", f"/addresses/{TAKEN}/messages", None),
        (404, "GET", f"/raw/{BOX}/none", None),
        (404, "GET", "/nowhere", None),
        (405, "PUT", "/me", None),
    ):
        answer = await rest(method, path, body=body)
        assert answer.status == status
        check(answer.json, SCHEMAS["ErrorResponseBody"])


async def test_frames_fit(sandbox: Sandbox, message_id: str) -> None:
    async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
        await ear.json()
        sandbox.mailroom.deliver(MULTIPART, "shop@example.com", [BOX])
        frame = await ear.json()
    check(frame, SCHEMAS["EmailMessageWebSocketFrame"])
    check(frame["email"], SCHEMAS["EmailMessageWebhook"])


async def test_ordered_headers_fit(rest: Rest, message_id: str) -> None:
    path = f"/addresses/{BOX}/messages/{message_id}/headers"
    answer = await rest("GET", path, messageHeadersFormat="json-ordered")
    check(answer.json, SCHEMAS["MessageHeaders"])


@pytest.mark.parametrize(
    "wrong",
    [{"savedBy": None}, {"read": "yes"}, {"labels": "x"}, {"folder": "sent"}, {"mystery": 1}],
)
async def test_the_check_can_fail(rest: Rest, message_id: str, wrong: dict[str, object]) -> None:
    told = (await rest("GET", f"/addresses/{BOX}/messages/{message_id}")).json
    with pytest.raises(AssertionError):
        check(told | wrong, SCHEMAS["EmailMessage"])
