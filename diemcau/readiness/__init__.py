"""Can the meeting start? What was found of each site, judged, and told to people."""

from diemcau.readiness.site import HANDSHAKE_LIMIT, SiteState, assess

__all__ = ["HANDSHAKE_LIMIT", "SiteState", "assess"]
