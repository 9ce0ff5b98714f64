"""A Mailsac on the user's own machine: real SMTP in, the same REST and web socket out."""
