from bench.measure import NotBuiltError
CODE="P8"
SENTENCE="x"
def measure(bench): raise NotBuiltError("later")
