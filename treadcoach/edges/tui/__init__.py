"""The full screen; all of Textual. `screens/` are what fills the terminal, `panes/` their parts."""
