"""The policy framework of a hub: adopted, customized, assessed, merged with that of others."""
