"""The parts of the README that come from the code. ``python -m tests.readme`` renews them."""

from __future__ import annotations

from pathlib import Path

from sacterm.settings.config import template
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


def settings() -> str:
    return "\n".join(f"    {line}".rstrip() for line in template().splitlines()) + "\n"


def renewed(text: str) -> str:
    for name, part in (("keys", keys()), ("settings", settings())):
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- /{name} -->")
        text = before + begin + part + end + after
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
