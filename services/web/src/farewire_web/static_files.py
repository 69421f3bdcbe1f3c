"""Static files under names that carry their content's hash, so that a browser may keep them for good."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage, which also rewrites the imports of our ES modules to the hashed names."""

    support_js_module_import_aggregation = True
