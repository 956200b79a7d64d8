"""One API call as a conversation: which attempts to make and what their outcomes mean; it waits for nothing."""
