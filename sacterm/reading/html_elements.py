"""What the names of HTML elements say."""

from __future__ import annotations

from typing import Final

from sacterm.reading.styled import Look


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


VOID: Final = _names(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track"
    " wbr"
)
UNSEEN: Final = _names("audio canvas datalist object select svg template video")
BREAKS: Final = {
    **dict.fromkeys(
        _names(
            "address article aside body caption center dd details dialog dir div dt fieldset"
            " figcaption figure footer form header html legend li main menu nav optgroup option"
            " section summary tbody tfoot thead tr"
        ),
        1,
    ),
    **dict.fromkeys(_names("blockquote dl h1 h2 h3 h4 h5 h6 hr ol p pre table ul"), 2),
}
LISTS: Final = _names("ol ul menu dir")
HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
LOOKS: Final = {
    **dict.fromkeys(_names("b strong th"), Look.STRONG),
    **dict.fromkeys(_names("i em cite dfn var"), Look.EMPHASIS),
    **dict.fromkeys(_names("code kbd samp tt"), Look.CODE),
}
INHERITS: Final = _names("pre thead") | UNSEEN | HEADINGS.keys() | LOOKS.keys()
# A start tag ends these, where they are open without another element inside.
ENDS: Final = {
    **dict.fromkeys(BREAKS, frozenset(("p",))),
    "li": frozenset(("p", "li")),
    "dt": frozenset(("p", "dt", "dd")),
    "dd": frozenset(("p", "dt", "dd")),
    "td": frozenset(("p", "td", "th")),
    "th": frozenset(("p", "td", "th")),
    "tr": frozenset(("p", "td", "th", "tr")),
}
