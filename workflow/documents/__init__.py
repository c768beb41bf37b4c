"""Documents made from rows: templates, their renderings as a page, PDF and DOCX, readers, approval, publication."""
