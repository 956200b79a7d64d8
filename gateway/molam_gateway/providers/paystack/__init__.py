"""Paystack: charges by authorization code, by phone and on its page, refunds, transfers."""
