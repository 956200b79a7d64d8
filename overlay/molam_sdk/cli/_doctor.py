"""`molam doctor`: looks at everything between this machine and a successful call."""

from __future__ import annotations

import typer

from ._options import ApiBase, ApiKey, AsJson

_MARKS = {"ok": ("ok", "green"), "warning": ("!", "yellow"), "failed": ("FAILED", "bold red")}


def doctor(api_key: ApiKey = None, api_base: ApiBase = None, as_json: AsJson = False) -> None:
    """Check versions, reachability, TLS, clock, key and operations. Exit status 7 if something fails."""
    from ._checks import Check, of_api, of_machine
    from ._connection import target
    from ._exits import Exit, NoKeyError
    from ._output import Output

    with Output(as_json) as out:
        found = list(of_machine())
        try:
            found += of_api(target(api_key, api_base))
        except NoKeyError as error:
            found.append(Check("key", "failed", "none", str(error)))
        sound = all(each.status != "failed" for each in found)
        checks = [
            {"name": each.name, "status": each.status, "detail": each.detail, "remedy": each.remedy} for each in found
        ]
        out.document({"object": "doctor", "ok": sound, "checks": checks})
        for each in found:
            mark, style = _MARKS[each.status]
            out.words(f"{mark:>6}  {each.name:<8} {each.detail}", style)
            if each.remedy is not None:
                out.words(f"{'':>6}  {'':<8} -> {each.remedy}")
        raise typer.Exit(Exit.OK if sound else Exit.FAILED_CHECK)
