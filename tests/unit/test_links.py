"""The links of a mail: all of them, what is wrong with them, and the one that matters."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.hosts import MAX_TARGET
from sacterm.reading.html import Anchor, read_html, to_text
from sacterm.reading.links import (
    MAX_LINKS,
    Link,
    LinkKind,
    best_link,
    find_links,
    numbers,
)
from sacterm.reading.mime import parse, readable
from sacterm.sandbox.samples import samples
from tests.unit.codecorpus import ALL, Mail

NOW = datetime(2026, 11, 20, 8, 14, 2, tzinfo=UTC)
TOKEN = "8fK2mQz71LxW"

# fmt: off
pieces = st.sampled_from((
    "https://a.example/verify?t=8fK2mQz71LxW", "http://аpple.com/", "mailto:a@b.example", "[1]",
    " ", "\n", "Confirm:", "unsubscribe", "https://", "www.", "\u202e", "\x00", "\ud800", "%",
    "@", "?",
    "https://click.a.example/ls/click?u=8fK2mQz71LxW", "not you", "reset", "é", "\u0301",
))
# fmt: on
texts = st.lists(st.one_of(pieces, st.text(max_size=4)), max_size=12).map("".join)


@pytest.fixture(scope="module")
def demo() -> list[tuple[str, str]]:
    """Subjects of the demo's mail and the best link of each, or ""."""
    found = []
    for sample in samples(200, now=NOW):
        body = parse(sample.raw)
        subject = {name.lower(): value for name, value in body.headers}.get("subject", "")
        best = best_link(find_links(readable(body), read_html(body.html).anchors))
        found.append((subject, best.target if best else ""))
    return found


def links(mail: Mail) -> tuple[Link, ...]:
    if mail.is_html:
        return find_links(to_text(mail.body), read_html(mail.body).anchors)
    return find_links(mail.body, ())


def one(text: str, target: str, *, button: bool = False, around: str = "") -> Link:
    (link,) = find_links(around, [Anchor(text, target, button)])
    return link


def written(before: str, target: str, after: str = "") -> Link:
    """The last link of a plain text."""
    return find_links(f"{before}{target}{after}", ())[-1]


# The set.


def test_nearly_every_mail_of_the_set_leads_where_it_should() -> None:
    assert sum(mail.link is not None for mail in ALL) >= 15
    assert len({mail.language for mail in ALL if mail.link}) >= 8
    wrong = [
        (mail.language, mail.subject, mail.link, found.target if found else None)
        for mail in ALL
        if ((found := best_link(links(mail))) and found.target) != mail.link
    ]
    assert len(wrong) <= len(ALL) * 0.05, wrong


@pytest.mark.parametrize(
    ("subject", "path"),
    [
        ("Reset your password", "/reset"),
        ("Sign in to Umbra Cloud", "/magic/"),
        ("Confirm your new email address", "/confirm/"),
        ("Your code is", "/confirm"),
        ("Initech: password reset", "/password/reset/"),
        ("Réinitialisation", "/mdp"),
        ("Reimposta", "/password/"),
        ("Ваше посилання", "/vhid/"),
        ("Invoice 20", ""),
        ("Order ", ""),
        ("New sign-in", ""),
        ("Your password was changed", ""),
        ("What is new", ""),
        ("Welcome aboard", ""),
        ("Failed: ", ""),
        ("📦", ""),
    ],
)
def test_the_demo_asks_to_follow_what_a_person_would(
    demo: list[tuple[str, str]], subject: str, path: str
) -> None:
    found = [target for begins, target in demo if begins.startswith(subject)]
    assert found
    assert all(path in target and bool(target) is bool(path) for target in found), found


# All of them.


def test_links_of_the_html_come_first_then_those_that_only_the_text_has() -> None:
    anchors = [Anchor("B", "https://b.example/", False), Anchor("A", "https://a.example/", False)]
    found = find_links(
        "See https://c.example/ and https://a.example/ or https://c.example/", anchors
    )
    assert [(link.number, link.text, link.target) for link in found] == [
        (1, "B", "https://b.example/"),
        (2, "A", "https://a.example/"),
        (3, "", "https://c.example/"),
    ]
    assert numbers(found) == {
        "https://b.example/": 1,
        "https://a.example/": 2,
        "https://c.example/": 3,
    }


