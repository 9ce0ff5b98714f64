"""A live Mailsac inbox in the terminal."""

__version__ = "0.4.0"
