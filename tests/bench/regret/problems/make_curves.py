"""Makes curves.npz: validation errors, a value an epoch (81), on grids of configurations; the mean
of three folds, or of one where three would take too long. Some ten minutes. Run it with the Python of build/regret/venv."""
from __future__ import annotations

import itertools
import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from problems.curves import EPOCHS, FILE  # noqa: E402
from problems.models import rows  # noqa: E402

GRIDS = {
    "mlp_digits": {"learning_rate_init": np.geomspace(1e-4, 0.3, 8), "alpha": [1e-5, 1e-2, 1.0],
                   "width": [4, 16, 64], "batch_size": [16, 64, 200]},
    "boosting_breast_cancer": {"learning_rate": np.geomspace(1e-3, 1.0, 8),
                               "max_depth": [1, 2, 3, 5], "subsample": [0.3, 0.6, 1.0],
                               "max_features": [0.1, 0.4, 1.0]},
    "sgd_breast_cancer": {"eta0": np.geomspace(1e-5, 1.0, 10), "alpha": np.geomspace(1e-6, 1.0, 6),
                   "l1_ratio": [0.0, 0.5, 1.0],
                   "learning_rate": ["constant", "invscaling"]},
}
FOLDS = {"mlp_digits": 1}


def boosting(train, test, data, values):
    features, targets = data
    fitted = GradientBoostingClassifier(n_estimators=EPOCHS, random_state=0, **values)
    fitted.fit(features[train], targets[train])
    return [np.mean(found != targets[test]) for found in fitted.staged_predict(features[test])]


def by_epochs(model, train, test, data):
    features, targets = data
    errors = []
    for _ in range(EPOCHS):
        model.partial_fit(features[train], targets[train], classes=np.unique(targets))
        errors.append(1 - model.score(features[test], targets[test]))
    return errors


def mlp(train, test, data, values):
    rest = {k: v for k, v in values.items() if k != "width"}
    return by_epochs(MLPClassifier((values["width"],), random_state=0, **rest), train, test, data)


def sgd(train, test, data, values):
    return by_epochs(SGDClassifier(loss="log_loss", penalty="elasticnet", random_state=0, **values),
                     train, test, data)


def table(name: str) -> np.ndarray:
    model, _, data_name = name.partition("_")
    data = rows(data_name)
    folds = list(StratifiedKFold(3).split(*data))[:FOLDS.get(name, 3)]
    grid = GRIDS[name]
    curves = []
    for point in itertools.product(*grid.values()):
        values = dict(zip(grid, point))
        curves.append(np.mean([globals()[model](train, test, data, values)
                               for train, test in folds], axis=0))
    shape = [len(axis) for axis in grid.values()] + [EPOCHS]
    return np.round(65535 * np.reshape(curves, shape)).astype(np.uint16)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.savez_compressed(FILE, **{name: table(name) for name in GRIDS})
    print(FILE, FILE.stat().st_size, "bytes")
