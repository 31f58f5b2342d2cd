"""Recordings are read as they are: a body counts only if it is the one that was sent, else it is unknown."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contract.contract import Contract
from conformance.judging.observed import is_masked
from conformance.traffic.recording.entry import RecordedEntry, RecordingError
from conformance.traffic.recording.selection import EntrySelection, SelectedEntry, WhySkipped, guess_bases
from conformance.traffic.recording.sources import read_har, read_recordings
from tests.conformance.traffic.har import BASE, document, entry, written
from tests.har import pairs


def read(*entries: Any) -> tuple[RecordedEntry, ...]:
    return read_har("a.har", document(*entries), lambda _: None).entries


def message(content: bytes, form: str, media_type: str = "application/octet-stream") -> tuple[Any, Any]:
    """A request and an answer with the content, written down in one of the forms that recorders have."""
    length = pairs({"Content-Length": str(len(content)), "Content-Type": media_type}.items())
    texts: dict[str, dict[str, Any]] = {
        "marked": {"text": base64.b64encode(content).decode(), "encoding": "base64"},
        "unmarked": {"text": base64.b64encode(content).decode()},
        "damaged": {"text": content.decode("utf-8", "replace")},
        "empty": {"text": ""},
        "absent": {},
    }
    request = {"method": "PUT", "url": f"{BASE}/packs", "headers": length, "bodySize": len(content)}
    answer = {"status": 200, "headers": length, "content": {"size": len(content), **texts[form]}, "bodySize": -1}
    return {**request, "postData": {"mimeType": media_type, **texts[form]}}, answer


@example(content=b"\xf1\x80\x80", form="damaged")
@given(content=st.binary(min_size=1), form=st.sampled_from(["marked", "unmarked", "damaged", "empty", "absent"]))
def test_a_body_is_read_as_it_was_or_not_at_all(content: bytes, form: str) -> None:
    request, answer = message(content, form)
    (only,) = read({"request": request, "response": answer})
    assert only.request.body in (content, None)
    assert only.answer.body in (content, None)
    if form in ("marked", "unmarked"):
        assert only.answer.body == content
        assert only.request.body == content


@given(text=st.text(min_size=1))
def test_text_is_read_whatever_it_is(text: str) -> None:
    content = text.encode("utf-8", "replace")
    request, answer = message(content, "damaged", "text/plain")
    (only,) = read({"request": request, "response": answer})
    assert (only.request.body, only.answer.body) == (content, content) or "filtered" in text.lower()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["log", "entries", "request", "response", "headers", "status", "url", "method", "content"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(found=JSON)
def test_whatever_a_document_holds_it_is_read_or_refused_in_words(found: Any) -> None:
    for each in (found, {"log": found}, {"log": {"entries": found}}, {"log": {"entries": [found]}}):
        said = refused(each)
        assert said is None or said.startswith("a.har")


def refused(found: Any) -> str | None:
    """Why a document is no recording; None where it is one."""
    try:
        read_har("a.har", found, lambda _: None)
    except RecordingError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no HAR: line 1"),
        (b"{", "is no HAR: line 1"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b"[]", "it has no list log.entries"),
        (b'{"log": {"entries": [{}]}}', "#1: has no request"),
        (b'{"log": {"entries": [{"request": {}, "response": {}}]}}', "has no request.method"),
        (b"[" * 100_000, "is no HAR"),
        (b"PK\3\4 no zip", "is no zip that can be read"),
    ],
)
def test_what_is_no_recording_is_refused_in_words(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.har"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=r"bad\.har") as raised:
        read_recordings(str(path))
    assert reason in str(raised.value)


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read"):
        read_recordings(str(tmp_path / "absent.har"))
    with pytest.raises(RecordingError, match=r"no file \.har"):
        read_recordings(str(tmp_path))


def packed(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members:
            file.writestr(name, content)
    return buffer.getvalue()


def with_files() -> bytes:
    """A recording whose bodies are in files of their own, as Playwright packs it."""
    one = entry("POST", "/packs", 201, got={"Content-Length": "3"})
    one["request"]["postData"] = {"mimeType": "application/json", "_file": "sent.json"}
    one["response"]["content"] = {"size": 3, "mimeType": "application/json", "_file": "got.dat"}
    return json.dumps(document(one)).encode()


def test_bodies_in_files_of_their_own_are_read_of_a_zip_and_of_a_folder(tmp_path: Path) -> None:
    files = [("har.har", with_files()), ("sent.json", b'{"a": 1}'), ("got.dat", b"\0\1\2")]
    (tmp_path / "trace.zip").write_bytes(packed(*files))
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, content in files:
        (folder / name).write_bytes(content)
    for source in (tmp_path / "trace.zip", folder / "har.har", folder):
        (recording,) = read_recordings(str(source))
        (only,) = recording.entries
        assert (only.request.body, only.answer.body) == (b'{"a": 1}', b"\0\1\2")


@pytest.mark.parametrize("name", ["absent.dat", "../outside.dat", "/etc/hostname"])
def test_a_file_that_is_not_in_the_recording_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.dat").write_bytes(b"outside")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.har").write_bytes(with_files().replace(b"got.dat", name.encode()))
    (recording,) = read_recordings(str(folder / "a.har"))
    assert recording.entries[0].answer.body is None


def test_a_folder_gives_each_file_and_entries_come_in_the_order_of_sending(tmp_path: Path) -> None:
    written(tmp_path, entry(path="/later", at=5), entry(path="/sooner", at=1), name="b.har")
    (tmp_path / "a.zip").write_bytes(packed(("x.har", json.dumps(document(entry())).encode())))
    recordings = read_recordings(str(tmp_path))
    assert [each.name for each in recordings] == ["a.zip", "b.har"]
    assert [each.url.removeprefix(BASE) for each in recordings[1].entries] == ["/sooner", "/later"]
    assert [each.place for each in recordings[1].entries] == ["b.har #2", "b.har #1"]


@pytest.mark.parametrize("value", ["[Filtered]", "Bearer [Filtered]", "***", "Bearer ****", "<redacted>", "REDACTED"])
def test_masks_are_told_from_values(value: str) -> None:
    assert is_masked(value)
    assert not is_masked("Bearer realm=filtered")


@pytest.mark.parametrize(
    ("sent", "posted", "size", "body"),
    [
        ({}, None, 0, b""),
        ({}, None, -1, None),
        ({"Content-Type": "multipart/form-data; boundary=x"}, None, 0, None),
        ({"Content-Length": "0"}, None, -1, b""),
        ({"Content-Type": "application/json"}, {"text": '{"password": "[Filtered]"}'}, 26, None),
    ],
)
def test_a_request_without_a_recorded_body_has_none_only_where_that_is_certain(
    sent: dict[str, str], posted: Any, size: int, body: bytes | None
) -> None:
    request = {"method": "POST", "url": BASE, "headers": pairs(sent.items()), "bodySize": size}
    if posted:
        request["postData"] = {"mimeType": "application/json", **posted}
    (only,) = read({"request": request, "response": {"status": 200, "headers": [], "content": {}}})
    assert only.request.body == body


def test_pseudo_headers_are_no_headers() -> None:
    (only,) = read(entry(sent={":authority": "acme.example", ":path": "/v1/packs"}))
    assert [name for name, _ in only.request.headers] == ["Authorization"]


def test_what_is_not_judged_is_counted_by_its_reason() -> None:
    preflight = entry("OPTIONS", sent={"Access-Control-Request-Method": "PUT"})
    entries = read(
        entry(),
        entry(status=304),
        entry(_fromCache="disk"),
        entry(status=0),
        entry(status=-1),
        preflight,
        entry("CONNECT", url="https://acme.example:443"),
        entry(url="https://elsewhere.example/v1/packs"),
        entry(url="https://acme.example/app.js"),
    )
    recording = read_har("a.har", document(), lambda _: None)
    selection = EntrySelection((BASE,))
    found = list(selection.select(type(recording)("a.har", entries)))
    selected = [each for each in found if isinstance(each, SelectedEntry)]
    assert [each.is_answered for each in selected] == [
        True,
        False,
        False,
    ]  # what has no answer may have changed something
    assert [type(each).__name__ for each in found if each not in selected] == ["RecordedEntry"]
    assert selection.skipped == Counter(
        {
            WhySkipped.CACHED: 2,
            WhySkipped.UNANSWERED: 2,
            WhySkipped.PREFLIGHT: 1,
            WhySkipped.TUNNEL: 1,
            WhySkipped.ELSEWHERE: 1,
            WhySkipped.BESIDE: 1,
        }
    )


def test_of_two_entries_of_a_service_worker_the_fuller_one_counts() -> None:
    full, bare = entry(answer={"packs": []}), entry(_serviceWorkerRef="worker@1")
    bare["response"]["content"] = {"size": 0}
    bare["response"]["headers"] = []
    for order in ((full, bare), (bare, full)):
        recording = read_har("a.har", document(*order), lambda _: None)
        selection = EntrySelection((BASE,))
        (kept,) = [each for each in selection.select(recording) if isinstance(each, SelectedEntry)]
        assert kept.entry.answer.body == b'{"packs": []}'
        assert selection.skipped == {WhySkipped.TWIN: 1}


def test_the_base_url_is_guessed_by_the_path_of_the_contracts_server(contract: Contract) -> None:
    urls = [
        "https://ACME.example/v1/packs/pack_1?x=1",
        "http://127.0.0.1:4010/_worlds/one/v1/packs",
        "https://acme.example/app.js",
        "https://elsewhere.example/v1/collect",
    ]
    recording = read_har("a.har", document(*(entry(url=url) for url in urls)), lambda _: None)
    assert guess_bases(contract, [recording]) == ("https://acme.example/v1", "http://127.0.0.1:4010/_worlds/one/v1")
