"""The promises of the mock's speed in one table. Each row cites a figure by its name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks.figures import CALLS, CONNEXION, GET, PRISM, SCALAR, SILENT, STARLETTE, name_p99_ratio, name_ratio

HELP = "evershell-conformance --help"
AT_REST = "memory at rest"
FRESH_WORLD = "memory of a fresh world"
ALL_WORLDS = "memory with 10,000 worlds"
OVER_A_MILLION = "memory at request 1,000,000 / at request 100,000"
LONGEST_PAUSE = "longest answer in a minute of load"
SCALE = 10_000
"""The packs that are made up for the longest list."""
LONG_LIST = f"list of {SCALE:,} packs of --scale"
LOOKED_AT: Mapping[str, str] = MappingProxyType(
    {"packs": "packs", "a collection": "collections?name=roles", "agent roles": "settings?of=agent_roles"}
)
"""The views of the console that are looked at with as many packs and roles, and the address of each."""
UPLOAD = "upload of a 1 MiB archive, unpacked"
BESIDE_UPLOADS = "p99 of a GET beside uploads"
BESIDE_HEAVY = "p99 of a GET beside uploads of the kind that takes longest"
BEHIND_PROXY = "GET through the judging proxy, more than without it"
THROUGH_FRONT = "entry of a followed journal through HAProxy, from its request"
EVENTS_PAGE = "page of 100 of 10,000 events"
EVENTS_SOUGHT = "filter that none of 10,000 events passes"
EVENTS_STATISTICS = "statistics of 10,000 events"
EVENTS_WRITTEN = "time of a PATCH: with 10,000 events / with those of the seed data"
LISTENERS = 1000
DELIVERED = "p99 of an event's delivery to 1,000 streams"
BESIDE_STREAMS = "p99 of a GET beside 1,000 streams"
STREAM_MEMORY = "memory of a stream"
AN_HOUR = "an hour with 10,000 tasks in flight"
SUITE: Mapping[str, float] = MappingProxyType({"normal": 40, "quick": 12})
"""The seconds in which the suite judges all operations, by budget."""
FIRST_FINDING = "first finding on a mock that is wrong at its first write"
SINCE_FIRST_REQUEST = f"{FIRST_FINDING}, since the first request"
EXPLORED = "new pairs that the suite explores a second, budget quick"
SHARDS = (8,)
"""The number of shards in which a run of the suite is judged."""
PLAIN = "generated cases a second: suite / plain Schemathesis"
CONTROL_CALLS = ("fork", "reset", "snapshot", "restore")


@dataclass(frozen=True, slots=True)
class Promise:
    """A bound of one figure. Where it is `flat`, noise that reaches over the bound leaves the claim undecided."""

    figure: str
    bound: float
    at_most: bool = False
    flat: bool = False

    @property
    def words(self) -> str:
        """The bound in words, without a unit."""
        return f"{'at most' if self.at_most else 'at least'} {self.bound:g}"


def name_longest_shard(of: int) -> str:
    """Return the name of how much longer the longest of so many shards takes than they do on average."""
    return f"suite in {of} shards: the longest / their mean"


def start(operations: int) -> str:
    """Return the name of the time to a first answer."""
    return f"start to first answer, {operations} operations"


def name_suite_time(budget: str) -> str:
    """Return the name of the time in which the suite judges the embedded mock."""
    return f"suite, {ALL} operations, budget {budget}"


def name_growth(what: str, many: int, few: int) -> str:
    """Return the name of the ratio of rates, with much of something and with little."""
    return f"{GET}: {many:,} / {few:,} {what}"


def control(call: str, packs: int) -> str:
    """Return the name of the time of a control call, in a world with so many packs beside the seed data's."""
    return f"{call}, {packs:,} packs"


def look(view: str) -> str:
    """Return the name of the time that a view of the console takes, with many packs and roles."""
    return f"console: {view}, {SCALE:,} objects"


def name_cost_of_a_pack(packs: int) -> str:
    """Return the name of what each more pack costs in a list of about so many."""
    return f"list of {packs:,} packs, each more"


