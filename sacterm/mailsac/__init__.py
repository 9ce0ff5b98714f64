"""The service: its REST API and its web socket."""
