"""The shortening of a plan that found something: whatever can be left out and is found all the same, goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.explorer.expedition import ExpeditionPlan, Step
from conformance.explorer.sending import USUAL


def shorten(plan: ExpeditionPlan, finds: Callable[[ExpeditionPlan], bool], tries: int) -> ExpeditionPlan:
    """Return the shortest plan that was seen to find the same, after so many tries at the most."""
    left, smaller = tries, True
    while smaller and left:
        smaller = False
        for each in _list_shorter(plan):
            if not left:
                break
            left -= 1
            if finds(each):
                plan, smaller = each, True
                break
    return plan


def _list_shorter(plan: ExpeditionPlan) -> Iterator[ExpeditionPlan]:
    """Yield shorter plans: without some steps, without neighbours, and with fewer reads."""
    size = len(plan.steps)
    width = size // 2
    while width:
        for begin in range(0, size, width):
            yield replace(plan, steps=plan.steps[:begin] + plan.steps[begin + width :])
        width //= 2
    if plan.has_neighbour:
        yield replace(plan, has_neighbour=False)
    for each in plan.beside:
        yield replace(plan, beside=tuple(other for other in plan.beside if other != each))
    for number, step in enumerate(plan.steps):
        for simpler in _simplify(step):
            yield replace(plan, steps=(*plan.steps[:number], simpler, *plan.steps[number + 1 :]))


def _simplify(step: Step) -> Iterator[Step]:
    if step.looks:
        yield replace(step, looks=())
    if step.move.times > 1:
        yield replace(step, move=replace(step.move, times=1 if step.move.times == 2 else 2))
    move = step.move
    for plainer in (replace(move, way=USUAL), replace(move, drawn=0), replace(move, beside="")):
        if plainer != move:
            yield replace(step, move=plainer)
    if any(look.way for look in step.looks):
        yield replace(step, looks=tuple(replace(look, way=USUAL) for look in step.looks))
    if len(step.looks) > 1:
        yield from (replace(step, looks=(look,)) for look in step.looks)
