"""What is known of an account's mail, and what is done with it."""
