"""The tables come from SQL files, from Alembic or from create_tables, and are the same each time."""

import asyncio
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError

from molam_sdk.durable import create_tables, create_tables_async, metadata, migrations
from molam_sdk.durable.__main__ import main
from molam_sdk.errors import ConfigurationError, StorageError
from tests.durable.databases import NAMES, Durable, temporary
from tests.durable.journals import entry, journal_on

ROOT = Path(__file__).parents[2]
ENV = """
from alembic import context
connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
"""
OWN = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "own_0001", None, ("shop",), None
def upgrade():
    op.create_table("shop_orders", sa.Column("id", sa.Integer, primary_key=True))
def downgrade():
    op.drop_table("shop_orders")
"""


@pytest.fixture(params=NAMES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Durable]:
    with temporary(request.param, tmp_path, empty=True) as database:
        yield database


def shape(engine: Engine) -> dict[str, Any]:
    """What the database says of each durable table."""
    seen = inspect(engine)
    return {
        table: (
            [(each["name"], str(each["type"]), each["nullable"]) for each in seen.get_columns(table)],
            seen.get_pk_constraint(table)["constrained_columns"],
            sorted((str(each["name"]), each["column_names"], bool(each["unique"])) for each in seen.get_indexes(table)),
            sorted((str(each["name"]), each["column_names"]) for each in seen.get_unique_constraints(table)),
        )
        for table in sorted(metadata.tables)
    }


def printed(dialect: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["schema", "--dialect", dialect]) == 0
    return capsys.readouterr().out


def test_the_files_are_what_the_tables_say() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/write_migrations", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout + done.stderr, done.returncode) == ("", 0)


def test_the_command_prints_sql_that_makes_the_tables(
    empty: Durable, capsys: pytest.CaptureFixture[str], durable: Callable[[str], Durable]
) -> None:
    for statement in printed(empty.name, capsys).split(";\n"):
        if statement.strip():
            empty.execute(statement)
    assert shape(empty.engine()) == shape(durable(empty.name).engine())


def test_the_command_runs_as_a_module() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    arguments = [sys.executable, "-m", "molam_sdk.durable", "schema", "--dialect", "sqlite"]
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)
    assert "CREATE TABLE molam_calls" in done.stdout


def test_alembic_runs_them_beside_a_branch_of_the_users_own(
    empty: Durable, tmp_path: Path, durable: Callable[[str], Durable]
) -> None:
    config = project(tmp_path / "alembic", "molam_sdk.durable:migrations/alembic/versions")
    engine = empty.engine()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "shop@head")
    assert "molam_calls" not in inspect(engine).get_table_names()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
        command.upgrade(config, "molam@head")
    assert shape(engine) == shape(durable(empty.name).engine())
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        with pytest.raises(ConfigurationError, match="in flight"):
            command.downgrade(config, "molam@base")
        command.downgrade(config, "shop@base")
    assert "shop_orders" not in inspect(engine).get_table_names()


SCRIPT_MAKO = """
from alembic import op
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}
def upgrade():
    pass
def downgrade():
    pass
"""


def project(directory: Path, *locations: str) -> Config:
    """A project with Alembic, with a first revision of its own."""
    (directory / "versions").mkdir(parents=True)
    (directory / "env.py").write_text(ENV)
    (directory / "script.py.mako").write_text(SCRIPT_MAKO)
    (directory / "versions" / "own_0001.py").write_text(OWN)
    config = Config()
    config.set_main_option("script_location", str(directory))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join((str(directory / "versions"), *locations)))
    return config


def migrate(config: Config, engine: Engine, target: str) -> None:
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)


def test_a_revision_of_the_users_own_makes_them(
    empty: Durable, tmp_path: Path, durable: Callable[[str], Durable]
) -> None:
    """Nothing is different for Alembic then: there is one head."""
    config = project(tmp_path / "alembic")
    made: Any = command.revision(config, "payments that outlive the process")
    lines = Path(made.path).read_text().replace("    pass", "    migrations.upgrade(op, 1)", 1)
    Path(made.path).write_text(f"from molam_sdk.durable import migrations\n{lines}")
    engine = empty.engine()
    migrate(config, engine, "head")
    assert shape(engine) == shape(durable(empty.name).engine())
    command.revision(config, "the next one")
    migrate(config, engine, "head")


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
def test_beside_our_branch_the_users_revisions_name_their_own(empty: Durable, tmp_path: Path) -> None:
    """As the guide has it; without the head's name Alembic does not know which of the two to continue."""
    config = project(tmp_path / "alembic", "molam_sdk.durable:migrations/alembic/versions")
    own, engine = str(tmp_path / "alembic" / "versions"), empty.engine()
    migrate(config, engine, "heads")
    with pytest.raises(CommandError, match=r"[Mm]ultiple head"):
        command.revision(config, "which")
    made: Any = command.revision(config, "second", head="shop@head", version_path=own)
    assert Path(made.path).parent == Path(own)
    migrate(config, engine, "heads")
    assert {"molam_calls", "shop_orders"} <= set(inspect(engine).get_table_names())


