"""Paths and the operations that they lead to."""

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.router import RouteError, Router


@pytest.fixture(scope="module")
def router() -> Router[str]:
    router: Router[str] = Router()
    router.add("/packs", {"GET": "list", "POST": "create"})
    router.add("/packs/upload", {"POST": "upload"})
    router.add("/packs/{id}", {"GET": "get", "DELETE": "delete"})
    router.add("/packs/{id}/files/{path}", {"GET": "read"}, tail=True)
    router.add("/packs/{id}/files", {"GET": "files"})
    router.add("/packs/upload/state", {"GET": "state"})
    return router


@pytest.mark.parametrize(
    ("path", "template", "values"),
    [
        ("/packs", "/packs", {}),
        ("/p%61cks", "/packs", {}),
        ("/packs/upload", "/packs/upload", {}),
        ("/packs/upload/state", "/packs/upload/state", {}),
        ("/packs/upload/files", "/packs/{id}/files", {"id": "upload"}),
        ("/packs/uploads", "/packs/{id}", {"id": "uploads"}),
        ("/packs/a%2Fb", "/packs/{id}", {"id": "a%2Fb"}),
        ("/packs/x/files/a/b.md", "/packs/{id}/files/{path}", {"id": "x", "path": "a/b.md"}),
        ("/packs/x/files/", "/packs/{id}/files/{path}", {"id": "x", "path": ""}),
        ("/packs/x/files//a", "/packs/{id}/files/{path}", {"id": "x", "path": "/a"}),
    ],
)
def test_a_path_leads_to_its_route(router: Router[str], path: str, template: str, values: dict[str, str]) -> None:
    found = router.find(path)
    assert found is not None
    assert (found[0].template, dict(found[1])) == (template, values)


@pytest.mark.parametrize("path", ["", "/", "/pack", "/packs/", "//packs", "/packs//files/a", "/packs/x/", "/PACKS"])
def test_any_other_path_leads_nowhere(router: Router[str], path: str) -> None:
    assert router.find(path) is None


def test_allow_names_every_method_of_the_path(router: Router[str]) -> None:
    found = router.find("/packs/x")
    assert found is not None
    assert found[0].allow == "DELETE, GET"


@pytest.mark.parametrize("template", ["/packs/{name}", "/packs/{name}/files/{file}", "/packs/{id}.json"])
def test_a_template_that_cannot_be_told_from_another_is_refused(router: Router[str], template: str) -> None:
    with pytest.raises(RouteError):
        router.add(template, {"GET": "again"}, tail=template.endswith("{file}"))


@given(st.text(min_size=1), st.lists(st.text(min_size=1), min_size=1))
def test_values_come_back_as_they_were_sent(name: str, segments: list[str]) -> None:
    router: Router[str] = Router()
    router.add("/packs/{id}/files/{path}", {"GET": "read"}, tail=True)
    path = "/".join(quote(each, safe="") for each in segments)
    found = router.find(f"/packs/{quote(name, safe='')}/files/{path}")
    assert found is not None
    assert unquote(found[1]["id"]) == name
    assert [unquote(each) for each in found[1]["path"].split("/")] == segments
