"""Each command that acts on a running mock: what it does, what it prints, what it says when it cannot."""

import json
from pathlib import Path

import pytest

from mock_server import MockWorld
from tests.mock_server.commands.conftest import Shell


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.splitlines()]


def test_personas_are_listed_with_what_gives_their_token(shell: Shell) -> None:
    listed = rows(shell.says("personas"))
    assert listed[0] == ["persona", "org", "may", "token"]
    assert ["acme-read-only", "org_acme", "read_only", "sk_mock_acme_read_only_1003"] in listed
    assert ["acme-owner", "org_acme", "owner", "evershell-mock", "token", "acme-owner"] in listed
    assert ["acme-auditor", "org_acme", "own", "scopes", "evershell-mock", "token", "acme-auditor"] in listed
    assert shell.gives("personas")["personas"] == list(shell.mock.personas.values())


def caller(world: MockWorld, token: str) -> tuple[int, str]:
    answer = world.client(headers={"Authorization": f"Bearer {token.strip()}"}).get("/me/session")
    return answer.status_code, answer.text


def test_a_token_is_printed_alone(shell: Shell) -> None:
    status, session = caller(shell.world, shell.says("token", "hooli-member"))
    assert status == 200
    assert "usr_hooli_member" in session


@pytest.mark.parametrize("state", ["expired", "revoked"])
def test_a_token_can_be_good_for_nothing(shell: Shell, state: str) -> None:
    assert caller(shell.world, shell.says("token", "acme-owner", "--state", state))[0] == 401


def test_a_token_has_the_scopes_that_were_asked_for(shell: Shell) -> None:
    token = shell.gives("token", "--org", "org_acme", "--scope", "audit:read")["token"]
    status, session = caller(shell.world, token)
    assert (status, '"permissions":["audit:read"]' in session) == (200, True)


def test_a_token_ends_when_it_is_to(shell: Shell) -> None:
    token = shell.says("token", "acme-owner", "--expires-in", "60")
    assert caller(shell.world, token)[0] == 200
    shell.says("clock", "advance", "61s")
    assert caller(shell.world, token)[0] == 401


def test_a_token_is_of_somebody(shell: Shell) -> None:
    assert "Name a persona, or an org" in shell.refuses("token", code=2)
    assert "did you mean acme-owner?" in shell.refuses("token", "acme-ownr")


def test_worlds_are_made_forked_and_deleted(shell: Shell) -> None:
    name = f"{shell.world.name}-made"
    assert shell.says("worlds", "create", name) == f"{shell.mock.origin}/_worlds/{name}/v1\n"
    assert "already" in shell.refuses("worlds", "create", name)
    shell.publish()
    fork = f"{shell.world.name}-fork"
    assert shell.gives("worlds", "fork", fork, "--from", shell.world.name)["url"].endswith(f"/_worlds/{fork}/v1")
    assert Shell(shell.mock, shell.mock.world(fork)).visibility() == "community"
    assert {name, fork} <= {row[0] for row in rows(shell.says("worlds"))}
    for each in (name, fork):
        shell.says("worlds", "delete", each)
    assert not {name, fork} & {each["name"] for each in shell.gives("worlds")["worlds"]}
    assert name in shell.refuses("worlds", "delete", name)
    assert "name" in shell.refuses("worlds", "create", "no/name")


def test_reset(shell: Shell) -> None:
    shell.publish()
    assert shell.says("reset") == f"reset {shell.world.name}\n"
    assert shell.visibility() == "org"


def test_billing(shell: Shell) -> None:
    assert ["org_initech", "past_due", "-"] in rows(shell.says("billing"))
    assert {"org_id": "org_umbrella", "posture": "trial_expired"} in shell.gives("billing")["orgs"]
    shell.says("billing", "org_acme", "past_due")
    assert shell.publish() == 423
    assert ["org_acme", "past_due", "-"] in rows(shell.says("billing"))
    assert "org_nobody" in shell.refuses("billing", "org_nobody", "active")
    assert "past_due" in shell.refuses("billing", "org_acme", code=2)
    assert "past_due" in shell.refuses("billing", "org_acme", "poor", code=2)


