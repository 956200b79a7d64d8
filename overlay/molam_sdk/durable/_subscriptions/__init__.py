"""The webhook endpoints of a merchant's tenants, with their signing secrets."""
