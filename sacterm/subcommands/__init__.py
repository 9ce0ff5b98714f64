"""What each command of the command line does; each imports its parts when it is run."""
