from enum import StrEnum
from typing import Self


class ProviderEnvironment(StrEnum):
    LIVE = "live"
    SIMULATOR = "simulator"
    TEST = "test"

    def __str__(self) -> str:
        return str(self.value)

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        return type(self), (str(self.value),)

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member
