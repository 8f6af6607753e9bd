"""The virtual district: network namespaces, real daemons, and routers with their vendors' command lines."""
