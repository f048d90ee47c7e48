"""The four versions of the demo's machine, each an ordinary machine file; the later ones hold what leads to them."""
