"""What the environment says of mail and SMS; nonsense stops the start and says what to write."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.outgoing import mail, sms
from config.starting import TEST_KEYS, Surroundings


def test_without_an_address_there_is_no_channel() -> None:
    assert (mail({}), sms({"FANBU_SMS": ""})) == (("", {}), ("", "", ""))


def test_the_mail_server_with_its_password_port_and_encryption() -> None:
    backend, options = mail({"FANBU_MAIL": "smtp+tls://fanbu%40a.cn:p%3Aw@mail.example:2525"})
    assert backend.endswith("smtp.EmailBackend")
    assert options == {
        "host": "mail.example",
        "port": 2525,
        "username": "fanbu@a.cn",
        "password": "p:w",
        "use_tls": True,
        "use_ssl": False,
    }
    assert mail({"FANBU_MAIL": "smtps://mail.example"})[1]["port"] == 465


def test_folders_for_the_demo() -> None:
    assert mail({"FANBU_MAIL": "file:///srv/mail"})[1] == {"file_path": "/srv/mail"}
    assert sms({"FANBU_SMS": "file:///srv/sms"}) == ("file", "", "/srv/sms")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"FANBU_MAIL": "mail.example"}, "FANBU_MAIL"),
        ({"FANBU_MAIL": "file:mail"}, "FANBU_MAIL"),
        ({"FANBU_SMS": "gateway"}, "FANBU_SMS"),
        ({"FANBU_SMS": "https://sms.example/send"}, "FANBU_SMS_SECRET"),
        ({"FANBU_SMS": "https://sms.example/send", "FANBU_SMS_SECRET": "short"}, "FANBU_SMS_SECRET"),
    ],
)
def test_nonsense_stops_the_start_with_the_variables_name(given: dict[str, str], said: str) -> None:
    (problem,) = Surroundings({"FANBU_MODE": "test", **TEST_KEYS, **given}).problems()
    assert problem.startswith(said)


def test_a_gateway_with_its_secret_is_taken() -> None:
    given = {"FANBU_SMS": "https://sms.example/send", "FANBU_SMS_SECRET": "x" * 16}
    assert sms(given) == ("http", "https://sms.example/send", "")
    with pytest.raises(ImproperlyConfigured):
        sms(given | {"FANBU_SMS_SECRET": ""})
