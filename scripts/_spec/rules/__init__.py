"""Every rule's check by its name in the ruleset."""

from collections.abc import Mapping

from _spec.rules import (
    answers,
    documentation,
    examples,
    generator,
    links,
    naming,
    operations,
    requests,
    responses,
    values,
    webhooks,
)
from _spec.ruleset import Check

CHECKS: Mapping[str, Check] = {
    **answers.CHECKS,
    **documentation.CHECKS,
    **examples.CHECKS,
    **generator.CHECKS,
    **links.CHECKS,
    **naming.CHECKS,
    **operations.CHECKS,
    **requests.CHECKS,
    **responses.CHECKS,
    **values.CHECKS,
    **webhooks.CHECKS,
}
