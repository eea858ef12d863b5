"""The draws of a training: keyed, frozen, and distributed as they should be."""

import math

import numpy as np

from grader.compiled import chance
from simulator.draws import uniforms

FIRST = [[0.9298858981346712, 0.22239002247806638]]
ROADS = [[17167912318049425349, 12236020651140047100], [11238890313445459090, 6418716399032247639]]
WEIGHTS = [0.0002061694540316239, 1.2648425102233887, 0.8116797208786011, -0.19437016546726227]


def seeds(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.uint64)


def test_a_draw_is_the_roads_generator_keyed_by_the_training():
    drawn = chance.uniform(seeds(7, 9), 5, chance.SAMPLE, 6)
    for training, seed in enumerate((7, 9)):
        for number in range(6):
            (alone,) = uniforms([seed], frame=5, car=number, purpose=chance.SAMPLE)
            assert drawn[training, number] == alone


def test_draws_are_frozen():
    assert chance.uniform(seeds(7), 1, chance.EXPLORE, 2).tolist() == FIRST
    assert chance.episode_seeds([3, 9], 2).tolist() == ROADS
    assert chance.initial_weights(7, 0, 2, 2).ravel().tolist() == WEIGHTS


def test_initial_weights_are_normal():
    inputs = 500
    weights = chance.initial_weights(3, 1, inputs, 400) * math.sqrt(inputs)
    count = weights.size
    assert abs(weights.mean()) < 4 / math.sqrt(count)
    assert abs(weights.var() - 1) < 4 * math.sqrt(2 / count)
    assert abs((weights**4).mean() - 3) < 4 * math.sqrt(96 / count)
    assert abs((weights > 1.6449).mean() - 0.05) < 4 * math.sqrt(0.05 * 0.95 / count)
    assert abs(np.corrcoef(weights[:, 0], weights[:, 1])[0, 1]) < 0.2


def test_layers_and_trainings_begin_differently():
    first = chance.initial_weights(1, 0, 4, 4)
    assert not np.array_equal(first, chance.initial_weights(1, 1, 4, 4))
    assert not np.array_equal(first, chance.initial_weights(2, 0, 4, 4))


def test_random_actions_are_all_five_equally_often():
    drawn = [chance.uniform(seeds(1), moment, chance.ACTION, 1)[0, 0] for moment in range(5000)]
    counts = np.bincount((np.array(drawn) * 5).astype(int), minlength=5)
    assert counts.size == 5
    assert all(850 < count < 1150 for count in counts)
