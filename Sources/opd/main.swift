print("opd")
