"""Who may and who should take a case: names that may mean the same party, conflicts, candidates, the plan of a batch.

Pure: everything that a judgement needs is given, nothing is read here.
"""