def guide_blocks(language: str) -> list[str]:
    """The blocks of one kind in what the guide says of Alembic."""
    guide = (ROOT / "docs" / "guides" / "durable-calls.md").read_text("utf-8")
    section = guide.partition("### With Alembic\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


def alembic(directory: Path, *arguments: str) -> str:
    """What the command says; it must work."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    program = [sys.executable, "-m", "alembic.config", *arguments]
    done = subprocess.run(program, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
def test_the_branch_as_the_guide_has_it(empty: Durable, tmp_path: Path, durable: Callable[[str], Durable]) -> None:
    """A project as `alembic init` writes it, with the guide's lines and its commands."""
    alembic(tmp_path, "init", "migrations")
    (settings,) = guide_blocks("ini")
    target = guide_blocks("text")[1]
    written = (tmp_path / "alembic.ini").read_text()
    assert "\npath_separator = os\n" in written
    url = empty.url.render_as_string(hide_password=False)
    written = written.replace("\npath_separator = os\n", f"\n{settings}")
    written = written.replace("driver://user:pass@localhost/dbname", url)
    (tmp_path / "alembic.ini").write_text(written)
    program = tmp_path / "migrations" / "env.py"
    program.write_text(program.read_text().replace("\ntarget_metadata = None\n", f"\n{target}"))
    (commands,) = guide_blocks("console")
    for line in commands.splitlines():
        assert shlex.split(line)[0] == "alembic"
        alembic(tmp_path, *shlex.split(line)[1:])
    assert shape(empty.engine()) == shape(durable("sqlite").engine())
    assert len(list((tmp_path / "migrations" / "versions").glob("*.py"))) == 2
    assert "No new upgrade operations" in alembic(tmp_path, "check")
    alembic(tmp_path, "downgrade", "shop@-1")
    for refused in ("molam@base", "base"):
        with pytest.raises(AssertionError, match="drop them by hand"):
            alembic(tmp_path, "downgrade", refused)
    assert shape(empty.engine()) == shape(durable("sqlite").engine())


def step(engine: Engine) -> None:
    """The SDK's first migration, as a revision takes it."""
    with engine.begin() as connection:
        migrations.upgrade(Operations(MigrationContext.configure(connection)), 1)


def test_what_is_there_already_stays(empty: Durable, durable: Callable[[str], Durable]) -> None:
    """After create_tables, after a downgrade that left the tables alone, and where DDL ended half-way."""
    engine = empty.engine()
    create_tables(engine)
    journal_on(empty, "sync").begin(entry())
    step(engine)
    assert empty.rows("SELECT COUNT(*) FROM molam_calls") == [(1,)]
    where = " ON molam_calls" if empty.name == "mariadb" else ""
    empty.execute(f"DROP INDEX ix_molam_calls_finished_at{where}")
    empty.execute("DROP TABLE server_idempotency")
    step(engine)
    assert shape(engine) == shape(durable(empty.name).engine())


def test_another_table_of_that_name_is_not_taken_for_ours(empty: Durable) -> None:
    empty.execute("CREATE TABLE server_idempotency (idempotency_key VARCHAR(32))")
    with pytest.raises(DBAPIError, match="already exists"):
        step(empty.engine())


def test_going_back_is_refused_before_the_users_tables_are_gone(empty: Durable, tmp_path: Path) -> None:
    """Where DDL has no transactions nothing would bring them back."""
    config = project(tmp_path / "alembic", "molam_sdk.durable:migrations/alembic/versions")
    engine = empty.engine()
    migrate(config, engine, "heads")
    for target in ("base", "molam@base"):
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            with pytest.raises(ConfigurationError, match="drop them by hand"):
                command.downgrade(config, target)
            connection.commit()
        assert {"molam_calls", "shop_orders"} <= set(inspect(engine).get_table_names())
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "shop@-1")
    assert "shop_orders" not in inspect(engine).get_table_names()
    migrate(config, engine, "heads")


