"""Exchange: files sent to and fetched from others, over SFTP, through an object store or a folder, sealed by PGP or age."""
