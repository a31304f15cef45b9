"""What is sent, and why it was not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """`key` is the same whenever this message is tried again, so that the other side can leave out a second one."""

    to: str
    subject: str
    text: str
    key: str


class ChannelError(Exception):
    """The message was not taken. The sentence names neither address nor text; `final`: trying again does not help.
    `down`: the channel itself does not answer, other messages would not leave either.
    """

    def __init__(self, sentence: str, *, final: bool = False, down: bool = False) -> None:
        super().__init__(sentence)
        self.sentence, self.final, self.down = sentence, final, down
