"""What happens to payments, told to those who listen, while it happens."""
