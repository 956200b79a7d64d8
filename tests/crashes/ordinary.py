"""What an ordinary run of the tests tells: some stories on each database, and as many in search of a planted defect."""

from collections.abc import Mapping

from tests.crashes.stage import Stage

STORIES = {"sqlite": 10, "postgresql": 10, "mariadb": 5}
"""Of each program."""

_IN_ALL = 2 * sum(STORIES.values())


def told(stage: Stage) -> list[str]:
    """What is wrong after the stories of a program; also that hardly anybody died in them."""
    played = [stage.play(stage.story(seed)) for seed in range(STORIES[stage.database.kind])]
    deaths = sum(len(ended.points) for ended in played)
    few = [] if deaths >= len(played) else [f"{deaths} deaths in {len(played)} stories"]
    return stage.judge(played) + few


def catches(stage: Stage, defect: str, traits: Mapping[str, str]) -> bool:
    """Whether a planted defect comes to light in stories with these traits, as many as an ordinary run tells in all."""
    return any(stage.judge([stage.play(each, defect)]) for each in stage.planted(_IN_ALL, traits))
