"""The part of the README that comes from the code. ``python -m tests.readme`` renews it."""

from __future__ import annotations

from pathlib import Path

from sacterm.tui.commands import COMMANDS, Where
from sacterm.tui.keymap import keymap

README = Path(__file__).parent.parent / "README.md"


def keys() -> str:
    lines: list[str] = []
    for where in Where:
        lines += [f"| {where.value} | |", "| --- | --- |"]
        for command in COMMANDS:
            if command.where is where:
                shown = " ".join(f"`{key}`" for key in keymap().keys(command.id).split())
                shown = shown.replace("|", "\\|")  # else it would end the cell
                lines.append(f"| {shown} | {command.label} |")
        lines.append("")
    return "\n".join(lines)


def renewed(text: str) -> str:
    before, begin, rest = text.partition("<!-- keys -->\n")
    _, end, after = rest.partition("<!-- /keys -->")
    return before + begin + keys() + end + after


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
