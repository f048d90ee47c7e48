"""The merge of two sorted lists, with three loops over two indexes."""

from camshaft import Machine


class Merge(Machine):
    def go(self, xs: list[int], ys: list[int]) -> list[int]:
        a = sorted(xs)
        b = sorted(ys)
        out: list[int] = []
        i = 0
        j = 0
        while i < len(a) and j < len(b):
            if a[i] <= b[j]:
                out.append(a[i])
                i += 1
            else:
                out.append(b[j])
                j += 1
        while i < len(a):
            out.append(a[i])
            i += 1
        while j < len(b):
            out.append(b[j])
            j += 1
        return out
