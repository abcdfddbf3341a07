"""Whether something grows, from samples over time that have noise and spikes."""
import statistics

# Of the samples, the first third is warming up: caches fill, the allocator finds its size.
WARM_UP = 1 / 3
# Fewer samples than this after the warm-up say nothing.
LEAST_SAMPLES = 8
LEAST_IN_ALL = 12


class TooFewSamples(Exception):
    pass


def after_warm_up(samples):
    return samples[int(len(samples) * WARM_UP):]


def slope(samples, column):
    """What is added in a second: the straight line that fits best, by Theil and Sen. It is the
    median of the slopes of all pairs, so that less than a quarter of wild samples does not count."""
    return statistics.median((b[column] - a[column]) / (b["seconds"] - a["seconds"])
                             for i, a in enumerate(samples) for b in samples[i + 1:])


def growth(samples, column):
    """What was added from the end of the warm-up to the last sample, in the samples' unit."""
    late = after_warm_up(samples)
    if len(late) < LEAST_SAMPLES:
        raise TooFewSamples(f"{len(late)} samples after the warm-up, and {LEAST_SAMPLES} are needed")
    return slope(late, column) * (late[-1]["seconds"] - late[0]["seconds"])


def bound(samples, column, share, least):
    """The growth that passes for flat: a share of what is usual, and never less than `least`."""
    return max(least, share * statistics.median(one[column] for one in after_warm_up(samples)))
