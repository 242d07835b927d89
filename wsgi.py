"""The WSGI entry: ``wsgi:application`` for any server, with this process's threads started."""

import atexit
import multiprocessing
import os
import signal
import threading

from app import create_app, traces
from app.logs import configure_logs
from app.settings import read_settings
from app.web.application import Running


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    """A web process whose supervisor was killed would keep port and database lock for ever: it ends, gently."""
    parent.join()
    _running.stop()
    os._exit(1)


if multiprocessing.parent_process() is not None:
    # A forked process begins with its supervisor's handlers, which would swallow a stop that comes while it starts;
    # the server puts its own in place as soon as this module is loaded.
    for _stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(_stop, signal.SIG_DFL)
_settings = read_settings(os.environ)
configure_logs(_settings.log_level)
traces.configure(_settings.traces_url, sample_bp=_settings.traces_sample_bp, service="weiheng-web")
application = create_app(_settings)
_running = Running(application.extensions["parts"])
_running.start()
atexit.register(traces.stop)
atexit.register(_running.stop)
if (_parent := multiprocessing.parent_process()) is not None:
    threading.Thread(target=_end_with, args=(_parent,), name="watch-supervisor", daemon=True).start()
