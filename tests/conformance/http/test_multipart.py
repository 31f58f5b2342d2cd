"""Forms as the suite writes and reads them."""

from __future__ import annotations

from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.http.multipart import BOUNDARY, NotMultipart, Part, build_content_type, decode, encode

NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
# A part whose content holds the delimiter is no part of this form.
CONTENTS = st.binary(max_size=200).filter(lambda content: BOUNDARY.encode() not in content)
PARTS = st.lists(st.builds(Part, NAMES, CONTENTS, st.none() | NAMES, st.none() | st.just("text/plain")), max_size=4)


@given(PARTS)
def test_what_was_encoded_is_decoded(parts: list[Part]) -> None:
    assert decode(encode(parts), build_content_type()) == tuple(parts)


@given(PARTS.filter(bool))
def test_others_read_what_it_encodes(parts: list[Part]) -> None:
    whole = b"Content-Type: " + build_content_type().encode() + b"\r\n\r\n" + encode(parts)
    read = BytesParser().parsebytes(whole).get_payload()
    assert [part.get_param("name", header="content-disposition") for part in read] == [p.name for p in parts]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "header"),
    [
        (encode([Part("a", b"1")]), "multipart/form-data"),
        (b"nothing of the kind", build_content_type()),
        (encode([Part("a", b"1")])[:-10], build_content_type()),
        (b"", build_content_type()),
    ],
    ids=["no-boundary", "no-form", "cut-short", "empty"],
)
def test_what_is_no_form_is_refused(content: bytes, header: str) -> None:
    with pytest.raises(NotMultipart):
        decode(content, header)
