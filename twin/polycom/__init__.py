"""A RealPresence Group endpoint: its command line, its REST interface, and a real SIP client behind them."""
