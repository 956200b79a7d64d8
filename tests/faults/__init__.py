"""What networks and middleboxes really do to a payment call, played by a scripted server."""
