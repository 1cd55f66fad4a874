"""The engine: a batch is what arrived while the last commit ran; every item gets exactly one answer, in order."""

import threading

from django.db.utils import OperationalError

from realtime.groupcommit import SERVER_ERROR, UNAVAILABLE, GroupCommit


class Desk:
    """Collects answers; `wait(count)` returns them once there are so many."""

    def __init__(self) -> None:
        self.answers: list[tuple[object, object]] = []
        self._changed = threading.Condition()

    def done_for(self, item: object):
        def done(result: object) -> None:
            with self._changed:
                self.answers.append((item, result))
                self._changed.notify_all()

        return done

    def wait(self, count: int) -> list[tuple[object, object]]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.answers) >= count, timeout=10)
            return self.answers


def test_what_arrives_during_a_commit_is_the_next_batch():
    desk, gate, batches = Desk(), threading.Event(), []

    def commit(batch: list[int]) -> list[int]:
        gate.wait(10)
        batches.append(batch)
        return [item * 10 for item in batch]

    writer: GroupCommit[int] = GroupCommit(commit, batch=4)
    for i in range(9):
        assert writer.submit(i, desk.done_for(i))
    gate.set()
    assert desk.wait(9) == [(i, i * 10) for i in range(9)]
    assert [item for batch in batches for item in batch] == list(range(9))
    assert len(batches[0]) <= 4
    assert max(len(batch) for batch in batches) == 4
    assert writer.close(5)


def test_a_full_queue_says_no_and_forgets_nothing():
    desk, gate = Desk(), threading.Event()
    writer: GroupCommit[int] = GroupCommit(lambda batch: [gate.wait(10) for _ in batch], limit=5, batch=1)
    taken = [i for i in range(20) if writer.submit(i, desk.done_for(i))]
    assert 5 <= len(taken) <= 6
    gate.set()
    assert [item for item, _ in desk.wait(len(taken))] == taken
    writer.close(5)


def test_a_poisoned_item_is_refused_alone():
    desk, gate, committed = Desk(), threading.Event(), []

    def commit(batch: list[str]) -> list[str]:
        gate.wait(10)
        if "poison" in batch:
            raise ValueError(batch)
        committed.extend(batch)
        return ["ok"] * len(batch)

    writer: GroupCommit[str] = GroupCommit(commit)
    for item in ("first", "poison", "last"):
        writer.submit(item, desk.done_for(item))
    gate.set()
    assert dict(desk.wait(3)) == {"first": "ok", "poison": SERVER_ERROR, "last": "ok"}
    assert committed == ["first", "last"]
    writer.close(5)


def test_a_database_that_is_away_is_asked_once_for_the_whole_batch():
    desk, asked = Desk(), []

    def commit(batch: list[int]) -> list[int]:
        asked.append(len(batch))
        raise OperationalError

    writer: GroupCommit[int] = GroupCommit(commit)
    for i in range(50):
        writer.submit(i, desk.done_for(i))
    assert {result for _, result in desk.wait(50)} == {UNAVAILABLE}
    assert sum(asked) == 50
    writer.close(5)


def test_after_runs_once_a_batch_behind_all_its_answers():
    desk, seen = Desk(), []

    def after(batch: list[int], results: list[int]) -> None:
        seen.append((len(desk.answers), list(batch), list(results)))
        raise RuntimeError("a callback that fails must not stop the writer")

    writer: GroupCommit[int] = GroupCommit(lambda batch: batch, after)
    for i in range(3):
        writer.submit(i, desk.done_for(i))
    desk.wait(3)
    assert writer.close(5)
    assert sum(len(batch) for _, batch, _ in seen) == 3
    told = 0
    for answers, batch, results in seen:
        told += len(batch)
        assert (answers, batch) == (told, results)


def test_closing_commits_what_waits_and_takes_no_more():
    desk, gate = Desk(), threading.Event()
    writer: GroupCommit[int] = GroupCommit(lambda batch: [gate.wait(10) for _ in batch])
    for i in range(30):
        writer.submit(i, desk.done_for(i))
    closing = threading.Thread(target=writer.close)
    closing.start()
    gate.set()
    closing.join(10)
    assert len(desk.answers) == 30
    assert not writer.submit(31, desk.done_for(31))
