"""The machine and the build that figures are of."""
import os
import pathlib
import platform
import subprocess

# Of all that a processor reports, what a dense network in float32 can make use of.
INSTRUCTIONS = ("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl", "asimd", "sve")


def first_line(*command, **options):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def fields(path):
    """The first value of each NAME: VALUE in a file such as /proc/cpuinfo."""
    found = {}
    path = pathlib.Path(path)
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        name, _, value = line.partition(":")
        found.setdefault(name.strip(), value.strip())
    return found


def describe(root, build):
    cpu, memory = fields("/proc/cpuinfo"), fields("/proc/meminfo")
    flags = (cpu.get("flags") or cpu.get("Features") or "").split()
    compiler = fields_of_cache(build / "CMakeCache.txt").get("CMAKE_C_COMPILER:FILEPATH", "cc")
    return {
        "processor": cpu.get("model name") or platform.machine(),
        "family": ", model ".join(cpu.get(name, "?") for name in ("cpu family", "model")),
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory.get("MemTotal", "0 kB").split()[0]) / 2**20, 1),
        "instructions": [name for name in INSTRUCTIONS if name in flags],
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "compiler": first_line(compiler, "--version"),
        "python": platform.python_version(),
        "commit": first_line("git", "describe", "--always", "--dirty", cwd=root),
        "load_before": os.getloadavg()[0],
    }


def fields_of_cache(path):
    """The entries NAME:TYPE=VALUE of CMake's cache."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else ()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith(("#", "//")))
