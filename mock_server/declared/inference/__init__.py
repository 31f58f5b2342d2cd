"""The resources of a contract that declares none: found by its paths and schemas."""
