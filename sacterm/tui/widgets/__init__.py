"""Panes and lines."""
