"""What schemathesis has to know about payments to fuzz the gateway."""
