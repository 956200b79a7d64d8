"""Where the outputs lie: in this repository, or in a directory of the caller's choice."""

from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
GENERATED = REPOSITORY / "generated"
SPEC = REPOSITORY / "spec" / "openapi.yaml"
CONFIG = GENERATED / "generator.yaml"
TEMPLATES = GENERATED / "templates"


class Layout(NamedTuple):
    """The three places that are written; `openapi.json` and `molam_api/...` are the outputs' names in any layout."""

    package: Path
    openapi_json: Path
    provenance: Path

    @classmethod
    def of_repository(cls) -> "Layout":
        openapi_json = REPOSITORY / "gateway" / "molam_gateway" / "http" / "openapi.json"
        return cls(GENERATED / "molam_api", openapi_json, GENERATED / "PROVENANCE.toml")

    @classmethod
    def under(cls, directory: Path) -> "Layout":
        return cls(directory / "molam_api", directory / "openapi.json", directory / "PROVENANCE.toml")

    def path_of(self, name: str) -> Path:
        """The file of one output."""
        if name == "openapi.json":
            return self.openapi_json
        if name == "PROVENANCE.toml":
            return self.provenance
        return self.package.parent / name

    def present(self) -> dict[str, bytes]:
        """Every output that is there now, strangers in the package included, compiled files and caches not."""
        found: dict[str, bytes] = {}
        for path in sorted(self.package.rglob("*")):
            parts = path.relative_to(self.package.parent).parts
            if path.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in parts):
                found["/".join(parts)] = path.read_bytes()
        for name in ("openapi.json", "PROVENANCE.toml"):
            if self.path_of(name).is_file():
                found[name] = self.path_of(name).read_bytes()
        return found
