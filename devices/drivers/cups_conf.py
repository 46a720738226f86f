"""Whether the cupsd that runs is set up for a terminal, as far as anybody can see who only asks it: pure.

cupsd tells neither when it writes its jobs down nor how long it keeps documents. But it tells how long it keeps an
empty job open, which packaging/cups/cupsd.conf sets to a value of its own, and what it does with a job that failed.
A spooler as it was delivered keeps documents for a day and prints a job again after a crash.
"""

from devices.drivers.ipp_wire import Group, integer, strings

OPEN_JOB_S = 3600
"""``MultipleOperationTimeout`` in packaging/cups/cupsd.conf; cupsd's own is 900 or less."""
ONCE_ONLY = "abort-job"


def misconfigured(queue: Group) -> str:
    """Say what is wrong with the set-up, for a technician; empty when nothing is seen."""
    open_s = integer(queue, "multiple-operation-time-out")
    if open_s is not None and open_s != OPEN_JOB_S:
        return f"cupsd does not run with packaging/cups/cupsd.conf: it keeps empty jobs for {open_s} s"
    policy = strings(queue, "printer-error-policy")
    if policy and policy != (ONCE_ONLY,):
        return f"the queue's printer-error-policy is {policy[0]}, which prints again after an error"
    return ""
