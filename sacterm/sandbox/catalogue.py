"""Reads ``samples.toml``, and makes up what fills its texts: names, codes, amounts, dates."""

from __future__ import annotations

import string
import tomllib
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

_TOKEN = string.ascii_letters + string.digits
_LETTERS = "ACDEFGHJKMNPQRTUVWXY"  # nothing that is read as a digit
# RFC 5737 keeps these three networks for documentation.
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")


class Brand(NamedTuple):
    """An invented sender. ``offset`` is its clock against UTC, in hours."""

    name: str
    colour: str
    address: str
    offset: int


class Locale(NamedTuple):
    """How a language writes people, goods, money and dates.

    ``people`` holds pairs of display name and local part. ``separators`` is the one for
    thousands, then the decimal one; without the latter, amounts are whole.
    """

    people: Sequence[tuple[str, str]]
    items: Sequence[str]
    cities: Sequence[str]
    money: str
    separators: str
    day: str
    direction: str = "ltr"


class Template(NamedTuple):
    """One kind of mail, as ``samples.toml`` writes it.

    Attributes:
        key: its name.
        body: see the head of ``samples.toml``.
        sender: name and address; for mail of shape ``raw`` the envelope sender only.
        to: which inbox it is for: the local part of a reserved address, or ``shop``.
        shape: ``alternative``, ``text``, ``html``, ``log`` or ``raw``.
        attach: pairs of part and file name.
        headers: pairs of name and value, beyond the usual ones.
        auth: what Authentication-Results says; "" for no such header.
        group: "" for everyday mail, else ``spam``, ``odd`` or ``heavy``.
        weight: how often it comes in one round of everyday mail.
        label: what some of its kind are labelled with.
        star: whether some of its kind are starred.
    """

    key: str
    body: str
    sender: str
    subject: str = ""
    preheader: str = ""
    lang: str = "en"
    to: str = "signup"
    shape: str = "alternative"
    charset: str = "utf-8"
    attach: Sequence[tuple[str, str]] = ()
    headers: Sequence[tuple[str, str]] = ()
    auth: str = "pass"
    group: str = ""
    weight: int = 1
    label: str = ""
    star: bool = False
    spam: float = 0.0


class Catalogue(NamedTuple):
    """All of ``samples.toml``."""

    front: Sequence[str]
    tags: Sequence[str]
    months: Sequence[str]
    pools: Mapping[str, Sequence[str]]
    log: Mapping[str, Sequence[str]]
    brands: Mapping[str, Brand]
    locales: Mapping[str, Locale]
    html: Mapping[str, str]
    parts: Mapping[str, str]
    mail: Mapping[str, Template]


def load() -> Catalogue:
    """Read the catalogue that lies beside this module."""
    data = tomllib.loads(Path(__file__).with_name("samples.toml").read_text("utf-8"))
    brands = {host: Brand(**brand) for host, brand in data.pop("brands").items()}
    locales = {lang: Locale(**locale) for lang, locale in data.pop("locales").items()}
    mail = {entry["key"]: Template(**entry) for entry in data.pop("mail")}
    return Catalogue(brands=brands, locales=locales, mail=mail, **data)


def _money(locale: Locale, cents: int) -> str:
    thousands, decimal = locale.separators[0], locale.separators[1:]
    whole, rest = divmod(cents, 100) if decimal else (cents, 0)
    fraction = f"{decimal}{rest:02}" if decimal else ""
    return locale.money.format(f"{whole:,}".replace(",", thousands) + fraction)


def _basket(rng: Random, locale: Locale) -> dict[str, str]:
    """One to three rows of goods that add up."""
    lines = [
        (item, rng.choice((1, 1, 1, 2, 3)), rng.randrange(500, 9000, 100) + rng.choice((0, 50, 90)))
        for item in rng.sample(locale.items, rng.randint(1, 3))
    ]
    subtotal = sum(count * price for _, count, price in lines)
    shipping = rng.choice((290, 490, 690))
    return {
        "items": "\n".join(f"| {i} | {n} | {_money(locale, n * price)}" for i, n, price in lines),
        "subtotal": _money(locale, subtotal),
        "shipping": _money(locale, shipping),
        "total": _money(locale, subtotal + shipping),
    }


