"""Packages of others that a check needs, in a virtual environment of the project."""
import os, subprocess, sys


def with_package(module, requirement, home, always=False):
    """Comes back with `module` importable: starts the script again inside the environment `home` where that is needed.

    Several modules and requirements are separated by blanks. `always` wants the environment even where the modules are
    here already. False when a package is not here and cannot be installed.
    """
    modules = module.split()
    try:
        for one in modules:
            __import__(one)
        if not always or os.path.realpath(sys.prefix) == os.path.realpath(home):
            return True
    except ImportError:
        pass
    if os.path.realpath(sys.prefix) == os.path.realpath(home):
        return False
    python = os.path.join(home, "bin", "python")
    try:
        if not os.path.exists(python):
            subprocess.run([sys.executable, "-m", "venv", home], check=True, capture_output=True)
        if subprocess.run([python, "-c", f"import {', '.join(modules)}"], capture_output=True).returncode:
            subprocess.run([python, "-m", "pip", "install", "-q", *requirement.split()], check=True, capture_output=True)
    except (subprocess.CalledProcessError, OSError):
        return False
    os.execv(python, [python] + sys.argv)
