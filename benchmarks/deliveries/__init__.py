"""What dead receivers cost the healthy ones beside them, and how many deliveries a gateway makes in a second."""
