"""The links between the parts of a terminal; today both ends live in one process."""
