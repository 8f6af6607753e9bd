"""What all tests share: how hypothesis looks for counterexamples."""

from __future__ import annotations

import os

from hypothesis import settings

# No deadline: on two busy cores a slow example is no bug. CI tries the same examples in each run, so that a change is
# never blamed for an example that only luck found; at home each run looks further.
settings.register_profile("home", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "home")
