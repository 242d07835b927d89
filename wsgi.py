"""The WSGI entry: ``wsgi:application`` for any server, with this process's threads started."""

import atexit
import os

from app import create_app
from app.logs import configure_logs
from app.settings import read_settings
from app.web.application import Running

_settings = read_settings(os.environ)
configure_logs(_settings.log_level)
application = create_app(_settings)
_running = Running(application.extensions["parts"])
_running.start()
atexit.register(_running.stop)
