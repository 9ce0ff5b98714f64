"""Copying what is in the message under the cursor: its code, its link, and all the rest."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from sacterm.mailbox.views import Row
from sacterm.reading.hosts import browsable, short_url
from sacterm.reading.text import DisplayText, display_line, display_text
from sacterm.tui.screens.letters import LetterActions

if TYPE_CHECKING:
    from sacterm.reading.letter import Letter

_CODES = 3  # that the menu offers
_SHOWN = 50  # characters of what is copied


class Copy(NamedTuple):
    """Something to copy.

    Attributes:
        key: gives it in the menu.
        name: what it is.
        text: what is copied; None where the message has to be read for it.
    """

    key: str
    name: str
    text: DisplayText | None


class CopyingActions(LetterActions):
    """What can be copied."""

    def action_copy_code(self) -> None:
        self._do(self._copy_code())

    async def _copy_code(self) -> None:
        if (row := self._row()) is None:
            return
        letter = await self._known(row)
        if letter is None and row.code:
            await self._copy(display_line(row.code, 100), f"the code {row.code}")
        elif letter or (letter := await self._letter(row)):
            if letter.code is None:
                self.say(
                    f"no code was found in this message · {self._key('copy')} copies the rest of it"
                )
            else:
                value = display_line(letter.code.value, 100)
                doubt = "" if letter.code.sure else " · it may be something else"
                await self._copy(value, f"the code {value}{doubt}")

    def action_copy_link(self) -> None:
        self._do(self._copy_link())

    async def _copy_link(self) -> None:
        if (row := self._row()) is None:
            return
        letter = await self._known(row)
        if letter is None and row.link:
            await self._copy_url(row.link)
        elif letter or (letter := await self._letter(row)):
            if letter.link is None:
                shows = f"{self._key('view-links')} shows them all"
                self.say(f"no link in this message asks to be followed · {shows}")
            else:
                await self._copy_url(letter.link.target)

    async def _copy_url(self, target: str) -> None:
        await self._copy(_url(target), f"the link {short_url(target, 60)}")

    def action_copy(self) -> None:
        if link := self._preview.link:
            self._do(self._copy_url(link.target))
        else:
            self._ask(self._copy_something())

    async def _copy_something(self) -> None:
        from sacterm.tui.screens.dialogs import Choice, Choose

        if (row := self._row()) is None:
            return
        offers = _offers(row, await self._known(row), self._settings.api_url)
        place = await self.app.push_screen_wait(
            Choose(
                DisplayText("Copy"),
                [Choice(offer.key, DisplayText(offer.name), _sample(offer)) for offer in offers],
            )
        )
        if place is None:
            return
        offer = offers[place]
        if offer.text is None and (letter := await self._letter(row)):
            offer = offer._replace(text=display_text(letter.text))
        if offer.text is not None:
            shown = "" if offer.name == "text" else f" {display_line(offer.text, 60)}"
            await self._copy(offer.text, f"the {offer.name}{shown}")


def _offers(row: Row, letter: Letter | None, api_url: str) -> list[Copy]:
    """All that can be copied, the likeliest first."""
    codes = [code.value for code in letter.codes[:_CODES]] if letter else [row.code]
    link = letter.link.target if letter and letter.link else row.link
    text = display_text(letter.text) if letter else None
    offers = [
        Copy("c" if place == 0 else str(place + 1), "code", display_line(code, 100))
        for place, code in enumerate(codes)
    ]
    offers += [
        Copy("l", "link", _url(link) if link else DisplayText("")),
        Copy("a", "address", display_line(row.original_inbox)),
        Copy("f", "sender", display_line(row.sender_address)),
        Copy("s", "subject", display_line(row.subject)),
        Copy("i", "id", display_line(row.id)),
        Copy("t", "text", text),
        Copy("u", "curl command", display_line(curl_command(row, api_url))),
    ]
    return [offer for offer in offers if offer.text is None or offer.text]


def _sample(offer: Copy) -> DisplayText:
    return display_line("1 op reads the message" if offer.text is None else offer.text, _SHOWN)


def _url(target: str) -> DisplayText:
    return display_line(browsable(target) or target, 8_192)


def curl_command(row: Row, api_url: str) -> str:
    """The command that fetches a message as sent (1 op). It takes the key from the environment."""
    url = f"{api_url}/raw/{quote(row.inbox, safe='')}/{quote(row.id, safe='')}"
    return f'curl -H "Mailsac-Key: $MAILSAC_KEY" {shlex.quote(url)}'
