"""The sandbox's REST API, asked by ``http.client``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from sacterm.sandbox.records import SIZE_LIMIT, Message, Plan
from sacterm.sandbox.registry import new_key
from sacterm.sandbox.server import ACCOUNT, STRANGER, TAKEN, Sandbox
from tests.wire.independent import Rest, letter, segment

BOX = "box@mailsac.com"
FORWARDING = {
    "info": "for CI",
    "forward": "team@example.com",
    "enablews": True,
    "webhook": "https://hooks.example/x",
    "webhookSlack": "https://slack.example/x",
    "webhookSlackToFrom": True,
}
MULTIPART = b"""\
From: Shop <shop@example.com>\r
To: box@mailsac.com\r
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r
Received: from a\r
Received: from b\r
Content-Type: multipart/mixed; boundary=x\r
\r
--x\r
Content-Type: multipart/alternative; boundary=y\r
\r
--y\r
Content-Type: text/plain; charset=utf-8\r
\r
Go to https://shop.example/reset?a=1&b=2.\r
--y\r
Content-Type: text/html; charset=utf-8\r
\r
<p onclick="steal()">Go to <a href="https://shop.example/h?a=1&amp;b=2">reset</a></p>\
<script>steal()</script><a href="javascript:steal()">x</a><img src="http://spy.example/p">\r
--y--\r
--x\r
Content-Type: application/pdf; name="bill 1.pdf"\r
Content-Disposition: attachment; filename="bill 1.pdf"\r
Content-Transfer-Encoding: base64\r
Content-ID: <bill@shop>\r
\r
aGVsbG8=\r
--x--\r
"""
HELLO_MD5 = "5d41402abc4b2a76b9719d911017c592"
DRAFT = {
    "from": "me@mailsac.com",
    "to": [BOX, "Two <two@mailsac.com>"],
    "subject": "Grüße",
    "text": "plain",
    "html": "<b>rich</b>",
    "attachments": [{"filename": "a.bin", "content": "aGVsbG8=", "encoding": "base64"}],
}


def deliver(sandbox: Sandbox, to: str = BOX, raw: bytes | None = None, age: float = 0.0) -> Message:
    received = datetime.now(UTC) - timedelta(seconds=age)
    return sandbox.mailroom.deliver(
        raw or letter(to=to), "shop@example.com", [to], received=received
    )[0]


def path_of(message: Message) -> str:
    return f"/addresses/{segment(message.mail.inbox)}/messages/{message.mail.id}"


@pytest.fixture
def stranger(sandbox: Sandbox) -> Rest:
    """Another account."""
    key = new_key()
    sandbox.mailroom.create_account(STRANGER, key=key)
    return Rest(sandbox.api_url, key)


class TestKey:
    async def test_is_taken_from_header_query_and_body(self, rest: Rest, sandbox: Sandbox) -> None:
        in_query = await rest("GET", "/me", key="", _mailsacKey=sandbox.key)
        body = {"_mailsacKey": sandbox.key, "emails": ["a@b.example"]}
        in_body = await rest("POST", "/validations/addresses", key="", body=body)
        assert (await rest("GET", "/me")).json["_id"] == ACCOUNT
        assert in_query.json["_id"] == ACCOUNT
        assert in_body.status == 200

    @pytest.mark.parametrize("key", ["", "k_wrong"])
    async def test_missing_or_wrong_gets_401_everywhere(self, rest: Rest, key: str) -> None:
        for path in ("/me", "/inbox", "/raw/a@b.example/1", "/validations/addresses/a@b.example"):
            answer = await rest("GET", path, key=key)
            assert answer.status == 401
            assert answer.json == {"message": "a valid API key is needed", "error": "Unauthorized"}

    async def test_looks_like_the_services(self) -> None:
        key = Sandbox().key
        assert key.startswith("k_")
        assert key[2:].isalnum()
        assert Sandbox(key="k_mine").key == "k_mine"


class TestErrors:
    async def test_unknown_routes_and_methods_are_json(self, rest: Rest) -> None:
        nowhere, wrong_method = await rest("GET", "/nowhere"), await rest("POST", "/me")
        assert (nowhere.status, nowhere.json["error"]) == (404, "NotFound")
        assert (wrong_method.status, wrong_method.json["error"]) == (405, "MethodNotAllowed")

    async def test_never_redirects(self, rest: Rest) -> None:
        assert (await rest("GET", "/me/")).status == 404

    @pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"x"', b"[" * 100_000])
    async def test_a_body_that_is_no_object_is_400(self, rest: Rest, body: bytes) -> None:
        assert (await rest("POST", "/validations/addresses", body=body)).status == 400

    async def test_a_change_that_cannot_be_kept_is_503(self, rest: Rest, sandbox: Sandbox) -> None:
        def full_disk(_: object) -> None:
            raise OSError("no space left")

        message = deliver(sandbox)
        sandbox.mailroom.keep = full_disk
        assert (await rest("PUT", f"{path_of(message)}/star")).status == 503
        assert (await rest("GET", path_of(message))).json["savedBy"] == "", "and did not happen"

    async def test_an_endless_body_is_413(self, rest: Rest) -> None:
        answer = await rest("POST", "/outgoing-messages", body=b" " * (5 * SIZE_LIMIT))
        assert answer.status == 413


class TestOps:
    async def test_each_call_costs_one(self, rest: Rest) -> None:
        before = (await rest("GET", "/me")).json["moAPICount"]
        await rest("GET", f"/addresses/{BOX}/messages/none")
        assert (await rest("GET", "/me")).json["moAPICount"] == before + 2

    async def test_a_refused_key_costs_nobody(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest("GET", "/me", key="k_wrong")
        assert sandbox.mailroom.ops(ACCOUNT) == 0

    async def test_when_they_are_spent_the_api_is_off(self, rest: Rest, sandbox: Sandbox) -> None:
        limit = (await rest("GET", "/me")).json["apiMonthlyLimit"]
        sandbox.mailroom.charge(ACCOUNT, limit)
        answer = await rest("GET", "/me")
        assert answer.status == 429
        assert answer.json["error"] == "TooManyRequests"
        assert sandbox.mailroom.ops(ACCOUNT) == limit + 1, "refused calls cost nothing"


class TestAddresses:
    async def test_reserving_takes_a_credit_and_releasing_gives_it_back(self, rest: Rest) -> None:
        before = (await rest("GET", "/me")).json["privateAddressCredits"]
        made = await rest("POST", f"/addresses/{BOX}")
        assert (made.status, made.json["_id"], made.json["owner"]) == (200, BOX, ACCOUNT)
        assert [one["_id"] for one in (await rest("GET", "/addresses")).json] == [BOX]
        assert (await rest("GET", "/me")).json["privateAddressCredits"] == before - 1
        assert (await rest("DELETE", f"/addresses/{BOX}")).status == 200
        assert (await rest("GET", "/addresses")).json == []
        assert (await rest("GET", "/me")).json["privateAddressCredits"] == before

    async def test_what_cannot_be_reserved(self, rest: Rest) -> None:
        await rest("POST", f"/addresses/{BOX}")
        assert (await rest("POST", f"/addresses/{BOX}")).status == 400, "already yours"
        assert (await rest("POST", f"/addresses/{TAKEN}")).status == 401, "somebody else's"
        assert (await rest("POST", "/addresses/nonsense")).status == 400
        assert (await rest("POST", "/addresses/*@example.com")).status == 400, "no domain of ours"

    async def test_without_credits_it_is_400(self, rest: Rest, sandbox: Sandbox) -> None:
        sandbox.mailroom.create_account(ACCOUNT, key=sandbox.key, plan=Plan(credits=0))
        answer = await rest("POST", f"/addresses/{BOX}")
        assert (answer.status, answer.json["message"]) == (
            400,
            "not enough private address credits",
        )

    async def test_many_at_once_all_or_none(self, rest: Rest) -> None:
        async def reserve(*emails: str) -> int:
            body = {"addresses": list(emails)}
            return (await rest("POST", "/private-addresses-bulk", body=body)).status

        assert await reserve("a@mailsac.com", TAKEN) == 401
        assert await reserve() == 400
        assert await reserve(*(f"{n}@mailsac.com" for n in range(101))) == 400
        assert (await rest("GET", "/addresses")).json == []
        assert await reserve("b@mailsac.com", "a@mailsac.com") == 200
        reserved = (await rest("GET", "/addresses")).json
        assert [one["_id"] for one in reserved] == ["a@mailsac.com", "b@mailsac.com"]

    async def test_owner_is_missing_where_nobody_owns_it(self, rest: Rest) -> None:
        assert (await rest("GET", "/addresses/free@mailsac.com")).json == {
            "_id": "free@mailsac.com"
        }
        assert (await rest("GET", f"/addresses/{TAKEN}")).status == 401

    async def test_availability(self, rest: Rest) -> None:
        async def of(email: str) -> tuple[bool, bool]:
            told = (await rest("GET", f"/addresses/{email}/availability")).json
            assert told["email"] == email
            return told["available"], told["owned"]

        await rest("POST", f"/addresses/{BOX}")
        assert await of(BOX) == (False, True)
        assert await of(TAKEN) == (False, False)
        assert await of("free@mailsac.com") == (True, False)

    @pytest.mark.parametrize("email", ["é+1@exämple.com", "a/b?c@x.example", "*@own.example"])
    async def test_any_address_can_be_in_a_path(
        self, rest: Rest, sandbox: Sandbox, email: str
    ) -> None:
        sandbox.mailroom.add_domain(ACCOUNT, "own.example")
        made = await rest("POST", f"/addresses/{segment(email)}")
        assert made.json["_id"] == email.replace("+1", "")

    @pytest.mark.parametrize("route", ["/addresses/", "/private-address-forwarding/"])
    async def test_a_put_of_forwarding_replaces_the_whole_record(
        self, rest: Rest, route: str
    ) -> None:
        await rest("POST", f"/addresses/{BOX}", body={"info": "old"})
        full = (await rest("PUT", route + BOX, body=FORWARDING)).json
        assert {name: full[name] for name in FORWARDING} == FORWARDING
        assert full["enabledws"] is True, "OpenAPI's name of it"
        bare = (await rest("PUT", route + BOX, body={"enablews": True})).json
        assert bare == (await rest("GET", f"/addresses/{BOX}")).json
        assert (bare["info"], bare["forward"], bare["webhook"], bare["webhookSlack"]) == ("",) * 4
        assert (bare["enablews"], bare["webhookSlackToFrom"]) == (True, False)
        off = (await rest("PUT", route + BOX, body={"forward": None})).json
        assert (off["enablews"], off["enabledws"]) == (False, False)

    async def test_forwarding_refuses_other_types_and_other_peoples(self, rest: Rest) -> None:
        await rest("POST", f"/addresses/{BOX}")
        refused = await rest("PUT", f"/addresses/{BOX}", body={"enablews": "yes"})
        assert refused.status == 400
        assert "enablews" in refused.json["validationErrors"][0]
        assert (await rest("PUT", f"/addresses/{TAKEN}", body=FORWARDING)).status == 401
        assert (await rest("PUT", "/addresses/free@mailsac.com", body=FORWARDING)).status == 400

    async def test_releasing_can_take_the_mail_with_it(self, rest: Rest, sandbox: Sandbox) -> None:
        for email, flag, left in ((BOX, "false", 1), ("b@mailsac.com", "true", 0)):
            await rest("POST", f"/addresses/{email}")
            deliver(sandbox, email)
            await rest("DELETE", f"/addresses/{email}", deleteAddressMessages=flag)
            assert len((await rest("GET", f"/addresses/{email}/messages")).json) == left
        assert (await rest("DELETE", f"/addresses/{TAKEN}")).status == 401
        assert (await rest("DELETE", f"/addresses/{BOX}")).status == 400

    async def test_mail_of_a_released_address_is_public(
        self, rest: Rest, stranger: Rest, sandbox: Sandbox
    ) -> None:
        await rest("POST", f"/addresses/{BOX}")
        for _ in range(9):
            deliver(sandbox)
        assert (await stranger("GET", f"/addresses/{BOX}/messages")).status == 403
        await rest("DELETE", f"/addresses/{BOX}")
        assert len((await stranger("GET", f"/addresses/{BOX}/messages")).json) == 6


class TestListings:
    async def test_newest_first_and_twenty_by_default(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest("POST", f"/addresses/{BOX}")
        sent = [deliver(sandbox, age=age).mail.id for age in range(30)]
        listed = (await rest("GET", f"/addresses/{BOX}/messages")).json
        assert [one["_id"] for one in listed] == sent[:20]

    async def test_equal_times_are_told_apart_by_arrival(
        self, rest: Rest, sandbox: Sandbox
    ) -> None:
        now = datetime.now(UTC)
        sent = [
            sandbox.mailroom.deliver(letter(), "", [BOX], received=now)[0].mail.id for _ in "abc"
        ]
        listed = (await rest("GET", f"/addresses/{BOX}/messages")).json
        assert [one["_id"] for one in listed] == sent[::-1]

    async def test_limit(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest("POST", f"/addresses/{BOX}")
        raw = letter()
        for _ in range(1001):
            sandbox.mailroom.deliver(raw, "", [BOX])

        async def count(limit: object) -> int:
            return len((await rest("GET", f"/addresses/{BOX}/messages", limit=limit)).json)

        assert [await count(limit) for limit in (0, 3, 1000, 5000)] == [0, 3, 1000, 1000]
        for wrong in (-1, "many", 1.5):
            refused = await rest("GET", "/inbox", limit=wrong)
            assert refused.status == 400
            assert "limit" in refused.json["validationErrors"][0]

    async def test_until_and_since_are_inclusive(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest("POST", f"/addresses/{BOX}")
        sent = [deliver(sandbox, age=age) for age in (0, 10, 20)]
        middle = sent[1].mail.received.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        until = (await rest("GET", f"/addresses/{BOX}/messages", until=middle)).json
        since = (await rest("GET", "/inbox", since=middle)).json["messages"]
        assert [one["_id"] for one in until] == [one.mail.id for one in sent[1:]]
        assert [one["_id"] for one in since] == [one.mail.id for one in sent[:2]]
        assert until[0]["received"] == middle, "an answer can be the next question"
        assert (await rest("GET", "/inbox", since="yesterday")).status == 400

    async def test_inbox_is_the_whole_account(self, rest: Rest, sandbox: Sandbox) -> None:
        sandbox.mailroom.add_domain(ACCOUNT, "own.example")
        await rest("POST", f"/addresses/{BOX}")
        mine = [deliver(sandbox, to, age=age) for age, to in enumerate((BOX, "x@own.example", BOX))]
        deliver(sandbox, "public@mailsac.com")
        deliver(sandbox, TAKEN)
        await rest("PUT", f"{path_of(mine[1])}/read/true")
        told = (await rest("GET", "/inbox", limit=1, skip=1)).json
        assert [one["_id"] for one in told["messages"]] == [mine[1].mail.id]
        assert (told["unread"], told["limit"], told["skip"]) == (2, 1, 1)
        assert len((await rest("GET", "/inbox")).json["messages"]) == 3

    async def test_public_inboxes_keep_six_and_are_open_to_all(
        self, rest: Rest, stranger: Rest, sandbox: Sandbox
    ) -> None:
        sent = [deliver(sandbox, age=age).mail.id for age in (9, 8, 7, 6, 5, 4, 3, 2)]
        for someone in (rest, stranger):
            listed = (await someone("GET", f"/addresses/{BOX}/messages")).json
            assert [one["_id"] for one in listed] == sent[:1:-1]
        assert (await rest("GET", "/inbox")).json["messages"] == []
        assert (await stranger("DELETE", f"/addresses/{BOX}/messages/{sent[-1]}")).status == 200
        assert (await rest("GET", f"/addresses/{BOX}/message-count")).json == {
            "inbox": BOX,
            "count": 5,
        }

    async def test_inboxes_of_others_are_closed(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox, TAKEN)
        assert (await rest("GET", f"/addresses/{TAKEN}/messages")).status == 403
        assert (await rest("GET", f"/addresses/{TAKEN}/message-count")).status == 403
        for method, path in (
            ("GET", path_of(message)),
            ("GET", f"/raw/{TAKEN}/{message.mail.id}"),
            ("PUT", f"{path_of(message)}/star"),
            ("DELETE", path_of(message)),
            ("DELETE", f"/addresses/{TAKEN}/messages"),
        ):
            assert (await rest(method, path)).status == 401

    async def test_a_message_is_in_its_own_inbox_only(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox, TAKEN)
        assert (await rest("GET", f"/raw/{BOX}/{message.mail.id}")).status == 404

    async def test_search_is_or_and_filter_is_and(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest("POST", f"/addresses/{BOX}")
        raws = [
            b"From: Ann <ann@a.example>\r\nTo: box@mailsac.com\r\nSubject: Bill\r\n\r\n",
            b"From: Bob <bob@b.example>\r\nTo: box@mailsac.com\r\nSubject: ann called\r\n\r\n",
            b"From: Eve <eve@e.example>\r\nTo: box@mailsac.com\r\nSubject: x\r\n\r\nann\r\n",
        ]
        ann, bob, _ = (deliver(sandbox, raw=raw, age=age) for age, raw in enumerate(raws))

        async def search(query: str) -> list[str]:
            told = (await rest("GET", "/inbox-search", query=query)).json
            assert told["query"] == query
            return [one["_id"] for one in told["messages"]]

        async def matching(**query: Any) -> list[str]:
            told = (await rest("GET", "/inbox-filter", **query)).json
            return [one["_id"] for one in told["messages"]]

        assert await search("ANN") == [ann.mail.id, bob.mail.id], "body text is not searched"
        assert len(await search("box@")) == 3
        assert await matching(andFrom="ann", andSubjectIncludes="bill") == [ann.mail.id]
        assert await matching(andFrom="ann", andSubjectIncludes="called") == []
        await rest("PUT", f"{path_of(ann)}/read/true")
        assert await matching(andTo="box", andRead="true") == [ann.mail.id]
        assert len(await matching(andTo="box", andRead="false")) == 2

    async def test_search_shows_a_hundred_at_most(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest("POST", f"/addresses/{BOX}")
        raw = letter("same")
        for _ in range(103):
            sandbox.mailroom.deliver(raw, "", [BOX])
        found = [
            await rest("GET", "/inbox-search", query="same"),
            await rest("GET", "/inbox-filter", andSubjectIncludes="same"),
        ]
        assert [len(answer.json["messages"]) for answer in found] == [100, 100]


class TestMessage:
    async def test_is_told_with_links_and_checksums(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox, "box+tag@mailsac.com", MULTIPART)
        told = (await rest("GET", path_of(message))).json
        assert told["_id"] == message.mail.id
        assert told["subject"] == "Grüße"
        assert told["from"] == [{"name": "Shop", "address": "shop@example.com"}]
        assert (told["inbox"], told["originalInbox"]) == (BOX, "box+tag@mailsac.com")
        assert (told["domain"], told["size"]) == ("mailsac.com", len(MULTIPART))
        assert told["attachments"] == [HELLO_MD5]
        assert "https://shop.example/reset?a=1&b=2" in told["links"]
        assert "https://shop.example/h?a=1&b=2" in told["links"]
        assert (told["folder"], told["read"], told["savedBy"]) == ("inbox", False, "")

    async def test_a_malformed_sender_is_none(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox, raw=b"From: \r\nSubject: x\r\n\r\n")
        assert (await rest("GET", path_of(message))).json["from"] == []

    async def test_raw_is_exactly_what_came(self, rest: Rest, sandbox: Sandbox) -> None:
        raw = b"Subject: \xff\x00x\r\n\r\nbare \n and \r ends, \xe9\r\n.\r\n"
        message = deliver(sandbox, raw=raw)
        answer = await rest("GET", f"/raw/{BOX}/{message.mail.id}")
        assert answer.content == raw
        assert answer.headers["content-type"].startswith("text/plain")

    async def test_bodies(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox, raw=MULTIPART)
        text, body, dirty = [
            (await rest("GET", f"/{kind}/{BOX}/{message.mail.id}")).content.decode()
            for kind in ("text", "body", "dirty")
        ]
        assert text.strip() == "Go to https://shop.example/reset?a=1&b=2."
        assert dirty.startswith('<p onclick="steal()">')
        assert "steal" not in body
        assert "spy.example" not in body
        assert 'href="https://shop.example/h?a=1&amp;b=2"' in body

    async def test_browsers_get_mail_that_cannot_run(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox, raw=MULTIPART)
        shown = await rest("GET", f"/dirty/{BOX}/{message.mail.id}")
        saved = await rest("GET", f"/dirty/{BOX}/{message.mail.id}", download=1)
        assert "sandbox" in shown.headers["content-security-policy"]
        assert "content-disposition" not in shown.headers
        assert saved.headers["content-disposition"].startswith("attachment")

    async def test_headers(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox, raw=MULTIPART)

        async def headers(**query: Any) -> bytes:
            return (await rest("GET", f"{path_of(message)}/headers", **query)).content

        plain = await headers(format="plain")
        assert plain == MULTIPART.partition(b"\r\n\r\n")[0]
        assert plain == await headers(messageHeadersFormat="plain")
        by_name = (await rest("GET", f"{path_of(message)}/headers")).json
        assert by_name["received"] == ["from a", "from b"]
        ordered = (await rest("GET", f"{path_of(message)}/headers", format="json-ordered")).json
        assert list(ordered.values())[:2] == [
            {"name": "From", "value": "Shop <shop@example.com>"},
            {"name": "To", "value": BOX},
        ]
        assert (await rest("GET", f"{path_of(message)}/headers", format="x")).status == 400

    async def test_attachments(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox, raw=MULTIPART)
        (told,) = (await rest("GET", f"{path_of(message)}/attachments")).json
        assert (told["fileName"], told["length"]) == ("bill 1.pdf", 5)
        assert (told["checksum"], told["contentId"]) == (HELLO_MD5, "bill@shop")
        assert told["contentType"] == "application/pdf"
        for identifier in (HELLO_MD5, "bill@shop", "bill 1.pdf"):
            path = f"{path_of(message)}/attachments/{segment(identifier)}"
            answer = await rest("GET", path)
            assert answer.content == b"hello"
            assert answer.headers["content-disposition"].endswith("bill%201.pdf")
        assert (await rest("GET", f"{path_of(message)}/attachments/other")).status == 404

    async def test_a_star_is_a_toggle(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox)
        first = (await rest("PUT", f"{path_of(message)}/star")).json
        assert (first["_id"], first["savedBy"]) == (message.mail.id, ACCOUNT)
        starred = (await rest("GET", "/addresses/starred/messages")).json
        assert [one["_id"] for one in starred] == [message.mail.id]
        assert (await rest("GET", "/me/stats")).json["starredMessages"] == 1
        assert (await rest("PUT", f"{path_of(message)}/star")).json["savedBy"] == ""
        assert (await rest("GET", "/addresses/starred/messages")).json == []

    async def test_read_and_folder_are_set(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox)
        for value in ("true", "true", "false"):
            told = (await rest("PUT", f"{path_of(message)}/read/{value}")).json
            assert told == {"_id": message.mail.id, "read": value == "true"}
        for folder in ("spam", "trash", "all", "inbox"):
            told = (await rest("PUT", f"{path_of(message)}/folder/{folder}")).json
            assert told == {"_id": message.mail.id, "folder": folder}
        assert (await rest("PUT", f"{path_of(message)}/read/maybe")).status == 400
        assert (await rest("PUT", f"{path_of(message)}/folder/sent")).status == 400

    async def test_labels_are_idempotent(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest("POST", f"/addresses/{BOX}")
        message = deliver(sandbox)

        async def change(method: str, label: str) -> object:
            path = f"{path_of(message)}/labels/{segment(label)}"
            return (await rest(method, path)).json["labels"]

        assert await change("PUT", "a/b ü") == ["a/b ü"]
        assert await change("PUT", "a/b ü") == ["a/b ü"]
        assert await change("PUT", "z") == ["a/b ü", "z"]
        assert (await rest("GET", "/me")).json["labels"] == ["a/b ü", "z"]
        assert await change("DELETE", "a/b ü") == ["z"]
        assert await change("DELETE", "a/b ü") == ["z"]

    async def test_deleted_is_gone(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox)
        told = (await rest("DELETE", path_of(message))).json
        assert (told["_id"], told["inbox"]) == (message.mail.id, BOX)
        assert (await rest("DELETE", path_of(message))).status == 404
        assert (await rest("GET", f"/raw/{BOX}/{message.mail.id}")).status == 404

    async def test_purging_an_inbox_spares_what_is_starred(
        self, rest: Rest, sandbox: Sandbox
    ) -> None:
        message = deliver(sandbox)
        assert (await rest("DELETE", f"/addresses/{BOX}/messages")).status == 401, "not ours"
        await rest("POST", f"/addresses/{BOX}")
        await rest("PUT", f"{path_of(message)}/star")
        deliver(sandbox)
        purged = await rest("DELETE", f"/addresses/{BOX}/messages")
        assert (purged.status, purged.content) == (204, b"")
        listed = (await rest("GET", f"/addresses/{BOX}/messages")).json
        assert [one["_id"] for one in listed] == [message.mail.id]


class TestDomains:
    @pytest.fixture(autouse=True)
    def own(self, sandbox: Sandbox) -> None:
        sandbox.mailroom.add_domain(ACCOUNT, "own.example", websocket=True)
        sandbox.mailroom.add_domain(STRANGER, "other.example")

    async def test_are_told_with_their_catch_all(self, rest: Rest, sandbox: Sandbox) -> None:
        (listed,) = (await rest("GET", "/domains")).json
        assert (listed["_id"], listed["enablews"]) == ("own.example", True)
        assert "catchAllAddress" not in (await rest("GET", "/domains/own.example")).json
        await rest("POST", "/addresses/*@own.example")
        deliver(sandbox, "any@own.example")
        told = (await rest("GET", "/domains/own.example")).json
        assert told["catchAllAddress"]["catchAll"] == "own.example"
        assert told["totalMessages"] == 1
        assert (await rest("GET", "/domains/other.example")).status == 401
        assert (await rest("GET", "/domains/nobodys.example")).status == 404

    async def test_list_the_mail_of_all_their_addresses(self, rest: Rest, sandbox: Sandbox) -> None:
        sent = [deliver(sandbox, f"{n}@own.example", age=n).mail.id for n in range(3)]
        listed = (await rest("GET", "/domains/own.example/messages", limit=2)).json
        assert [one["_id"] for one in listed] == sent[:2]
        assert (await rest("GET", "/domains/other.example/messages")).status == 403

    async def test_addresses_belong_to_the_account_unreserved(
        self, rest: Rest, sandbox: Sandbox
    ) -> None:
        told = (await rest("GET", "/addresses/any@own.example")).json
        assert told == {"_id": "any@own.example", "owner": ACCOUNT, "implicit": True}
        assert (await rest("GET", "/addresses/any@other.example")).status == 401
        assert (await rest("POST", "/addresses/any@other.example")).status == 401

    async def test_purging_takes_what_is_starred_too(self, rest: Rest, sandbox: Sandbox) -> None:
        message = deliver(sandbox, "any@own.example")
        await rest("PUT", f"{path_of(message)}/star")
        purge = "/domains/{}/delete-all-domain-mail"
        assert (await rest("POST", purge.format("other.example"))).status == 401
        assert (await rest("POST", purge.format("own.example"))).status == 204
        assert (await rest("GET", "/domains/own.example/messages")).json == []


class TestAccount:
    async def test_is_told_with_its_plan(self, rest: Rest) -> None:
        told = (await rest("GET", "/me")).json
        assert (told["_id"], told["apiMonthlyLimit"], told["moAPICount"]) == (ACCOUNT, 25_000, 1)
        assert (told["privateAddressCredits"], told["messageLimit"]) == (50, 5000)
        assert (told["billingHold"], told["disabled"], told["labels"]) == ("", "", [])

    async def test_stats_count_what_is_stored(self, rest: Rest, sandbox: Sandbox) -> None:
        sandbox.mailroom.add_domain(ACCOUNT, "own.example")
        await rest("POST", f"/addresses/{BOX}")
        raw = letter()
        deliver(sandbox, BOX, raw)
        deliver(sandbox, "x@own.example", raw)
        deliver(sandbox, "public@mailsac.com", raw)
        assert (await rest("GET", "/me/stats")).json == {
            "addresses": [BOX],
            "domains": ["own.example"],
            "defaultDomain": "own.example",
            "storedMessages": 2,
            "starredMessages": 0,
            "inboxBytes": 2 * len(raw),
            "lastMonthOps": 0,
        }


class TestValidation:
    async def test_tells_form_and_disposable_domains(self, rest: Rest) -> None:
        good = (await rest("GET", "/validations/addresses/a@example.com")).json
        assert (good["validFormat"], good["isDisposable"]) == (True, False)
        assert (good["local"], good["domain"]) == ("a", "example.com")
        many = await rest(
            "POST", "/validations/addresses", body={"emails": ["x", "a@mailinator.com"]}
        )
        assert many.json[0] == {"email": "x", "validFormat": False}
        assert many.json[1]["isDisposable"] is True

    async def test_checks_fifty_at_most(self, rest: Rest) -> None:
        for count, status in ((50, 200), (51, 400), (0, 400)):
            body = {"emails": ["a@example.com"] * count}
            assert (await rest("POST", "/validations/addresses", body=body)).status == status

    async def test_deny_list(self, rest: Rest) -> None:
        denied = await rest("GET", "/mailstats/blacklist/spam.example")
        assert denied.json == {"blacklisted": True}
        assert (await rest("GET", "/mailstats/blacklist/example.com")).json == {
            "blacklisted": False
        }


class TestOutgoing:
    async def test_delivers_to_the_sandbox_itself(self, rest: Rest) -> None:
        sent = await rest("POST", "/outgoing-messages", body=DRAFT)
        assert sent.json["to"] == [BOX, "two@mailsac.com"]
        for inbox in sent.json["to"]:
            (told,) = (await rest("GET", f"/addresses/{inbox}/messages")).json
            assert told["subject"] == "Grüße"
            assert told["from"][0]["address"] == "me@mailsac.com"
            assert told["attachments"] == [HELLO_MD5]
            text = await rest("GET", f"/text/{inbox}/{told['_id']}")
            assert text.content.strip() == b"plain"

    async def test_takes_one_recipient_and_a_raw_mail(self, rest: Rest) -> None:
        body = {"from": "me@mailsac.com", "to": BOX, "raw": letter("as it is").decode()}
        assert (await rest("POST", "/outgoing-messages", body=body)).status == 200
        (told,) = (await rest("GET", f"/addresses/{BOX}/messages")).json
        assert told["subject"] == "as it is"

    @pytest.mark.parametrize(
        ("field", "value", "status"),
        [
            ("to", [], 400),
            ("to", "nobody", 400),
            ("to", ["a@example.com"] * 101, 400),
            ("from", None, 400),
            ("subject", "a\r\nBcc: x@example.com", 400),
            ("attachments", [{"filename": "a", "content": "%", "encoding": "base64"}], 200),
            ("text", "x" * SIZE_LIMIT, 413),
        ],
    )
    async def test_refuses_what_cannot_be_sent(
        self, rest: Rest, field: str, value: object, status: int
    ) -> None:
        sent = await rest("POST", "/outgoing-messages", body=DRAFT | {field: value})
        assert sent.status == status


class TestForeignPages:
    async def ask(self, sandbox: Sandbox, **headers: str) -> int:
        return (await Rest(sandbox.api_url, sandbox.key)("GET", "/me", headers=headers)).status

    async def test_other_hosts_are_refused(self, sandbox: Sandbox) -> None:
        port = urlsplit(sandbox.api_url).port
        for host in (
            f"127.0.0.1:{port}",
            f"localhost:{port}",
            "LOCALHOST",
            f"[::1]:{port}",
            "127.0.0.1:1",
        ):
            assert await self.ask(sandbox, Host=host) == 200
        for host in (
            "rebound.example",
            f"rebound.example:{port}",
            "10.0.0.1",
            "localhost.evil.example",
            "",
        ):
            assert await self.ask(sandbox, Host=host) == 403

    async def test_other_origins_are_refused(self, sandbox: Sandbox) -> None:
        own = f"http://{urlsplit(sandbox.api_url).netloc}"
        assert await self.ask(sandbox, Origin=own) == 200
        for origin in ("https://evil.example", "null", "http://127.0.0.1:1", own + ".evil.example"):
            assert await self.ask(sandbox, Origin=origin) == 403

    async def test_the_refusal_is_before_the_key(self, rest: Rest) -> None:
        answer = await rest("GET", "/me", key="", headers={"Host": "rebound.example"})
        assert (answer.status, answer.json["error"]) == (403, "Forbidden")


async def test_requests_are_counted_by_route(rest: Rest, sandbox: Sandbox) -> None:
    await rest("GET", "/me")
    await rest("GET", f"/addresses/{BOX}/messages")
    await rest("GET", "/addresses/other@mailsac.com/messages", key="k_wrong")
    assert sandbox.requests == {("GET", "/me"): 1, ("GET", "/addresses/{email}/messages"): 2}
