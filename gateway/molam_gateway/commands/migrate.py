"""`molam-gateway migrate`: brings a database to this version's tables."""

import argparse
import sys

from ..serving import LaunchError, database_at, shown
from ..storage import database_file
from ..storage.migrate import migrate_postgres, migrate_sqlite, newest_revision
from ..storage.port import StoreError
from ..storage.postgres_url import PostgresUrl
from .exits import FAILED, REFUSED, fail


def run(options: argparse.Namespace) -> int:
    """Migrate; returns the exit status: 2 for a URL that cannot be, 1 for what fails nevertheless."""
    try:
        database = database_at(options.database)
        if isinstance(database, PostgresUrl):
            migrate_postgres(database)
        else:
            database_file.prepare(database)
            migrate_sqlite(database)
    except LaunchError as error:
        return fail(error, REFUSED)
    except (StoreError, OSError) as error:
        return fail(error, FAILED)
    sys.stdout.write(f"{shown(database)}: the tables are those of revision {newest_revision()}\n")
    return 0
