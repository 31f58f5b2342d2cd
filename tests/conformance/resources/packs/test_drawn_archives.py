from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.file import load
from conformance.resources.packs.archives import ArchiveRefused, read
from conformance.resources.packs.drawn_archives import DEFECTS, Plan, Shape, draw_plans
from mock_server.resources.packs.archive import pack_files, unpack
from mock_server.resources.packs.pack_yaml import MANIFEST, ContentError, parse
from tests.mock_server.states import LIMITS as MOCK_LIMITS

CONTRACT = load()
LIMITS = CONTRACT.archive


def accepted_by_the_mock(packed: bytes) -> dict[str, bytes]:
    """The files, by the mock's own reading; ContentError where it refuses them."""
    files = pack_files(unpack(packed, MOCK_LIMITS), MOCK_LIMITS)
    parse(files[MANIFEST].data, MOCK_LIMITS.manifest)
    return {path: blob.data for path, blob in files.items()}


@settings(deadline=None)
@given(plan=draw_plans())
def test_a_plan_without_a_defect_is_a_pack_by_both_readings(plan: Plan) -> None:
    packed = plan.pack("release-notes", LIMITS)
    content = read(packed, CONTRACT)
    assert (content.name, content.version) == ("release-notes", plan.version)
    assert accepted_by_the_mock(packed) == dict(content.files)


@pytest.mark.parametrize("defect", DEFECTS)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_each_defect_is_refused_by_both_readings(defect: str, data: st.DataObject) -> None:
    packed = data.draw(draw_plans(defect)).pack("release-notes", LIMITS)
    with pytest.raises(ArchiveRefused):
        read(packed, CONTRACT)
    with pytest.raises((ContentError, KeyError)):
        accepted_by_the_mock(packed)


@settings(deadline=None)
@given(plan=draw_plans())
def test_a_plan_gives_the_same_bytes_each_time(plan: Plan) -> None:
    assert plan.pack("a", LIMITS) == plan.pack("a", LIMITS)


@settings(deadline=None)
@given(plan=draw_plans())
def test_the_shape_changes_nothing_of_what_the_pack_is(plan: Plan) -> None:
    plain = replace(plan, shape=Shape())
    assert read(plan.pack("a", LIMITS), CONTRACT).files == read(plain.pack("a", LIMITS), CONTRACT).files
