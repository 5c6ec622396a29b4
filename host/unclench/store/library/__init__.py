"""All the sessions of a person: listed, backed up and restored."""
