"""The settings of the tests' project, for this process or one of its own, and its databases."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from sqlalchemy import URL

SECRET = "whsec_test_of_django_7c1e55"
MOLAM: dict[str, Any] = {
    "API_KEY": "sk_test_django",
    "API_BASE": "http://127.0.0.1:9",
    "WEBHOOK_SECRET": SECRET,
    "WEBHOOK_BACKOFF": 3600.0,
}


def configure(databases: dict[str, dict[str, Any]], **changes: Any) -> None:
    """Make this process one of the project's."""
    options: dict[str, Any] = {
        "SECRET_KEY": "tests",
        "DEBUG": False,
        "ALLOWED_HOSTS": ["*"],
        "INSTALLED_APPS": [
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.sessions",
            "tests.contrib.django.shop",
            "molam_sdk.contrib.django",
        ],
        "MIDDLEWARE": [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.auth.middleware.LoginRequiredMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        "ROOT_URLCONF": "tests.contrib.django.urls",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "LOGGING_CONFIG": None,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "DATABASES": databases,
        "MOLAM": MOLAM,
    }
    settings.configure(**options | changes)
    django.setup()
    logging.getLogger("django").setLevel(logging.CRITICAL)


def sqlite(path: Path) -> dict[str, Any]:
    """A database in a file; a test does not have to survive a power cut."""
    options = {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF", "timeout": 20}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}


def server(name: str, url: URL) -> dict[str, Any]:
    """A schema or database on a server."""
    found: dict[str, Any] = {
        "ENGINE": f"django.db.backends.{'postgresql' if name == 'postgresql' else 'mysql'}",
        "NAME": url.database,
        "USER": url.username,
        "PASSWORD": url.password or "",
        "HOST": url.host,
        "PORT": str(url.port or ""),
    }
    if name == "postgresql":
        found["OPTIONS"] = {"options": url.query["options"]}
    return found


def mariadb_by_pymysql() -> None:
    """Let PyMySQL stand in for mysqlclient, which needs a compiler."""
    import pymysql

    pymysql.version_info = (2, 2, 7, "final", 0)
    pymysql.install_as_MySQLdb()
