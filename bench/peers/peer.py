"""A peer at its task: a process that does a turn when told, and is stopped while the others have theirs."""
import json
import os
import pathlib
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SCRIPTS = {"PyTorch": "torch_peer.py", "scikit-learn": "sklearn_peer.py", "ONNX Runtime": "onnxruntime_peer.py"}


class Missing(Exception):
    """A peer that is not installed, or that could not do its task to the end; the text says why."""


def command(name, kind, build):
    if name in SCRIPTS:
        return [sys.executable, str(HERE / SCRIPTS[name])]
    program = build / "bench/peers" / ("fann_peer" if name == "FANN" else f"chainrule_{kind}")
    if not program.exists():
        raise Missing(f"{program} was not built")
    return [str(program)]


def environment(threads, flags, folder):
    """As many threads for each library; and OpenBLAS, which takes processors it does not know for old ones, is told of
    AVX-512.
    """
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    extra = {"TORCHINDUCTOR_CACHE_DIR": str(folder / "inductor")}
    if "avx512vl" in flags:
        extra["OPENBLAS_CORETYPE"] = "SkylakeX"
    return {**os.environ, **{name: str(threads) for name in names}, **extra}


class Peer:
    def __init__(self, name, threads, kind, arguments, build, flags):
        self.name, self.threads = name, threads
        folder = pathlib.Path(arguments["folder"])
        self.log = folder / f"{name.replace(' ', '-')}.log"
        given = [f"{key}={value}" for key, value in {"task": kind, "threads": threads, **arguments}.items()]
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(command(name, kind, build) + given, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=log, text=True,
                                            env=environment(threads, flags, folder))
        ready = self.answer()
        self.version = ready["version"] + (f" ({ready['detail']})" if ready["detail"] else "")
        self.pause()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            lines = self.log.read_text(encoding="utf-8").strip().splitlines()
            raise Missing(lines[-1] if lines else f"it ended with status {self.process.returncode}")
        return json.loads(line)

    def pause(self):
        """Whatever its threads do while they wait, they do not do it beside the turn of another."""
        self.process.send_signal(signal.SIGSTOP)

    def tell(self, word):
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(word + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended, and the answer says why
        return self.answer()

    def turn(self):
        """Seconds of each way it has of doing the task."""
        seconds = self.tell("turn")
        self.pause()
        return seconds

    def finish(self):
        """What there is to check of its results; the process ends."""
        result = self.tell("end")
        self.process.wait()
        return result

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
