"""The client: what programs call to talk to a node, blocking or awaited, with or without a machine's class.

It speaks the wire protocol and trusts what a node answers no further than its type.
"""
