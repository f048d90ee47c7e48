"""The statements of `group_programs`, as `templates` reads them; an empty line is between two."""

from __future__ import annotations

from typing import Final

TEMPLATES: Final = """
{change}

{change}
{change}

{itemname} = {item}

{itemname} = {item}
@
{itemname}.n += {number}

{$itemname} = {item}
{change}
{$itemname}.n += {number}

{$groupname} = {group}
{change}
{$groupname}.{marked}

{groupname} = {group}

pool = {pool}
{change}
pool[{index}].n += {number}

marks = {marks}
@
marks.append({int})

{itemname} = {new}

{$groupname} = {$groups}.get({$key}) or Group({new})
@
{$groups}[{$key}] = {$groupname}
{change}

{$groupname} = {$groups}.get({$key}) or Group({new})
{$groupname}.{marked}
{$groups}[{$key}] = {$groupname}
{$groupname}.{marked}

{$itemname} = {$group}.by.get({$key}) or Item({name})
{change}
{$group}.by[{$key}] = {$itemname}
{$itemname}.n += {number}

{$itemname} = {$group}.by.get({$key}, {new})
{change}
{$group}.by[{$key}] = {$itemname}
{change}

if {$key} not in {$groups}:
    {$groups}[{$key}] = {whole}
{$groupname} = {$groups}[{$key}]
@

some = {$groups}.get({$key})
if some is None:
    some = Group()
    {$groups}[{$key}] = some
@ group=some
some.{marked}

some = {$groups}.get({$key})
if some is not None:
    @ group=some
    some.{marked}
else:
    @

some = self._found({key})
if some is not None:
    some.{marked}
    @ group=some

{groupname} = {groups}.setdefault({key}, {whole})
@

found = {group}.get({key})
if found is not None:
    @ item=found
    found.n += {number}

found = {group}.by.get({key})
if found is None:
    found = {new}
    @
found.n += {number}

self.lots.setdefault({key}, []).append({new})

if (c# := {group}.get({key})) is not None:
    c#.n += {number}
    @ item=c#

if (c# := {groups}.get({key})) is not None:
    c#.{marked}
    @ group=c#

t# = 0
while (c# := {group}.first()).n < {key}:
    t# += 1
    if t# > 3:
        break
    c#.n += 1
    @ item=c#

if (c# := {item}).n {cmp} {key}:
    @ item=c#
    c#.n += 1

for v# in {items}:
    @ item=v#
    v#.n += {number}

for v# in {groupsof}:
    @ group=v#
    v#.{marked}

for k#, v# in {groups}.items():
    @ group=v# key=k#
    v#.{marked}

for k#, v# in {$group}.by.items():
    @ item=v# key=k#
    {$group}.by[k#] = {new}

for k#, v# in {$groups}.items():
    if v#.main.n {cmp} {key}:
        {$groups}[k#] = {whole}
    @ group=v#

for k#, v# in list({$group}.by.items()):
    if v#.n {cmp} {key}:
        del {$group}.by[k#]
        {$group}.items.append(v#)
    @ item=v#

for i#, v# in enumerate({$pool}):
    @ item=v#
    if v#.n {cmp} {key}:
        {$pool}[i#] = {new}

for i#, v# in enumerate({arranged}):
    v#.n += i#
    @ item=v#

for v#, w# in zip({items}, {items}):
    v#.n += w#.n
    @ item=v# item=w#
    w#.n += 1

for v#, w# in zip({arranged}, {groupsof}):
    v#.n += 1
    @ item=v# group=w#
    w#.{marked}

for v# in {arranged}:
    @ item=v#
    v#.n += {number}

for g# in {groupsof}:
    for v# in g#.items:
        v#.n += {number}
        @ item=v# group=g#

for k# in list({groups}):
    @ key=k#

for a#, b# in self.pairs:
    b#.n += a#
    @ item=b#

for k#, t# in self.tree.items():
    for l#, v# in t#.items():
        v#.{marked}
        @ group=v# key=l#

for v# in {groupsof}:
    group = v#
    @
    group.{marked}

for v# in {items}:
    if v#.n {cmp} {key}:
        found = v#
        break
if found is not None:
    found.n += 1

kept#: list[Item] = []
for v# in {$pool}:
    @ item=v#
    if {condition}:
        continue
    kept#.append(v#)
@ pool=kept#
{$pool} = kept#
@ pool=kept#

kept#: list[Item] = []
for v# in {items}:
    if v#.n {cmp} {key}:
        kept#.append(v#)
{change}
for w# in kept#:
    w#.n += 1
    @ item=w#
n += len(kept#) + sum(x.n for x in kept#)

kept# = [x for x in {items} if x.n {cmp} {key}]
@ pool=kept#
for w# in kept#:
    w#.n += {number}
n += sum(x.n for x in kept#)

kept# = sorted({items}, key=lambda x: {order})
{change}
@ pool=kept#
n += kept#[0].n

{$itemname} = {minmax}({arranged}, key=lambda x: {order})
{change}
{$itemname}.n += {number}
@

{groupname} = {minmax}({groupsof}, key=lambda x: {grouporder})
@
{groupname}.{marked}

found = {minmax}({items}, key=lambda x: {order}, default=None)
if found is not None:
    @ item=found
    found.n += {number}

found = next((x for x in {items} if x.n {cmp} {key}), None)
if found is not None:
    found.n += {number}
    @ item=found

{$pool} = [x for x in {$pool} if x.n {cmp} {key}]
{change}

{$group}.by = {k: x for k, x in {$group}.by.items() if x.n {cmp} {key}}
{change}

{$itemname} = {pool}.pop({index})
@
{$itemname}.n += 1
{pool}.append({$itemname})
{$itemname}.n += 1

{$groupname} = {$groups}.pop({key})
@
{$groups}[{key}] = {$groupname}
{$groupname}.{marked}

{$itemname} = {$group}.pop({index})
{change}
{$group}.push({$itemname})
{$itemname}.n += {number}

{$itemname} = {$group}.swap({key}, {new})
{change}
{$itemname}.n += {number}
@

{$itemname} = {group}.rotate()
@
{$itemname}.n += {number}

{$groupname} = self._take({key})
@
self._put({key}, {$groupname})
{$groupname}.{marked}

{$itemname} = {$pool}[{$index}]
@
del {$pool}[{$index}]
{$itemname}.n += 1
{change}
{pool}.append({$itemname})

{groups}[{key}] = {groups}.pop({key})
@

{$itemname} = {$group}.by[{$key}]
{$group}.by[{$key}] = {new}
{change}
{$itemname}.n += 1
{pool}.append({$itemname})

{itemname}, {groupname} = {item}, {group}
@

item, one = one, item
{change}

item, one = {item}, {item}
item.n += {number}
one.n += item.n

group, other = other, group
{change}

a#, b# = {self_pair}
b#.n += a#
@ item=b#

a#, b# = {group}.items[:2]
b#.n += a#.n
@ item=b# item=a#

a#, *b# = {pool}
a#.n += len(b#)
@ item=a# pool=b#

{$itemname} = {item} if {condition} else {item}
{change}
{$itemname}.n += {number}

{$groupname} = {group} if {condition} else {group}
{change}
{$groupname}.{marked}

match {group}:
    case Group(main=a#, items=b#):
        @ item=a# pool=b#
        a#.n += {number}
        b#.append({new})

if {condition}:
    @
else:
    @

if {condition}:
    return n
@

if {condition}:
    raise Refused(n)

if {condition}:
    {itemname} = {item}
    @
elif {condition}:
    {itemname} = {new}
else:
    @

if {$group}.spare is not None:
    {$group}.spare.n += {number}
    @
    {$group}.spare = None

if self.maybe is not None:
    self.maybe.{marked}
    other = self.maybe
    self.maybe = None
    @
    other.{marked}
""".strip().split("\n\n")
