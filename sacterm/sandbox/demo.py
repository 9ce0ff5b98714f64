"""The stage of ``sacterm demo``: an account with a history, and somebody who goes on mailing."""

from __future__ import annotations

import argparse
import asyncio
import os
import smtplib
import threading
from contextlib import suppress
from datetime import timedelta
from random import Random

from sacterm.sandbox.command import misbehaving
from sacterm.sandbox.mailroom import Mailroom
from sacterm.sandbox.records import Forwarding, Marks, Plan
from sacterm.sandbox.registry import utc_now
from sacterm.sandbox.samples import (
    ACCOUNT,
    ADDRESSES,
    CATCH_ALL,
    DOMAIN,
    Sample,
    fresh,
    samples,
)
from sacterm.sandbox.server import PATIENCE, Companion, Sandbox, run

SAMPLES = 200
CREDITS_LEFT = 24
OPS_BEFORE = 4_217  # what the account did this month before the demo began
FIRST_MAIL = 2.0  # seconds
PAUSES = (3.0, 8.0)  # seconds between mails, at random
SENDER = "bounces@mailer.example"
STDIN = 0


def play(options: argparse.Namespace) -> int:
    """Runs the demo's sandbox until standard input ends, or SIGTERM. Returns the exit code."""
    sandbox = Sandbox(
        host=options.host,
        port=options.port,
        smtp_port=options.smtp_port,
        key=options.key,
        data=options.data,
        account=ACCOUNT,
        plan=Plan(credits=CREDITS_LEFT + len(ADDRESSES) + 1),
    )
    sandbox.mailroom.charge(ACCOUNT, OPS_BEFORE)
    companions: list[Companion] = [_end_with_parent, *misbehaving(options)]
    if not options.quiet:
        companions.append(_mail_now_and_then(options.seed, options.every))
    stocking = stock(options.samples or SAMPLES, seed=options.seed)
    return run(sandbox, *companions, stock=stocking, patience=None if options.stocked else PATIENCE)


def stock(count: int, *, seed: int = 1) -> Companion:
    """Fills a sandbox with sample mail for its account, unless it has mail already."""

    async def fill(sandbox: Sandbox, _: asyncio.Event) -> None:
        mailroom, account, now = sandbox.mailroom, sandbox.account, utc_now()
        if mailroom.domains(account):
            return
        _furnish(mailroom, account)
        hand = await sandbox.intake.run(samples, count, seed=seed, now=now)
        for sample in sorted(hand, key=lambda sample: -sample.age):
            await sandbox.intake.take(
                sample.raw,
                SENDER,
                [sample.to],
                received=now - timedelta(seconds=sample.age),
                via="mailer.example",
                tls=b" with ESMTPS" in sample.raw,  # as its own headers say
                marks=Marks(
                    id="",
                    folder=sample.folder,
                    labels=sample.labels,
                    read=sample.read,
                    saved_by=account if sample.starred else "",
                    spam=sample.spam,
                ),
            )

    return fill


def _furnish(mailroom: Mailroom, account: str) -> None:
    mailroom.add_domain(account, DOMAIN, websocket=True)
    for address in ADDRESSES:
        forwarding = Forwarding(
            info=address.info, forward=address.forward, enablews=address.websocket
        )
        mailroom.reserve(account, [address.email], forwarding)
    mailroom.reserve(account, [CATCH_ALL], Forwarding(enablews=True))


def _mail_now_and_then(seed: int, every: float | None) -> Companion:
    async def mail(sandbox: Sandbox, _: asyncio.Event) -> None:
        rng = Random(seed)  # noqa: S311 - must repeat, guards nothing
        mails = fresh(seed=seed, now=utc_now)
        await asyncio.sleep(FIRST_MAIL)
        while True:
            sample = await sandbox.intake.run(next, mails)
            await sandbox.intake.run(_send, sandbox.smtp_host, sandbox.smtp_port, sample)
            await asyncio.sleep(every or rng.uniform(*PAUSES))

    return mail


def _send(host: str, port: int, sample: Sample) -> None:
    # The sandbox may end in the middle of it.
    with (
        suppress(OSError, smtplib.SMTPException),
        smtplib.SMTP(host, port, local_hostname="mailer.example", timeout=10) as smtp,
    ):
        smtp.sendmail(SENDER, [sample.to], sample.raw)


async def _end_with_parent(_: Sandbox, stop: asyncio.Event) -> None:
    """Ends when standard input does, so that a demo never outlives the app that started it."""
    loop = asyncio.get_running_loop()

    def wait_for_the_end() -> None:
        with suppress(OSError):
            while os.read(STDIN, 4096):
                pass
        with suppress(RuntimeError):  # the loop has ended before
            loop.call_soon_threadsafe(stop.set)

    # A daemon: nothing can interrupt the read, and the process must not wait for it.
    threading.Thread(target=wait_for_the_end, daemon=True).start()
    await stop.wait()
