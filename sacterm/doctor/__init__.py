"""``sacterm doctor``: what the app stands on, in lines that say what to do where it is not well."""
