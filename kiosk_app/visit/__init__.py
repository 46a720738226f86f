"""The visit: one citizen's session, as a pure state machine and the runner that performs its effects."""
