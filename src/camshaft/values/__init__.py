"""Types and values: what machines hold and what travels, with canonical bytes and a view for people."""
