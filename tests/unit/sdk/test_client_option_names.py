"""The keyword types of the clients name the fields of Config, all of them and no others."""

import attrs

from molam_sdk import Config
from molam_sdk._calls.session import OF_THE_POOL
from molam_sdk._options.keywords import CallOptions, ClientOptions


def test_every_option_of_a_client_is_a_field_of_config() -> None:
    assert ClientOptions.__optional_keys__ == {field.name for field in attrs.fields(Config)} - {"_resolved"}


def test_with_options_takes_every_option_but_those_of_the_connections() -> None:
    assert CallOptions.__optional_keys__ == ClientOptions.__optional_keys__ - OF_THE_POOL