def test_the_clock(shell: Shell) -> None:
    assert "(real)" in shell.says("clock")
    assert shell.says("clock", "freeze", "2098-12-31") == "2098-12-31T00:00:00Z (frozen)\n"
    assert shell.says("clock", "advance", "1d12h") == "2099-01-01T12:00:00Z (frozen)\n"
    assert ["org_hooli", "trial_expired", "2099-01-01T00:00:00Z"] in rows(shell.says("billing"))
    assert shell.gives("clock", "advance", "0.5d", "--back")["now"] == "2099-01-01T00:00:00Z"
    assert shell.gives("clock", "real")["mode"] == "real"
    shell.says("clock", "freeze")
    assert shell.gives("clock") == shell.gives("clock")
    assert "like 90s, 15m" in shell.refuses("clock", "advance", "soon", code=2)
    for wrong in ("soon", "2026-13-01", "2026-05-01T12:30:00"):
        assert "like 2026-05-01 or 2026-05-01T12:30:00Z" in shell.refuses("clock", "freeze", wrong, code=2)
    assert "now" in shell.refuses("clock", "freeze", "1066-10-14")


def test_the_clock_goes_from_step_to_step(shell: Shell) -> None:
    assert "Nothing is due" in shell.refuses("clock", "step")
    shell.says("clock", "freeze", "2026-07-01")
    params = {"org_id": "org_acme", "role_id": "role_acme_spare", "held": False}
    made = shell.world.ask("POST", "/states", json={"action": "setup", "state": "workspace exists", "params": params})
    due = f"next workspaces/{made['workspace_id']} at 2026-07-01T00:00:02Z"
    assert shell.says("clock") == f"2026-07-01T00:00:00Z (frozen), {due}\n"
    assert shell.says("clock", "step") == "2026-07-01T00:00:02Z (frozen)\n"


def test_snapshots(shell: Shell) -> None:
    assert "no snapshots" in shell.says("snapshot")
    shell.says("snapshot", "save", "before")
    assert "nothing has changed" in shell.says("snapshot", "diff", "before")
    shell.publish()
    assert ["packs/pack_acme_pager", "visibility", "org", "community"] in rows(shell.says("snapshot", "diff", "before"))
    assert [each["name"] for each in shell.gives("snapshot")["snapshots"]] == ["before"]
    shell.says("snapshot", "restore", "before")
    assert shell.visibility() == "org"
    shell.says("snapshot", "delete", "before")
    assert "before" in shell.refuses("snapshot", "restore", "before")


