"""storage/postgresql and its server: killed and started again, not there yet, full, wrong, without rights; TLS; what is asked of
its settings. Each sentence is one that an administrator can do something with, and none holds the password."""
import os
import pathlib
import signal
import sys
import tempfile
import unittest

from postgres import PASSWORD, Cluster, wait_for
from proxy import Proxy
from store_driver import Driver

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mailer"))
from certificates import Authority  # noqa: E402


class ServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.authority = Authority(cls.folder)
        cls.authority.issue("right", "DNS:localhost,IP:127.0.0.1")
        cls.cluster = cls.enterClassContext(Cluster(fsync=True, tls=(cls.folder + "/right.pem", cls.folder + "/right.key")))

    def driver(self, connection=None, **settings):
        return self.enterContext(Driver(connection or self.cluster.connection(), **settings))

    def why(self, connection=None, **settings):
        """What prepare says, and that the log says no more than it."""
        with Driver(connection or self.cluster.connection(), **settings) as driver:
            answer = driver.prepare() if driver.created["status"] == "OK" else driver.created
            if driver.created["status"] == "OK":
                self.assertNotIn(PASSWORD, "".join(driver.log_lines()))
        self.assertNotEqual(answer["status"], "OK")
        self.assertNotIn(PASSWORD, answer["why"])
        return answer["status"], answer["why"]

    def refused(self, status, words, *arguments, **settings):
        found, why = self.why(*arguments, **settings)
        self.assertIn(words, why)
        self.assertEqual(found, status, why)

    def test_killed_in_a_transaction_and_started_again(self):
        driver = self.driver(feed_interval=50)
        driver.must("prepare")
        driver.must("listen")
        wait_for("it listens", lambda: driver.calls("caught_up"))
        acknowledged = [driver.write_until_ok("kept") for _ in range(3)]
        driver.must("begin")
        driver.must("insert", id="unfinished")
        self.cluster.kill()
        self.assertEqual(driver.insert(id="more")["status"], "UNAVAILABLE")
        self.assertEqual(driver.commit()["status"], "UNAVAILABLE")
        self.assertEqual(driver.begin(timeout=300)["status"], "UNAVAILABLE")
        self.cluster.start()
        driver.write_until_ok("after")
        found = [row[0] for row in driver.rows()]
        self.assertEqual([name for name in found if name.startswith(("kept", "unfinished", "more"))], acknowledged)
        wait_for("it listens again", lambda: len(driver.calls("restarted")) == 2)
        self.assertTrue(any("connected again" in line for line in driver.log_lines()))

    def test_a_statement_is_prepared_once_for_each_shape(self):
        self.cluster.sql("ALTER ROLE doorward SET log_min_duration_statement = 0")
        self.addCleanup(self.cluster.sql, "ALTER ROLE doorward RESET log_min_duration_statement")
        driver = self.driver()
        driver.must("prepare")
        steps = (" parse ", " bind ")
        told = {}
        for name in ("first", "second", "third"):
            before = self.cluster.log_path.read_text()
            self.assertEqual(driver.write("shape_" + name), "OK")
            driver.rows("shape_" + name)
            lines = self.cluster.log_path.read_text()[len(before):].splitlines()
            told[name] = [sum("duration:" in line and step in line and "things" in line for line in lines) for step in steps]
        self.assertEqual(told, {"first": [2, 2], "second": [0, 2], "third": [0, 2]})

    def test_a_restart_between_transactions_is_not_even_noticed(self):
        driver = self.driver()
        driver.must("prepare")
        self.assertEqual(driver.write("before"), "OK")
        self.cluster.stop(signal.SIGINT)
        self.cluster.start()
        self.assertEqual(driver.write("behind"), "OK")

    def test_a_server_that_is_not_there_yet(self):
        self.cluster.stop()
        try:
            driver = self.driver()
            answer = driver.prepare()
            self.assertEqual(answer["status"], "UNAVAILABLE")
            self.assertIn("Connection refused", answer["why"])
            self.assertEqual(driver.begin(timeout=300)["status"], "UNAVAILABLE")
            self.assertEqual(driver.begin(timeout=300)["status"], "UNAVAILABLE")
            self.assertEqual(len([line for line in driver.log_lines() if "refused" in line]), 1, "one line, not one for each request")
        finally:
            self.cluster.start()
        driver.must("prepare")
        self.assertEqual(driver.write("later"), "OK")

    def test_sentences(self):
        port = self.cluster.port
        self.refused("UNAVAILABLE", "`password` or `user` is wrong", password="not-" + PASSWORD[:4])
        self.refused("UNAVAILABLE", "make the database first: createdb", "host=127.0.0.1 port=%d dbname=absent user=doorward" % port)
        self.refused("UNAVAILABLE", "no password supplied", password=None)
        self.cluster.sql("ALTER ROLE doorward CONNECTION LIMIT 0")
        self.refused("UNAVAILABLE", "lower `pool` or raise it")
        self.cluster.sql("ALTER ROLE doorward CONNECTION LIMIT -1; CREATE SCHEMA strangers; CREATE TABLE strangers.own (id int);"
                         "GRANT ALL ON SCHEMA strangers TO doorward; CREATE SCHEMA closed; ALTER DATABASE doorward OWNER TO postgres")
        self.refused("INVALID", "schema: \"strangers\" holds tables of another program", schema="strangers")
        self.refused("FAULT", "the role needs CREATE on the database", schema="closed")
        self.refused("FAULT", "the role needs CREATE on the database", schema="absent")
        self.cluster.sql("ALTER DATABASE doorward OWNER TO doorward; ALTER DATABASE doorward SET default_transaction_read_only = on")
        try:
            self.refused("UNAVAILABLE", "writes go to the primary")
        finally:
            self.cluster.sql("ALTER DATABASE doorward RESET default_transaction_read_only", "postgres")
        self.cluster.sql("CREATE DATABASE latin OWNER doorward ENCODING LATIN1 TEMPLATE template0")
        self.refused("INVALID", "encoding is LATIN1", "host=127.0.0.1 port=%d dbname=latin user=doorward" % port)
        with Proxy(port) as proxy:
            proxy.rewrite = lambda data: data.replace(b"server_version\x0015.", b"server_version\x0012.")
            self.refused("INVALID", "the server is PostgreSQL 12; 13 or later is needed",
                         self.cluster.connection(proxy.port, "sslmode=disable"))

    def test_settings_that_can_not_be_right(self):
        secret = "topsecret"
        for connection in ("host=db password=%s" % secret, "postgresql://u:%s@db/x" % secret, "host=db sslpassword=%s" % secret,
                           "host=db password=a %s" % secret, "postgresql://u:%%%s@db/x" % secret, "password=x '%s" % secret):
            status, why = self.why(connection, password=None)
            self.assertEqual(status, "INVALID")
            self.assertIn("connection: ", why)
            self.assertNotIn(secret, why)
        for words, connection in (("invalid connection option \"hots\"", "hots=db"), ("as many of host", "host=a,b,c port=1,2"),
                                  ("connect_timeout", "host=a connect_timeout=0"), ("replication", "host=a replication=database")):
            self.refused("INVALID", words, connection)
        for name, value in (("pool", 0), ("pool", 101), ("feed_interval", 1), ("schema", "Doorward"), ("schema", "pg_own"),
                            ("schema", "a" * 41), ("schema", "a\"b")):
            self.refused("INVALID", name + ":", **{name: value})

    def test_another_name_in_the_certificate_is_refused(self):
        Authority(self.folder, "other")
        verified = "sslmode=verify-full sslrootcert=%s/ca.pem" % self.folder
        driver = self.driver(self.cluster.connection(extra=verified))
        driver.must("prepare")
        self.assertEqual(driver.write("sealed"), "OK")
        self.assertEqual(self.cluster.sql("SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                                          " WHERE usename = 'doorward' AND application_name = 'doorward'"), ["t"])
        # An address that is this machine, too, and that the certificate doesn't have.
        self.refused("UNAVAILABLE", "does not match host name", "host=wrong.example hostaddr=127.0.0.1 port=%d dbname=doorward user=doorward %s"
                     % (self.cluster.port, verified))
        self.refused("UNAVAILABLE", "certificate verify failed",
                     self.cluster.connection(extra="sslmode=verify-full sslrootcert=%s/other.pem" % self.folder))

    def test_a_role_that_trades_durability_for_speed_is_overruled(self):
        driver = self.driver()
        driver.must("prepare")
        driver.must("stop")
        self.cluster.sql("ALTER ROLE doorward SET synchronous_commit = off")
        self.cluster.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        try:
            self.cluster.sql("SET synchronous_commit = off; SELECT pg_reload_conf()")
            driver.must("start")
            driver.must("begin", timeout=2000)
            driver.must("insert", id="waits")
            # Only a session with synchronous_commit = on waits for the standby that isn't there.
            self.assertEqual(driver.commit()["status"], "UNAVAILABLE")
            # It isn't cancelled either: that would make the row seen, and lost where the standby takes over.
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            self.assertEqual(self.cluster.sql(waiting), ["1"])
            self.assertEqual(driver.rows("waits"), [])
            # Somebody else cancels it: the server then calls it done, with a warning, and that is not good enough.
            driver.must("begin", timeout=20000)
            driver.must("insert", id="cancelled")
            driver.process.stdin.write('{"do": "commit"}\n')
            driver.process.stdin.flush()
            wait_for("two wait", lambda: self.cluster.sql(waiting) == ["2"])
            self.cluster.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            self.assertIn("UNAVAILABLE", driver.process.stdout.readline())
        finally:
            self.cluster.sql("ALTER SYSTEM RESET synchronous_standby_names")
            self.cluster.sql("SELECT pg_reload_conf()")
            self.cluster.sql("ALTER ROLE doorward RESET synchronous_commit")

    def test_a_server_that_lacks_memory_for_a_transaction_is_busy(self):
        driver = self.driver(schema="crowded")
        driver.must("prepare")
        # As PostgreSQL's serialization says it where too many transactions are open at once.
        self.cluster.sql("CREATE FUNCTION crowded.full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
                         " 'not enough elements in RWConflictPool' USING ERRCODE = '53200'; END $$")
        for when, statuses in (("TRIGGER crowd BEFORE INSERT ON crowded.things", ["OK", "BUSY"]),
                               ("CONSTRAINT TRIGGER crowd AFTER INSERT ON crowded.things DEFERRABLE INITIALLY DEFERRED", ["OK", "OK", "BUSY"])):
            self.cluster.sql("CREATE " + when + " FOR EACH ROW EXECUTE FUNCTION crowded.full()")
            self.assertEqual(driver.statuses(("begin", {}), ("insert", {"id": "a"}), ("commit", {})), statuses)
            self.cluster.sql("DROP TRIGGER crowd ON crowded.things")
        self.assertEqual(driver.write("a"), "OK")
        self.assertEqual(len([line for line in driver.log_lines() if "max_pred_locks_per_transaction" in line]), 1)

    def test_the_pool_is_bounded_and_waiting_counts(self):
        driver = self.driver(pool=2, feed_interval=50)
        driver.must("prepare")
        driver.must("listen")
        driver.load(id="load", threads=8)
        wait_for("rows", lambda: driver.load_report()["acknowledged"] > 100)
        connections = self.cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'doorward' AND usename = 'doorward'")
        self.assertLessEqual(int(connections[0]), 3)
        self.assertEqual(list(driver.load_stop()["statuses"]), ["OK"])
        for tx in ("one", "two"):
            driver.must("begin", tx=tx, mode="read")
        answer = driver.begin(tx="three", timeout=200)
        self.assertEqual(answer["status"], "UNAVAILABLE")
        self.assertLess(150, answer["ms"])
        driver.must("rollback", tx="one")
        driver.must("begin", tx="three")

    def test_long_names_that_begin_alike_get_indexes_of_their_own(self):
        driver = self.driver(schema="long")
        for end in ("a", "b"):
            driver.must("prepare", table="t" * 62 + end)
            driver.must("prepare", table="t" * 62 + end)
        self.assertEqual(self.cluster.sql("SELECT count(*) FROM pg_indexes WHERE schemaname = 'long' AND tablename LIKE 't%'"), ["6"])
        answer = driver.prepare(table="t" * 64)
        self.assertEqual((answer["status"], "too long for PostgreSQL" in answer["why"]), ("INVALID", True))

    def test_tables_of_another_schema_are_other_tables(self):
        one, other = self.driver(schema="site_one"), self.driver(schema="site_two")
        for driver in (one, other):
            driver.must("prepare")
            driver.must("listen")
            wait_for("it listens", lambda driver=driver: driver.calls("caught_up"))
        self.assertEqual(one.write("here"), "OK")
        self.assertEqual(other.rows(), [])
        one.statuses(("begin", {}), ("announce", {"message": "for one"}), ("commit", {}))
        wait_for("one hears it", lambda: one.calls("heard"))
        other.wait_until_caught_up()
        self.assertEqual(other.calls("heard"), [])

    def test_questions_use_indexes(self):
        driver = self.driver(schema="plans")
        driver.must("prepare")
        self.assertEqual({driver.write("row%d" % i) for i in range(5)}, {"OK"})
        driver.must("stop")  # statistics come in when a session ends, at the latest
        wait_for("no session is left", lambda: self.cluster.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'doorward'") == ["0"])
        driver.must("start")
        self.cluster.sql("SELECT pg_stat_reset_single_table_counters('plans.things'::regclass)")
        scans = "SELECT seq_scan, idx_scan > 0 FROM pg_stat_user_tables WHERE schemaname = 'plans' AND relname = 'things'"
        self.assertEqual(driver.rows("row3"), [["row3", 0]])
        self.assertEqual(driver.rows("row*"), [["row%d" % i, 0] for i in range(5)])
        driver.must("stop")
        wait_for("statistics", lambda: self.cluster.sql(scans) == ["0|t"])


if __name__ == "__main__":
    os.environ.pop("PGPASSWORD", None)
    unittest.main()
