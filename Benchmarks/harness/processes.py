"""Starting and ending child processes, each known by its pid and ended within a bound."""

import os
import signal
import subprocess


class Overdue(Exception):
    pass


def start(command, **options):
    # A group of its own, so that what the child starts ends with it.
    return subprocess.Popen(command, start_new_session=True, **options)


def stop(process, grace=5):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=grace)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=grace)


def run(command, timeout, **options):
    process = start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise Overdue(f"{os.path.basename(command[0])} took more than {timeout} s") from error
    finally:
        stop(process)
        for stream in (process.stdout, process.stderr):
            stream.close()
    if process.returncode != 0:
        raise RuntimeError(f"exit {process.returncode}: {errors.strip()[-2000:]}")
    return output


def pinned(command, core):
    from . import tools

    return [tools.find("taskset"), "-c", str(core), *command]