def test_only_what_a_browser_or_a_mail_program_opens_is_a_link() -> None:
    targets = (
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a.example/",
        "vbscript:x", "tel:+15550134", "blob:https://a.example/x", "//a.example/", "#top", "",
        " https://a.example/", "HTTPS://B.example/", "mailto:a@b.example",
    )  # fmt: skip
    found = find_links("", [Anchor("x", target, True) for target in targets])
    assert [link.target for link in found] == list(targets[-3:])


def test_links_are_bounded_in_number_and_length() -> None:
    many = [Anchor("x", f"https://a.example/{n}", False) for n in range(MAX_LINKS + 9)]
    assert len(find_links("https://b.example/", many)) == MAX_LINKS
    longest = "https://a.example/".ljust(MAX_TARGET, "x")
    assert [len(link.target) for link in find_links("", [Anchor("", longest, False)])] == [
        MAX_TARGET
    ]
    assert find_links("", [Anchor("", f"{longest}x", False)]) == ()


def test_a_link_that_is_called_by_its_own_url_has_no_text() -> None:
    assert one("https://a.example/x", "https://a.example/x").text == ""
    assert one("a.example/x", "https://www.a.example/x/").text == ""
    assert one("a.example", "https://a.example/x").text == "a.example"


# What they are for.


@pytest.mark.parametrize(
    ("text", "target", "kind"),
    [
        ("Verify email", f"https://a.example/v?t={TOKEN}", LinkKind.ACTION),
        ("Verify email", f"https://click.a.example/ls/click?u={TOKEN}", LinkKind.ACTION),
        ("here", f"https://a.example/users/confirmation?token={TOKEN}", LinkKind.ACTION),
        ("", f"https://click.a.example/ls/click?u={TOKEN}", LinkKind.TRACKING),
        ("", f"https://a.example/wf/open?u={TOKEN}", LinkKind.TRACKING),
        ("", f"https://a.example/about/{TOKEN}", LinkKind.PLAIN),
        ("", f"https://a.example/t/{TOKEN}/pixel.gif", LinkKind.TRACKING),
        ("Read on", f"https://click.a.example/ls/click?u={TOKEN}", LinkKind.PLAIN),
        ("", "https://link.example/about", LinkKind.PLAIN),
        ("Unsubscribe", f"https://a.example/verify?t={TOKEN}", LinkKind.UNSUBSCRIBE),
        ("here", f"https://a.example/unsubscribe?t={TOKEN}", LinkKind.UNSUBSCRIBE),
        ("Hier abmelden", "https://a.example/x", LinkKind.UNSUBSCRIBE),
        ("Se désabonner", "https://a.example/x", LinkKind.UNSUBSCRIBE),
        ("配信停止", "https://a.example/x", LinkKind.UNSUBSCRIBE),
        ("Unsubscribe", "mailto:leave@a.example?subject=unsubscribe", LinkKind.UNSUBSCRIBE),
        ("Verify by mail", "mailto:verify@a.example", LinkKind.MAIL),
        ("Home", "https://a.example/", LinkKind.PLAIN),
        ("Verify email", "https://a.example/", LinkKind.PLAIN),
        ("Verify email", f"https://a.example/?t={TOKEN}", LinkKind.ACTION),
    ],
)
def test_a_link_is_of_the_kind_that_its_words_and_its_target_say(
    text: str, target: str, kind: LinkKind
) -> None:
    assert one(text, target).kind is kind


@pytest.mark.parametrize(
    "words",
    [
        "Verify email", "Confirm your address", "Activate account", "Reset password",
        "Unlock account",
        "Accept invitation", "E-Mail-Adresse bestätigen", "Konto aktivieren",
        "Passwort zurücksetzen", "Confirmer mon adresse", "Réinitialiser", "Confirmar correo",
        "Restablecer contraseña",
        "Ativar conta", "Redefinir senha", "Conferma", "Reimposta password", "Bevestigen",
        "Activeren", "Potwierdź adres", "Zresetuj hasło", "Подтвердить", "Сбросить пароль",
        "Підтвердити",
        "アドレスを認証する", "パスワードを再設定", "验证邮箱", "重置密码", "이메일 인증",
        "비밀번호 재설정",
        "E-postayı doğrula", "تأكيد البريد", "אימות כתובת", "Bekräfta", "Bekræft", "Vahvista",
        "Ověřit e-mail", "Megerősítés", "Confirmă adresa", "Επιβεβαίωση", "Xác nhận",
        "Konfirmasi",
    ],
)  # fmt: skip
def test_what_a_link_asks_for_is_read_in_many_languages(words: str) -> None:
    target = f"https://a.example/x/{TOKEN}"
    for link in (
        one(words, target),
        written(f"Hello,\n\n{words}:\n", target),
        written(f"{words}: ", target),
    ):
        assert link.kind is LinkKind.ACTION
        assert best_link([link]) is link


