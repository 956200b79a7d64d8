"""What every adapter and simulator is built on."""
