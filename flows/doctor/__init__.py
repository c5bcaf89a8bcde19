"""What `doctor` looks at: the machine, the directory, the corpus, Prefect and the network; and what it can repair."""