def test_a_state_goes_into_a_file_and_back(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    shell.publish()
    shell.says("snapshot", "export", str(file))
    shell.says("reset")
    shell.says("snapshot", "import", str(file))
    assert shell.visibility() == "community"
    assert shell.run("snapshot", "export").stdout_bytes == file.read_bytes()


def test_a_file_that_is_no_state_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    shell.says("snapshot", "export", str(file))
    shell.publish()
    file.write_bytes(file.read_bytes().replace(b'"community"', b'"moon"'))
    said = shell.refuses("snapshot", "import", str(file), code=2)
    assert said.startswith(f"evershell-mock: {file} is refused, and nothing has changed: ")
    assert "/packs/pack_02HZ/visibility" in said
    file.write_bytes(file.read_bytes()[:3000])
    cut = shell.refuses("snapshot", "import", str(file), code=2)
    assert cut.startswith(f"evershell-mock: {file} is not whole, and nothing has changed: it is not JSON: ")
    assert cut.count("\n") == 1
    assert "does not exist" in shell.refuses("snapshot", "import", str(tmp_path / "none"), code=2)
    assert shell.visibility() == "community"


def test_an_export_that_cannot_be_written_leaves_nothing(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "state.json"
    assert f"{file} cannot be written: No such file" in shell.refuses("snapshot", "export", str(file))


def test_faults(shell: Shell) -> None:
    said = shell.says("fault", "add", "packs.update_visibility", "--status", "423", "--times", "2")
    assert "packs.update_visibility: 423" in said
    assert "2 times" in said
    assert shell.publish() == 423
    [fault] = shell.gives("fault")["faults"]
    assert rows(shell.says("fault"))[1] == [str(fault["id"]), "packs.update_visibility", "423", "1"]
    shell.says("fault", "remove", str(fault["id"]))
    assert shell.publish() == 200
    shell.says("fault", "add", "*", "--delay", "1")
    shell.says("fault", "add", "*", "--drop")
    shell.says("fault", "add", "packs.get", "--truncate", "5")
    told = shell.says("fault")
    assert all(each in told for each in ("1 ms late", "connection dropped", "body cut after 5 bytes"))
    shell.says("fault", "clear")
    assert "there are no faults" in shell.says("fault")
    said = shell.says("fault", "add", "packs.list", "--status", "503", "--undeclared", "--times", "always")
    assert said.rstrip().endswith(": packs.list: 503 undeclared, always")
    assert [shell.world.client("acme-owner").get("/packs").status_code for _ in range(2)] == [503, 503]
    shell.says("fault", "clear")
    said = shell.says("fault", "add", "packs.get", "--status", "502", "--undeclared", "--html", "--jitter", "9")
    assert said.rstrip().endswith(": packs.get: 502 undeclared HTML 0 to 9 ms late, once")
    assert "nor always" in shell.refuses("fault", "add", "packs.list", "--drop", "--times", "often", code=2)
    shell.says("fault", "clear")
    assert "Did you mean packs.list?" in shell.refuses("fault", "add", "packs.lst", "--drop")
    assert "session.get declares 200 (" in shell.refuses("fault", "add", "session.get", "--status", "423")
    assert "fault 99" in shell.refuses("fault", "remove", "99")


def test_the_journal(shell: Shell) -> None:
    assert "no such entry" in shell.says("journal")
    shell.publish("acme-read-only")
    shell.publish()
    header, refused, changed = shell.says("journal").splitlines()
    assert header.split()[:5] == ["id", "time", "caller", "request", "answer"]
    assert "acme-read-only  PATCH /v1/packs/pack_acme_pager  403 permission_denied  scope: " in refused
    assert "packs/pack_acme_pager.visibility" in changed
    assert [each["status"] for each in shell.gives("journal")["entries"]] == [403, 200]
    assert [each["id"] for each in shell.gives("journal", "--status", "200")["entries"]] == [2]
    assert [each["id"] for each in shell.gives("journal", "--caller", "acme-read-only")["entries"]] == [1]
    assert [each["id"] for each in shell.gives("journal", "--since", "1")["entries"]] == [2]
    assert [each["id"] for each in shell.gives("journal", "--last", "1")["entries"]] == [2]
    shell.world.client("acme-owner").get("/packs", headers={"X-Mock-Console": "1"})
    ids = [each["request_id"] for each in shell.gives("journal", "--with-console")["entries"]]
    assert len(ids) == 3
    assert [each["id"] for each in shell.gives("journal", "--request-id", ids[1])["entries"]] == [2]
    assert "acme-owner in the console" in shell.says("journal", "--with-console", "--request-id", ids[2])
    assert "no such entry" in shell.says("journal", "--request-id", ids[2])
    saved = json.loads(shell.says("journal", "--har", "--last", "1"))["log"]["entries"]
    assert [each["response"]["status"] for each in saved] == [200]
    refused_one = json.loads(shell.says("journal", "--har", "--status", "403"))["log"]["entries"]
    assert [each["response"]["status"] for each in refused_one] == [403]
    assert "Did you mean acme-owner?" in shell.refuses("journal", "--caller", "acme-ownr")
    assert "since" in shell.refuses("journal", "--since", "lately")


def test_what_was_to_be_asked_is_verified(shell: Shell) -> None:
    shell.publish("acme-read-only")
    assert shell.says("journal", "verify", "--status", "403").startswith("found 1 in ")
    assert shell.gives("journal", "verify", "--status", "200", "--max", "0")["count"] == 0
    shell.world.client("acme-owner").get("/packs", headers={"X-Mock-Console": "1"})
    assert shell.gives("journal", "verify", "--status", "200", "--max", "0")["count"] == 0
    shell.refuses("journal", "verify", "--status", "200", "--max", "0", "--with-console")
    missed = shell.refuses("journal", "verify", "--operation", "packs.update_visibility", "--status", "200")
    assert "acme-read-only  PATCH /v1/packs/pack_acme_pager → 403 permission_denied" in missed
    assert "It is 403, not 200." in missed
    shell.refuses("journal", "verify", "--status", "403", "--min", "2")


def test_programs_get_errors_as_data_too(shell: Shell) -> None:
    shell.publish("acme-read-only")
    missed = json.loads(shell.refuses("journal", "verify", "--status", "200", "--json"))["error"]
    assert (missed["code"], missed["details"]["count"]) == ("not_verified", 0)
    assert missed["details"]["nearest"][0]["differs"] == {"status": "It is 403, not 200."}
    unknown = json.loads(shell.refuses("token", "acme-ownr", "--json"))["error"]
    assert "did you mean acme-owner?" in unknown["message"]


def test_rewind(shell: Shell) -> None:
    shell.visibility()
    shell.publish()
    assert "right after entry 1" in shell.says("rewind", "1")
    assert shell.visibility() == "org"
    assert "(undone)" in shell.says("journal")
    assert "9" in shell.refuses("rewind", "9")
    shell.says("journal", "clear")
    assert shell.gives("journal")["entries"] == []


def test_coverage(shell: Shell) -> None:
    shell.publish("acme-read-only")
    told = shell.says("coverage").splitlines()
    [row] = [line for line in told if line.startswith("packs.update_visibility ")]
    assert row.split()[1] == "1"
    assert "200" in row
    assert "403 permission_denied" not in row
    assert told[-1].startswith("1 of ")
    assert sum(cell["count"] for cell in shell.gives("coverage")["cells"]) == 1
    shell.world.client("acme-owner").get("/packs", headers={"X-Mock-Console": "1"})
    assert shell.says("coverage").splitlines() == told
    told = shell.says("coverage", "--with-console").splitlines()
    [row] = [line for line in told if line.startswith("packs.list ")]
    assert row.split()[1:3] == ["0", "1"]
    assert told[-1].endswith(f"answers met in {shell.world.name}, and 1 by the console")
    shell.says("coverage", "clear")
    assert shell.says("coverage").splitlines()[-1].startswith("0 of ")


def test_options_may_stand_before_a_subcommand_too(shell: Shell) -> None:
    other = f"{shell.world.name}-other"
    shell.says("snapshot", "--world", other, "save", "here")
    assert [each["name"] for each in shell.mock.world(other).snapshots()] == ["here"]
    assert shell.world.snapshots() == []
    shell.mock.world(other).delete()


def test_a_mistyped_world_or_scope_is_told_the_near_one_and_nothing_is_made(shell: Shell) -> None:
    shell.publish()
    before, typo = shell.mock.worlds(), f"{shell.world.name}x"
    near = f'evershell-mock: There is no world "{typo}". Did you mean {shell.world.name}?\n'
    assert shell.refuses("worlds", "fork", "another", "--from", typo) == near
    assert shell.refuses("journal", "verify", "--max", "0", "--world", typo) == near
    told = shell.refuses("token", "--org", "org_acme", "--scope", "audit:raed", "--world", typo)
    assert told == 'evershell-mock: There is no scope "audit:raed". Did you mean audit:read?\n'
    assert [each["name"] for each in shell.mock.worlds()] == [each["name"] for each in before]
