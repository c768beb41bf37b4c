"""The steps by which the database was changed, each once; run by `partnerstwo db upgrade`."""
