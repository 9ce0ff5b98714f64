"""A line to type into."""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class Field(Input):
    """As wide as its place, so that a key repaints it alone and nothing is placed anew."""

    virtual_size = Reactive(Size(0, 0))
