"""What shows the defects in what is paid for."""

from tests.benchmarks.planted_defects.scene import FREE, Scene, packed, said
from tests.benchmarks.planted_defects.witness import witness

UNPAID = "423 billing_inactive"


@witness("billing-never-refuses", right=UNPAID, wrong="201")
def payment_due(scene: Scene) -> str:
    return said(scene.create(FREE, "initech-owner"))


@witness("billing-expired-trial-counts", right=UNPAID, wrong="201")
def trial_over(scene: Scene) -> str:
    return said(scene.create(FREE, "umbrella-owner"))


@witness("billing-upload-free", right=UNPAID, wrong="201")
def upload_unpaid(scene: Scene) -> str:
    return said(scene.upload(packed(), "initech-owner"))


@witness("billing-keys-free", right=UNPAID, wrong="201")
def key_unpaid(scene: Scene) -> str:
    return said(scene.create(FREE, "initech-full-access"))


@witness("billing-posture-remembered", right=UNPAID, wrong="200")
def unpaid_by_now(scene: Scene) -> str:
    scene.patch("pack_01HZ", "community")
    scene.world.billing("org_acme", "past_due")
    return said(scene.patch("pack_01HZ", "org"))


@witness("billing-trial-refused", right="201", wrong=UNPAID)
def on_trial(scene: Scene) -> str:
    return said(scene.create(FREE, "hooli-owner"))


@witness("billing-refused-for-good", right="201", wrong=UNPAID)
def on_trial_again(scene: Scene) -> str:
    scene.create(FREE, "initech-owner")
    scene.world.billing("org_initech", "trial")
    return said(scene.create(FREE, "initech-owner"))


@witness("billing-delete-refused", right="200", wrong=UNPAID)
def winding_down(scene: Scene) -> str:
    return said(scene.delete("pack_cyberdyne_robotics", "cyberdyne-owner"))


@witness("billing-list-refused", right="200", wrong=UNPAID)
def list_unpaid(scene: Scene) -> str:
    return said(scene.get("/packs", "initech-owner"))


@witness("billing-noop-free", right=UNPAID, wrong="200")
def nothing_to_change(scene: Scene) -> str:
    return said(scene.patch("pack_initech_reports", "org", "initech-owner"))
