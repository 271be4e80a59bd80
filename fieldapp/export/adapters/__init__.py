"""How a case is handed to each kind of receiver, behind one contract."""
