"""What the attributes of an element say of its looks; style sheets are not read."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_NOUGHT: Final = re.compile(r"0(?![.\d]*[1-9])")
_NUMBER: Final = re.compile(r"[.\d]+")
_LARGE: Final = re.compile(r"(?:2\d|[3-9]\d|\d{3})(?:\.\d+)?px")
_BOLD: Final = re.compile(r"bold|[6-9]00")
_UNCOLOURED: Final = re.compile(
    r"(?:none|transparent|inherit|initial|unset|white|#fff(?:fff)?|url\(.*)?", re.IGNORECASE
)
_UNBORDERED: Final = re.compile(r"0|none|inherit|initial|unset|hidden", re.IGNORECASE)
# As much room as buttons have: at least 6 pixels above, and 14 on the left.
_ROOMY: Final = re.compile(
    r"(?:(?:[6-9]|\d\d)(?:\.\d+)?px\s+)?(?:1[4-9]|[2-9]\d)(?:\.\d+)?px", re.IGNORECASE
)
_BUTTON: Final = re.compile("btn|button", re.IGNORECASE)


class Style(NamedTuple):
    """The judgement.

    Attributes:
        hides: the element and all in it is not seen.
        tiny: its font has no size; None where no size is given.
        kept: white space is kept; None where it does not say.
        bold: by weight, or by size, as headings have it; None where it does not say.
        coloured: it has a background that is seen.
        raised: it has a border on all sides, or as much padding as a button.
        right: its text stands on the right.
    """

    hides: bool = False
    tiny: bool | None = None
    kept: bool | None = None
    bold: bool | None = None
    coloured: bool = False
    raised: bool = False
    right: bool = False


PLAIN: Final = Style()


def judge(style: str) -> Style:
    """Read a ``style`` attribute. Of two declarations of one property the last one counts."""
    said: dict[str, str] = {}
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            said[name.strip().lower()] = value.strip().lower()
    size = _NUMBER.match(said.get("font-size", ""))
    space = said.get("white-space", "")
    return Style(
        hides=said.get("display", "").startswith("none")
        or said.get("visibility", "").startswith("hidden")
        or said.get("mso-hide", "").startswith("all")
        or bool(_NOUGHT.match(said.get("max-height", "")))
        or bool(_NOUGHT.match(said.get("opacity", ""))),
        tiny=not size[0].strip("0.") if size else None,
        kept=space.startswith(("pre", "break")) if space else None,
        bold=True if _LARGE.match(said.get("font-size", "")) else _is_bold(said.get("font-weight")),
        coloured=_is_coloured(said.get("background-color", ""))
        or _is_coloured(said.get("background", "")),
        raised=bool(said.get("border") and not _UNBORDERED.match(said["border"]))
        or bool(_ROOMY.match(said.get("padding", ""))),
        right=said.get("text-align", "").startswith("right"),
    )


def _is_bold(weight: str | None) -> bool | None:
    return None if weight is None else _BOLD.match(weight) is not None


def is_like_button(attributes: dict[str, str], style: Style) -> bool:
    """Whether a link, or what holds one, looks like a button.

    Args:
        attributes: of the element.
        style: what its ``style`` says.
    """
    return (
        style.coloured
        or _is_coloured(attributes.get("bgcolor", ""))
        or attributes.get("role") == "button"
        or _BUTTON.search(attributes.get("class", "")) is not None
    )


def _is_coloured(value: str) -> bool:
    """Whether a ``background`` or ``bgcolor`` is seen on white."""
    return not _UNCOLOURED.fullmatch(value.partition("!")[0].strip())
