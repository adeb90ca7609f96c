"""History: letters of long ago from mbox files, Maildirs and IMAP folders, taken in without telling anybody."""
