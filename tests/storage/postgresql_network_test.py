"""storage/postgresql and a bad network: cut before and after every message, silent, slow. And how often a transaction waits for it."""
import time
import unittest

from postgres import Cluster, wait_for
from proxy import Proxy
from store_driver import Driver

STEPS = 3


class NetworkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster())

    def setUp(self):
        self.proxy = self.enterContext(Proxy(self.cluster.port))

    def driver(self, **settings):
        driver = self.enterContext(Driver(self.cluster.connection(self.proxy.port, "sslmode=disable gssencmode=disable"), **settings))
        driver.must("prepare")
        return driver

    # One step as one transaction: a row comes, one goes, a counter moves, and a taken value is refused.
    def take(self, driver, story, step):
        first = ("insert", {"id": story + "counter", "n": 1}) if step == 1 else ("add", {"id": story + "counter"})
        return driver.statuses(("begin", {"timeout": 5000}), first, ("insert", {"id": "%s%d" % (story, step), "n": step}),
                               ("remove", {"id": "%s%d" % (story, step - 1)}), ("commit", {}))

    def step_of(self, driver, story):
        rows = sorted(driver.rows(story + "*"))
        step = next((n for name, n in rows if name == story + "counter"), 0)
        wanted = [[story + str(step), step], [story + "counter", step]] if step else []
        self.assertEqual(rows, wanted, story)
        return step

    def each_message(self, fault):
        driver = self.driver(pool=2)
        at, struck, struck_in_commit = 0, True, 0
        while struck:
            at += 1
            story = "%s%d_" % (fault, at)
            driver.must("stop")
            driver.must("start")
            self.proxy.reset(fault, at)
            acknowledged = begun = 0
            if driver.prepare()["status"] == "OK":
                for step in range(1, STEPS + 1):
                    statuses = self.take(driver, story, step)
                    begun = step if len(statuses) == 5 else begun
                    if statuses[-1] != "OK":
                        self.assertEqual(statuses[-1], "UNAVAILABLE", story)
                        struck_in_commit += len(statuses) == 5
                        break
                    acknowledged = step
            struck = self.proxy.struck
            self.proxy.reset()
            driver.must("prepare")
            step = self.step_of(driver, story)
            self.assertGreaterEqual(step, acknowledged, story + ": acknowledged and lost")
            self.assertLessEqual(step, begun, story + ": never committed and there")
            self.assertEqual(self.take(driver, story, step + 1)[-1], "OK", "the same instance goes on")
            self.assertEqual(self.step_of(driver, story), step + 1)
        self.assertGreater(at, 40, "messages of the story")
        self.assertGreaterEqual(struck_in_commit, STEPS, "cuts in a commit")
        return driver

    def test_cut_before_each_message(self):
        self.each_message("before")

    def test_the_answer_to_each_message_is_lost(self):
        self.each_message("after")

    def test_how_many_round_trips_a_transaction_takes(self):
        driver = self.driver()
        driver.must("begin")  # a row, and everything prepared once
        for what in (("insert", {"id": "x"}), ("find", {"id": "x"}), ("add", {"id": "x"}), ("remove", {"id": "absent"}), ("commit", {})):
            driver.must(what[0], **what[1])

        def round_trips(*calls, mode="write", end="commit"):
            self.proxy.reset()
            self.assertEqual(set(driver.statuses(("begin", {"mode": mode}), *calls, (end, {}))), {"OK"})
            return self.proxy.asked

        find = ("find", {"id": "x"})
        self.assertEqual(round_trips(), 0)
        self.assertEqual(round_trips(find, mode="read"), 2)
        # The engine ends a read without a commit: the end goes out, and nobody waits for its answer.
        driver.must("begin", mode="read")
        self.proxy.reset()
        driver.must("find", id="x")
        self.assertEqual(self.proxy.asked, 1)
        self.proxy.stall()
        self.assertLess(driver.must("rollback")["ms"], 1000)
        self.proxy.flow()
        wait_for("the end has passed", lambda: self.proxy.asked == 2)
        self.assertEqual(round_trips(("add", {"id": "x"})), 2)
        self.assertEqual(round_trips(find, ("add", {"id": "x"})), 3)
        self.assertEqual(round_trips(("insert", {"id": "y"})), 2)
        self.assertEqual(round_trips(("announce", {"message": "a"}), ("announce", {"message": "b"})), 1)

    def test_silence_ends_at_the_deadline(self):
        driver = self.driver()
        for calls in ((("begin", {}), ("find", {"id": "a"})), (("begin", {}), ("insert", {"id": "a"})),
                      (("begin", {}), ("insert", {"id": "a"}), ("commit", {}))):
            for what, words in calls[:-1]:
                driver.must(what, **words | ({"timeout": 1000} if what == "begin" else {}))
            self.proxy.stall()
            answer = driver.ask(calls[-1][0], **calls[-1][1])
            self.assertEqual(answer["status"], "UNAVAILABLE")
            self.assertLess(answer["ms"], 3000)
            if calls[-1][0] != "commit":
                driver.rollback()
            self.proxy.flow()
            self.proxy.cut()  # what was stalled is gone; "a" was never committed, or is by now
            self.assertIn(driver.write_until_ok("b"), [row[0] for row in driver.rows("b*")])

    def test_connecting_into_silence_ends_at_the_deadline(self):
        driver = self.driver()
        driver.must("stop")
        driver.must("start")
        self.proxy.stall()
        answer = driver.begin(timeout=400)
        self.assertEqual(answer["status"], "UNAVAILABLE")
        self.assertLess(answer["ms"], 3000)
        self.proxy.flow()
        driver.write_until_ok("c")

    def test_a_statement_that_waits_for_a_lock_is_cancelled_at_the_deadline(self):
        driver = self.driver()
        driver.must("begin", tx="holder")
        driver.must("insert", tx="holder", id="wanted")
        driver.must("begin", timeout=300)
        self.proxy.reset()
        answer = driver.insert(id="wanted")
        self.assertEqual(answer["status"], "UNAVAILABLE")
        self.assertLess(answer["ms"], 1500)
        driver.rollback()
        wait_for("the server was asked to cancel", lambda: self.proxy.cancels == 1)
        wait_for("nobody waits for the lock", lambda: self.cluster.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == ["0"])
        driver.must("commit", tx="holder")

    def test_a_slow_network_changes_nothing_but_the_time(self):
        driver = self.driver()
        self.proxy.delay = 0.02
        self.assertEqual(self.take(driver, "slow", 1)[-1], "OK")
        self.assertEqual(self.step_of(driver, "slow"), 1)

    def test_the_feed_notices_silence_and_says_what_may_be_missed(self):
        driver = self.driver(feed_interval=50)
        other = self.enterContext(Driver(self.cluster.connection()))
        other.must("prepare")
        driver.must("listen")
        wait_for("it listens", lambda: driver.calls("caught_up"))
        other.statuses(("begin", {}), ("announce", {"message": "one"}), ("commit", {}))
        wait_for("one is heard", lambda: [one[2] for one in driver.calls("heard")] == ["one"])
        self.proxy.stall()
        wait_for("an unanswered question", lambda: driver.events()[-1][1] == "asking")
        self.assertEqual(other.statuses(("begin", {}), ("announce", {"message": "missed"}), ("commit", {}))[-1], "OK")
        wait_for("the silence is noticed", lambda: any("says nothing any more" in line for line in driver.log_lines()), 15)
        self.assertEqual(driver.events()[-1][1], "asking", "nobody may believe to be up to date")
        self.proxy.flow()
        wait_for("it listens again", lambda: len(driver.calls("restarted")) == 2)
        driver.wait_until_caught_up()
        other.statuses(("begin", {}), ("announce", {"message": "two"}), ("commit", {}))
        wait_for("two is heard", lambda: driver.calls("heard")[-1][2] == "two")

    def test_the_feed_comes_back_by_itself_after_cuts(self):
        driver = self.driver(feed_interval=20)
        driver.must("listen")
        for times in range(1, 4):
            wait_for("it listens", lambda: len(driver.calls("restarted")) >= times)
            driver.wait_until_caught_up()
            self.proxy.cut()
        wait_for("it listens", lambda: len(driver.calls("restarted")) >= 4)

    def test_stop_ends_a_feed_that_nobody_answers(self):
        driver = self.driver(feed_interval=50)
        driver.must("listen")
        wait_for("it listens", lambda: driver.calls("caught_up"))
        self.proxy.stall()
        wait_for("an unanswered question", lambda: driver.events()[-1][1] == "asking")
        begin = time.monotonic()
        driver.must("stop")
        self.assertLess(time.monotonic() - begin, 2.5)  # the feed has patience for 3 s
        self.proxy.flow()


if __name__ == "__main__":
    unittest.main()
