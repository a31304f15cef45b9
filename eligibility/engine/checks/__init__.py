"""The tests behind the lines of the rule tables: each looks at the facts and says what it found, never more."""