def name_linearity(long: int, short: int) -> str:
    """Return the name of how the time a pack changes from a short list to a long one."""
    return f"list, time a pack: of {long:,} / of {short:,}"


def name_after_a_change(name: str) -> str:
    """Return the name of the same figure where a pack was changed before each list."""
    return f"{name}, after a change"


_LEAST: Mapping[str, float] = MappingProxyType({STARLETTE: 0.7, CONNEXION: 7, SCALAR: 3, PRISM: 3})
ALL = 67
"""The operations of the contract."""
OPERATIONS, WORLDS, PACKS, LISTS, TASKS = (10, ALL, 200), (1, 10_000), (10, 100_000), (100, 1000), (0, 10_000)
"""The sizes at which claims about growth are judged."""


def _list_promises() -> Iterator[Promise]:
    for call in CALLS:
        for peer, times in _LEAST.items():
            yield Promise(name_ratio(call, peer), times)
        yield Promise(name_p99_ratio(call, STARLETTE), 2, at_most=True)
    yield Promise(name_ratio(GET, SILENT), 0.85)
    yield Promise(LONGEST_PAUSE, 50, at_most=True)
    yield Promise(name_cost_of_a_pack(LISTS[-1]), 5, at_most=True)
    yield Promise(name_after_a_change(name_cost_of_a_pack(LISTS[-1])), 5, at_most=True)
    yield Promise(name_linearity(LISTS[-1], LISTS[0]), 1.1, at_most=True, flat=True)
    yield Promise(LONG_LIST, 50, at_most=True)
    for view in LOOKED_AT:
        yield Promise(look(view), 300, at_most=True)
    yield Promise(UPLOAD, 100)
    yield Promise(BESIDE_UPLOADS, 20, at_most=True)
    yield Promise(BESIDE_HEAVY, 100, at_most=True)
    yield Promise(name_growth("operations", ALL, OPERATIONS[0]), 0.95, flat=True)
    yield Promise(name_growth("operations", OPERATIONS[-1], OPERATIONS[0]), 0.9, flat=True)
    yield Promise(name_growth("worlds", WORLDS[-1], WORLDS[0]), 0.9, flat=True)
    yield Promise(name_growth("packs", PACKS[-1], PACKS[0]), 0.9, flat=True)
    yield Promise(name_growth("tasks in flight", TASKS[-1], TASKS[0]), 0.9, flat=True)
    yield Promise(DELIVERED, 100, at_most=True)
    yield Promise(BESIDE_STREAMS, 10, at_most=True)
    yield Promise(STREAM_MEMORY, 20, at_most=True)
    for call in CONTROL_CALLS:
        for packs in PACKS:
            yield Promise(control(call, packs), 1, at_most=True)
    yield Promise(start(OPERATIONS[0]), 0.5, at_most=True)
    yield Promise(start(ALL), 0.6, at_most=True)
    yield Promise(HELP, 0.3, at_most=True)
    yield Promise(AT_REST, 90, at_most=True)
    yield Promise(FRESH_WORLD, 4, at_most=True)
    yield Promise(ALL_WORLDS, 120, at_most=True)
    yield Promise(OVER_A_MILLION, 1.05, at_most=True)
    yield Promise(BEHIND_PROXY, 2, at_most=True)
    yield Promise(THROUGH_FRONT, 5, at_most=True)
    yield Promise(EVENTS_PAGE, 5, at_most=True)
    yield Promise(EVENTS_SOUGHT, 5, at_most=True)
    yield Promise(EVENTS_STATISTICS, 25, at_most=True)
    yield Promise(EVENTS_WRITTEN, 1.1, at_most=True, flat=True)
    for budget, bound in SUITE.items():
        yield Promise(name_suite_time(budget), bound, at_most=True)
    for of in SHARDS:
        yield Promise(name_longest_shard(of), 1.25, at_most=True)
    yield Promise(FIRST_FINDING, 1.2, at_most=True)
    yield Promise(SINCE_FIRST_REQUEST, 0.4, at_most=True)
    yield Promise(PLAIN, 1.5)


PROMISES = tuple(_list_promises())
