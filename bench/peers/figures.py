"""What is made of the seconds of all rounds: minimum, median, interquartile range, and ratios within a round."""
import statistics


def spread(values):
    low, _, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return {"min": min(values), "median": statistics.median(values), "iqr": high - low}


class Line:
    """One peer at one task with some threads, in the best of its ways."""

    def __init__(self, peer, seconds, result):
        """seconds: of each round, a dictionary of ways. A way in brackets is there to compare with, never the best."""
        self.name, self.version, self.threads, self.result = peer.name, peer.version, peer.threads, result
        self.ways = {way: [turn[way] for turn in seconds] for way in seconds[0]}
        real = [way for way in self.ways if not way.startswith("(")]
        self.way = min(real, key=lambda way: statistics.median(self.ways[way]))

    def over(self, other, way=None):
        """How many times the other's time it takes, round by round: the median and the lowest."""
        if other is None:
            return None
        ratios = [a / b for a, b in zip(self.ways[way or self.way], other.ways[other.way])]
        return {"median": statistics.median(ratios), "lowest": min(ratios)}

    def as_json(self, task, ours, alone):
        """ours: chainrule with as many threads; alone: the same peer with one thread. Either may be None."""
        ways = {way: {**spread(seconds), "over_chainrule": self.over(ours, way), "seconds": seconds}
                for way, seconds in self.ways.items()}
        return {"task": task.name, "peer": self.name, "version": self.version, "threads": self.threads,
                "best": self.way, "ways": ways, **self.result,
                "one_thread_over_this": alone.over(self) if alone and alone is not self else None}
