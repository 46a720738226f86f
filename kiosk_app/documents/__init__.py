"""Documents: from a template and a case to a PDF, the same bytes every time."""
