"""Look up, keep and purge the images of registries."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from examples.third_server.database import Image, RegistryFault, Tree
from examples.third_server.errors import refuse_field
from examples.third_server.trees import digest_tree

PLATFORM_REGISTRY = "registry.evershell.example"


def split_reference(reference: str) -> tuple[str, str | None, str | None]:
    """Split the reference of an image into its repository, tag and digest."""
    name, _, digest = reference.partition("@")
    head, _, tail = name.rpartition(":")
    if head and "/" not in tail:
        return head, tail, digest or None
    return name, None, digest or None


def name_repository(org_id: str, name: str) -> str:
    """Name the repository in which the platform keeps what an organisation uploads."""
    return f"{PLATFORM_REGISTRY}/{org_id}/{name}"


def pull(session: Session, reference: str, org_id: str) -> Tree:
    """Return the files of an image that the organisation can pull."""
    repository, tag, digest = split_reference(reference)
    foreign = repository.startswith(f"{PLATFORM_REGISTRY}/") and not repository.startswith(
        f"{PLATFORM_REGISTRY}/{org_id}/"
    )
    if not foreign:
        wanted = select(Image).where(Image.repository == repository)
        if tag is not None:
            wanted = wanted.where(Image.tag == tag)
        if digest is not None:
            wanted = wanted.where(Image.digest == digest.lower())
        elif tag is None:
            wanted = wanted.where(Image.tag == "latest")
        image = session.scalar(wanted.limit(1))
        if image is not None:
            return image.files
    raise refuse_field("image_ref", "No registry holds this image.")


def push(session: Session, repository: str, tag: str, files: Tree) -> str:
    """Keep an image under a tag, and return its digest."""
    digest = digest_tree(files)
    image = session.scalar(select(Image).where(Image.repository == repository, Image.tag == tag))
    if image is None:
        session.add(Image(repository=repository, tag=tag, digest=digest, files=files))
    else:
        image.digest, image.files = digest, files
    session.flush()
    return digest


def purge_fails(session: Session, repository: str) -> bool:
    """Tell whether the registry fails to purge a repository this time."""
    fault = session.get(RegistryFault, repository)
    if fault is None or fault.purges <= 0:
        return False
    fault.purges -= 1
    return True


def purge(session: Session, repository: str) -> None:
    """Remove every image of a repository."""
    session.execute(delete(Image).where(Image.repository == repository))
