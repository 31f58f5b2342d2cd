"""Paths inside an object that the contract refuses, whatever the operation."""

from __future__ import annotations

from collections.abc import Mapping

PATHS: Mapping[str, tuple[str, str]] = {
    "dot": ("data/./sample.txt", "data/./sample.txt"),
    "parent": ("data/../data/sample.txt", "data/../data/sample.txt"),
    "parent-first": ("../data/sample.txt", "../data/sample.txt"),
    "encoded-parent": ("data/%2e%2e/data/sample.txt", "data/../data/sample.txt"),
    "encoded-dot": ("data/%2e/sample.txt", "data/./sample.txt"),
    "half-encoded-parent": ("data/.%2E/data/sample.txt", "data/../data/sample.txt"),
    "empty-segment": ("data//sample.txt", "data//sample.txt"),
    "slash-first": ("/data/sample.txt", "/data/sample.txt"),
    "slash-last": ("data/sample.txt/", "data/sample.txt/"),
    "nul": ("data/sample.txt%00", "data/sample.txt\0"),
    "encoded-slash": ("data%2Fsample.txt", "data/sample.txt"),
}
"""By name, a path as it goes on the wire, and decoded."""
