"""Mail handed to other programs and to files, each way safe by construction."""
