"""Files of ours: private folders, put-if-absent, table files with checksums; and the listing of input files."""
