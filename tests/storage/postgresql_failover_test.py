"""storage/postgresql through a failover: a primary with a synchronous standby is killed while eight threads write, the standby is
promoted, and everything goes on by itself without a loss."""
import unittest

from postgres import DATABASE, USER, pair, wait_for
from store_driver import Driver


class FailoverTest(unittest.TestCase):
    def test_no_acknowledged_write_is_lost_and_writes_resume(self):
        primary, standby = self.enterContext(pair())
        # The standby stands first: it is found to be no primary, and the next host is tried.
        hosts = "host=127.0.0.1,127.0.0.1 port=%d,%d dbname=%s user=%s" % (standby.port, primary.port, DATABASE, USER)
        driver = self.enterContext(Driver(hosts, feed_interval=50))
        listener = self.enterContext(Driver(hosts, feed_interval=50))
        for one in (driver, listener):
            one.must("prepare")
        listener.must("listen")
        wait_for("it listens", lambda: listener.calls("caught_up"))

        driver.load(id="row", threads=8)
        wait_for("rows", lambda: driver.load_report()["acknowledged"] >= 300)
        primary.kill()
        before = driver.load_report()["acknowledged"]
        wait_for("the loss is seen", lambda: driver.load_report()["statuses"].get("UNAVAILABLE", 0) > 0)
        self.assertEqual(listener.events()[-1][1] in ("asking", "caught_up"), True)
        standby.sql("SELECT pg_promote()")
        wait_for("rows again", lambda: driver.load_report()["acknowledged"] >= before + 300)
        report = driver.load_stop()
        self.assertLessEqual(set(report["statuses"]), {"OK", "UNAVAILABLE"})

        there = set(standby.sql("SELECT convert_from(id, 'UTF8') FROM doorward.things"))
        self.assertEqual([one for one in report["ids"] if one not in there], [], "acknowledged and lost")
        wait_for("the feed has come along", lambda: len(listener.calls("restarted")) == 2)
        listener.wait_until_caught_up()
        driver.statuses(("begin", {}), ("announce", {"message": "from the new primary"}), ("commit", {}))
        wait_for("it is heard", lambda: [one[2] for one in listener.calls("heard")] == ["from the new primary"])


if __name__ == "__main__":
    unittest.main()
