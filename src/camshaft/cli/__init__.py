"""The command line: what people type and see. It decides nothing: each command is a call of the layers below."""
