"""`dualhome status`: the attachments there are, as rows."""
