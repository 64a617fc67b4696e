"""The processes that run blocks of sequences, each the workouts that are its own."""

from __future__ import annotations

import multiprocessing
import os
import queue
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from campaign.sequence import BLOCK, breaches
from campaign.springboards import beginnings

# Blocks of one workout that are run one after the other: its moments are made once for all of them.
ROUND = 16

Block = dict[str, Any]


class Task(NamedTuple):
    """What all of them together have to do."""

    workers: int
    wanted: range
    """Numbers of blocks."""
    done: frozenset[int]
    code: str


def work(worker: int, task: Task, out: Any) -> None:
    """Run every block of the workouts that are this worker's."""
    os.nice(5)
    parent = multiprocessing.parent_process()
    workouts = len(beginnings())
    for number in sorted(task.wanted, key=lambda block: (block // (workouts * ROUND), block % workouts)):
        if parent is not None and not parent.is_alive():
            return
        if number in task.done or number % workouts % task.workers != worker:
            continue
        began = time.perf_counter()
        found = [breach for seed in range(number * BLOCK, (number + 1) * BLOCK) for breach in breaches(seed)]
        seconds = round(time.perf_counter() - began, 3)
        out.put({"code": task.code, "number": number, "seconds": seconds, "breaches": found})
    out.put(None)


def blocks(task: Task) -> Iterator[Block]:
    """What the workers bring, as it comes."""
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    numbers = range(task.workers)
    processes = [context.Process(target=work, args=(worker, task, out), daemon=True) for worker in numbers]
    for process in processes:
        process.start()
    working = task.workers
    while working:
        try:
            block = out.get(timeout=1)
        except queue.Empty:
            if any(process.exitcode for process in processes):
                raise RuntimeError("a process of the campaign has died") from None
            continue
        if block is None:
            working -= 1
        else:
            yield block
