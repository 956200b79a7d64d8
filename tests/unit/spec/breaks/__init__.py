"""For each rule of spec/rules the changes to the real spec that it must find."""

from . import answers, documentation, generator, links, naming, operations, schemas, values, webhooks

ALL = [
    *answers.BREAKS,
    *documentation.BREAKS,
    *generator.BREAKS,
    *links.BREAKS,
    *naming.BREAKS,
    *operations.BREAKS,
    *schemas.BREAKS,
    *values.BREAKS,
    *webhooks.BREAKS,
]
