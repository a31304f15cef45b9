"""People and numbers the registry tests share."""

from eligibility.registries.protocol import Subject

KEY_ID, SECRET, TOKEN = "test-key", "test-secret", "test-token"
BATOR = Subject("person", "150102198505200030", "巴特尔")
STRANGER = Subject("person", "150102199001010011", "无名")
MACHINE_WORKS = Subject("enterprise", "91150100MA0N0J0A1F")


def crowd(count: int) -> list[Subject]:
    """So many people nobody knows anything about."""
    return [Subject("person", f"15010219{number:010d}", "某某") for number in range(count)]
