"""Building a wheel: what a checkout has beside the package goes into it, as `casework/shipped`."""

import shutil
from pathlib import Path
from typing import Final

from setuptools import setup
from setuptools.command.build_py import build_py

_BESIDE: Final = ("config", "migrations", "wsgi.py")
_HERE: Final = Path(__file__).resolve().parent


class BuildWithShipped(build_py):
    """Builds the package with `config/`, `migrations/` and `wsgi.py` inside; an editable one finds them in place."""

    def run(self) -> None:
        """Build, then copy what lies beside the package."""
        super().run()
        if not self.editable_mode:
            shipped = Path(self.build_lib, "casework", "shipped")
            shutil.rmtree(shipped, ignore_errors=True)
            shipped.mkdir(parents=True)
            for name in _BESIDE:
                if (_HERE / name).is_dir():
                    shutil.copytree(_HERE / name, shipped / name, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy2(_HERE / name, shipped / name)


setup(cmdclass={"build_py": BuildWithShipped})
