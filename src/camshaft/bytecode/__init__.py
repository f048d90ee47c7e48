"""Programs as data: the instruction table, the container, bytes and text, and the verifier that judges them."""
