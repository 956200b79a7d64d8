"""The shop behind a task queue."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.prefork.queue import queue
from tests.faults.prefork.shop import sell

app = queue(Path(os.environ["SHOP_FOLDER"]))
app.task(sell, name="sell")