def test_a_revision_may_go_back_and_forth(empty: Durable, tmp_path: Path) -> None:
    """The user's own, whose way back leaves the tables alone as the guide says."""
    config = project(tmp_path / "alembic")
    made: Any = command.revision(config, "payments that outlive the process")
    lines = Path(made.path).read_text().replace("    pass", "    migrations.upgrade(op, 1)", 1)
    Path(made.path).write_text(f"from molam_sdk.durable import migrations\n{lines}")
    engine = empty.engine()
    migrate(config, engine, "head")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "-1")
    migrate(config, engine, "head")
    journal_on(empty, "sync").begin(entry())


def test_sql_that_is_only_printed_has_every_table() -> None:
    """There is no database to ask then."""
    said = StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": said})
    migrations.upgrade(Operations(context), 1)
    assert said.getvalue().count("CREATE TABLE") == len(metadata.tables)


@pytest.mark.parametrize("number", ["1", None, True, 1.0])
def test_a_migration_has_a_number(number: Any) -> None:
    with pytest.raises(ConfigurationError, match="number"):
        migrations.upgrade(operations("sqlite"), number)
    nothing: Any = None
    with pytest.raises(ConfigurationError, match=r"alembic\.op"):
        migrations.upgrade(nothing, 1)


def operations(dialect: str) -> Any:
    named = SimpleNamespace(dialect=SimpleNamespace(name=dialect), bind=None)
    return SimpleNamespace(get_context=lambda: named, execute=pytest.fail)


def test_a_migration_that_is_not_there_is_refused() -> None:
    for dialect, number in (("sqlite", 2), ("oracle", 1)):
        with pytest.raises(ConfigurationError, match="migration"):
            migrations.upgrade(operations(dialect), number)


def test_several_processes_may_make_the_tables_at_once(empty: Durable) -> None:
    engines = [empty.engine() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(create_tables, engines))
    journal_on(empty, "sync").begin(entry())


def test_an_asynchronous_program_makes_them_in_its_own_way(empty: Durable) -> None:
    async def make() -> None:
        engines = [empty.async_engine() for _ in range(3)]
        await asyncio.gather(*map(create_tables_async, engines))
        async with engines[0].begin() as connection:
            await connection.run_sync(create_tables)

    asyncio.run(make())
    journal_on(empty, "async").begin(entry())


def test_tables_are_made_by_engines_of_the_right_kind_only(empty: Durable) -> None:
    wrong: Any = empty.async_engine()
    with pytest.raises(ConfigurationError, match=r"AsyncEngine; for an AsyncEngine use `await create_tables_async"):
        create_tables(wrong)
    wrong = empty.engine()
    with pytest.raises(ConfigurationError, match="not Engine"):
        asyncio.run(create_tables_async(wrong))


@pytest.mark.parametrize("half", ["sync", "async"])
def test_missing_or_older_tables_say_what_to_do(empty: Durable, half: str) -> None:
    journal = journal_on(empty, half)
    with pytest.raises(StorageError, match=r"table is missing; run molam_sdk\.durable\.create_tables") as caught:
        journal.begin(entry())
    assert caught.value.outcome == "not_sent"
    empty.execute("CREATE TABLE molam_calls (id VARCHAR(32))")
    with pytest.raises(StorageError, match="another version; run the migrations"):
        journal.begin(entry())
