"""The resources of the API, one home each. Importing this registers every one of them."""

import importlib
import pkgutil

for _home in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_home.name}{'.declaration' if _home.ispkg else ''}")
