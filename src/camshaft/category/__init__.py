"""The free category that machines are compiled to: terms, their typing and meaning, ports, and the assembler."""
