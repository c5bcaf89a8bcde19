"""Pages: HTML bytes in, a tree that is safe to walk and the claims it makes to machines out."""
