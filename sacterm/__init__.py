"""A live Mailsac inbox in the terminal."""

__version__ = "0.2.0"
