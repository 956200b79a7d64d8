"""A Paystack that moves no real money: transactions, refunds, transfers and their webhooks."""
