"""Both clients promise the same, and together with the generated code all that the spec has."""
