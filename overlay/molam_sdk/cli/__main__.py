"""Lets `python -m molam_sdk.cli` be the command `molam`."""

from . import main

if __name__ == "__main__":
    main()
