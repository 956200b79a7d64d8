"""From a spec to the bytes of every output, in memory: nothing is written where it belongs yet."""

import tempfile
from pathlib import Path

from _regenerate import completeness, examples, openapi_client, provenance, shapes, spec, structure, supplement
from _regenerate.client_view import client_view
from _regenerate.layout import CONFIG, TEMPLATES, Layout


def outputs(source: Path) -> dict[str, bytes]:
    """Output name -> bytes, PROVENANCE.toml included.

    Raises SpecError if the spec is broken, has a shape that cannot be generated faithfully, or comes out incomplete.
    """
    loaded = spec.load(source)
    _refuse("is not an OpenAPI document", structure.refused(loaded))
    _refuse("cannot be generated faithfully", shapes.refused(loaded))
    view = client_view(loaded)
    with tempfile.TemporaryDirectory(prefix="regenerate-") as directory:
        layout = Layout.under(Path(directory))
        openapi_client.generate(view, layout.package, config=CONFIG, templates=TEMPLATES)
        _refuse("is not all in the generated package", completeness.missing(view, layout.package))
        supplement.add_to(layout.package, loaded)
        openapi_client.tidy(layout.package, config=CONFIG)
        written = layout.present()
    written[f"{layout.package.name}/examples.json"] = examples.to_json(loaded)
    written["openapi.json"] = spec.to_json(loaded)
    made_with = [CONFIG, *TEMPLATES.glob("*.jinja"), *supplement.TEMPLATES.glob("*.jinja")]
    record = provenance.record(
        spec=source.read_bytes(),
        inputs={path.name: path.read_bytes() for path in made_with},
        outputs=written,
    )
    return {**written, "PROVENANCE.toml": record}


def _refuse(what: str, reasons: list[str]) -> None:
    if reasons:
        raise spec.SpecError("\n  ".join([f"the spec {what}:", *reasons]))
