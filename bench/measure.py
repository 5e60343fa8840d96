"""Processes run and timed, and figures as text: what the comparisons share."""

import os
import pathlib
import shlex
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Stop(Exception):
    """A message for the user; nothing was measured."""


class Run:
    """One finished process: seconds, cpu (user and system), peak_mb, what it printed, and others:
    seconds of CPU that the rest of the machine took meanwhile."""

    def __init__(self, seconds, usage, machine, output):
        self.seconds = seconds
        self.cpu = usage.ru_utime + usage.ru_stime
        self.others = max(machine - self.cpu, 0.0)
        self.peak_mb = usage.ru_maxrss * 1024 / 1e6
        self.output = output


def machine_seconds():
    """Seconds of CPU that the whole machine has used, or was kept from using by its host."""
    with open("/proc/stat", encoding="ascii") as stat:
        user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def run(command, output=None, environment=None):
    """Run a command with its output in a file (or thrown away); stop when it fails."""
    command = [str(word) for word in command]
    target = str(output) if output else os.devnull
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    errors = os.devnull if output is None else target + ".err"
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, target, flags, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, errors, flags, 0o644),
    ]
    machine = machine_seconds()
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, environment or os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    machine = machine_seconds() - machine
    if os.waitstatus_to_exitcode(status) != 0:
        said = pathlib.Path(errors).read_text()[-2000:] if output else ""
        raise Stop(f"{shlex.join(command)}: exit {os.waitstatus_to_exitcode(status)}\n{said}")
    return Run(seconds, usage, machine, pathlib.Path(output).read_text() if output else "")


def text_of(*command):
    """The output of a command that only tells something; empty when it cannot be run."""
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    except OSError:
        return ""


def others(runs):
    """A sentence on what else ran on the machine while these did."""
    share = sum(r.others for r in runs) / (sum(r.seconds for r in runs) * os.cpu_count())
    noisy = " **Wall times are noisy.**" if share > 0.05 else ""
    return f"Other work took {share:.0%} of the machine's CPU meanwhile.{noisy}"


def spread(values, form):
    return f"{form.format(min(values))} to {form.format(max(values))}"


def verdict(value, target):
    return "met" if value <= target else "MISSED"


def ratios_line(what, unit, form, ours, theirs):
    """A row of a table of pairs, and the median of their ratios."""
    ratios = [a / b for a, b in zip(ours, theirs)]
    median = statistics.median(ratios)
    return (f"| {what} | {form.format(statistics.median(ours))} {unit} | "
            f"{form.format(statistics.median(theirs))} {unit} | "
            f"**{median:.2f}** | {spread(ratios, '{:.2f}')} |"), median