@pytest.mark.parametrize(
    "words", ["Sign in", "Join", "Download", "Anmelden", "Войти", "ログイン", "登录"]
)
def test_what_every_home_page_offers_counts_with_a_token_only(words: str) -> None:
    assert one(words, f"https://a.example/x/{TOKEN}").kind is LinkKind.ACTION
    assert one(words, "https://a.example/login", button=True).kind is LinkKind.PLAIN
    tracked = f"https://click.a.example/ls/click?u={TOKEN}"
    assert one(words, tracked).kind is LinkKind.PLAIN
    assert one(words, tracked, around="This link expires in 15 minutes.").kind is LinkKind.ACTION
    offer = "The offer is valid until Sunday: 20 % discount."
    assert one(words, tracked, around=offer).kind is LinkKind.PLAIN


@pytest.mark.parametrize(
    "words",
    [
        "This was not me", "I did not ask for this", "Report it", "Cancel", "Help centre",
        "Privacy",
        "Download on the App Store", "View in browser", "Das war ich nicht", "Ce n'est pas moi",
        "No fui yo", "Não fui eu", "Non sono stato io", "Это не я", "心当たりがない", "不是我",
        "Contact us", "Learn more", "Forgot password?",
    ],
)  # fmt: skip
def test_a_way_out_or_aside_is_never_the_best(words: str) -> None:
    refusal = Anchor(words, f"https://a.example/verify/{TOKEN}", True)
    assert best_link(find_links("", [refusal])) is None
    other = Anchor("Confirm", f"https://a.example/{TOKEN}", False)
    best = best_link(find_links("", [refusal, other]))
    assert best is not None and best.text == "Confirm"


@pytest.mark.parametrize(
    "target",
    [
        "https://a.example/", "https://a.example", f"https://a.example/?utm_campaign={TOKEN}",
        "https://apps.apple.com/app/confirm", f"https://a.example/verify/{TOKEN}/deny",
    ],
)  # fmt: skip
def test_home_pages_shops_and_refusals_are_no_action_whatever_they_are_called(target: str) -> None:
    assert one("Continue", target, button=True).kind is not LinkKind.ACTION


def test_words_of_the_path_count_but_not_those_of_the_domain_or_of_a_campaign() -> None:
    for target, kind in (
        ("https://a.example/confirm", LinkKind.ACTION),
        ("https://confirm.a.example/about", LinkKind.ACTION),
        ("https://a.example/about?mode=verifyEmail", LinkKind.ACTION),
        ("https://confirm.example/about", LinkKind.PLAIN),
        ("https://a.example/about?utm_campaign=verify", LinkKind.PLAIN),
    ):
        assert one("Continue", target, button=True).kind is kind, target


def test_a_button_and_a_token_make_it_likelier() -> None:
    found = find_links(
        "",
        [
            Anchor("Confirm", "https://a.example/x", False),
            Anchor("Confirm", f"https://a.example/{TOKEN}", False),
            Anchor("Confirm", f"https://b.example/{TOKEN}", True),
        ],
    )
    assert found[0].score < found[1].score < found[2].score
    assert best_link(found) is found[2]
    assert best_link(found[:0]) is None


def test_of_two_that_are_as_likely_the_first_is_best() -> None:
    found = find_links(
        f"Confirm: https://a.example/{TOKEN}\nConfirm: https://b.example/{TOKEN}", ()
    )
    assert best_link(found) is found[0]


def test_what_a_url_is_for_is_told_by_the_text_before_it() -> None:
    target = f"https://a.example/x/{TOKEN}"
    action = LinkKind.ACTION
    assert written("Confirm your address:\n\n  ", target).kind is action
    assert (
        written("Please confirm your address with this link.\nThank you.\n\n", target).kind
        is action
    )
    assert written(f"Confirm [1]\n\n{'Thanks. ' * 40}\n\n[1] ", target).kind is action
    assert written("If you do not see the button, confirm here: ", target).kind is action
    assert written("If you did not ask to confirm it: ", target).kind is LinkKind.PLAIN
    assert written("To leave this list, unsubscribe: ", target).kind is LinkKind.UNSUBSCRIBE
    assert written("Confirm: https://a.example/y\n\nSee also ", target).kind is LinkKind.PLAIN
    assert written("", target, "\n\nPlease confirm.").kind is LinkKind.PLAIN


