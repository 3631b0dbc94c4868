"""What `recordlinkage` finds: rows of plain fields in as JSON, pairs out. Runs under any Python that has the package; nothing of ours is imported.

Blocks are the union of equal values of each field; names and texts are compared by Jaro-Winkler, the rest by equality; its expectation and maximisation
classifies without labels, with its own defaults.
"""

from __future__ import annotations

import json
import sys
import time
import warnings

TEXTS = ("given", "family", "company", "street", "extra", "city")
EXACT = ("year", "month", "day", "postal_code", "state", "phone", "website")
MOST_IN_BLOCK = 100


def main() -> None:
    """Read, link, print."""
    warnings.filterwarnings("ignore")
    import pandas as pd
    import recordlinkage

    rows = json.load(sys.stdin)["rows"]
    start = time.process_time()
    for row in rows:
        digits = "".join(filter(str.isdigit, row.pop("birthday")))
        row |= {"year": digits[:4], "month": digits[4:6], "day": digits[6:]}
    table = pd.DataFrame(rows).map(lambda text: text.strip().lower() or None)
    used = [name for name in (*TEXTS, *EXACT, "mail") if name in table and table[name].notna().any()]
    pairs = None
    for name in used:
        known = table[table[name].notna()]
        small = known[known.groupby(name)[name].transform("size") <= MOST_IN_BLOCK]
        if len(small):
            found = recordlinkage.index.Block(name).index(small)
            pairs = found if pairs is None else pairs.union(found)
    compare = recordlinkage.Compare()
    for name in used:
        if name in TEXTS or name == "mail":
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
        else:
            compare.exact(name, name, label=name)
    vectors = compare.compute(pairs, table)
    linked = recordlinkage.ECMClassifier().fit_predict(vectors)
    answer = [sorted((int(a), int(b))) for a, b in linked]
    print(json.dumps({"pairs": answer, "seconds": time.process_time() - start}))


main()
