"""Raw mail to what a person reads. Pure."""
