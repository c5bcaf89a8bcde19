"""The brief of a week: what happened, from templates, as HTML for mail, Markdown and DOCX."""
