"""The resources of the asynchronous client; those of the synchronous one are made from them.

Edit these files, then run `scripts/sync_half`: it writes `molam_sdk/resources/*.py`. Endpoints and
models are imported in the methods, so that a process loads only what it calls.
"""
