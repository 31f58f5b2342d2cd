"""A run in shards, each judged by a machine of its own: which is whose, the file that it makes, all of them as one."""
