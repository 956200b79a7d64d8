"""The documents at the front: short, and every link inside the repository leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(?:#([^)\s]+))?")
HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)? *$", re.MULTILINE)
FENCED = re.compile(r"^(```+|~~~+).*?^\1", re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """The fragments that GitHub makes of a document's headings."""
    found: dict[str, int] = {}
    for heading in HEADING.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found[name] = found.get(name, -1) + 1
        if found[name]:
            found[f"{name}-{found[name]}"] = 0
    return set(found)


def links(path: Path) -> list[tuple[str, str]]:
    """What a document leads to inside the repository: files and fragments, each empty where there is none."""
    return LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8")))


def is_dead(path: Path, file: str, fragment: str) -> bool:
    target = path.parent / file if file else path
    return not target.exists() or (fragment != "" and target.suffix == ".md" and fragment not in anchors(target))


@pytest.mark.parametrize(("name", "most"), [("README.md", 119), ("ARCHITECTURE.md", 60)])
def test_it_is_short(name: str, most: int) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= most


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_its_links_lead_somewhere(path: Path) -> None:
    assert [link for link in links(path) if is_dead(path, *link)] == []


def test_dead_links_are_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `b`, c-d_e\n## A\n## A\n```\n# code\n[no](no.md)\n```\n[x](#a-b-c-d_e) [y](page.md#a-1)", "utf-8"
    )
    assert anchors(page) == {"a-b-c-d_e", "a", "a-1"}
    assert not any(is_dead(page, *link) for link in links(page))
    for link in [("", "code"), ("page.md", "a-2"), ("missing.md", ""), ("missing.md", "a")]:
        assert is_dead(page, *link)


def test_the_readme_names_every_guide() -> None:
    linked = {Path(file).name for file, _ in links(ROOT / "README.md")}
    assert {path.name for path in (ROOT / "docs" / "guides").glob("*.md")} <= linked