def test_a_link_called_here_is_told_by_the_text_before_it() -> None:
    html = (
        f'<p>To reset your password click <a href="https://a.example/x/{TOKEN}">here</a>.</p>'
        f"<p>{'Thanks. ' * 40}</p>"
    )
    (link,) = find_links(to_text(html), read_html(html).anchors)
    assert (link.text, link.kind) == ("here", LinkKind.ACTION)


# What is wrong with them.


@pytest.mark.parametrize(
    ("text", "target", "warnings"),
    [
        (
            "https://shop.example/pay",
            "https://evil.example/pay",
            ["the text names shop.example, the link leads to evil.example"],
        ),
        (
            "Visit www.shop.example now",
            "https://evil.example/",
            ["the text names www.shop.example, the link leads to evil.example"],
        ),
        (
            "shop.co.uk",
            "https://evil.co.uk/",
            ["the text names shop.co.uk, the link leads to evil.co.uk"],
        ),
        (
            "help@shop.example",
            "mailto:help@evil.example?subject=@shop.example",
            ["the text names shop.example, the link writes to evil.example"],
        ),
        (
            "Pay",
            "https://аpple.com/",
            ["the host mixes scripts: аpple.com (xn--pple-43d.com)"],
        ),
        (
            "Pay",
            "https://соус.com/",
            ["the host has letters that look like others: соус.com (xn--n1afbh.com)"],
        ),
        ("Pay", "http://192.0.2.1/", ["the host is a number (IP address)"]),
        ("Pay", "https://0x7f000001/", ["the host is a number (IP address)"]),
        ("Pay", "https://shop.example@evil.example/", ["a user name stands before the host"]),
        (
            "Reset password",
            f"http://a.example/{TOKEN}",
            ["not encrypted (http): what it carries can be read on the way"],
        ),
    ],
)
def test_what_deceives_is_said(text: str, target: str, warnings: list[str]) -> None:
    assert list(one(text, target).warnings) == warnings


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("shop.example", "https://www.shop.example/"),
        ("https://shop.example/a", "https://mail.shop.example/b"),
        ("https://SHOP.example", "https://shop.example/x"),
        ("help@shop.example", "mailto:help@mail.shop.example"),
        ("Your invoice.pdf", "https://shop.example/x"),
        ("invoice.pdf", "https://shop.example/x"),
        ("checkout.spec.ts", "https://shop.example/x"),
        ("v4.12.0", "https://shop.example/x"),
        ("Node. Js", "https://shop.example/x"),
        ("", "https://shop.example/x"),
        ("Read on", "http://shop.example/x"),
        ("Reset password", f"http://localhost:3000/{TOKEN}"),
        ("Pay", "https://münchen.example/"),
        ("Pay", "https://東京タワー.example/"),
    ],
)
def test_what_does_not_deceive_is_not_warned_of(text: str, target: str) -> None:
    assert one(text, target).warnings == ()


# Hostile mail.


@settings(deadline=None, max_examples=75)
@given(texts, st.lists(st.builds(Anchor, texts, texts, st.booleans()), max_size=4))
def test_anything_can_be_searched(text: str, anchors: list[Anchor]) -> None:
    found = find_links(text, anchors)
    assert [link.number for link in found] == list(range(1, len(found) + 1))
    assert len(numbers(found)) == len(found)
    best = best_link(found)
    assert best is None or best.kind is LinkKind.ACTION


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "1 ",
        "[1]",
        "https://a.example/x ",
        "https://",
        "www.",
        "@",
        "/",
        "e\u0301",
        "验证",
        "a1-",
    ],
)
def test_hostile_mail_is_quick(unit: str) -> None:
    text = (unit * 1_000_000)[:1_000_000]
    anchors = [
        Anchor(text[:2_000], f"https://a.example/{n}/{text[:8_000]}", True) for n in range(250)
    ]
    find_links("https://a.example/verify", ())
    started = time.process_time()
    find_links(text, anchors)
    assert time.process_time() - started < 10
