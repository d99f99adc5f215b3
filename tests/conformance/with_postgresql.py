"""doorward-conformance on storage/postgresql, against a PostgreSQL of its own. What is given on goes to the kit."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "storage"))
from postgres import Cluster, settings_yaml  # noqa: E402

if __name__ == "__main__":
    with Cluster() as cluster:
        # A machine that is busy with other tests may take longer than the plugin's own three seconds to let 64 threads in.
        settings = settings_yaml(cluster.folder / "settings.yaml", cluster.connection(extra="connect_timeout=60"), feed_interval=50)
        done = subprocess.run([os.environ["CONFORMANCE"], "--server", *sys.argv[1:], os.environ["STORAGE_POSTGRESQL"], settings])
        if done.returncode != 0:
            print(cluster.log_path.read_text()[-4000:])
    sys.exit(done.returncode)
