from bench.measure import NotBuiltError
CODE="P7"
SENTENCE="x"
def measure(bench): raise NotBuiltError("later")
