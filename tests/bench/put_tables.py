"""Puts the tables that benchmarks print into docs/performance.md, each where the document has a table of its name:
below a line `<!-- table NAME -->`. So the document has the figures and the form of the programs' output.

usage: put_tables.py DOCUMENT [NAME...] < OUTPUT
                   replaces all tables except the named ones, which another program prints. Fails if the output lacks
                   a table; a figure that was not measured is marked in its cell
       put_tables.py --form DOCUMENT < OUTPUT
                   changes nothing: fails if the form of a table differs, numbers aside.
                   The output may be that of a smaller run, which leaves out rows
"""
import re
import sys

MARK = re.compile(r"^<!-- table (\S+) -->$")
NUMBER = re.compile(r"\d[\d,.]*")


def tables_of(lines):
    """Name -> (first line, line after the last) of each marked table."""
    tables = {}
    for index, line in enumerate(lines):
        mark = MARK.match(line)
        if not mark:
            continue
        end = index + 1
        while end < len(lines) and lines[end].startswith("|"):
            end += 1
        if mark[1] in tables:
            raise ValueError(f"table {mark[1]}: there are two of that name")
        tables[mark[1]] = (index + 1, end)
    return tables


def put(document, output, of_others=()):
    """The document with the tables of the output in place of its own, except those `of_others`."""
    found = tables_of(output)
    known = tables_of(document)
    for name in found:
        if name not in known:
            raise ValueError(f"table {name}: the document has no line <!-- table {name} -->")
    for name in known:
        if name not in found and name not in of_others:
            raise ValueError(f"table {name}: the output has none, and the document's would be stale beside the others")
    for name, (start, end) in sorted(known.items(), key=lambda item: -item[1][0]):
        if name in found:
            begin, stop = found[name]
            document = document[:start] + output[begin:stop] + document[end:]
    return document


def form_of(line):
    """The text of a row without its numbers."""
    return NUMBER.sub("N", line.split("|")[1].strip())


def differences(document, output):
    """A sentence for each table of the output that the document lacks or has in another form."""
    known = tables_of(document)
    for name, (begin, stop) in tables_of(output).items():
        if name not in known:
            yield f"table {name}: the document has none"
            continue
        start, end = known[name]
        shown = {form_of(line) for line in document[start + 2:end]}
        columns = document[start].count("|") if end > start else 0
        if columns < output[begin].count("|") or form_of(output[begin]) != form_of(document[start]):
            yield f"table {name}: the document has other columns"
        for line in output[begin + 2:stop]:
            if form_of(line) not in shown:
                yield f"table {name}: the document has no row {line.split('|')[1].strip()!r}"


def main():
    is_check = sys.argv[1:2] == ["--form"]
    path = sys.argv[2 if is_check else 1]
    with open(path, encoding="utf-8") as file:
        document = file.read().split("\n")
    output = sys.stdin.read().split("\n")
    if is_check:
        found = list(differences(document, output))
        for sentence in found:
            print(f"{path}: {sentence}; write it anew as CONTRIBUTING.md says", file=sys.stderr)
        if not tables_of(output):
            print("put_tables.py: the output has no table", file=sys.stderr)
        return 1 if found or not tables_of(output) else 0
    new = put(document, output, sys.argv[2:])
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(new))
    return 0


if __name__ == "__main__":
    sys.exit(main())
