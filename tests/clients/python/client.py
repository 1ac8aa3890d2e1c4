"""A Python vendor's first day with the gateway: looks citizens up, also while their database is out,
reads the record of it, brings dossiers to the portal, helps those that are held up, and reports on the
25 essential services.

Usage: client.py READY_FILE STRANGERS_DIR

READY_FILE is what `lienthong demo --ready-file` writes; STRANGERS_DIR holds the certificates that
`strangers.sh` makes. Prints a line per check and ends with 1 when one failed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bulk import Bulk
from catalogue import Catalogue
from door import Door, credentials, read_json
from dossiers import Dossiers
from evidence import Evidence
from lookups import Lookups
from manners import Manners
from operators import Operators
from outages import Outages
from records import Records
from report import Report
from reports import Reports
from services import Services
from streams import Streams


def main() -> int:
    """Runs every check against one running demo."""
    ready, strangers = read_json(sys.argv[1]), Path(sys.argv[2])
    door = Door(
        ready["grpc_tls"],
        credentials(ready["ca_cert"], ready["client_cert"], ready["client_key"]),
    )
    report = Report("python")
    Manners(door, ready, strangers).run(report)
    Lookups(door, ready).run(report)
    Streams(door, ready).run(report)
    Records(door, ready).run(report)
    Outages(door, ready).run(report)
    Dossiers(door, ready).run(report)
    Bulk(door, ready, strangers).run(report)
    Operators(door, ready, strangers).run(report)
    Services(door, ready, strangers).run(report)
    Evidence(door, ready, strangers).run(report)
    Reports(door, ready, strangers).run(report)
    Catalogue(door, ready, strangers).run(report)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
