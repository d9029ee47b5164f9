"""Free slots: what is asked, read in two statements, computed by the core, listed, explained and watched."""
