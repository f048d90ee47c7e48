"""Evolution: what leads from one version of a machine to the next: migrations, plans, upgrades.

At the author's side only. A node judges what is made here as bytes, like anything else that it is sent.
"""
