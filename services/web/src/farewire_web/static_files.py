"""Static files under names that contain their content's hash, so that browsers may keep them for ever."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it ships no types
    """WhiteNoise's storage that also rewrites what our ES modules import from each other."""

    support_js_module_import_aggregation = True


def static_files_collect() -> bool:
    """Collect the static files unless what stands there is newer than every source; answers whether it did.

    Images come with theirs collected; a checkout collects when it starts, so that nobody has to think of it.
    """
    if not isinstance(staticfiles_storage, HashedStaticFiles):
        return False
    manifest = Path(staticfiles_storage.path(staticfiles_storage.manifest_name))
    if manifest.exists():
        written = manifest.stat().st_mtime
        if all(Path(path).stat().st_mtime <= written for path in _sources()):
            return False
    call_command("collectstatic", interactive=False, verbosity=0)
    return True


def _sources() -> list[str]:
    return [cast("str", storage.path(name)) for finder in get_finders() for name, storage in finder.list([]) if hasattr(storage, "path")]
