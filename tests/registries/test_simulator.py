"""The simulated registry service through its doors: signatures, batches, control, persistence."""

import hashlib
import hmac
import http.client
import json
import time
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit

import pytest

from eligibility.registries.protocol import Subject
from eligibility.registries.signing import signed_headers
from registry_simulator.client import Control, load_people
from registry_simulator.people import People
from tests.registries.conftest import start_simulator, stop
from tests.registries.situations import BATOR, KEY_ID, SECRET, TOKEN, crowd

PATH = "/registries/employment/query"
NEW_PERSON = {
    "id_number": "150102198001010014",
    "name": "新来的",
    "records": {"poverty": [{"type": "poor_labourer", "from": "2016-01-01"}]},
}


def call(url, method, path, body=b"", headers=None):
    """One plain HTTP call: status, headers, body."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def question(subjects):
    persons = [{"id_number": subject.key, "name": subject.name} for subject in subjects]
    return json.dumps({"request_id": "q1", "purpose": "test", "persons": persons, "enterprises": []}).encode()


def signed(body, path=PATH, **others):
    return signed_headers("POST", path, body, **({"key_id": KEY_ID, "secret": SECRET} | others))


@pytest.fixture
def url(door):
    return door.base_url


def test_a_signed_question_is_answered_with_its_own_id(url):
    body = question([BATOR])
    status, _headers, answer = call(url, "POST", PATH, body, signed(body))
    found = json.loads(answer)
    assert (status, found["request_id"], found["enterprises"]) == (200, "q1", {})
    assert [record["type"] for record in found["persons"][BATOR.key]] == ["person", "job_seeking", "unemployment"]


def test_an_unsigned_question_is_refused(url, door):
    assert call(url, "POST", PATH, question([BATOR]))[0] == 401
    assert door.states()["employment"]["refused"] == 1
    assert door.states()["employment"]["subjects_asked"] == 0


def test_the_same_request_sent_twice_is_refused_the_second_time(url):
    body = question([BATOR])
    headers = signed(body)
    assert call(url, "POST", PATH, body, headers)[0] == 200
    status, _headers, answer = call(url, "POST", PATH, body, headers)
    assert (status, json.loads(answer)["error"]) == (401, "replay")


@pytest.mark.parametrize("change", ["body", "path", "method", "secret", "key", "nonce", "timestamp", "signature"])
def test_a_signature_for_anything_else_is_refused(url, change):
    body, path = question([BATOR]), PATH
    headers = signed(body)
    if change == "body":
        body = question(crowd(1))
    elif change == "path":
        path = "/registries/poverty/query"
    elif change == "method":
        headers = signed_headers("PUT", PATH, body, key_id=KEY_ID, secret=SECRET)
    elif change == "secret":
        headers = signed(body, secret="guess")
    elif change == "key":
        headers = signed(body, key_id="someone-else")
    else:
        headers[f"X-{change.capitalize()}"] += "0"
    assert call(url, "POST", path, body, headers)[0] == 401


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_more_than_five_minutes_off_is_refused(url, minutes):
    body, nonce = question([BATOR]), f"nonce{minutes}"
    timestamp = str(int(time.time()) + 60 * minutes)
    text = "\n".join(("POST", PATH, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    signature = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    headers = {"X-Key-Id": KEY_ID, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
    status, _headers, answer = call(url, "POST", PATH, body, headers)
    assert (status, json.loads(answer)["error"]) == (401, "stale timestamp")


@pytest.mark.parametrize(("people", "status"), [(100, 200), (101, 422)])
def test_at_most_100_subjects_in_one_question(url, people, status):
    body = question(crowd(people))
    assert call(url, "POST", PATH, body, signed(body))[0] == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"request_id": "q", "persons": [{"name": "x"}]}',
        b'{"request_id": "q", "persons": {}}',
        b'{"persons": []}',
    ],
)
def test_what_is_no_question_is_refused(url, body):
    assert call(url, "POST", PATH, body, signed(body))[0] == 400


def test_an_unknown_registry_and_a_wrong_method_are_refused(url):
    path = "/registries/weather/query"
    assert call(url, "POST", path, b"{}", signed(b"{}", path))[0] == 404
    assert call(url, "GET", PATH)[0] == 405


def test_people_loaded_at_run_time_are_known_at_once(url, door):
    assert load_people(url, [NEW_PERSON], TOKEN) == 1
    door.add_records("poverty", NEW_PERSON["id_number"], [{"type": "poor_family_child", "from": "2017-01-01"}])
    body = question([Subject("person", NEW_PERSON["id_number"])])
    path = "/registries/poverty/query"
    found = json.loads(call(url, "POST", path, body, signed(body, path))[2])
    assert [r["type"] for r in found["persons"][NEW_PERSON["id_number"]]] == ["poor_labourer", "poor_family_child"]


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"name": "x"},
        {"id_number": "1", "records": {"weather": []}},
        {"id_number": "1", "records": {"poverty": [1]}},
        "person",
    ],
)
def test_an_entry_that_is_no_person_is_refused_and_nothing_of_the_load_is_taken(url, door, entry):
    good = {"id_number": "150102198001010022", "records": {"poverty": [{"type": "poor_labourer"}]}}
    with pytest.raises(HTTPError, match="422"):
        load_people(url, [good, entry], TOKEN)
    assert "150102198001010022" not in door.subjects()["poverty"]


def test_loaded_people_survive_a_restart_and_sigterm_is_a_clean_end(tmp_path):
    process, url = start_simulator("--data", str(tmp_path))
    load_people(url, [NEW_PERSON], TOKEN)
    Control(url, TOKEN).add_records("poverty", NEW_PERSON["id_number"], [{"type": "again", "from": "2020-01-01"}])
    assert stop(process) == 0
    again = People(tmp_path)
    assert [r["type"] for r in again.of("poverty", NEW_PERSON["id_number"])] == ["poor_labourer", "again"]
    assert len((tmp_path / "loaded.jsonl").read_text("utf-8").splitlines()) == 1


def test_a_line_cut_off_by_a_crash_costs_only_itself(tmp_path):
    (tmp_path / "loaded.jsonl").write_text(json.dumps(NEW_PERSON) + '\n{"id_number": "15', encoding="utf-8")
    assert People(tmp_path).of("poverty", NEW_PERSON["id_number"]) == NEW_PERSON["records"]["poverty"]


def test_a_port_that_is_taken_is_said_in_one_line(url, capfd):
    with pytest.raises(AssertionError):
        start_simulator(port=urlsplit(url).port)
    assert "Traceback" not in capfd.readouterr().err


class TestControlDoor:
    def test_without_the_token_nothing_is_told_or_taken(self, url):
        doors = ["GET registries", "PUT registries/business", "PUT people", "POST records", "POST reset", "POST page"]
        for method, path in (door.split() for door in doors):
            assert call(url, method, f"/control/{path}", b"{}", {"X-Control-Token": "guess"})[0] == 401

    def test_the_page_shows_registries_only_to_who_has_typed_the_token(self, url):
        _status, _headers, page = call(url, "GET", "/control")
        assert "控制口令" in page.decode()
        assert "社保系统" not in page.decode()
        assert call(url, "POST", "/control/login", b"token=guess")[0] == 401
        status, headers, _body = call(url, "POST", "/control/login", urlencode({"token": TOKEN}).encode())
        assert (status, headers["Location"]) == (303, "/control")
        assert "HttpOnly; SameSite=Strict" in headers["Set-Cookie"]
        cookie = {"Cookie": headers["Set-Cookie"].split(";")[0]}
        status, headers, page = call(url, "GET", "/control", headers=cookie)
        assert status == 200
        assert page.decode().count("<tr class=") == 8
        assert "<script" not in page.decode()
        assert "default-src 'none'" in headers["Content-Security-Policy"]

    def test_a_registry_is_switched_off_and_on_again_from_the_page(self, url, door):
        cookie = {"Cookie": f"registry_control={TOKEN}"}
        form = urlencode({"registry": "business", "mode": "rate_limited", "per_second": "7", "retry_after": "2"})
        assert call(url, "POST", "/control/page", form.encode(), cookie)[0] == 303
        state = door.states()["business"]
        assert (state["mode"], state["per_second"], state["retry_after"]) == ("rate_limited", 7, 2)
        assert call(url, "POST", "/control/page", b"act=reset", cookie)[0] == 303
        assert door.states()["business"]["mode"] == "normal"

    @pytest.mark.parametrize(
        "form",
        [
            "registry=business&mode=asleep",
            "registry=business&mode=slow&latency_ms=x",
            "registry=business&mode=slow&latency_ms=-1",
        ],
    )
    def test_a_setting_that_cannot_be_is_refused_on_the_page_and_changes_nothing(self, url, door, form):
        cookie = {"Cookie": f"registry_control={TOKEN}"}
        assert call(url, "POST", "/control/page", form.encode(), cookie)[0] == 422
        assert door.states()["business"]["mode"] == "normal"

    @pytest.mark.parametrize("wanted", [{"mode": "asleep"}, {"speed": 1}, {"latency_ms": -1}, {"latency_ms": "1"}])
    def test_a_setting_that_cannot_be_is_refused_by_the_api(self, door, wanted):
        with pytest.raises(HTTPError, match="422"):
            door.call("PUT", "/registries/business", wanted)

    def test_a_foreign_name_for_this_machine_finds_no_control_door(self, url):
        headers = {"Host": "evil.example", "X-Control-Token": TOKEN}
        assert call(url, "GET", "/control/registries", headers=headers)[0] == 404

    def test_counters_tell_who_was_asked_and_who_was_answered(self, door, ask):
        ask({"employment": [BATOR]})
        door.behave("employment", "down")
        ask({"employment": [BATOR]})
        assert door.call("GET", f"/subjects/{BATOR.key}")["employment"] == {"asked": 4, "answered": 1}
        assert door.call("GET", f"/subjects/{BATOR.key}")["poverty"] == {"asked": 0, "answered": 0}
