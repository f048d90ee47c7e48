"""The language: Python source to terms, with diagnostics. `compile` and `project` are the ways in."""
