"""The sockets of mail: to the server that sends, and to the mailbox of the hub."""
