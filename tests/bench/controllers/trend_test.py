"""What `./dev bench soak` calls flat."""
import pathlib
import random
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
# pylint: disable=wrong-import-position
from controllers import trend  # noqa: E402


def samples(value_at, count=60, every=20):
    return [{"seconds": every * i, "mebibytes": value_at(i)} for i in range(count)]


def is_flat(all_samples):
    return (trend.growth(all_samples, "mebibytes") <
            trend.bound(all_samples, "mebibytes", share=0.05, least=1.0))


class Trend(unittest.TestCase):
    def test_a_level_with_noise_is_flat(self):
        chance = random.Random(1)
        self.assertTrue(is_flat(samples(lambda _: 40 + chance.uniform(-1.5, 1.5))))

    def test_spikes_of_faults_are_flat(self):
        self.assertTrue(is_flat(samples(lambda i: 40 + (25 if i % 6 == 0 else 0))))

    def test_a_warm_up_is_flat(self):
        self.assertTrue(is_flat(samples(lambda i: 40 - max(0, 15 - i))))

    def test_a_small_leak_is_not(self):
        chance = random.Random(2)
        # 3 MiB in twenty minutes.
        self.assertFalse(is_flat(samples(lambda i: 30 + i / 15 + chance.uniform(-1, 1), count=61)))

    def test_a_leak_in_steps_is_not(self):
        self.assertFalse(is_flat(samples(lambda i: 40 + i // 8)))

    def test_the_growth_is_told_in_the_samples_unit(self):
        told = trend.growth(samples(lambda i: 40 + i / 10), "mebibytes")
        self.assertAlmostEqual(told, 3.9, places=6)

    def test_few_samples_say_nothing(self):
        with self.assertRaises(trend.TooFewSamples):
            trend.growth(samples(lambda _: 40, count=10), "mebibytes")
        trend.growth(samples(lambda _: 40, count=trend.LEAST_IN_ALL), "mebibytes")


if __name__ == "__main__":
    unittest.main()
