"""The district's call server: a real Kamailio that registers the rooms and carries their calls' signalling.

Whoever runs it in real life gets the rooms' accounts as a CSV file; here a person brings the file on a stick
(`twin usb call-server FILE`). Nobody registers or calls without an account; media go from room to room directly.
"""
