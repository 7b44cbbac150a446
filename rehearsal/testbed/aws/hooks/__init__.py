"""One module for each way in which MiniStack 1.5.33 differs from AWS; see ../README.md."""
