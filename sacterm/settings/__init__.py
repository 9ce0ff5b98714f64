"""What belongs to the user and this machine: folders, settings, looks, and the key."""
