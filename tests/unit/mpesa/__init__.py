"""M-Pesa: what the adapter reads and decides, and how it gets on with the simulated Daraja."""
