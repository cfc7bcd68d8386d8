"""What goes outside: messages written out, sent by their ways, watched and tried."""
