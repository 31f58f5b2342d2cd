"""Answers in the place of those that the state would give: a client prefers one, or a fault makes it."""

from __future__ import annotations

from mock_server.contract.compiled import Operation
from mock_server.contract.samples import Sample


class ForcedAnswer(Exception):
    """Answers a request with a sample of its operation, or with an error that is marked as undeclared."""

    def __init__(
        self, status: int, sample: Sample, *, headers: tuple[tuple[str, str], ...] = (), undeclared: bool = False
    ) -> None:
        super().__init__(status, sample.code)
        self.status = status
        self.sample = sample
        self.headers = sample.headers + headers
        self.undeclared = undeclared


def choose(
    operation: Operation, *, status: int | None = None, code: str | None = None, name: str | None = None
) -> tuple[int, Sample] | None:
    """The first sample that the operation has of this status, code and name, as far as they are given."""
    for each, response in operation.responses.items():
        if status is None or status == each:
            for sample in response.samples:
                if (code is None or code == sample.code) and (name is None or name == sample.name):
                    return each, sample
    return None


def offered(operation: Operation) -> list[dict[str, object]]:
    """List what `choose` can find: each status with its codes and the names of its examples."""
    return [
        {
            "status": status,
            "codes": list(dict.fromkeys(sample.code for sample in response.samples if sample.code)),
            "examples": list(dict.fromkeys(sample.name for sample in response.samples if sample.name)),
        }
        for status, response in operation.responses.items()
        if response.samples
    ]


def in_words(operation: Operation) -> str:
    """List what `choose` can find, as a sentence."""
    answers = []
    for each in offered(operation):
        names = [*each["codes"], *each["examples"]]  # type: ignore[misc]  # lists, both
        answers.append(f"{each['status']} ({', '.join(names)})" if names else str(each["status"]))
    return f"{operation.id} declares {', '.join(answers)}."
