"""The project file: what to read, how its columns are meant, for which purposes, and what to write."""

from skiptrace.project.compliance import Compliance
from skiptrace.project.fields import Field, fields_of, required_of
from skiptrace.project.home import FILE_NAME, PRIVATE, home_of
from skiptrace.project.loading import load, permitted
from skiptrace.project.model import Export, Portfolio, Project, Runtime, Source
from skiptrace.project.secrets import own_key_file, secret_of, token_key
from skiptrace.project.starter import template

__all__ = [
    "FILE_NAME",
    "PRIVATE",
    "Compliance",
    "Export",
    "Field",
    "Portfolio",
    "Project",
    "Runtime",
    "Source",
    "fields_of",
    "home_of",
    "load",
    "own_key_file",
    "permitted",
    "required_of",
    "secret_of",
    "template",
    "token_key",
]
