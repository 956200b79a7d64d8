"""The resources of the synchronous client, written by `scripts/sync_half` from `aio`."""
