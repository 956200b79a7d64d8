"""A task queue that needs no server: its messages and results are files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery import Celery


def queue(folder: Path) -> Any:
    """Return the queue that lives in a folder."""
    for name in ("messages", "control", "results"):
        (folder / name).mkdir(exist_ok=True)
    app: Any = Celery("shop", broker="filesystem://", backend=f"file://{folder / 'results'}")
    app.conf.update(
        broker_transport_options={
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.05,
        },
        worker_hijack_root_logger=False,
    )
    return app
