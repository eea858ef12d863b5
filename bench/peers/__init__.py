"""Others that train on the same workloads, as their authors meant them to be used."""
