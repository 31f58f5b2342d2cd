"""The mock and the suite read archives each with code of its own, and must come to the same verdict."""

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.contract.file import load
from conformance.resources.packs import archives as suite
from conformance.resources.packs.archives import ArchiveRefused
from conformance.resources.packs.drawn_archives import DEFECTS, Plan, draw_plans
from mock_server.resources.packs import archive as mock
from mock_server.resources.packs.images import build
from mock_server.resources.packs.pack_yaml import ContentError
from tests.mock_server.states import LIMITS

CONTRACT = load()


def as_the_suite_reads(packed: bytes) -> tuple[dict[str, bytes], str, str] | None:
    """Files, name and version; None for an archive that is refused."""
    try:
        content = suite.read(packed, CONTRACT)
    except ArchiveRefused:
        return None
    return dict(content.files), content.name, content.version


def as_the_mock_reads(packed: bytes) -> tuple[dict[str, bytes], str, str] | None:
    try:
        image = build(mock.pack_files(mock.unpack(packed, LIMITS), LIMITS), LIMITS.manifest)
    except ContentError:
        return None
    return {path: file.data for path, file in image.files.items()}, image.meta.name, image.meta.version


@given(draw_plans(), st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_valid_archive_is_the_same_pack_to_both(plan: Plan, name: str) -> None:
    packed = plan.pack(name, CONTRACT.archive)
    read = as_the_mock_reads(packed)
    assert read is not None
    assert read == as_the_suite_reads(packed)
    assert read[1:] == (name, plan.version)


@given(st.sampled_from(sorted(DEFECTS)).flatmap(draw_plans))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_an_archive_with_a_defect_is_refused_by_both(plan: Plan) -> None:
    packed = plan.pack("sample", CONTRACT.archive)
    assert as_the_mock_reads(packed) is None
    assert as_the_suite_reads(packed) is None


texts = st.text(st.characters(codec="utf-8"), max_size=80)
values = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.lists(texts, max_size=3)
KEYS = ("display_name", "description", "category", "capabilities", "suggested_packs")


@given(st.dictionaries(st.sampled_from(("name", "version", *KEYS)), values), st.booleans())
def test_a_pack_yaml_is_the_same_to_both(said: dict[str, object], complete: bool) -> None:
    keys = {**said, "name": "sample", "version": "1.0.0"} if complete else said
    packed = suite.write_files({"pack.yaml": yaml.safe_dump(keys, allow_unicode=True).encode()})
    assert as_the_mock_reads(packed) == as_the_suite_reads(packed)
