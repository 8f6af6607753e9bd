"""Can the meeting start? What was found of each site, judged, and told to people."""

from diemcau.readiness.site import SiteState, assess

__all__ = ["SiteState", "assess"]
