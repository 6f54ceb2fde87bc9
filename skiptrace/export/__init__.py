"""Export: the uses that the rules let through, as files other systems import. Profiles are data, formats plug in."""

from skiptrace.export.model import Profile
from skiptrace.export.profiles import load_profile, load_profiles
from skiptrace.export.rows import exportable_uses, not_exported
from skiptrace.export.write import ExportReceipt, write_export

__all__ = ["ExportReceipt", "Profile", "exportable_uses", "load_profile", "load_profiles", "not_exported", "write_export"]