def _codes(rng: Random) -> dict[str, str]:
    digits = str(rng.randrange(100_000, 1_000_000))
    mixed = rng.sample(_LETTERS, 3) + rng.sample("346789", 3)
    rng.shuffle(mixed)
    return {
        "digits": digits,
        "grouped": f"{digits[:3]} {digits[3:]}",
        "mixed": f"{rng.choice(_LETTERS)}-{''.join(mixed)}",
        "token": "".join(rng.choices(_TOKEN, k=24)),
        "short": f"{rng.getrandbits(32):08x}",
        "commit": f"{rng.getrandbits(28):07x}",
        "order": f"{rng.choice(_LETTERS)}{rng.choice(_LETTERS)}-{rng.randrange(10_000, 100_000)}",
        "ticket": str(rng.randrange(10_000, 100_000)),
        "build": str(rng.randrange(1_000, 10_000)),
        "tracking": f"{rng.choice(_LETTERS)}{rng.randrange(10**11, 10**12)}",
        "minutes": rng.choice(("10", "15", "20", "30")),
        "worker": str(rng.randint(1, 9)),
        "ip": f"{rng.choice(_NETWORKS)}.{rng.randrange(1, 255)}",
    }


def _times(catalogue: Catalogue, locale: Locale, when: datetime, offset: int) -> dict[str, str]:
    def day(later: int) -> str:
        date = when + timedelta(days=later)
        return locale.day.format(d=date, month=catalogue.months[date.month - 1])

    appointment = f"{when + timedelta(days=3):%Y%m%d}"
    return {
        "before": day(-1),
        "day": day(0),
        "later": day(3),
        "due": day(14),
        "clock": f"{when:%H:%M}",
        "month": catalogue.months[when.month - 1],
        "date": format_datetime(when.astimezone(timezone(timedelta(hours=offset)))),
        "received": format_datetime(when),
        "stamp": f"{when:%Y%m%dT%H%M%SZ}",
        "start": f"{appointment}T140000Z",
        "end": f"{appointment}T150000Z",
    }


def fields(
    catalogue: Catalogue,
    template: Template,
    rng: Random,
    *,
    name: str,
    to: str,
    when: datetime,
) -> dict[str, str]:
    """Everything the texts of one mail may name, made up anew.

    Args:
        catalogue: where names, goods and brands are taken from.
        template: the kind of mail.
        rng: decides everything that is random.
        name: display name of the receiver.
        to: address of the receiver.
        when: aware; the time the mail is sent.
    """
    when = when.astimezone(UTC)
    locale = catalogue.locales[template.lang]
    agent, local = rng.choice([p for p in catalogue.locales["en"].people if p[0] != name])
    known = {
        "name": name,
        "first": name.split()[0],
        "to": to,
        "agent": agent,
        "agent_first": agent.split()[0],
        "agent_address": f"{local}@globex.example",
        "city": rng.choice(locale.cities),
        "lang": template.lang,
        "direction": locale.direction,
        "charset": template.charset,
        "auth": template.auth,
        **{pool: rng.choice(texts) for pool, texts in catalogue.pools.items()},
        **_codes(rng),
        **_basket(rng, locale),
    }
    sender = template.sender.format_map(known)
    host = sender.rpartition("@")[2].removesuffix(">")
    site = ".".join(host.split(".")[-2:])
    brand = catalogue.brands[site]
    return known | {
        "sender": sender,
        "host": host,
        "site": site,
        "relay": f"192.0.2.{zlib.crc32(site.encode()) % 254 + 1}",
        "brand": brand.name,
        "colour": brand.colour,
        "footer": brand.address,
        "cid": f"{known['short']}@{host}",
        "invoice": f"{when:%Y}-{known['build']}",
        **_times(catalogue, locale, when, brand.offset),
    }
