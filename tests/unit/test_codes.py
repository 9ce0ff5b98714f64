"""One-time codes, found in mail and told apart from its other numbers."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.codes import MAX_CODES, MAX_TEXT, Code, find_codes
from sacterm.reading.codewords import fold, visible
from sacterm.reading.html import to_text
from sacterm.reading.mime import parse, readable
from sacterm.sandbox.samples import samples
from tests.unit.codecorpus import ALL, Mail

NOW = datetime(2026, 11, 20, 8, 14, 2, tzinfo=UTC)

# fmt: off
pieces = st.sampled_from((
    "Your verification code is ", "code", "PIN: ", "order ", "Invoice no. ", "認証コード", "رمز",
    "493021", "493 021", "4 9 3 0 2 1", "12-34-56", "K7QX-29MB", "G-493021", "ABCDEF", "٤٩٣٠",
    "１２３４", "2026", "20.11.2026", "$4.90", "https://a.example/4930", "a4930@b.example", " ",
    "\n", "\n\n", ". ", ": ", ",", "-", "#", "\u200b", "\u0301", "\x00", "\ud800", "İ", "ß",
    "% off", "is your code",
))
# fmt: on


PROMISES_A_CODE = re.compile(
    "code is|verification code|sign-in code|bestatigungscode|codigo de|kod weryf|رمز|验证码|ご登録"
)


def codes(mail: Mail) -> tuple[Code, ...]:
    return find_codes(mail.subject, to_text(mail.body) if mail.is_html else mail.body)


def best(subject: str, text: str = "") -> str | None:
    return next((code.value for code in find_codes(subject, text)), None)


# The set.


def test_the_set_is_large_and_varied() -> None:
    assert len(ALL) >= 90
    assert len({mail.language for mail in ALL if mail.code}) >= 8
    assert sum(mail.code is None for mail in ALL) >= 20
    assert sum(mail.is_html for mail in ALL if mail.code) >= 10


def test_nearly_every_mail_of_the_set_is_read_rightly() -> None:
    wrong = [
        (mail.language, mail.subject, mail.code, found)
        for mail in ALL
        if (found := next((code.value for code in codes(mail)), None)) != mail.code
    ]
    assert len(wrong) <= len(ALL) * 0.05, wrong


def test_no_code_of_the_set_is_sure_and_wrong() -> None:
    assert not [
        (mail.subject, code)
        for mail in ALL
        for code in codes(mail)
        if code.sure and code.value != mail.code
    ]


def test_most_codes_of_the_set_are_sure() -> None:
    with_code = [mail for mail in ALL if mail.code]
    assert sum(codes(mail)[0].sure for mail in with_code if codes(mail)) > 0.7 * len(with_code)


def test_the_demo_has_codes_where_it_says_so_and_nowhere_else() -> None:
    told = 0
    for sample in samples(200, now=NOW):
        body = parse(sample.raw)
        subject = {name.lower(): value for name, value in body.headers}.get("subject", "")
        found = find_codes(subject, readable(body))
        if PROMISES_A_CODE.search(fold(subject)):
            assert [code.sure for code in found] == [True], subject
            told += 1
        else:
            assert not any(code.sure for code in found), subject
    assert told > 30


# What a code looks like.


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("4930", "4930"),
        ("0000", "0000"),
        ("49302", "49302"),
        ("493021", "493021"),
        ("4930217", "4930217"),
        ("49302178", "49302178"),
        ("4930217890", "4930217890"),
        ("493 021", "493021"),
        ("493-021", "493021"),
        ("493\u00a0021", "493021"),
        ("493\u2013021", "493021"),
        ("4930 2178", "49302178"),
        ("12 34 56", "123456"),
        ("4 9 3 0 2 1", "493021"),
        ("4\u200b9\u200b3\u200b0\u200b2\u200b1", "493021"),
        ("４９３０２１", "493021"),
        ("٤٩٣٠٢١", "493021"),
        ("४९३०२१", "493021"),
        ("G-493021", "493021"),
        ("K7QX-29MB", "K7QX-29MB"),
        ("P-7DUK98", "P-7DUK98"),
        ("Ｋ７ＱＸ", "K7QX"),
        ("R4K9P", "R4K9P"),
        ("QWK-RTZ", "QWK-RTZ"),
    ],
)
def test_codes_of_many_shapes_are_copied_as_services_want_them(written: str, value: str) -> None:
    (code,) = find_codes("Sign in", f"Your verification code is {written}.\n")
    assert code.value == value
    assert code.shown == visible(written).replace("\u00a0", " ")
    (alone,) = find_codes(
        "Your verification code", f"Hello,\n\nenter this code to sign in:\n\n   {written}\n\nBye\n"
    )
    assert alone.value == value


@pytest.mark.parametrize(
    "written",
    [
        "493", "49302178901", "555 0134", "1 555 555 0134", "20.11.2026", "11/20/2026", "12:3045",
        "4,930", "493021 %", "$4930", "4930 €", "USD 493021", "+4930217", "(030) 493021",
        "192.0.2.111", "4.12.2026", "#493021", "v/493021", "493021@shop.example", "https://shop.example/493021",
        "https://shop.example/?code=493021", "493021.jeff@shop.example",
        "shop.example/verify/493021", "5555 4444 3333 2222", "4be1c02d9f7a", "2001:db8:4930::1",
        "DE89 3704 0044 0532", "493021_a", "x493021y0z77", "4930 ms", "2026年", "verification",
    ],
)  # fmt: skip
def test_other_numbers_are_no_codes_even_where_one_is_promised(written: str) -> None:
    assert find_codes("Sign in", f"Your verification code is {written}\n") == ()


@pytest.mark.parametrize("year", ["2026", "1998", "20261120"])
def test_what_may_be_a_date_is_a_code_only_where_nothing_else_is(year: str) -> None:
    text = f"Your sign-in code is {year}."
    (code,) = find_codes("", text)
    assert (code.value, code.sure) == (year, False)
    assert best("", f"{text} Copyright 2019.") == year
    assert best("", f"Your sign-in code, as of {year}, has four digits.") is None


# What the words around it say.


@pytest.mark.parametrize(
    "text",
    [
        "Your code: 493021",
        "493021 is your Acme code",
        "Use 493021 as your code to sign in",
        "Enter this code to sign in:\n\n493021\n\nBye",
        "Your code\n493021\nOrder number\n48213377",
        "Order number 48213377\nYour code 493021",
        "Your code for order 48213377 is 493021",
        "Order 48213377, placed 11/20/2026, $1,249.00. Your code: 493021",
        "Your verification\ncode is 493021",
        "493021\n\nis the code that signs you in",
        "Call 1-800-555-0134 if 493021 is not the code that you see",
        "Your code (valid for 10 minutes): 493021",
        "Your code is 493021 10 minutes from now it expires",
        "48213 sent you the code 493021",
    ],
)
def test_each_number_is_what_the_nearest_words_call_it(text: str) -> None:
    assert [code.value for code in find_codes("", text)] == ["493021"]


@pytest.mark.parametrize(
    "words",
    [
        "order", "Invoice no.", "ticket", "tracking number:", "customer no.", "zip code",
        "postcode", "error code", "exit code", "promo code", "QR code", "card ending in", "phone",
        "IBAN", "SKU", "reference:", "Gutscheincode", "Postleitzahl", "Kundennummer",
        "code postal", "code promo", "código postal", "codice fiscale", "kod pocztowy",
        "промокод", "номер заказа", "注文番号：",
        "郵便番号", "订单编号：", "邮政编码", "주문번호", "우편번호", "sipariş no", "رقم الطلب",
    ],
)  # fmt: skip
def test_other_names_for_numbers_are_known(words: str) -> None:
    assert find_codes("Your code is on its way", f"Thanks.\n\n{words} 493021\n") == ()


def test_vouchers_are_never_sure() -> None:
    for text in (
        "Use code AUTUMN15 at checkout and save 15 % off your order. Sign in to see it.",
        "Enter voucher code 493021 at checkout.",
        "Your code:\n\nAUTUMN15\n\n15 % off until Sunday. Log in and shop now.",
        "Your code:\n\n493021\n\nis worth 20 % off your next order. Log in and shop now.",
    ):
        assert not any(code.sure for code in find_codes("Just for you", text))


def test_what_promotes_anywhere_in_the_mail_makes_letters_no_code() -> None:
    text = f"Sign in. Your code: K7QX29{' and so on' * 40}"
    assert best("", text) == "K7QX29"
    assert best("", f"{text}. Black Friday is near.") is None


def test_letters_need_a_mail_that_asks_for_something() -> None:
    assert best("", "Sign in. Your code: K7QX29") == "K7QX29"
    assert best("", "Till 4. Your code: K7QX29") is None


def test_a_booking_is_no_code() -> None:
    text = "Confirmation code: {}\n\nCheck-in Friday, 2 guests, 3 nights. Sign in to see more.\n"
    assert find_codes("Your hotel in Lisbon", text.format("HMX4K2")) == ()
    assert not any(code.sure for code in find_codes("Your hotel", text.format("493021")))
    assert find_codes("", "Confirmation code: 493021. Sign in to see more.")[0].sure


def test_a_receipt_has_codes_of_its_own() -> None:
    assert find_codes("", "Log in. Your code: 493021\nTill 4")[0].sure
    assert not any(code.sure for code in find_codes("", "Log in. Your code: 493021\nPaid $48.20"))


def test_only_your_code_is_sure_not_one_of_an_unknown_kind() -> None:
    for words in (
        "Your code",
        "the code",
        "Use code",
        "Code",
        "Dein Code",
        "tu código",
        "il codice",
    ):
        assert [code.sure for code in find_codes("Log in", f"Log in.\n\n{words}: 493021")] == [True]
    for words in ("frobnication code", "Frobnication code", "código de frobnicar", "frobnikcode"):
        found = find_codes("Log in", f"Log in.\n\n{words}: 493021")
        assert not any(code.sure for code in found), words


def test_what_is_said_twice_or_in_the_subject_is_surer() -> None:
    text = "Log in: the code for Acme is 493021"
    assert not find_codes("", text)[0].sure
    assert find_codes("", f"{text} (493021)")[0].sure
    assert find_codes(text, "")[0].sure


def test_a_promise_in_the_subject_is_kept_by_a_number_on_a_line_of_its_own() -> None:
    text = f"Hello,\n\n{'we are glad to have you here with us. ' * 12}\n\n{{}}\n\nBye"
    assert best("Sign-in code inside", text.format("493021")) == "493021"
    assert best("Sign-in code inside", text.format("Room 493021")) is None
    assert best("Sign-in inside", text.format("493021")) is None


def test_a_code_in_the_subject_alone_is_found() -> None:
    assert best("493021 is your code") == "493021"
    assert best("493021", "The number above is your sign-in code.") == "493021"
    assert best("Invoice 493021", "Your sign-in code did not arrive?") is None


def test_where_several_are_likely_none_is_sure_and_the_first_is_best() -> None:
    found = find_codes("Two codes", "Code for north: 118204\n\nCode for south: 940377\n")
    assert [code.value for code in found] == ["118204", "940377"]
    assert not any(code.sure for code in found)


def test_there_are_never_more_than_five() -> None:
    text = "Backup codes, each works once:\n" + "".join(f"\n{n} {n}" for n in range(4001, 4099))
    assert len(find_codes("Backup codes", text)) == MAX_CODES


def test_words_are_found_in_any_writing() -> None:
    for words in (
        "VERIFICATION CODE", "verification-code", "Código de verificación",
        "Co\u0301digo de verificacio\u0301n", "codigo de verificacion", "verifi\u00adcation code",
        "ｖｅｒｉｆｉｃａｔｉｏｎ ｃｏｄｅ", "الرَّمز", "doğrulama kodunuz",
    ):  # fmt: skip
        assert best("", f"{words}: 493021") == "493021", words


def test_parts_of_words_are_no_words() -> None:
    for words in ("spin", "pinned", "unicode", "decoded", "opinion", "scodella"):
        assert best("", f"{words}: 493021") is None, words


# Hostile mail.


@settings(deadline=None, max_examples=75)
@given(
    st.lists(st.one_of(pieces, st.text(max_size=4)), max_size=30).map("".join), st.text(max_size=20)
)
def test_anything_can_be_searched(text: str, subject: str) -> None:
    found = find_codes(subject, text)
    assert len(found) <= MAX_CODES
    assert len({code.value for code in found}) == len(found)
    for code in found:
        assert code.value.isascii()
        assert code.value.replace("-", "").isalnum()
        assert 4 <= len(code.value.replace("-", "")) <= 10


@settings(deadline=None, max_examples=75)
@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    text = "Your sign-in code is 493021.\n"
    assert best("", " " * (MAX_TEXT - 100) + text) == "493021"
    assert best("", " " * MAX_TEXT + text) is None


@pytest.mark.parametrize(
    "unit",
    [
        "1", "1 ", "1-", "1-" * 40 + "_", "a1-", "4821 ", "code ", "pin 4821 ", "code 123456\n\n",
        "a.b", "x" * 64 + ".", "ABCDE\n", "\n1234 code", "認証コード１２３４５６", "\u0301", "İ",
        "https://x.y/1 ", "a@", "verification ", "1234 12 12 12 ",
    ],
)  # fmt: skip
def test_hostile_text_is_quick(unit: str) -> None:
    text = (unit * 200_000)[:200_000] + "1a"
    find_codes("code", "1234")
    started = time.process_time()
    find_codes(text, text)
    assert time.process_time() - started < 5, "not in proportion to its length"
