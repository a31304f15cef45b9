from bench.measure import NotBuiltError
CODE="P9"
SENTENCE="x"
def measure(bench): raise NotBuiltError("later")
