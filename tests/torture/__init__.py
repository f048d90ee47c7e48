"""What a journal must survive: kills, power cuts and failing disks at each thing that it asks of the system.

`shim.c` sits between a process and its system calls. It records what the process does to the files of a directory, and
lets any one of these operations be the last, or fail. `power` makes from such a record what a disk could hold after a
power cut at any moment of it. `make torture` runs all of it for as long as one wants; the tests do so for seconds.
"""
